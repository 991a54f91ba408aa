"""Writing and verifying the log: ``record`` is the only writer of events.

Each event carries the hash of the one before it and of its own detail, so that a change, a deletion or a
reordering is found and its place named. Call ``record`` last in a transaction: it locks the chain's head.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from recommendations.audit import anchors, verify_audit
from recommendations.audit.models import ChainHead, Event, EventDetail

CHUNK = 2000


def _said(event: Event) -> dict[str, Any]:
    """An event as the check and the dump have it."""
    row = {name: getattr(event, name) for name in ("id", *verify_audit.SAID, "detail_hash")}
    moment = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return row | {"at": moment, "previous_hash": event.previous_hash, "hash": event.hash}


def event_hash(event: Event) -> str:
    """The hash of an event: of everything it says, its detail's hash and the hash before it (hex SHA-256)."""
    return verify_audit.event_hash(_said(event))


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
    _take_locks_before_the_head(by)
    head = ChainHead.objects.select_for_update().get(pk=1)
    event = Event(
        number=head.number + 1,
        verb=verb,
        subject_kind=type(subject).__name__ if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        subject_label=str(subject)[:300] if subject is not None else "",
        actor=by,
        at=at or timezone.now(),
        detail_hash=verify_audit.hash_of(plain),
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    EventDetail.objects.create(event=event, detail=plain)
    ChainHead.objects.filter(pk=1).update(number=event.number, hash=event.hash)
    return event


def _take_locks_before_the_head(by: Any) -> None:
    """Have PostgreSQL check what it left for the commit now, while nobody waits behind the chain's head.

    A check of a reference locks the row that is referred to. Left for the commit, it would do so with the head in
    hand, and wait for ever for somebody who holds that row and waits for the head.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if by is not None:
            # The event itself will refer to her.
            cursor.execute(f"SELECT 1 FROM {by._meta.db_table} WHERE id = %s FOR KEY SHARE", [by.pk])
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def faults() -> Iterator[verify_audit.Wrong]:
    """What is wrong with the log, its anchors included, with its place: nothing when it is whole."""
    details: dict[int, dict[str, Any]] = {}

    def events() -> Iterator[dict[str, Any] | None]:
        keys = Event.objects.order_by("number").values_list("pk", flat=True)
        found = keys.iterator(chunk_size=CHUNK)
        while chunk := list(islice(found, CHUNK)):
            details.clear()
            # A moment that cannot be read is none to Python, and yet there is something in the database.
            erased = set(
                EventDetail.objects.filter(pk__in=chunk, erased_at__isnull=False).values_list("pk", flat=True)
            )
            for detail in _readable(EventDetail, chunk, order="event_id"):
                if isinstance(detail, EventDetail) and (detail.pk in erased) == bool(detail.erased_at):
                    at = detail.erased_at
                    moment = at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
                    details[detail.pk] = {"detail": detail.detail, "erased_at": moment}
                else:
                    details[getattr(detail, "pk", detail)] = {"unreadable": True}
            for event in _readable(Event, chunk, order="number"):
                yield _said(event) if isinstance(event, Event) and event.at else None

    yield from verify_audit.follow(
        events(),
        lambda event: details.get(event["id"]),
        map(dict, ChainHead.objects.values("number", "hash")),
        verify_audit.lines_of(anchors.anchor_file()),
        anchors.public_key(),
    )


def _readable(model: type[models.Model], keys: Sequence[int], *, order: str) -> Iterator[Any]:
    """The rows of these keys; for one that the database holds but nobody can read, its key."""
    rows = model._base_manager.filter(pk__in=keys).order_by(order)
    try:
        yield from list(rows)
    except (ValueError, TypeError, AttributeError, OverflowError):
        for key in rows.values_list("pk", flat=True):
            try:
                yield model._base_manager.get(pk=key)
            except (ValueError, TypeError, AttributeError, OverflowError):
                yield key
