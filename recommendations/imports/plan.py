"""From a file to a plan: every row staged as it would be applied, every problem with its row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.catalogue.references import retired
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Table, read_table
from recommendations.imports import bulk
from recommendations.imports.columns import find_columns
from recommendations.imports.difference import Record, compare, held_by_reference
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.places import Misplaced, Places
from recommendations.imports.schema import Parsed, Reader, rows_of
from recommendations.imports.terms import Terms
from recommendations.vocabulary import ImportAction, ImportDecision, ImportState

BATCH = 1000
# Beyond so many the list helps nobody; their number is told.
MOST_PROBLEMS = 2000

Report = Callable[[int, int], None]


@dataclass
class Problems:
    """The problems of a file, as they are shown and stored."""

    listed: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(self, message: str, row: int | None = None, column: str | None = None) -> None:
        """Note one; beyond the most that are listed it is only counted."""
        self.count += 1
        if len(self.listed) < MOST_PROBLEMS:
            self.listed.append({"row": row, "column": column, "message": message})

    def all(self) -> list[dict[str, Any]]:
        """Those listed, in the order of the file, and one more that says how many are not."""
        found = sorted(self.listed, key=lambda one: (one["row"] is None, one["row"] or 0))
        if self.count > len(self.listed):
            more = _("%(count)s more problems are not listed.") % {"count": self.count - len(self.listed)}
            found.append({"row": None, "column": None, "message": more})
        return found


def make_plan(
    run: ImportRun, source: Path | IO[bytes], *, report: Report | None = None, note: str = ""
) -> ImportRun:
    """Read the file into staged rows of the run and set its counts, problems and status.

    ``report`` is told (rows so far, rows in all or 0 where not known yet). Rows are staged thousand by thousand, so
    that memory stays flat and other writers wait for a moment only. Nothing of the catalogue is changed. ``note`` is
    a sentence that stands first among the notes.
    """
    ImportRow.objects.filter(run=run).delete()
    problems, notes = Problems(), []
    counts = dict.fromkeys(ImportAction.values, 0)
    rows = 0
    try:
        with read_table(source, name=run.file.name) as table:
            run.format = table.format
            planner = _Planner(run, table, problems)
            for batch, seen in planner.batches():
                _stage(run, batch)
                rows = seen
                for row in batch:
                    counts[row[1]] += 1
                if report:
                    report(rows, 0)
            notes = planner.notes()
            for fault in table.problems:
                problems.add(fault.message, fault.row, fault.column)
    except FileProblem as fault:
        problems.add(fault.message, fault.row, fault.column)
    run.rows = rows
    run.created, run.updated = counts[ImportAction.NEW], counts[ImportAction.CHANGED]
    run.unchanged, run.conflicts = counts[ImportAction.UNCHANGED], counts[ImportAction.CONFLICT]
    if not problems.count and not rows:
        problems.add(_("The file holds no rows below its header."))
    run.problems, run.notes = problems.all(), [note, *notes] if note else notes
    run.status = ImportState.REFUSED if problems.count else ImportState.PLANNED
    run.save(
        update_fields=[
            "format",
            "rows",
            "created",
            "updated",
            "unchanged",
            "conflicts",
            "problems",
            "notes",
            "status",
        ]
    )
    return run


class _Planner:
    """Plans one table, a batch of rows at a time."""

    def __init__(self, run: ImportRun, table: Table, problems: Problems):
        self.table = table
        self.problems = problems
        self.terms = Terms.load()
        self.places = Places(self.terms, run.state)
        columns, faults, self.unread = find_columns(table)
        for fault in faults:
            problems.add(fault.message, fault.row, fault.column)
        titles = [table.column_name(index) for index in range(len(table.header))]
        self.reader = None if faults else Reader(columns, titles, self.terms, problems.add)
        self._seen: dict[int, int] = {}
        self._count = 0
        # Rows whose recommendation an earlier import brought and somebody took back.
        self._again = 0

    def batches(self) -> Iterator[tuple[list[tuple[Any, ...]], int]]:
        """The rows to be staged (number, action, reference, recommendation, record, changes), and rows so far."""
        if self.reader is None:
            return
        counted = self._counted(self.table.rows)
        with closing(rows_of(self.reader, counted)) as records:
            while True:
                batch = [self._placed(parsed) for parsed in islice(records, BATCH)]
                if not batch:
                    break
                yield self._compared([one for one in batch if one]), self._count
        yield [], self._count

    def _counted(self, rows: Iterator[Any]) -> Iterator[Any]:
        for row in rows:
            self._count += 1
            yield row

    def _placed(self, parsed: Parsed) -> tuple[int, str, Record] | None:
        assert self.reader is not None
        try:
            reference = self.places.place(parsed)
        except Misplaced as fault:
            self.problems.add(str(fault), parsed.number, self.reader.titles.get(fault.column, fault.column))
            return None
        first = self._seen.setdefault(hash(reference), parsed.number)
        if first != parsed.number:
            self.problems.add(
                _("Row %(row)s holds %(reference)s already. Expected each recommendation once.")
                % {"row": first, "reference": reference},
                parsed.number,
                self.reader.titles.get("paragraph", "reference"),
            )
            return None
        return parsed.number, reference, self._record(parsed)

    def _record(self, parsed: Parsed) -> Record:
        general = self.terms.general_themes
        specific = [theme for theme in parsed.themes if theme not in general]
        return {
            "state": parsed.state,
            "cycle": parsed.cycle,
            "session": parsed.session,
            "symbol": parsed.symbol,
            "paragraph": parsed.paragraph,
            "texts": parsed.texts,
            "recommending": parsed.recommending,
            "positions": [
                (kind, symbol, locator, day, place, note)
                for place, (kind, symbol, locator, day, note) in enumerate(
                    _once(parsed.positions, parsed.symbol), start=1
                )
            ],
            "claims": _once(parsed.claims, parsed.symbol),
            "themes": parsed.themes,
            "groups": parsed.groups,
            "goals": parsed.goals,
            "targets": parsed.targets,
            "lead": next(iter(specific or parsed.themes), None),
        }

    def _compared(self, batch: list[tuple[int, str, Record]]) -> list[tuple[Any, ...]]:
        held = held_by_reference(reference for _number, reference, _record in batch)
        gone = retired(reference for _number, reference, _record in batch if reference not in held)
        rows: list[tuple[Any, ...]] = []
        for number, reference, record in batch:
            known = held.get(reference)
            if known is None:
                if not record["symbol"] or not record["texts"]:
                    self._unknown(number, reference)
                    continue
                if reference in gone:
                    if gone[reference] != record["symbol"]:
                        self._another(number, reference, gone[reference])
                        continue
                    self._again += 1
                rows.append((number, ImportAction.NEW.value, reference, None, record, []))
                continue
            if not record["symbol"]:
                complete(record, known.document)
            elif known.document != record["symbol"]:
                self._elsewhere(number, known.reference, known.document)
                continue
            found = compare(record, known)
            rows.append((number, str(found.action), known.reference, known.pk, record, found.changes))
        return rows

    def _unknown(self, number: int, reference: str) -> None:
        assert self.reader is not None
        column = self.reader.titles.get("reference", "reference")
        message = _(
            "No recommendation %(reference)s is recorded here. A new one needs symbol, paragraph and text."
        )
        self.problems.add(message % {"reference": reference}, number, column)

    def _another(self, number: int, reference: str, symbol: str) -> None:
        assert self.reader is not None
        message = _("%(reference)s belonged to %(symbol)s before; a reference is never given to another.")
        column = self.reader.titles.get("symbol", self.reader.titles.get("paragraph", "symbol"))
        self.problems.add(message % {"reference": reference, "symbol": symbol}, number, column)

    def _elsewhere(self, number: int, reference: str, symbol: str) -> None:
        assert self.reader is not None
        message = _("%(reference)s is recorded already, from another document: %(symbol)s.")
        self.problems.add(
            message % {"reference": reference, "symbol": symbol},
            number,
            self.reader.titles.get("symbol", self.reader.titles.get("paragraph", "symbol")),
        )

    def notes(self) -> list[str]:
        """What the person should know before confirming, though nothing is wrong."""
        notes = []
        if self.places.added:
            notes.append(
                _("New here, and added with the rows: %(what)s.") % {"what": ", ".join(self.places.added)}
            )
        if self._again:
            notes.append(
                ngettext(
                    "%(count)s recommendation was imported before and taken back; it gets its reference again.",
                    "%(count)s recommendations were imported before and taken back; they get their references again.",
                    self._again,
                )
                % {"count": self._again}
            )
        if self.unread:
            names = ", ".join(f"“{title}”" for title in self.unread)
            notes.append(_("Columns that are not read: %(columns)s.") % {"columns": names})
        return notes


def _once(rows: Iterable[tuple[Any, ...]], symbol: str) -> list[tuple[Any, ...]]:
    """Positions or claims, each kind once from a document; an empty symbol is that of the recommendation."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for kind, at, *rest in rows:
        found.setdefault((kind, at or symbol), (kind, at or symbol, *rest))
    return list(found.values())


def complete(record: Record, symbol: str) -> None:
    """Give a record that names only a reference the document of the recommendation it names."""
    record["symbol"] = symbol
    record["positions"] = _once(record["positions"], symbol)
    record["claims"] = _once(record["claims"], symbol)


@transaction.atomic
def _stage(run: ImportRun, batch: list[tuple[Any, ...]]) -> None:
    bulk.insert(
        ImportRow,
        ("run_id", "number", "action", "reference", "recommendation_id", "record", "changes", "decision"),
        [
            (
                run.pk,
                number,
                action,
                reference,
                recommendation,
                bulk.document(record),
                bulk.document(changes),
                ImportDecision.OURS.value,
            )
            for number, action, reference, recommendation, record, changes in batch
        ],
    )
