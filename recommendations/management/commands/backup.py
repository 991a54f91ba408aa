"""`manage.py backup --output FILE`: the whole site but its keys in one file, sealed to the backup key."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker import archive
from tracker.backup import CannotBackUp


class Command(BaseCommand):
    """Writes the backup; the site may go on meanwhile."""

    help = "Write database and files into one file, encrypted to the backup key. The keys are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--output", metavar="FILE", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say what is in it."""
        try:
            manifest = archive.write(options["output"].absolute())
        except CannotBackUp as reason:
            raise CommandError(str(reason)) from None
        files, rows = len(manifest["files"]) - 1, sum(manifest["rows"].values())
        self.stdout.write(f"Backup in {options['output']}: {rows} rows, {files} files, and no key.")
