"""From a file to a plan: every row staged as it would be applied, every problem with its row and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from recommendations.catalogue.references import retired
from recommendations.formats.problems import FileProblem
from recommendations.imports import bulk
from recommendations.imports.adopting import Adopting
from recommendations.imports.asking import asking_for
from recommendations.imports.difference import Record, compare, held_by_reference, references_of, rename
from recommendations.imports.known import Misplaced, Unasked
from recommendations.imports.matching import Matching, choices_of
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.parsed import Parsed
from recommendations.imports.places import Places
from recommendations.imports.sources import Records, open_records
from recommendations.imports.telling import TABLES, Problems, Progress, Report, notes_on, nothing_found
from recommendations.imports.terms import Terms
from recommendations.imports.whole import WholeDocuments
from recommendations.vocabulary import ImportAction, ImportDecision, ImportState, UnknownLabels

BATCH = 2000


def make_plan(
    run: ImportRun, source: Path | IO[bytes], *, report: Report | None = None, note: str = ""
) -> ImportRun:
    """Read the file into staged rows of the run and set its counts, problems and status.

    ``report`` is told how far the reading is, and of how much: in rows, of a large file in bytes, 0 where not known.
    Rows are staged thousand by thousand, so that memory stays flat and other writers wait for a moment only. Nothing
    of the catalogue is changed. ``note`` is a sentence that stands first among the notes.
    """
    looked = looked_at(run)
    ImportRow.objects.filter(run=run).delete()
    problems, notes = Problems(), []
    counts = dict.fromkeys(ImportAction.values, 0)
    rows = 0
    doubts, progress = 0, Progress(report)
    run.questions, run.proposals = [], []
    try:
        terms = Terms.load(asking_for(run))
        with open_records(
            source,
            name=run.file.name,
            chosen=run.chosen_format,
            state=run.state,
            terms=terms,
            complain=problems.add,
            progress=progress.bytes,
        ) as opened:
            run.format = opened.format
            planner = _Planner(run, opened, terms, problems, choices_of(run))
            for batch, seen in planner.batches():
                _stage(run, batch, looked)
                rows = seen
                for row in batch:
                    counts[row[1]] += 1
                    doubts += bool(row[6])
                progress.rows(rows, opened.total)
            notes = planner.notes()
            run.proposals = planner.places.proposals()
            run.questions = terms.asking.questions(terms)
            for fault in opened.problems:
                problems.add(fault.message, fault.row, fault.column)
    except FileProblem as fault:
        problems.add(fault.message, fault.row, fault.column)
    run.rows = rows
    run.created, run.updated = counts[ImportAction.NEW], counts[ImportAction.CHANGED]
    run.unchanged, run.conflicts = counts[ImportAction.UNCHANGED], counts[ImportAction.CONFLICT]
    run.undecided = counts[ImportAction.UNDECIDED]
    run.doubts = doubts
    if not problems.count and not rows:
        problems.add(nothing_found(run))
    run.problems, run.notes = problems.all(), [note, *notes] if note else notes
    if problems.count:
        run.status = ImportState.REFUSED
    else:
        run.status = ImportState.ASKING if run.questions else ImportState.PLANNED
    run.save(
        update_fields=[
            "format",
            "rows",
            "created",
            "updated",
            "unchanged",
            "conflicts",
            "undecided",
            "doubts",
            "proposals",
            "questions",
            "problems",
            "notes",
            "status",
        ]
    )
    return run


class _Planner:
    """Plans one table, a batch of rows at a time."""

    def __init__(
        self, run: ImportRun, opened: Records, terms: Terms, problems: Problems, choices: dict[str, str]
    ):
        self.opened = opened
        self.problems = problems
        self.terms = terms
        self.places = Places(terms, run.state, run.answers, proposes=run.format not in TABLES)
        self.matching = Matching(terms, self.places, choices)
        self.adopting = Adopting(terms)
        self.records = self.matching.met(opened.records)
        self._seen: dict[int, int] = {}
        # Where the rows stand that are none of a table: "paragraph 124.26".
        self._spots: dict[int, str] = {}
        self._identifiers: dict[int, int] = {}
        self._count = 0
        self._whole = WholeDocuments() if opened.is_whole_document else None
        # Rows whose recommendation an earlier import brought and somebody took back.
        self._again = 0
        # Rows without a paragraph that say what another row of the file says.
        self._said_again = 0

    def batches(self) -> Iterator[tuple[list[tuple[Any, ...]], int]]:
        """The rows to be staged (as ``_stage`` takes them), and how many rows of the file were read so far."""
        while True:
            read = list(islice(self.records, BATCH))
            if not read:
                break
            self._count += len(read)
            self._spots |= {one.number: one.place for one in read if one is not None and one.place}
            batch = self._identified([parsed for parsed in read if parsed is not None])
            placed = [self._placed(parsed) for parsed in batch]
            yield self._compared([one for one in placed if one]), self._count
        for sentence in self._whole.faults() if self._whole else ():
            self.problems.add(sentence)

    def _identified(self, batch: list[Parsed]) -> list[Parsed]:
        """The batch, where a row's source gave it an identifier that is known here with its reference filled in."""
        carried = [parsed for parsed in batch if parsed.identifiers]
        if not carried:
            return batch
        known = references_of(pair for parsed in carried for pair in parsed.identifiers)
        faulty = set()
        for parsed in carried:
            for pair in parsed.identifiers:
                first = self._identifiers.setdefault(hash(pair), parsed.number)
                if first != parsed.number:
                    faulty.add(parsed.number)
                    self._tell(
                        parsed,
                        _("%(place)s holds the identifier %(value)s already. Expected each once.")
                        % {"place": self._spot(first), "value": pair[1]},
                    )
            found = {known[pair] for pair in parsed.identifiers if pair in known}
            if len(found) > 1 and not parsed.match:
                faulty.add(parsed.number)
                self._tell(
                    parsed,
                    _("The identifiers of this row belong to several recommendations: %(references)s.")
                    % {"references": ", ".join(sorted(found))},
                )
            elif found and not parsed.reference:
                self._follow_identifier(parsed, found.pop())
        return [parsed for parsed in batch if parsed.number not in faulty] if faulty else batch

    def _follow_identifier(self, parsed: Parsed, reference: str) -> None:
        """The identifier counts more than document and paragraph; where they say otherwise, a person looks."""
        if parsed.paragraph and parsed.symbol in self.places.documents:
            try:
                told = self.places.place(replace(parsed))
            except Misplaced:
                told = ""
            if told != reference:
                parsed.doubts.append(
                    _(
                        "Its identifier belongs to %(reference)s; the file gives document %(symbol)s, paragraph %(at)s."
                    )
                    % {"reference": reference, "symbol": parsed.symbol or "–", "at": parsed.paragraph}
                )
        parsed.reference, parsed.symbol, parsed.paragraph = reference, "", ""

    def _spot(self, number: int) -> str:
        """Where a row stands, at the beginning of a sentence."""
        return capfirst(self._spots.get(number) or _("row %(n)s") % {"n": number})

    def _tell(self, parsed: Parsed, message: str, *columns: str) -> None:
        """A problem of a row, at the first of these columns that the file has."""
        titles = self.opened.titles
        title = next((titles[name] for name in columns if name in titles), columns[-1] if columns else None)
        if parsed.place:
            message = _("%(place)s: %(message)s") % {"place": parsed.place, "message": message}
        self.problems.add(message, parsed.number, title, place=parsed.place)

    def _placed(self, parsed: Parsed) -> tuple[Parsed, str, Record] | None:
        if "candidates" in parsed.match:
            return parsed, "", self._record(parsed)
        try:
            reference = self.places.place(parsed)
        except Unasked:
            return None
        except Misplaced as fault:
            self._tell(parsed, str(fault), fault.column)
            return None
        first = self._seen.setdefault(hash(reference), parsed.number)
        if first != parsed.number and parsed.is_extra:
            self._said_again += 1
            return None
        if first != parsed.number:
            self._tell(
                parsed,
                _("%(place)s holds %(reference)s already. Expected each recommendation once.")
                % {"place": self._spot(first), "reference": reference},
                "paragraph",
                "reference",
            )
            return None
        return parsed, reference, self._record(parsed)

    def _record(self, parsed: Parsed) -> Record:
        general = self.terms.general_themes
        specific = [theme for theme in parsed.themes if theme not in general]
        record = {
            "state": parsed.state,
            "cycle": parsed.cycle,
            "session": parsed.session,
            "symbol": parsed.symbol,
            "paragraph": parsed.paragraph,
            "texts": parsed.texts,
            "recommending": parsed.recommending,
            "positions": [
                (kind, symbol, locator, day, place, note, quote)
                for place, (kind, symbol, locator, day, note, quote) in enumerate(
                    _once(parsed.positions, parsed.symbol), start=1
                )
            ],
            "claims": _once(parsed.claims, parsed.symbol),
            "themes": parsed.themes,
            "groups": parsed.groups,
            "goals": parsed.goals,
            "targets": parsed.targets,
            "identifiers": parsed.identifiers,
            "loose": parsed.is_loose,
            "absorbs": parsed.absorbs,
            "lead": next(iter(specific or parsed.themes), None),
        }
        if parsed.place:
            record["place"] = parsed.place
        return record

    def _compared(self, batch: list[tuple[Parsed, str, Record]]) -> list[tuple[Any, ...]]:
        held = held_by_reference(reference for _parsed, reference, _record in batch)
        if self.places.renamed:
            rename(held.values(), self.places.renamed)
        gone = retired(reference for _parsed, reference, _record in batch if reference not in held)
        rows: list[tuple[Any, ...]] = []
        for parsed, reference, record in batch:
            if not reference:
                rows.append(
                    (parsed.number, ImportAction.UNDECIDED.value, "", None, record, [], [], parsed.match)
                )
                continue
            known = held.get(reference)
            if self._whole and (sentence := self._whole.look(record, known)):
                self._tell(parsed, sentence, "recommending")
                continue
            taken_over = self.adopting.take_over(reference, record) if known is None else ""
            if taken_over:
                known = held_by_reference([taken_over])[taken_over]
                found = compare(record, known)
                action, changes, pk = str(found.action), found.changes, known.pk
            elif known is None:
                if not record["symbol"] or not record["texts"]:
                    self._unknown(parsed, reference)
                    continue
                if reference in gone:
                    if gone[reference] != record["symbol"]:
                        self._another(parsed, reference, gone[reference])
                        continue
                    self._again += 1
                action, changes, pk = ImportAction.NEW.value, [], None
            else:
                if not record["symbol"]:
                    complete(record, known.document)
                elif known.document != record["symbol"]:
                    self._elsewhere(parsed, known.reference, known.document)
                    continue
                found = compare(record, known)
                action, changes, pk = str(found.action), found.changes, known.pk
                reference = known.reference
            # What changes nothing needs no look.
            doubts = parsed.doubts if action != ImportAction.UNCHANGED else []
            rows.append((parsed.number, action, reference, pk, record, changes, doubts, parsed.match))
        return rows

    def _unknown(self, parsed: Parsed, reference: str) -> None:
        message = _(
            "No recommendation %(reference)s is recorded here. A new one needs symbol, paragraph and text."
        )
        self._tell(parsed, message % {"reference": reference}, "reference")

    def _another(self, parsed: Parsed, reference: str, symbol: str) -> None:
        message = _("%(reference)s belonged to %(symbol)s before; a reference is never given to another.")
        self._tell(parsed, message % {"reference": reference, "symbol": symbol}, "symbol", "paragraph")

    def _elsewhere(self, parsed: Parsed, reference: str, symbol: str) -> None:
        message = _("%(reference)s is recorded already, from another document: %(symbol)s.")
        self._tell(parsed, message % {"reference": reference, "symbol": symbol}, "symbol", "paragraph")

    def notes(self) -> list[str]:
        """What the person should know before confirming, though nothing is wrong."""
        # The plan's page shows what is added in a place of its own.
        added = () if self.terms.asking.mode == UnknownLabels.ASK else self.places.added
        own = notes_on(added=added, left=self.adopting.left(), again=self._again, said_again=self._said_again)
        asked = self.terms.asking.notes()
        return [*self.opened.notes, *self.matching.notes(), *asked, *own]


def looked_at(run: ImportRun) -> set[tuple[str, ...]]:
    """(reference, doubts …) of the rows that somebody looked at: made anew, the plan need not be looked at again."""
    if not run.doubts:
        return set()
    rows = ImportRow.objects.filter(run=run, looked_at=True).values_list("reference", "doubts")
    return {(reference, *doubts) for reference, doubts in rows}


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
def _stage(run: ImportRun, batch: list[tuple[Any, ...]], looked: set[tuple[str, ...]]) -> None:
    bulk.insert(
        ImportRow,
        (
            "run_id",
            "number",
            "action",
            "reference",
            "recommendation_id",
            "record",
            "changes",
            "decision",
            "doubts",
            "looked_at",
            "match",
        ),
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
                bulk.document(doubts),
                bool(doubts) and (reference, *doubts) in looked,
                bulk.document(match),
            )
            for number, action, reference, recommendation, record, changes, doubts, match in batch
        ],
    )
