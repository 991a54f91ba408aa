"""What of the work comes due: milestones, rounds, assignments, reviews, returned drafts, comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments.models import Assessment, Cluster, Comment, ItemRating, Round, RoundItem
from recommendations.catalogue.models import Milestone
from recommendations.reminders.rules import Due, Window
from recommendations.vocabulary import AssessmentStatus, MilestoneKind

# What its writer has handed in: she waits herself then.
SETTLED = (AssessmentStatus.SUBMITTED, AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED)
# Milestones by which the coalition itself must have finished something.
OURS = (
    MilestoneKind.STAKEHOLDER_DEADLINE,
    MilestoneKind.WRITTEN_STATEMENT,
    MilestoneKind.MID_TERM,
    MilestoneKind.TREATY_BODY_REVIEW,
    MilestoneKind.OTHER,
)


def milestones(rule: Any, window: Window) -> Iterator[Due]:
    """Milestones of followed States."""
    for row in _milestones(window):
        yield _milestone(row)


def milestones_passed(rule: Any, window: Window) -> Iterator[Due]:
    """Milestones by which we must have finished something, passed while a round of the cycle has work open."""
    open_work = _unsettled().filter(round__closed_on=None, round__cycle=OuterRef("cycle"))
    for row in _milestones(window).filter(Exists(open_work), kind__in=OURS, on__lt=window.last):
        yield _milestone(row)


def _milestones(window: Window) -> QuerySet[Milestone]:
    return Milestone.objects.filter(
        on__range=(window.first, window.last), cancelled_at=None, cycle__state__is_followed=True
    ).select_related("cycle")


def _milestone(row: Milestone) -> Due:
    # The kind is put into words when it is read; a title of its own stands as it was written.
    params = {"what": row.title or row.kind, "cycle": row.cycle.key}
    url = reverse("cycle_calendar", args=[row.cycle.key])
    return Due("Milestone", row.pk, row.on, url, params=params)


def round_deadlines(rule: Any, window: Window) -> Iterator[Due]:
    """Open rounds; in charge is whoever has work in them that is not settled."""
    rounds = list(Round.objects.filter(deadline__range=(window.first, window.last), closed_on=None))
    busy: dict[int, set[int]] = {}
    waiting = _unsettled().filter(round__in=rounds, assignee__isnull=False)
    for round_id, assignee in waiting.values_list("round", "assignee").distinct():
        busy.setdefault(round_id, set()).add(assignee)
    for row in rounds:
        url = reverse("round_detail", args=[row.pk])
        yield Due(
            "Round",
            row.pk,
            row.deadline,
            url,
            in_charge=sorted(busy.get(row.pk, ())),
            params={"what": row.title},
        )


def assignments(rule: Any, window: Window) -> Iterator[Due]:
    """Clusters and single recommendations not settled by the day on which they are due: whoever has them."""
    given = {
        "due_on__range": (window.first, window.last),
        "round__closed_on": None,
        "assignee__is_active": True,
    }
    clusters = Cluster.objects.filter(Exists(_unsettled().filter(cluster=OuterRef("pk"))), **given)
    for row in clusters.order_by("pk"):
        assert row.due_on is not None and row.assignee_id is not None
        url = reverse("cluster_detail", args=[row.pk])
        yield Due("Cluster", row.pk, row.due_on, url, in_charge=[row.assignee_id], params={"what": row.title})
    single = _unsettled().filter(cluster=None, **given).select_related("recommendation")
    for item in single.order_by("pk"):
        assert item.due_on is not None and item.assignee_id is not None
        reference = item.recommendation.reference
        url = reverse("recommendation_detail", args=[reference])
        yield Due(
            "RoundItem", item.pk, item.due_on, url, in_charge=[item.assignee_id], params={"what": reference}
        )


def _unsettled() -> QuerySet[RoundItem]:
    """Items about which the organisation in charge has submitted nothing, or got it back."""
    settled = ItemRating.objects.filter(
        item=OuterRef("pk"), organisation=OuterRef("organisation"), demand=None, status__in=SETTLED
    )
    return RoundItem.objects.filter(~Exists(settled))


def waiting_reviews(rule: Any, window: Window) -> Iterator[Due]:
    """Submitted assessments; those who wrote one are never told of it."""
    rows = (
        Assessment.objects.awaiting_review()
        .filter(window.of("submitted_at"))
        .select_related("cluster", "item__recommendation", "organisation")
        .prefetch_related("authors")
    )
    for row in rows:
        yield Due(
            "Assessment",
            row.pk,
            timezone.localdate(row.submitted_at),
            reverse("assessment_review", args=[row.pk]),
            never=frozenset(person.pk for person in row.authors.all()),
            params={"what": str(row)},
        )


def returned_drafts(rule: Any, window: Window) -> Iterator[Due]:
    """Assessments returned and not touched since: their authors."""
    rows = (
        Assessment.objects.filter(
            window.of("returned_at"),
            status=AssessmentStatus.RETURNED,
            updated_at__lte=F("returned_at"),
        )
        .select_related("cluster", "item__recommendation", "organisation")
        .prefetch_related("authors")
    )
    for row in rows:
        yield Due(
            "Assessment",
            row.pk,
            timezone.localdate(row.returned_at),
            reverse("assessment_edit", args=[row.pk]),
            in_charge=[person.pk for person in row.authors.all()],
            params={"what": str(row)},
        )


def comments_waiting(rule: Any, window: Window) -> Iterator[Due]:
    """Remarks that nobody dealt with: who is mentioned in them, else the authors of what they are about."""
    rows = (
        Comment.objects.filter(
            window.of("written_at"),
            resolved_at=None,
            assessment__status__in=[
                AssessmentStatus.DRAFT,
                AssessmentStatus.RETURNED,
                AssessmentStatus.SUBMITTED,
            ],
        )
        .select_related("assessment__cluster", "assessment__item__recommendation", "assessment__organisation")
        .prefetch_related("assessment__authors", "mentioned")
    )
    for row in rows:
        asked = [person.pk for person in row.mentioned.all()]
        authors = [person.pk for person in row.assessment.authors.all()]
        url = f"{reverse('assessment_detail', args=[row.assessment_id])}#comment-{row.pk}"
        yield Due(
            "Comment",
            row.pk,
            timezone.localdate(row.written_at),
            url,
            in_charge=asked or authors,
            never=frozenset({row.author_id}),
            params={"what": str(row.assessment)},
        )
