"""`manage.py export_cycle_summary KAZ-2 …`: the summary of a cycle as a file, as the page gives it."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.catalogue.models import ReviewCycle
from recommendations.documents.renderers import FORMATS
from recommendations.exports.services import write_summary
from recommendations.vocabulary import Audience, Language


class Command(BaseCommand):
    """Writes the summary of one cycle and round for one audience."""

    help = "Write the summary of a review cycle: its latest round, or the one given."

    def add_arguments(self, parser: CommandParser) -> None:
        """The cycle's key, and what the form on the page asks."""
        parser.add_argument("cycle", help="the cycle, such as KAZ-2")
        parser.add_argument("--round", type=int, help="the round's number (default: the cycle's latest)")
        parser.add_argument("--format", choices=list(FORMATS), default="xlsx")
        parser.add_argument("--audience", choices=Audience.values, default=Audience.PUBLIC.value)
        parser.add_argument("--language", choices=Language.values, default=Language.ENGLISH.value)
        parser.add_argument(
            "--output", required=True, metavar="FILE", help="the file to write, - for standard output"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Write the file; nothing is left of it when that fails."""
        cycle = (
            ReviewCycle.objects.select_related("state", "session")
            .filter(key=options["cycle"].upper())
            .first()
        )
        if cycle is None:
            known = ", ".join(ReviewCycle.objects.values_list("key", flat=True)) or "none"
            raise CommandError(f"There is no cycle “{options['cycle']}”; there are: {known}.")
        rounds = cycle.rounds.all()
        chosen = rounds.filter(pk=options["round"]).first() if options["round"] else rounds.first()
        if options["round"] and chosen is None:
            raise CommandError(f"{cycle.key} has no round {options['round']}.")
        asked = {name: options[name] for name in ("format", "audience", "language")}
        if options["output"] == "-":
            write_summary(sys.stdout.buffer, cycle=cycle, round=chosen, **asked)
            return
        target = Path(options["output"])
        partial = target.with_name(f".{target.name}.part")
        try:
            with partial.open("w+b") as stream:
                write_summary(stream, cycle=cycle, round=chosen, **asked)
            partial.replace(target)
        except OSError as fault:
            raise CommandError(f"{target} could not be written: {fault.strerror}.") from fault
        finally:
            partial.unlink(missing_ok=True)
        self.stdout.write(f"{target}: {target.stat().st_size} bytes")
