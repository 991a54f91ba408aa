"""Writes the complete dump: all tables, all files, the log with its chain, a dictionary and a manifest."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.audit.log import record
from recommendations.exports.everything.dump import CannotWrite, export_everything


class Command(BaseCommand):
    """``manage.py export_everything --output DIR``; DIR must not exist yet."""

    help = "Write everything the product holds into a new folder, restricted evidence too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--output", type=Path, required=True, metavar="DIR", help="a folder that is not there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["output"].absolute()
        record("everything.exported", by=None)
        try:
            manifest = export_everything(folder)
        except CannotWrite as fault:
            raise CommandError(str(fault)) from fault
        rows = sum(entry.get("rows", 0) for entry in manifest["files"] if entry["path"].endswith(".jsonl"))
        files = sum(entry["path"].startswith("files/") for entry in manifest["files"])
        for entry in manifest["missing_files"]:
            self.stdout.write(f"Note: {entry['path']} of {entry['table']} {entry['row']} is {entry['why']}.")
        self.stdout.write(
            f"{folder}: {rows} rows, {files} files. Check it with manage.py verify_export {folder}"
        )
