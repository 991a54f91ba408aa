"""Imports recommendations from any file of the UN's formats, or from our table, from the command line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.imports.commanding import Unknown, UnknownFormat, import_file, state_named


class Command(BaseCommand):
    """``manage.py import_recommendations FILE --state KAZ …``; ends with 1 where nothing could be written."""

    help = (
        "Import recommendations from a file of the UN's or our own table; its format is recognised from its "
        "content. With problems nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--state", help="code or name of the State under review; else the file has a column"
        )
        parser.add_argument(
            "--format", default="", help="read the file as this format, whatever it looks like"
        )
        parser.add_argument(
            "--accept-doubts",
            action="store_true",
            help="write rows too whose reading is not certain (listed as “to look at”)",
        )
        parser.add_argument(
            "--leave-out-unknown",
            action="store_true",
            help="leave labels of themes, groups and States out that are not known here, instead of stopping",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what an import would do")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            state = state_named(options["state"]) if options["state"] else None
        except Unknown as unknown:
            raise CommandError(str(unknown)) from None
        try:
            told = import_file(
                options["file"],
                state=state,
                dry_run=options["dry_run"],
                chosen_format=options["format"],
                accept_doubts=options["accept_doubts"],
                leave_out_unknown=options["leave_out_unknown"],
                report=self._show if self.stderr.isatty() else None,
            )
        except UnknownFormat as unknown:
            raise CommandError(str(unknown)) from None
        if self.stderr.isatty():
            self.stderr.write("\r\033[K", style_func=str, ending="")
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(told)
        waits = told["doubts"] and not (options["accept_doubts"] or options["dry_run"])
        if told["problems"] or waits:
            raise SystemExit(1)

    def _show(self, done: int, total: int) -> None:
        """How far it is, on one line of the terminal."""
        share = f"{done * 100 // total} %" if total else f"{done} rows"
        self.stderr.write(f"\r\033[K{share}", style_func=str, ending="")
        self.stderr.flush()

    def _tell(self, told: dict[str, Any]) -> None:
        for fault in told["problems"]:
            place = ", ".join(f"{name} {fault[name]}" for name in ("row", "column") if fault[name])
            self.stdout.write(f"{place}: {fault['message']}" if place else fault["message"])
        for note in told["notes"]:
            self.stdout.write(note)
        for doubt in told["doubts"]:
            self.stdout.write(f"to look at: row {doubt['row']}, {doubt['reference']}: {doubt['message']}")
        counts = ", ".join(
            f"{told[name]} {name}" for name in ("created", "updated", "unchanged", "conflicts")
        )
        if told["undecided"]:
            counts += f", {told['undecided']} to be decided (send the file on the page of imports for that)"
        self.stdout.write(
            f"{told['rows']} rows: {counts}, {len(told['doubts'])} to look at, {len(told['problems'])} problems"
        )
