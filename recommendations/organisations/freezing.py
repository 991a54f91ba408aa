"""A colleague was detained with her phone unlocked: two members, or one coordinator, close her account at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import roles_of
from recommendations.audit.log import record
from recommendations.jobs.queue import enqueue
from recommendations.organisations.ending import end_everything
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import Freeze, User
from recommendations.organisations.second_factor import clear_factors
from recommendations.vocabulary import Role

# What the second person did not confirm within a day was settled otherwise.
TO_BE_CONFIRMED = timedelta(days=1)


def open_freeze(person: User) -> Freeze | None:
    """The freeze that is asked for or in force."""
    return Freeze.objects.filter(person=person, thawed_at=None, withdrawn_at=None).first()


@transaction.atomic
def freeze(person: User, *, by: Any, reason: str = "", at: datetime | None = None) -> Freeze:
    """One person's part in freezing: a coordinator's suffices; another member's counts when it is the second.

    At once everything that opens doors ends, and the account opens nothing. Raises ``NotPossible``: for oneself, for
    an account that opens nothing already, for the same member a second time.
    """
    at = at or timezone.now()
    refusal = _refusal(person, by)
    if refusal:
        raise NotPossible(refusal)
    _let_lapse(person, at)
    try:
        with transaction.atomic():
            asked = Freeze.objects.create(person=person, asked_by=by, asked_at=at, reason=reason.strip())
    except IntegrityError:
        return _confirm(person, by, reason, at)
    if Role.COORDINATOR in roles_of(by):
        Freeze.objects.filter(pk=asked.pk).update(as_coordinator=True, frozen_at=at)
        return _begin(asked, by, at)
    _tell(asked, "freeze.asked", by)
    record("person.freeze_asked", person, by=by, at=at, detail={"reason": asked.reason})
    return asked


def _confirm(person: User, by: Any, reason: str, at: datetime) -> Freeze:
    """There is a request already: the second person, or a coordinator, makes it true."""
    asked = open_freeze(person)
    if asked is None or asked.frozen_at is not None:
        raise NotPossible(_("This account is frozen already."))
    is_coordinator = Role.COORDINATOR in roles_of(by)
    if asked.asked_by_id == by.pk and not is_coordinator:
        raise NotPossible(_("You asked for it: a second member, or a coordinator, must do the same."))
    changes: dict[str, Any] = {"frozen_at": at, "as_coordinator": is_coordinator}
    if asked.asked_by_id != by.pk:
        changes["confirmed_by"] = by
    if reason.strip():
        changes["reason"] = f"{asked.reason}\n{reason.strip()}".strip()
    if not Freeze.objects.filter(pk=asked.pk, frozen_at=None, withdrawn_at=None).update(**changes):
        raise NotPossible(_("This account is frozen already."))
    return _begin(asked, by, at)


def _begin(asked: Freeze, by: Any, at: datetime) -> Freeze:
    asked.refresh_from_db()
    person = asked.person
    person.is_active = False
    person.save(update_fields=["is_active"])
    ended = end_everything(person, by=by, at=at)
    _tell(asked, "freeze.begun", by)
    record("person.frozen", person, by=by, at=at, detail={"reason": asked.reason, "ended": ended})
    return asked


@transaction.atomic
def withdraw(asked: Freeze, *, by: Any, at: datetime | None = None) -> None:
    """Take back a request that nobody confirmed yet: who made it, or a coordinator. Raises ``NotPossible``."""
    at = at or timezone.now()
    if asked.asked_by_id != by.pk and Role.COORDINATOR not in roles_of(by):
        raise NotPossible(_("Only who asked for it, or a coordinator, takes it back."))
    if not Freeze.objects.filter(pk=asked.pk, frozen_at=None, withdrawn_at=None).update(withdrawn_at=at):
        raise NotPossible(_("This account is frozen already: two people end that."))
    record("person.freeze_withdrawn", asked.person, by=by, at=at)


@transaction.atomic
def thaw(frozen: Freeze, *, by: Any, at: datetime | None = None) -> bool:
    """One person's part in ending the freeze; whether it has ended. Of the two, one at least is a coordinator.

    The account is active again, but what was ended stays so: no password and no factor of before opens it, since
    they were in other hands. Raises ``NotPossible``.
    """
    at = at or timezone.now()
    refusal = policy.refusal(by, "colleague.freeze")
    if refusal or by.pk == frozen.person_id:
        raise NotPossible(refusal or _("Nobody thaws her own account."))
    rows = Freeze.objects.select_for_update(of=("self",)).filter(
        pk=frozen.pk, thawed_at=None, withdrawn_at=None
    )
    frozen = rows.exclude(frozen_at=None).select_related("thaw_asked_by").first()  # type: ignore[assignment]
    if frozen is None:
        raise NotPossible(_("This account is not frozen."))
    first = frozen.thaw_asked_by
    if first is None or frozen.thaw_asked_at is None or frozen.thaw_asked_at <= at - TO_BE_CONFIRMED:
        Freeze.objects.filter(pk=frozen.pk).update(thaw_asked_by=by, thaw_asked_at=at)
        _tell(frozen, "freeze.thaw_asked", by)
        record("person.thaw_asked", frozen.person, by=by, at=at)
        return False
    if first.pk == by.pk:
        raise NotPossible(_("You asked for it: a second person must confirm it."))
    if Role.COORDINATOR not in roles_of(first) | roles_of(by):
        raise NotPossible(_("One of the two who thaw an account is a coordinator."))
    Freeze.objects.filter(pk=frozen.pk).update(thawed_by=by, thawed_at=at)
    person = frozen.person
    person.is_active = True
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    clear_factors(person, by=by)
    record("person.thawed", person, by=by, at=at)
    return True


def _refusal(person: User, by: Any) -> str | None:
    refusal = policy.refusal(by, "colleague.freeze")
    if refusal:
        return refusal
    if person.pk == by.pk:
        return _("Your own account is frozen by others; you can end your own sessions.")
    if not person.is_active and open_freeze(person) is None:
        return _("This person's access has ended already.")
    return None


def _let_lapse(person: User, at: datetime) -> None:
    """What nobody confirmed in time makes room."""
    Freeze.objects.filter(
        person=person, frozen_at=None, withdrawn_at=None, asked_at__lte=at - TO_BE_CONFIRMED
    ).update(withdrawn_at=at)


def _tell(asked: Freeze, kind: str, by: Any) -> None:
    """The other coordinators hear of it, in the product and without a name."""
    others = User.objects.filter(is_coordinator=True, is_active=True).exclude(pk__in=[asked.person_id, by.pk])
    for person in others:
        enqueue(
            "reminders.tell",
            {"person": person.pk, "kind": kind, "freeze": asked.person_id},
            key=f"told:{kind}:{asked.pk}:{person.pk}:{asked.thaw_asked_at or ''}",
        )
