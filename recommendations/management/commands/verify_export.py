"""Reads a complete dump back without the database; the dump's own verify.py does the same without the product."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from recommendations.exports.everything import verify


class Command(BaseCommand):
    """``manage.py verify_export DIR [--json]``; ends with 1 where something is wrong."""

    help = "Check a dump: hashes, rows, JSON against CSV, references, files, the chain of the log."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(verify.verify(options["folder"]))
        for line in verify.told(options["folder"], faults, as_json=options["json"]):
            self.stdout.write(line)
        if faults:
            raise SystemExit(1)
