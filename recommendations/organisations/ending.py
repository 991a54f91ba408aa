"""What a person holds that opens doors, ended at once: each capability registers how its own part ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Q

from recommendations.organisations.feeds import end_feeds_of
from recommendations.organisations.models import Invitation, SignInRestoration, User

# Ends one kind of thing that the person holds; gives how many there were.
Ending = Callable[..., int]

ENDINGS: dict[str, Ending] = {}


def ends(kind: str) -> Callable[[Ending], Ending]:
    """Register a function ``(person, *, by, at) -> int`` that ends all of this kind, in the caller's transaction."""

    def register(function: Ending) -> Ending:
        if kind in ENDINGS:
            raise RuntimeError(f"two endings for {kind}")
        ENDINGS[kind] = function
        return function

    return register


def end_everything(person: User, *, by: Any, at: datetime) -> dict[str, int]:
    """End all that the person holds; gives how many of each kind, without those of which there was none."""
    counts = {kind: end(person, by=by, at=at) for kind, end in ENDINGS.items()}
    return {kind: count for kind, count in counts.items() if count}


@ends("sessions")
def end_sessions(person: User, *, by: Any, at: datetime) -> int:
    """She is signed out everywhere."""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    return len(sessions)


@ends("feeds")
def end_feeds(person: User, *, by: Any, at: datetime) -> int:
    """Her calendar addresses answer nobody."""
    return end_feeds_of(person, by=by, at=at)


@ends("invitations")
def end_invitations(person: User, *, by: Any, at: datetime) -> int:
    """Invitations that she made let nobody in."""
    return Invitation.objects.filter(invited_by=person, accepted_at=None, revoked_at=None).update(
        revoked_at=at
    )


@ends("restorations")
def end_restorations(person: User, *, by: Any, at: datetime) -> int:
    """Ways in that were made for her, or by her for others, are closed."""
    hers = Q(person=person) | Q(asked_by=person) | Q(confirmed_by=person)
    return SignInRestoration.objects.filter(hers, used_at=None, ended_at=None).update(ended_at=at)
