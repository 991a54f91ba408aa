"""Erasing what an event said beyond who, what and when: by an event that names it, so that the chain stays whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.audit.models import DetailRetention, Event, EventDetail
from recommendations.audit.verify_audit import ERASED

# So many details are erased by one event at most.
AT_ONCE = 1000


class NotPossible(Exception):
    """The detail cannot be erased; the message says why."""


@transaction.atomic
def erase(events: Iterable[Event], *, by: Any, reason: str, at: datetime | None = None) -> int:
    """Erase the details of these events; returns of how many. ``by`` is None for the product itself.

    Raises ``NotPossible``: without the right, without a reason, for the details that say what was erased.
    """
    at = at or timezone.now()
    refusal = policy.refusal(by, "audit.erase") if by is not None else None
    if refusal:
        raise NotPossible(refusal)
    if not reason.strip():
        raise NotPossible(_("Say why, please: it stays in the log."))
    rows = list(events)
    if any(row.verb == ERASED for row in rows):
        raise NotPossible(_("What says which details were erased is not erased itself."))
    left = EventDetail.objects.filter(event__in=[row.pk for row in rows], erased_at=None)
    numbers = sorted(left.values_list("event__number", flat=True))
    if numbers:
        left.update(detail={}, erased_at=at)
        subject = rows[0] if len(rows) == 1 else None
        record(ERASED, subject, by=by, at=at, detail={"reason": reason.strip(), "numbers": numbers})
    return len(numbers)


@transaction.atomic
def set_retention(kind: str, *, days: int | None, by: Any) -> None:
    """How long details of this kind of act are kept (None: for ever). Raises ``NotPossible`` without the right."""
    refusal = policy.refusal(by, "audit.erase")
    if refusal:
        raise NotPossible(refusal)
    before = DetailRetention.objects.filter(kind=kind).values_list("days", flat=True).first()
    if before == days:
        return
    if days is None:
        DetailRetention.objects.filter(kind=kind).delete()
    else:
        DetailRetention.objects.update_or_create(kind=kind, defaults={"days": days})
    record("audit.retention_changed", by=by, detail={"kind": kind, "from": before, "to": days})


def erase_past_retention(*, now: datetime) -> int:
    """Erase every detail that was kept as long as it was to be; returns how many."""
    count = 0
    for rule in DetailRetention.objects.all():
        old = Event.objects.filter(
            verb__startswith=f"{rule.kind}.",
            at__lt=now - timedelta(days=rule.days),
            detail__erased_at=None,
        ).exclude(detail__detail={})
        while rows := list(old.order_by("number")[:AT_ONCE]):
            reason = f"kept for {rule.days} days"
            erased = erase(rows, by=None, reason=reason, at=now)
            count += erased
            if not erased:
                break
    return count
