"""What happens to the work of somebody who leaves: it goes to another, or back to whoever coordinates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from recommendations.assessments.models import Cluster, Round, RoundItem
from recommendations.assessments.workload import OPEN, hand_over, subjects_of
from recommendations.organisations.leaving import leave
from recommendations.organisations.models import User


def waiting_for(person: User) -> int:
    """How many subjects of open rounds still wait for the person."""
    rounds = Round.objects.filter(closed_on=None, items__assignee=person).distinct()
    return sum(one.person == person and one.stage in OPEN for round_ in rounds for one in subjects_of(round_))


@transaction.atomic
def someone_leaves(
    person: User, *, by: Any, to: User | None = None, at: datetime | None = None
) -> dict[str, int]:
    """End the person's membership with all she holds; her open work goes ``to`` another, or is nobody's.

    Gives how many of each ended. Raises ``NotPossible`` of organisations or of rounds.
    """
    work = hand_over(person, to=to, by=by, at=at) if to is not None else waiting_for(person)
    # What nobody took over stays with the organisation, without a person.
    for rows in (
        Cluster.objects.filter(round__closed_on=None),
        RoundItem.objects.filter(round__closed_on=None),
    ):
        rows.filter(assignee=person).update(assignee=None)
    return leave(person, by=by, at=at, assignments=work)
