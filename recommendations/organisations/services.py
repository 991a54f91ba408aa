"""What administrators do with people and organisations: invite, accept, set roles, move, end access."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.organisations.ending import end_everything
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import Freeze, Invitation, Membership, Organisation, User
from recommendations.organisations.tokens import token_hash
from recommendations.vocabulary import Language, Role

INVITATION_VALID = timedelta(days=7)
VISIT = timedelta(minutes=30)


def _role_columns(roles: Iterable[str]) -> dict[str, bool]:
    chosen = {Role(role) for role in roles}
    return {f"is_{role.value}": role in chosen for role in Role}


@transaction.atomic
def add_organisation(
    *, by: Any, name: str, short_name: str, at: datetime | None = None, **fields
) -> Organisation:
    """A new member organisation; ``fields`` are further columns of Organisation."""
    organisation = Organisation.objects.create(name=name.strip(), short_name=short_name.strip(), **fields)
    record("organisation.added", organisation, by=by, at=at)
    return organisation


@transaction.atomic
def change_organisation(organisation: Organisation, *, by: Any, **fields) -> Organisation:
    """Correct an organisation's names or its way of working."""
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(fields))
    record("organisation.changed", organisation, by=by, detail={"fields": sorted(fields)})
    return organisation


@transaction.atomic
def add_person(
    *,
    by: Any,
    email: str,
    name: str,
    organisation: Organisation | None,
    roles: Iterable[str],
    password: str | None = None,
    language: str = Language.ENGLISH,
    is_demo: bool = False,
    at: datetime | None = None,
) -> User:
    """A person with roles and a membership, ready to sign in when a password is given."""
    person = User.objects.create_user(
        email, password, name=name, language=language, is_demo=is_demo, **_role_columns(roles)
    )
    _keep_emergency_door(person)
    _join(person, organisation, (at or timezone.now()).date())
    record("person.added", person, by=by, at=at, detail={"roles": sorted(map(str, roles))})
    return person


@transaction.atomic
def invite(
    *,
    by: Any,
    email: str,
    roles: Iterable[str],
    organisation: Organisation | None,
    name: str = "",
    language: str,
) -> tuple[Invitation, str]:
    """An invitation and the token of its address; the token is told once and never stored."""
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise NotPossible(_("This person already has an account."))
    now = timezone.now()
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name.strip(),
        organisation=organisation,
        roles=sorted(str(Role(role)) for role in roles),
        language=language,
        token_hash=token_hash(token),
        invited_by=by,
        created_at=now,
        expires_at=now + INVITATION_VALID,
    )
    record("person.invited", by=by, detail={"roles": invitation.roles})
    return invitation, token


def open_invitation(token: str) -> Invitation | None:
    """The invitation of this token while it can be accepted."""
    return (
        Invitation.objects.filter(token_hash=token_hash(token), accepted_at=None, revoked_at=None)
        .filter(expires_at__gt=timezone.now())
        .first()
    )


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str) -> User:
    """Make the account that was offered; the token works once, also under two clicks."""
    invitation = open_invitation(token)
    if invitation is None:
        raise NotPossible(_("This invitation was used already or is no longer valid. Ask for a new one."))
    now = timezone.now()
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
    if not taken:
        raise NotPossible(_("This invitation was used already or is no longer valid. Ask for a new one."))
    person = User.objects.create_user(
        invitation.email,
        password,
        name=name.strip(),
        language=invitation.language,
        **_role_columns(invitation.roles),
    )
    _keep_emergency_door(person)
    _join(person, invitation.organisation, now.date())
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=person)
    record("person.joined", person, by=person)
    return person


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Any) -> None:
    """Take an open invitation back."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    record("invitation.revoked", invitation, by=by)


@transaction.atomic
def set_roles(person: User, *, roles: Iterable[str], by: Any) -> User:
    """Give a person exactly these roles; the last administrator stays one."""
    before = sorted(role.value for role in person.roles)
    columns = _role_columns(roles)
    if person.is_administrator and not columns["is_administrator"]:
        refuse_losing_the_last_administrator(person)
    for name, value in columns.items():
        setattr(person, name, value)
    person.save(update_fields=list(columns))
    _keep_emergency_door(person)
    record(
        "person.roles_changed",
        person,
        by=by,
        detail={"from": before, "to": sorted(role.value for role in person.roles)},
    )
    return person


@transaction.atomic
def move_to_organisation(person: User, *, organisation: Organisation | None, by: Any) -> User:
    """End the open membership and begin another; what she wrote stays with the organisation it was written for."""
    if person.organisation_id == (organisation.pk if organisation else None):
        return person
    _join(person, organisation, timezone.localdate())
    record("person.moved", person, by=by, detail={"to": str(organisation or "")})
    return person


@transaction.atomic
def deactivate(person: User, *, by: Any) -> User:
    """End a person's access at once, with all that she holds; authorship stays."""
    if by is not None and person.pk == by.pk:
        raise NotPossible(_("You cannot end your own access; ask another administrator."))
    refuse_losing_the_last_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    ended = end_everything(person, by=by, at=timezone.now())
    record("person.deactivated", person, by=by, detail={"ended": ended})
    return person


@transaction.atomic
def reactivate(person: User, *, by: Any) -> User:
    """Give access again; not to a frozen account, which two people thaw."""
    if (
        Freeze.objects.filter(person=person, thawed_at=None, withdrawn_at=None)
        .exclude(frozen_at=None)
        .exists()
    ):
        raise NotPossible(_("This account is frozen: a coordinator and another member thaw it together."))
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("person.reactivated", person, by=by)
    return person


def refuse_losing_the_last_administrator(person: User) -> None:
    """Raises ``NotPossible`` where nobody else could administer."""
    others = User.objects.filter(is_administrator=True, is_active=True).exclude(pk=person.pk)
    if person.is_administrator and not others.exists():
        raise NotPossible(_("This is the last administrator: make somebody else one first."))


def _keep_emergency_door(person: User) -> None:
    """Whoever administers may open Django's admin; nobody else."""
    if person.is_superuser != person.is_administrator:
        person.is_superuser = person.is_administrator
        person.save(update_fields=["is_superuser"])


def _join(person: User, organisation: Organisation | None, day: Any) -> None:
    Membership.objects.filter(user=person, until=None).update(until=day)
    if organisation is not None:
        Membership.objects.create(user=person, organisation=organisation, since=day)
    person.organisation = organisation
    person.save(update_fields=["organisation"])


def change_own_settings(person: User, **fields: Any) -> User:
    """What a person sets for herself: name, language, time zone, appearance, keys, mails and their channels."""
    for name, value in fields.items():
        setattr(person, name, value)
    person.save(update_fields=list(fields))
    return person


def note_visit(person: User, *, now: datetime) -> datetime | None:
    """Remember that the person is here, and return up to when she has seen what happened (None at first).

    What was new at the beginning of a visit stays new while it lasts: only after ``VISIT`` without a page does
    another visit begin.
    """
    if person.seen_at is None or now - person.seen_at > VISIT:
        person.seen_before = person.seen_at
    person.seen_at = now
    person.save(update_fields=["seen_before", "seen_at"])
    return person.seen_before
