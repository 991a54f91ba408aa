"""`manage.py export_matrix KAZ-3 …`: OHCHR's list of a cycle with the assessments in its last column, as a file."""

import sys
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.catalogue.models import ReviewCycle
from recommendations.catalogue.received import path_of
from recommendations.exports.services import lists_of, write_matrix
from recommendations.formats.matrix import Returned
from recommendations.formats.problems import FileProblem
from recommendations.imports.models import ImportRun
from recommendations.vocabulary import Audience, Language

ANEW = "anew"


class Command(BaseCommand):
    """Writes the filled list of one cycle and round for one audience."""

    help = (
        "Write OHCHR's list of a review cycle with the assessments of a round in its last column; every other byte of "
        "the document stays. Without a list one is built in its layout."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The cycle's key, and what the form on the page asks."""
        parser.add_argument("cycle", help="the cycle, such as KAZ-3")
        parser.add_argument("--round", type=int, help="the round's number (default: the cycle's latest)")
        parser.add_argument(
            "--file",
            metavar="RUN_OR_PATH",
            help="the list to fill in: the number of an import run, a file, or “anew” "
            "(default: the list imported last for the cycle, else anew)",
        )
        parser.add_argument("--audience", choices=Audience.values, default=Audience.PUBLIC.value)
        parser.add_argument("--language", choices=Language.values, default=Language.ENGLISH.value)
        parser.add_argument(
            "--output", required=True, metavar="FILE", help="the file to write, - for standard output"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Write the file; nothing is left of it when that fails."""
        found = ReviewCycle.objects.select_related("state", "session")
        cycle = found.filter(key=options["cycle"].upper()).first()
        if cycle is None:
            known = ", ".join(ReviewCycle.objects.values_list("key", flat=True)) or "none"
            raise CommandError(f"There is no cycle “{options['cycle']}”; there are: {known}.")
        rounds = cycle.rounds.all()
        chosen = rounds.filter(pk=options["round"]).first() if options["round"] else rounds.first()
        if options["round"] and chosen is None:
            raise CommandError(f"{cycle.key} has no round {options['round']}.")
        asked = {
            "cycle": cycle,
            "round": chosen,
            "audience": options["audience"],
            "language": options["language"],
            "source": _source(options["file"], cycle),
        }
        if options["output"] == "-":
            _write(sys.stdout.buffer, asked)
            return
        target = Path(options["output"])
        partial = target.with_name(f".{target.name}.part")
        try:
            with partial.open("w+b") as stream:
                returned = _write(stream, asked)
            partial.replace(target)
        except OSError as fault:
            raise CommandError(f"{target} could not be written: {fault.strerror}.") from fault
        finally:
            partial.unlink(missing_ok=True)
        self.stdout.write(
            f"{target}: {target.stat().st_size} bytes, {returned.filled} of {returned.listed} recommendations filled in"
        )
        if returned.unknown:
            self.stdout.write(f"not recorded here: {', '.join(returned.unknown)}")


def _write(stream: IO[bytes], asked: dict[str, Any]) -> Returned:
    try:
        return write_matrix(stream, **asked)
    except FileProblem as fault:
        raise CommandError(str(fault)) from fault


def _source(given: str | None, cycle: ReviewCycle) -> Path | None:
    """The list's file; None for one built anew."""
    if given == ANEW:
        return None
    if given is None:
        latest = lists_of(cycle).first()
        return path_of(latest) if latest else None
    path = Path(given)
    if given.isdecimal() and not path.exists():
        run = ImportRun.objects.select_related("file").filter(pk=int(given[:18])).first()
        if run is None:
            raise CommandError(f"There is no import run {given}.")
        path = path_of(run.file)
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    return path
