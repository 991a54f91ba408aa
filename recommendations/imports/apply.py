"""From a plan to the catalogue: exactly what was seen, in sets, one transaction for each State."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from recommendations.audit.log import record as log
from recommendations.catalogue import index
from recommendations.catalogue.models import (
    Position,
    Recommendation,
    RecommendationIdentifier,
    RecommendationText,
    RecommendingState,
    State,
    StateClaim,
)
from recommendations.catalogue.positions import latest_of, refresh_positions
from recommendations.catalogue.references import order_key, paragraph_key, retired
from recommendations.imports import bulk
from recommendations.imports.difference import LISTS, Difference, Held, Record, compare, held_by_reference
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.moving import Moves, WorkedOn
from recommendations.imports.stock import Stock
from recommendations.imports.traces import Trace
from recommendations.vocabulary import ImportAction, ImportDecision, ImportState, TextKind

logger = logging.getLogger(__name__)

BATCH = 2000
TABLES = (
    Recommendation,
    RecommendationText,
    RecommendingState,
    Position,
    StateClaim,
    RecommendationIdentifier,
)


class PlanIsStale(Exception):
    """The catalogue changed since the plan was made, so that applying it would do something else than was seen."""


def states_of(run: ImportRun) -> list[str]:
    """The codes of the States whose rows the plan would write, in order."""
    if run.state_id is not None:
        return [State.objects.values_list("code", flat=True).get(pk=run.state_id)]
    codes, reference = [], ""
    rows = ImportRow.objects.filter(run=run).order_by("reference").values_list("reference", flat=True)
    # A jump in the index for each State instead of reading every row.
    while found := rows.filter(reference__gt=reference).first():
        codes.append(found[:3])
        reference = f"{found[:3]}."  # sorts behind every reference of that State
    return codes


def apply_state(run: ImportRun, code: str, *, tell: Callable[[int], None] = lambda rows: None) -> int:
    """Write the rows of one State, all or none; ``tell`` is told the rows written so far. Returns how many.

    Raises ``PlanIsStale`` where the catalogue is no longer what the plan was compared with.
    """
    try:
        with transaction.atomic():
            stock, at, done = Stock(run.proposals), timezone.now(), 0
            trace = Trace(run, code)
            inferred = stock.inferred()
            with trace.of_documents([document.pk for document in inferred]):
                stock.correct(inferred)
            for rows in _batches(run, code):
                _apply_batch(rows, stock, at, trace)
                done += len(rows)
                tell(done)
            trace.close(made=stock.made, followed=stock.followed)
    except IntegrityError as fault:
        logger.warning("import run %s: the plan could not be applied: %s", run.pk, fault)
        if not any(kind in str(fault).casefold() for kind in ("unique", "foreign key")):
            raise
        # Somebody recorded the same paragraph, or removed a term, between the comparison and the writing.
        raise PlanIsStale from None
    return done


def finish(run: ImportRun, *, by: Any) -> None:
    """Mark the run applied and log it once; the statistics follow when the transaction is through."""
    at = timezone.now()
    applied = {"status": ImportState.APPLIED, "applied_at": at}
    if not ImportRun.objects.filter(pk=run.pk, status=ImportState.APPLYING).update(**applied):
        raise RuntimeError(f"import run {run.pk} is not being applied")
    run.refresh_from_db()
    if run.created or run.updated or run.conflicts:
        transaction.on_commit(refresh_statistics)
    log(
        "import.applied",
        run,
        by=by,
        detail={
            "rows": run.rows,
            "created": run.created,
            "updated": run.updated,
            "unchanged": run.unchanged,
            "conflicts": run.conflicts,
            "sha256": run.file.sha256,
        },
        at=at,
    )


def refresh_statistics() -> None:
    """Without fresh statistics the same questions took six times as long (measured)."""
    through = [getattr(Recommendation, name).through for name in LISTS]
    bulk.refresh_statistics([*TABLES, *through])


def _batches(run: ImportRun, code: str) -> Iterator[list[tuple[Any, ...]]]:
    """The staged rows of a State that may write something, in the order of their references."""
    rows = (
        ImportRow.objects.filter(run=run, reference__lt=f"{code}.")
        .exclude(action=ImportAction.UNCHANGED)
        .order_by("reference")
    )
    reference = f"{code}-"
    while batch := list(
        rows.filter(reference__gt=reference).values_list(
            "reference", "action", "decision", "record", "changes"
        )[:BATCH]
    ):
        yield batch
        reference = batch[-1][0]


def _apply_batch(rows: list[tuple[Any, ...]], stock: Stock, at: datetime, trace: Trace) -> None:
    held = held_by_reference(_named(rows), lock=True)
    writer, moves = _Writer(stock, at), Moves(stock)
    new: list[tuple[str, Record]] = []
    for reference, action, decision, record, changes in rows:
        known = held.get(reference)
        if record.get("adopts"):
            if known is not None:
                raise PlanIsStale
            known = held.get(record["adopts"]["from"])
        if action == ImportAction.NEW:
            if known is not None:
                raise PlanIsStale
            new.append((reference, record))
            continue
        if known is None or not _same(compare(record, known), action, changes):
            raise PlanIsStale
        difference = compare(record, known, take=decision == ImportDecision.THEIRS)
        if difference.writes:
            writer.change(known, record, difference)
        if difference.becomes or difference.absorbs:
            if any(other not in held for other in difference.absorbs):
                raise PlanIsStale
            moves.note(known, record, difference, held)
    symbols = {reference: record["symbol"] for reference, record in new}
    if any(symbols[reference] != symbol for reference, symbol in retired(symbols).items()):
        raise PlanIsStale
    stock.expect(record for _reference, record in new)
    created = bulk.next_ids(Recommendation, len(new))
    for pk, (reference, record) in zip(created, new, strict=True):
        writer.add(pk, reference, record)
    with trace.of(created=created, changed=[*(mark[-1] for mark in writer.marks), *moves.absorbed]):
        try:
            moves.write()
        except WorkedOn:
            raise PlanIsStale from None
        writer.write()


def _named(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """The references of these rows, and those of the provisional recommendations that they take over or absorb."""
    for reference, _action, _decision, record, _changes in rows:
        yield reference
        if record.get("adopts"):
            yield record["adopts"]["from"]
        yield from record.get("absorbs", ())


def _same(found: Difference, action: str, changes: list[dict[str, Any]]) -> bool:
    """Whether the comparison gives today what the plan showed (as JSON: tuples are lists there)."""
    return found.action == action and json.loads(bulk.document(found.changes)) == changes


@dataclass
class _Writer:
    """Collects rows of all tables for one batch and writes them table by table."""

    stock: Stock
    at: datetime
    touched: list[int] = field(default_factory=list)
    # What new recommendations are found by.
    contents: dict[int, index.Content] = field(default_factory=dict)
    answered: list[int] = field(default_factory=list)
    recommendations: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    changed_texts: list[tuple[Any, ...]] = field(default_factory=list)
    recommending: list[tuple[Any, ...]] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    positions: list[tuple[Any, ...]] = field(default_factory=list)
    claims: list[tuple[Any, ...]] = field(default_factory=list)
    identifiers: list[tuple[int, str, str]] = field(default_factory=list)
    lists: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    # (leading theme, still demo, what stays marked as corrected, time, revision, id)
    marks: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._moment = bulk.moment(self.at)

    def add(self, pk: int, reference: str, record: Record) -> None:
        """A new recommendation with all that belongs to it."""
        cycle = self.stock.cycle(record)
        document = self.stock.document(record["symbol"], record)
        paragraph = record["paragraph"]
        answers = self._answers(pk, record, record["positions"])
        position, position_on = latest_of(
            (kind, on, sequence) for _pk, kind, _in, _at, on, sequence, *_ in answers
        )
        self.positions.extend(answers)
        self.recommendations.append(
            (
                pk,
                record["state"],
                document.body_id or self.stock.upr.pk,
                document.pk,
                cycle.pk if cycle else None,
                paragraph,
                paragraph_key(paragraph),
                reference,
                order_key(reference),
                position,
                position_on,
                record["lead"],
                "[]",
                False,
                self._moment,
                self._moment,
                1,
            )
        )
        self.contents[pk] = index.Content(
            reference,
            document.symbol,
            record["state"],
            texts=record["texts"],
            demands=[],
            recommending=[(state, wording) for state, _category, wording in record["recommending"]],
            themes=record["themes"],
            aliases=[],
        )
        self.texts.extend((pk, *text) for text in record["texts"])
        self._recommend(pk, record["recommending"])
        if record["claims"]:
            self._claim(pk, record, record["claims"])
        self.identifiers.extend((pk, source, value) for source, value in record["identifiers"])
        for name in LISTS:
            self.lists[name].extend((pk, term) for term in record[name])

    def change(self, held: Held, record: Record, found: Difference) -> None:
        """What the record changes of a recommendation that is there."""
        pk = held.pk
        self.touched.append(pk)
        self.texts.extend((pk, *text) for text in found.new_texts)
        self.changed_texts.extend(
            (text, None, None, pk, language, kind) for language, kind, text in found.changed_texts
        )
        if found.recommending is not None:
            self.replaced.append(pk)
            self._recommend(pk, found.recommending)
        if found.positions:
            self.positions.extend(self._answers(pk, record, found.positions))
            self.answered.append(pk)
        self._claim(pk, record, found.claims)
        self.identifiers.extend((pk, source, value) for source, value in found.identifiers)
        for name, terms in found.lists.items():
            self.lists[name].extend((pk, term) for term in terms)
        official = any(kind == TextKind.OFFICIAL for _language, kind, _text in found.new_texts)
        self.marks.append(
            (
                held.lead if held.lead is not None else record["lead"],
                held.is_demo and not official,
                bulk.document(sorted(held.corrected - set(found.no_longer_corrected))),
                self._moment,
                held.revision + 1,
                pk,
            )
        )

    def _recommend(self, pk: int, recommending: list[Any]) -> None:
        self.recommending.extend(
            (pk, state, order, wording, category)
            for order, (state, category, wording) in enumerate(recommending)
        )

    def _answers(self, pk: int, record: Record, positions: Any) -> list[tuple[Any, ...]]:
        cycle = self.stock.cycle(record)
        rows = []
        for kind, symbol, locator, day, sequence, note, quote in positions:
            document = self.stock.document(symbol, record if symbol.startswith(record["symbol"]) else None)
            on = date.fromisoformat(day) if day else self.stock.day(symbol, cycle)
            rows.append((pk, kind, document.pk, locator, on, sequence, quote, note, None, self._moment))
        return rows

    def _claim(self, pk: int, record: Record, claims: Any) -> None:
        for kind, symbol, locator, quote in claims:
            document = self.stock.document(symbol, record if symbol.startswith(record["symbol"]) else None)
            day = self.stock.day(symbol, self.stock.cycle(record))
            self.claims.append((pk, kind, document.pk, locator, day, quote))

    def write(self) -> None:
        """Write everything collected: a statement for each table, whatever the number of rows."""
        bulk.insert(
            Recommendation,
            (
                "id",
                "state_id",
                "body_id",
                "document_id",
                "cycle_id",
                "paragraph",
                "paragraph_key",
                "reference",
                "order_key",
                "position",
                "position_on",
                "lead_theme_id",
                "corrected",
                "is_demo",
                "created_at",
                "updated_at",
                "revision",
            ),
            self.recommendations,
        )
        bulk.update(
            Recommendation,
            ("lead_theme_id", "is_demo", "corrected", "updated_at", "revision"),
            ("id",),
            self.marks,
        )
        bulk.insert(RecommendationText, ("recommendation_id", "language", "kind", "text"), self.texts)
        bulk.update(
            RecommendationText,
            ("text", "edited_by_id", "edited_at"),
            ("recommendation_id", "language", "kind"),
            self.changed_texts,
        )
        if self.replaced:
            RecommendingState.objects.filter(recommendation__in=self.replaced).delete()
        bulk.insert(
            RecommendingState,
            ("recommendation_id", "state_id", "order", "wording", "action_category"),
            self.recommending,
        )
        bulk.insert(
            Position,
            (
                "recommendation_id",
                "kind",
                "document_id",
                "locator",
                "on",
                "sequence",
                "quote",
                "note",
                "recorded_by_id",
                "recorded_at",
            ),
            self.positions,
        )
        bulk.insert(
            StateClaim, ("recommendation_id", "kind", "document_id", "locator", "on", "quote"), self.claims
        )
        bulk.insert(RecommendationIdentifier, ("recommendation_id", "source", "value"), self.identifiers)
        for name, rows in self.lists.items():
            relation: Any = Recommendation._meta.get_field(name)
            bulk.insert(
                getattr(Recommendation, name).through,
                (relation.m2m_column_name(), relation.m2m_reverse_name()),
                rows,
            )
        refresh_positions(self.answered)
        index.changed(self.touched, new=self.contents)
