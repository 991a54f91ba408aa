"""Imports a table of recommendations (CSV or XLSX) from the command line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.imports.commanding import Unknown, import_file, state_named


class Command(BaseCommand):
    """``manage.py import_recommendations FILE --state KAZ [--dry-run] [--json]``; ends with 1 on problems."""

    help = "Import a table of recommendations (CSV or XLSX). With problems nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--state", help="code or name of the State under review; else the file has a column"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what an import would do")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            state = state_named(options["state"]) if options["state"] else None
        except Unknown as unknown:
            raise CommandError(str(unknown)) from None
        told = import_file(options["file"], state=state, dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for fault in told["problems"]:
                place = ", ".join(f"{name} {fault[name]}" for name in ("row", "column") if fault[name])
                self.stdout.write(f"{place}: {fault['message']}" if place else fault["message"])
            counts = ", ".join(
                f"{told[name]} {name}" for name in ("created", "updated", "unchanged", "conflicts")
            )
            self.stdout.write(f"{told['rows']} rows: {counts}, {len(told['problems'])} problems")
        if told["problems"]:
            raise SystemExit(1)
