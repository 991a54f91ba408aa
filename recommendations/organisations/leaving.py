"""Somebody leaves: one action ends what opens doors, her membership and her roles; what she wrote keeps her name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.organisations import services
from recommendations.organisations.ending import end_everything
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import Membership, User
from recommendations.vocabulary import Role


@transaction.atomic
def leave(person: User, *, by: Any, at: datetime | None = None, **more: int) -> dict[str, int]:
    """End sessions, addresses, invitations, exports, membership and roles; gives how many of each ended.

    ``more`` counts what the caller ended besides, for the log. Raises ``NotPossible``: for oneself, for the last
    administrator, for somebody who has left.
    """
    at = at or timezone.now()
    refusal = policy.refusal(by, "person.part")
    if refusal:
        raise NotPossible(refusal)
    if person.pk == by.pk:
        raise NotPossible(_("Your own membership is ended by another person."))
    has_membership = Membership.objects.filter(user=person, until=None).exists()
    if not (person.is_active or person.roles or has_membership):
        raise NotPossible(_("This person has left already."))
    services.refuse_losing_the_last_administrator(person)
    roles = sorted(role.value for role in person.roles)
    for role in Role:
        setattr(person, f"is_{role.value}", False)
    person.is_active = person.is_superuser = False
    person.organisation = None
    person.save()
    Membership.objects.filter(user=person, until=None).update(until=timezone.localdate(at))
    ended = end_everything(person, by=by, at=at) | {kind: count for kind, count in more.items() if count}
    record("person.left", person, by=by, at=at, detail={"roles": roles, "ended": ended})
    return ended
