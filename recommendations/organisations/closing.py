"""Closing the site in an emergency: all sessions end, nothing leaves, until two people open it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import SiteState

# What the second person did not confirm within a day is asked anew.
TO_BE_CONFIRMED = timedelta(days=1)


def state() -> SiteState:
    """How the site stands; a row that is not there yet says: open."""
    return (
        SiteState.objects.filter(pk=1).select_related("closed_by", "opening_asked_by").first() or SiteState()
    )


def is_closed() -> bool:
    """Whether public pages, calendar addresses, share links and exports are closed."""
    return SiteState.objects.filter(pk=1, opened_at=None).exclude(closed_at=None).exists()


def _why_nothing_leaves() -> str | None:
    return (
        _("The site is closed to the outside: nothing is exported until two people open it again.")
        if (is_closed())
        else None
    )


policy.suspended.append(_why_nothing_leaves)


@transaction.atomic
def close(*, by: Any, reason: str = "", at: datetime | None = None) -> int:
    """End all sessions, the caller's too, and let nothing leave; returns how many sessions there were.

    ``by`` is an administrator, or None from a shell of the server. Raises ``NotPossible`` without the right. Where the
    site is closed already, sessions end all the same.
    """
    at = at or timezone.now()
    refusal = policy.refusal(by, "site.close") if by is not None else None
    if refusal:
        raise NotPossible(refusal)
    SiteState.objects.get_or_create(pk=1)
    row = SiteState.objects.select_for_update().get(pk=1)
    if not row.is_closed:
        SiteState.objects.filter(pk=1).update(
            closed_at=at,
            closed_by=by,
            reason=reason.strip(),
            opening_asked_by=None,
            opening_asked_at=None,
            opened_by=None,
            opened_at=None,
        )
    count = Session.objects.count()
    Session.objects.all().delete()
    UserSession.objects.all().delete()
    record("site.closed", by=by, at=at, detail={"reason": reason.strip(), "sessions": count})
    return count


@transaction.atomic
def reopen(*, by: Any, at: datetime | None = None) -> bool:
    """One person's part in opening the site; whether it is open. Raises ``NotPossible``: for the same person twice."""
    at = at or timezone.now()
    refusal = policy.refusal(by, "site.reopen")
    if refusal:
        raise NotPossible(refusal)
    row = SiteState.objects.select_for_update().filter(pk=1).first()
    if row is None or not row.is_closed:
        raise NotPossible(_("The site is open."))
    asked = row.opening_asked_at
    if row.opening_asked_by_id is None or asked is None or asked <= at - TO_BE_CONFIRMED:
        SiteState.objects.filter(pk=1).update(opening_asked_by=by, opening_asked_at=at)
        record("site.opening_asked", by=by, at=at)
        return False
    if row.opening_asked_by_id == by.pk:
        raise NotPossible(_("You asked for it: a second person must confirm it."))
    SiteState.objects.filter(pk=1).update(opened_by=by, opened_at=at)
    record("site.opened", by=by, at=at)
    return True
