"""The State's answers: recording one, and keeping the copy of the latest on the recommendation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue import index
from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import Document, Position, Recommendation, ReviewCycle
from recommendations.vocabulary import DocumentKind, MilestoneKind, PositionKind

# At which event of the cycle a document of this kind gives the State's answers.
_EVENTS = {
    DocumentKind.WORKING_GROUP_REPORT: MilestoneKind.WORKING_GROUP_REPORT,
    DocumentKind.ADDENDUM: MilestoneKind.STATE_ANSWERS,
    DocumentKind.COUNCIL_REPORT: MilestoneKind.ADOPTION,
    DocumentKind.DECISION: MilestoneKind.ADOPTION,
}
_CHUNK = 500


def latest_first() -> tuple[Any, ...]:
    """The order of one recommendation's positions, the one that counts first."""
    return (F("on").desc(nulls_last=True), "-sequence", "-pk")


def latest_of(positions: Iterable[tuple[str, date | None, int]]) -> tuple[str, date | None]:
    """Of new positions (kind, date, sequence), in the order in which they are recorded, the one that counts.

    The rule of ``latest_first`` for rows that are not written yet: an import sets the copy with the recommendation
    itself, since writing each twice takes PostgreSQL almost twice as long.
    """
    rows = list(positions)
    if len(rows) < 2:
        return next(((kind, on) for kind, on, _sequence in rows), ("", None))
    ranked = [
        (on is not None, on or date.min, sequence, place, kind, on)
        for place, (kind, on, sequence) in enumerate(rows)
    ]
    return max(ranked)[4:]


def event_date(document: Document | None, cycle: ReviewCycle | None) -> date | None:
    """The day of the event at which a document gave the State's answers, as far as the cycle's milestones tell.

    The report of the Working Group: the day it was adopted, else that of the review. The addendum: the day of the
    answers, else that of the adoption. The Council's report or decision: that of the adoption.
    """
    if document is None:
        return None
    event = _EVENTS.get(DocumentKind(document.kind))
    if event is None or cycle is None:
        return document.published_on
    days = [
        milestone.on
        for milestone in cycle.milestones.all()
        if milestone.kind == event and not milestone.is_estimate and milestone.cancelled_at is None
    ]
    if days:
        return min(days)
    if event == MilestoneKind.WORKING_GROUP_REPORT:
        return cycle.review_on or document.published_on
    return cycle.adopted_on or document.published_on


@transaction.atomic
def record_position(
    recommendation: Recommendation,
    *,
    kind: str,
    document: Document | None,
    by: Any,
    locator: str = "",
    on: date | None = None,
    sequence: int = 1,
    quote: str = "",
    note: str = "",
    at: datetime | None = None,
) -> Position:
    """Record what the State answered, when and where it says so; the latest position is what counts.

    ``on`` is taken from the event of the document where it is not given. Raises ``Refused`` for a date in the
    future and for the same answer from the same document.
    """
    at = at or timezone.now()
    if kind not in PositionKind.values:
        raise ValueError(f"no such position: {kind}")
    on = on or event_date(document, recommendation.cycle)
    if on is not None and on > timezone.localdate(at):
        raise Refused(_("The date of a position cannot lie in the future."))
    try:
        with transaction.atomic():
            position = Position.objects.create(
                recommendation=recommendation,
                kind=kind,
                document=document,
                locator=locator,
                on=on,
                sequence=sequence,
                quote=quote,
                note=note,
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        raise Refused(_("This position is recorded already, from the same document.")) from None
    Recommendation.objects.filter(pk=recommendation.pk).update(updated_at=at)
    refresh_positions([recommendation.pk])
    recommendation.refresh_from_db(fields=["position", "position_on", "updated_at"])
    index.changed([recommendation.pk])
    record(
        "position.recorded",
        recommendation,
        by=by,
        detail={
            "position": kind,
            "document": document.symbol if document else "",
            "locator": locator,
            "on": on,
            "note": note,
        },
        at=at,
    )
    return position


def refresh_positions(recommendation_ids: Iterable[int]) -> int:
    """Copy the latest position onto these recommendations; beside ``latest_of`` the only source of the copy.

    One statement for some hundred recommendations. Returns how many were looked at.
    """
    ids = iter(recommendation_ids)
    count = 0
    while chunk := list(islice(ids, _CHUNK)):
        latest = _latest()
        count += Recommendation.objects.filter(pk__in=chunk).update(
            position=Coalesce(Subquery(latest.values("kind")[:1]), Value("")),
            position_on=Subquery(latest.values("on")[:1]),
        )
    return count


def faulty_positions() -> Iterator[tuple[Recommendation, str]]:
    """The recommendations whose copy is not the latest position, each with what it should be."""
    latest = _latest()
    rows = (
        Recommendation.objects.annotate(
            latest_kind=Coalesce(Subquery(latest.values("kind")[:1]), Value("")),
            latest_on=Subquery(latest.values("on")[:1]),
        )
        .exclude(
            Q(position=F("latest_kind"))
            & (Q(position_on=F("latest_on")) | Q(position_on__isnull=True, latest_on__isnull=True))
        )
        .order_by("reference")
    )
    for recommendation in rows.iterator(chunk_size=2000):
        yield recommendation, recommendation.latest_kind


def _latest() -> Any:
    return Position.objects.filter(recommendation=OuterRef("pk")).order_by(*latest_first())
