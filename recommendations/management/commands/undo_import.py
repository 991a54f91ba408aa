"""Takes an import back from the command line, whole or not at all."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.imports import runs, undo
from recommendations.imports.models import ImportRun
from recommendations.imports.standing import what_built_on


class Command(BaseCommand):
    """``manage.py undo_import RUN [--dry-run] [--json]``; ends with 1 where something stands in the way."""

    help = "Take an import back: every row as it was before. RUN is the number in the address of its page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int)
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        run = ImportRun.objects.select_related("file", "job").filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"there is no import {options['run']}")
        runs.finish_interrupted([run])
        reason, standing, outline = undo.refusal(run), [], undo.Outline()
        if reason is None:
            try:
                if options["dry_run"]:
                    standing, outline = what_built_on(run), undo.outline(run)
                else:
                    outline = undo.take_back_now(run, by=None)
            except undo.StandsInTheWay as stands:
                standing = stands.standing
            except runs.NotPossible as refused:
                reason = str(refused)
        done = not options["dry_run"] and reason is None and not standing
        self._tell(options["json"], run, done, reason, standing, outline)
        if reason is not None or standing:
            raise SystemExit(1)

    def _tell(
        self, as_json: bool, run: ImportRun, done: bool, reason: str | None, standing: list, outline: Any
    ) -> None:
        if as_json:
            told = {
                "run": run.pk,
                "file": run.file.name,
                "taken_back": done,
                "refused": reason or "",
                "standing": [asdict(one) for one in standing],
                **asdict(outline),
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        if reason:
            self.stdout.write(reason)
        for one in standing:
            examples = "; ".join(text for text, _address in one.examples)
            self.stdout.write(f"{one.label}: {one.count} ({examples})")
        if standing:
            self.stdout.write("Something stands on the rows of this import; nothing was taken back.")
        elif reason is None:
            verb = "Taken back" if done else "Would be taken back"
            self.stdout.write(
                f"{verb}: {outline.removed} recommendations removed, {outline.restored} as they were before"
            )
