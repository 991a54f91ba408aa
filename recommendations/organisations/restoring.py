"""A colleague who cannot sign in on the night of a deadline: two coordinators give her a way in within the hour."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.organisations.devices import forget_all
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import SignInRestoration, User
from recommendations.organisations.second_factor import clear_factors
from recommendations.organisations.sessions import end_all_of
from recommendations.organisations.tokens import token_hash

# What is not confirmed within a day was not urgent; the way in itself is open for an hour.
TO_BE_CONFIRMED = timedelta(days=1)
WAY_IN = timedelta(hours=1)


@transaction.atomic
def ask(
    person: User, *, by: Any, reason: str, clears_factors: bool = False, at: datetime | None = None
) -> SignInRestoration:
    """The first of two coordinators asks. Raises ``NotPossible``: for oneself, without a reason, where it was asked.

    With ``clears_factors`` also her apps, keys and recovery codes go when the way in is used.

    Administrators keep the site: their sign-in is restored by another administrator, not by coordinators.
    """
    at = at or timezone.now()
    refusal = _refusal(person, by)
    if refusal:
        raise NotPossible(refusal)
    if not reason.strip():
        raise NotPossible(_("Say why, please: it stays in the log."))
    _end_old(person, at)
    try:
        with transaction.atomic():
            asked = SignInRestoration.objects.create(
                person=person,
                reason=reason.strip(),
                clears_factors=clears_factors,
                asked_by=by,
                asked_at=at,
            )
    except IntegrityError:
        raise NotPossible(_("This was asked for already: a second coordinator confirms it.")) from None
    record("signin.restoration_asked", person, by=by, at=at, detail={"reason": asked.reason})
    return asked


@transaction.atomic
def confirm(asked: SignInRestoration, *, by: Any, at: datetime | None = None) -> str:
    """The second coordinator confirms; gives the token of the way in, told once. Raises ``NotPossible``."""
    at = at or timezone.now()
    refusal = _refusal(asked.person, by)
    if refusal:
        raise NotPossible(refusal)
    if asked.asked_by_id == by.pk:
        raise NotPossible(_("You asked for it: a second coordinator must confirm it."))
    token = secrets.token_urlsafe(32)
    taken = SignInRestoration.objects.filter(
        pk=asked.pk, confirmed_by=None, ended_at=None, asked_at__gt=at - TO_BE_CONFIRMED
    ).update(confirmed_by=by, confirmed_at=at, token_hash=token_hash(token), expires_at=at + WAY_IN)
    if not taken:
        raise NotPossible(_("This no longer waits for a confirmation."))
    record("signin.restoration_confirmed", asked.person, by=by, at=at)
    return token


@transaction.atomic
def stop(asked: SignInRestoration, *, by: Any, at: datetime | None = None) -> None:
    """Either of them, or another coordinator, stops it; the way in is closed at once."""
    at = at or timezone.now()
    if SignInRestoration.objects.filter(pk=asked.pk, used_at=None, ended_at=None).update(ended_at=at):
        record("signin.restoration_ended", asked.person, by=by, at=at)


def open_way_in(token: str, *, now: datetime | None = None) -> SignInRestoration | None:
    """The restoration of this token while it can be used."""
    return (
        SignInRestoration.objects.filter(
            token_hash=token_hash(token),
            used_at=None,
            ended_at=None,
            expires_at__gt=now or timezone.now(),
            person__is_active=True,
        )
        .select_related("person", "asked_by", "confirmed_by")
        .first()
    )


@transaction.atomic
def use(token: str, *, password: str, at: datetime | None = None) -> User:
    """Set the new password, end every session there was, and close the way in. Raises ``NotPossible`` when it is."""
    at = at or timezone.now()
    found = open_way_in(token, now=at)
    if found is None or not SignInRestoration.objects.filter(pk=found.pk, used_at=None).update(used_at=at):
        raise NotPossible(
            _("This address was used already or is no longer valid. Ask your coordinators again.")
        )
    person = found.person
    person.set_password(password)
    person.save(update_fields=["password"])
    if found.clears_factors:
        clear_factors(person, by=person)
    forget_all(person)
    end_all_of(person, by=person)
    record("signin.restored", person, by=person, at=at)
    return person


def _refusal(person: User, by: Any) -> str | None:
    refusal = policy.refusal(by, "signin.restore")
    if refusal:
        return refusal
    if person.pk == by.pk:
        return _("Your own sign-in is restored by two others.")
    if person.is_administrator:
        return _("An administrator's sign-in is restored by another administrator.")
    if not person.is_active:
        return _("This person's access has ended; an administrator can give it again.")
    return None


def _end_old(person: User, at: datetime) -> None:
    """What nobody confirmed or used in time makes room."""
    old = SignInRestoration.objects.filter(person=person, used_at=None, ended_at=None)
    old.filter(confirmed_by=None, asked_at__lte=at - TO_BE_CONFIRMED).update(ended_at=at)
    old.filter(expires_at__lte=at).update(ended_at=at)
