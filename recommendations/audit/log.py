"""Writing and verifying the log: ``record`` is the only writer of events.

Each event carries the hash of the one before it and of its own detail, so that a change, a deletion or a
reordering is found and its place named. Call ``record`` last in a transaction: it locks the chain's head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from recommendations.audit.models import ChainHead, Event, EventDetail

FIRST_HASH = "0" * 64


def _digest(value: Any) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def event_hash(event: Event) -> str:
    """The hash of an event: of everything it says, its detail's hash and the hash before it (hex SHA-256)."""
    return _digest(
        [
            event.number,
            event.verb,
            event.subject_kind,
            event.subject_id,
            event.subject_label,
            event.actor_id,
            _moment(event.at),
            event.detail_hash,
            event.previous_hash,
        ]
    )


@transaction.atomic
def record(
    verb: str,
    subject: models.Model | None = None,
    *,
    by: Any,
    detail: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Append one event and return it.

    ``verb`` is a key of ``audit.words.SENTENCES``; ``by`` a person, or None for the product itself; ``detail``
    is JSON-serialisable and must hold nothing that would harm when the log is read. ``at`` defaults to now.
    """
    # Through the encoder once, so that what is hashed is what a later reading of the column gives.
    plain = json.loads(json.dumps(detail or {}, cls=DjangoJSONEncoder))
    ChainHead.objects.get_or_create(pk=1)
    head = ChainHead.objects.select_for_update().get(pk=1)
    event = Event(
        number=head.number + 1,
        verb=verb,
        subject_kind=type(subject).__name__ if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        subject_label=str(subject)[:300] if subject is not None else "",
        actor=by,
        at=at or timezone.now(),
        detail_hash=_digest(plain),
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    EventDetail.objects.create(event=event, detail=plain)
    ChainHead.objects.filter(pk=1).update(number=event.number, hash=event.hash)
    return event


def faults() -> Iterator[tuple[int, str]]:
    """What is wrong with the chain, as (event number, what): nothing when it is whole."""
    expected, previous = 1, FIRST_HASH
    events = Event.objects.order_by("number").select_related("detail")
    for event in events.iterator(chunk_size=2000):
        if event.number != expected:
            yield expected, "missing"
            expected = event.number
        if event.previous_hash != previous:
            yield event.number, "does not follow the event before it"
        if event_hash(event) != event.hash:
            yield event.number, "was changed"
        detail = getattr(event, "detail", None)
        if detail is None:
            yield event.number, "its detail is missing"
        elif detail.erased_at is None and _digest(detail.detail) != event.detail_hash:
            yield event.number, "its detail was changed"
        expected, previous = event.number + 1, event.hash
    head = ChainHead.objects.filter(pk=1).first()
    if head and (head.number, head.hash) != (expected - 1, previous):
        yield expected, "the end of the log is missing"
