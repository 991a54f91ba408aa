"""Who is to be told of what, as data: each rule finds what is due on a day, with a fixed number of queries.

Due means "since": a lead of 7 is due from the seventh day before the anchor's date on, so that a machine that was
off misses nothing. A lead below zero counts days after the date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from recommendations.access import policy
from recommendations.access.visibility import MEMBER_ROLES
from recommendations.assessments.models import Assessment, ItemRating, Round, RoundItem
from recommendations.catalogue.models import Milestone
from recommendations.organisations.models import User
from recommendations.vocabulary import AssessmentStatus, ReminderKind, Role

# Days before the anchor's date (below zero: after it), as they stand until somebody changes the rule.
DEFAULT_LEADS: dict[str, list[int]] = {
    ReminderKind.MILESTONE: [60, 30, 7, 1],
    ReminderKind.ROUND_DEADLINE: [14, 3, 0],
    ReminderKind.ASSIGNMENT_DUE: [7, 1, -1],
    ReminderKind.WAITING_REVIEW: [-3, -7],
    ReminderKind.RETURNED_DRAFT: [-3, -7],
}
# From this many days of waiting on the coordinators are told as well.
ESCALATION = timedelta(days=7)
# How long a thing is still worth telling after its last lead came due.
STILL_USEFUL = timedelta(days=14)
# What its writer has handed in: she waits herself then.
SETTLED = (AssessmentStatus.SUBMITTED, AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED)


@dataclass(frozen=True)
class Due:
    """One thing that has come due for some people."""

    anchor_kind: str
    anchor_id: int
    anchor_on: date
    recipients: Sequence[int]
    url: str
    params: dict[str, str] = field(default_factory=dict)


def leads_due(leads: Iterable[int], *, anchor_on: date, today: date) -> list[int]:
    """Of the leads those that have come due by today, the latest last; none where telling would come too late."""
    due = sorted((lead for lead in leads if today >= anchor_on - timedelta(days=lead)), reverse=True)
    if not due:
        return []
    last = anchor_on - timedelta(days=due[-1])
    too_late = today > anchor_on if due[-1] >= 0 else today > last + STILL_USEFUL
    return [] if too_late else due


def _window(leads: Sequence[int], today: date) -> tuple[date, date]:
    """Between which dates an anchor can be due today."""
    first = today + timedelta(days=min([0, *leads])) - STILL_USEFUL
    return first, today + timedelta(days=max([0, *leads]))


def _members() -> list[User]:
    people = User.objects.filter(is_active=True)
    return [person for person in people if person.roles & MEMBER_ROLES]


def _with_role(people: Iterable[User], role: Role) -> list[User]:
    return [person for person in people if role in person.roles]


def milestones(leads: Sequence[int], today: date) -> Iterator[Due]:
    """Milestones of followed States: every member is told."""
    members = [person.pk for person in _members()]
    rows = Milestone.objects.filter(
        on__range=_window(leads, today), cancelled_at=None, cycle__state__is_followed=True
    ).select_related("cycle")
    for row in rows:
        yield Due(
            "Milestone",
            row.pk,
            row.on,
            members,
            reverse("cycle_detail", args=[row.cycle.key]),
            # The kind is put into words when it is read; a title of its own stands as it was written.
            {"what": row.title or row.kind, "cycle": row.cycle.key},
        )


def round_deadlines(leads: Sequence[int], today: date) -> Iterator[Due]:
    """Open rounds: the coordinators, and whoever has work in them that is not settled."""
    coordinators = [person.pk for person in _with_role(_members(), Role.COORDINATOR)]
    rounds = list(Round.objects.filter(deadline__range=_window(leads, today), closed_on=None))
    busy: dict[int, set[int]] = {}
    for round_id, assignee in (
        _unsettled().filter(round__in=rounds).values_list("round", "assignee").distinct()
    ):
        busy.setdefault(round_id, set()).add(assignee)
    for row in rounds:
        people = sorted({*coordinators, *busy.get(row.pk, ())})
        yield Due(
            "Round", row.pk, row.deadline, people, reverse("round_detail", args=[row.pk]), {"what": row.title}
        )


def assignments(leads: Sequence[int], today: date) -> Iterator[Due]:
    """Clusters and single recommendations not settled by the day on which they are due: whoever has them."""
    rows = (
        _unsettled()
        .filter(due_on__range=_window(leads, today), round__closed_on=None)
        .select_related("cluster", "recommendation")
        .order_by("pk")
    )
    seen = set()
    for row in rows:
        if row.due_on is None or row.assignee_id is None:
            continue
        if row.cluster:
            key = ("Cluster", row.cluster.pk, row.due_on, row.assignee_id)
            url, what = reverse("cluster_detail", args=[row.cluster.pk]), row.cluster.title
        else:
            key = ("RoundItem", row.pk, row.due_on, row.assignee_id)
            reference = row.recommendation.reference
            url, what = reverse("recommendation_detail", args=[reference]), reference
        if key in seen:
            continue
        seen.add(key)
        yield Due(key[0], int(key[1]), row.due_on, [row.assignee_id], url, {"what": what})


def _unsettled() -> QuerySet[RoundItem]:
    """Assigned items about which the organisation in charge has submitted nothing, or got it back."""
    settled = ItemRating.objects.filter(
        item=OuterRef("pk"), organisation=OuterRef("organisation"), demand=None, status__in=SETTLED
    )
    return RoundItem.objects.filter(~Exists(settled), assignee__isnull=False, assignee__is_active=True)


def waiting_reviews(leads: Sequence[int], today: date) -> Iterator[Due]:
    """Submitted assessments: the reviewers who did not write them, and the coordinators when it takes long."""
    first, last = _window(leads, today)
    rows = (
        Assessment.objects.awaiting_review()
        .filter(submitted_at__date__range=(first, last))
        .select_related("cluster", "item__recommendation", "organisation")
        .prefetch_related("authors")
    )
    members = _members()
    reviewers = [person for person in members if policy.may(person, "assessment.review")]
    coordinators = _with_role(members, Role.COORDINATOR)
    for row in rows:
        authors = {person.pk for person in row.authors.all()}
        since = timezone.localdate(row.submitted_at)
        people = {person.pk for person in reviewers} - authors
        if today - since >= ESCALATION:
            people |= {person.pk for person in coordinators} - authors
        yield Due(
            "Assessment",
            row.pk,
            since,
            sorted(people),
            reverse("assessment_review", args=[row.pk]),
            {"what": str(row)},
        )


def returned_drafts(leads: Sequence[int], today: date) -> Iterator[Due]:
    """Assessments returned and not touched since: their authors."""
    first, last = _window(leads, today)
    rows = (
        Assessment.objects.filter(status=AssessmentStatus.RETURNED, returned_at__date__range=(first, last))
        .select_related("cluster", "item__recommendation", "organisation")
        .prefetch_related("authors")
    )
    for row in rows:
        since = timezone.localdate(row.returned_at)
        if row.returned_at is None or row.updated_at > row.returned_at:
            continue
        authors = [person.pk for person in row.authors.all() if person.is_active]
        yield Due(
            "Assessment",
            row.pk,
            since,
            authors,
            reverse("assessment_edit", args=[row.pk]),
            {"what": str(row)},
        )


FINDERS: dict[str, Callable[[Sequence[int], date], Iterator[Due]]] = {
    ReminderKind.MILESTONE: milestones,
    ReminderKind.ROUND_DEADLINE: round_deadlines,
    ReminderKind.ASSIGNMENT_DUE: assignments,
    ReminderKind.WAITING_REVIEW: waiting_reviews,
    ReminderKind.RETURNED_DRAFT: returned_drafts,
}


def visible_ids(model: Any, ids: set[int], person: User) -> set[int]:
    """Of these rows the ones the person may still see: nobody is reminded of what is hidden from her."""
    return set(model.objects.visible_to(person).filter(pk__in=ids).values_list("pk", flat=True))
