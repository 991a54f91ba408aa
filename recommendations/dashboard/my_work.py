"""What waits for one person: to write, to review, to publish; which dates are near; what changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from recommendations.access import policy
from recommendations.assessments import translating
from recommendations.assessments.models import Assessment, ItemRating, Round, RoundItem, Translation
from recommendations.assessments.translating import State
from recommendations.assessments.workflow import refusal
from recommendations.catalogue.models import Position
from recommendations.dashboard.dates import Day, days_of
from recommendations.evidence.consents import ending_for
from recommendations.evidence.models import Evidence
from recommendations.vocabulary import OPEN_STATUSES, AssessmentStatus, EvidenceCheck, PositionKind

LONGEST = 20  # rows of a list; the rest stands on the page the list leads to
NEAR = 8


@dataclass(frozen=True)
class Task:
    """One row of a list: what, what about it, until when, and the one thing to do."""

    title: str
    url: str
    verb: str
    note: str = ""
    due_on: date | None = None
    status: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """Something that happened since the last visit."""

    when: datetime
    words: str
    url: str


def to_write(person: Any) -> list[Task]:
    """Returned assessments with the reason first, then drafts, then what is assigned and not yet begun."""
    if not policy.may(person, "assessment.write"):
        return []
    # What a colleague began about a cluster of hers is hers to write as well.
    given = Q(cluster__assignee=person) | Q(item__assignee=person)
    hers = Q(pk__in=person.assessments.values("pk")) | Q(given, organisation=person.organisation_id)
    mine = (
        Assessment.objects.visible_to(person)
        .filter(hers, status__in=[AssessmentStatus.RETURNED, AssessmentStatus.DRAFT])
        .select_related("cluster", "item__recommendation", "organisation", "round")
        .order_by("-status", "updated_at")
    )
    tasks = [
        Task(
            title=assessment.subject,
            url=reverse("assessment_edit", args=[assessment.pk]),
            verb=_("Revise") if assessment.status == AssessmentStatus.RETURNED else _("Go on writing"),
            note=assessment.round.title,
            due_on=_due(assessment),
            status=assessment.status,
            reason=assessment.last_note if assessment.status == AssessmentStatus.RETURNED else "",
        )
        for assessment in mine[:LONGEST]
    ]
    return [*tasks, *_assigned(person)][:LONGEST]


def to_translate(person: Any) -> list[Task]:
    """The translations a person took on that are not checked yet, those behind their source first."""
    if not policy.may(person, "assessment.translate"):
        return []
    rows = (
        Translation.objects.visible_to(person)
        .filter(translator=person, assessment__status__in=translating.STANDING)
        .select_related(
            "assessment__cluster",
            "assessment__item__recommendation",
            "assessment__organisation",
            "assessment__round",
        )
        .order_by("taken_at", "pk")
    )
    found = [(translating.state_of(row, row.assessment), row) for row in rows]
    waiting = [(state, row) for state, row in found if state in (State.BEHIND, State.MISSING)]
    waiting.sort(key=lambda pair: pair[0] != State.BEHIND)
    return [
        Task(
            title=row.assessment.subject,
            url=reverse("translation_edit", args=[row.assessment_id, row.language]),
            verb=pgettext("verb", "Translate"),
            note=f"{row.get_language_display()}, {state.label}",
            due_on=_due(row.assessment),
        )
        for state, row in waiting[:LONGEST]
    ]


def _due(assessment: Assessment) -> date:
    row = assessment.cluster if assessment.cluster_id else assessment.item
    return (row.due_on if row else None) or assessment.round.deadline


def _assigned(person: Any) -> list[Task]:
    """Clusters and single recommendations given to the person on which her organisation has nothing open."""
    begun = Q(
        pk__in=ItemRating.objects.filter(
            organisation=person.organisation_id,
            status__in=[*OPEN_STATUSES, AssessmentStatus.PUBLISHED],
        ).values("item")
    )
    items = (
        RoundItem.objects.visible_to(person)
        .filter(assignee=person, round__closed_on=None)
        .exclude(begun)
        .select_related("cluster", "round", "recommendation")
        .order_by("due_on", "cluster__order", "cluster", "recommendation__order_key")
    )
    tasks = []
    for cluster, group in groupby(items, key=lambda item: item.cluster):
        rows = list(group)
        if cluster is None:
            tasks += [
                Task(
                    title=item.recommendation.reference,
                    url=f"{reverse('assessment_new')}?item={item.pk}",
                    verb=_("Write"),
                    note=item.round.title,
                    due_on=item.due_on or item.round.deadline,
                )
                for item in rows
            ]
            continue
        size = ngettext("%(n)d recommendation", "%(n)d recommendations", len(rows)) % {"n": len(rows)}
        tasks.append(
            Task(
                title=str(cluster),
                url=f"{reverse('assessment_new')}?cluster={cluster.pk}",
                verb=_("Write"),
                note=f"{rows[0].round.title} · {size}",
                due_on=cluster.due_on or rows[0].round.deadline,
            )
        )
    return tasks


def to_review(person: Any) -> list[Task]:
    """Submitted assessments that this person could decide, the longest waiting first."""
    if not policy.may(person, "assessment.review"):
        return []
    waiting = (
        Assessment.objects.visible_to(person)
        .awaiting_review()
        .exclude(authors=person)
        .select_related("cluster", "item__recommendation", "organisation", "round", "submitted_by")[:LONGEST]
    )
    return [
        Task(
            title=assessment.subject,
            url=reverse("assessment_review", args=[assessment.pk]),
            verb=pgettext("verb", "Review"),
            note=str(assessment.organisation),
            due_on=assessment.round.deadline,
            status=assessment.status,
        )
        for assessment in waiting
    ]


def to_publish(person: Any) -> list[Task]:
    """Approved assessments that this coordinator may publish."""
    if not policy.may(person, "assessment.publish"):
        return []
    approved = (
        Assessment.objects.visible_to(person)
        .filter(status=AssessmentStatus.APPROVED)
        .select_related("cluster", "item__recommendation", "organisation", "round")
        .order_by("approved_at")[:LONGEST]
    )
    return [
        Task(
            title=assessment.subject,
            url=reverse("assessment_detail", args=[assessment.pk]),
            verb=_("Publish"),
            note=str(assessment.organisation),
            status=assessment.status,
        )
        for assessment in approved
        if refusal(assessment, "publish", by=person) is None
    ]


def to_check(person: Any) -> int:
    """How many items of evidence nobody has checked yet, for those who check."""
    if not policy.may(person, "evidence.check"):
        return 0
    return Evidence.objects.visible_to(person).filter(check_status=EvidenceCheck.NOT_CHECKED).count()


def consents_to_renew(person: Any, today: date) -> list[Task]:
    """Consents that end, or ended lately, in the items in this person's hands: the item and the day, nobody's name."""
    if not policy.may(person, "evidence.add"):
        return []
    return [
        Task(
            title=row.person.evidence.label,
            url=reverse("evidence_people", args=[row.person.evidence.number]),
            verb=_("Ask again"),
            note=_("consent ended: withheld from others")
            if row.until and row.until < today
            else _("consent ends"),
            due_on=row.until,
        )
        for row in ending_for(person, today)[:LONGEST]
    ]


def dates_ahead(person: Any, today: date) -> list[Day]:
    """The next milestones, deadlines and days on which work is due."""
    return days_of(person, since=today)[:NEAR]


def changes_since(person: Any, moment: datetime | None) -> list[Change]:
    """What happened since then among what the person may see, the newest first."""
    if moment is None:
        return []
    changes = [
        Change(
            row.updated_at,
            _("%(subject)s: %(status)s") % {"subject": row, "status": row.get_status_display()},
            reverse("assessment_detail", args=[row.pk]),
        )
        for row in Assessment.objects.visible_to(person)
        .filter(updated_at__gt=moment)
        .exclude(status=AssessmentStatus.DRAFT)
        .select_related("cluster", "item__recommendation", "organisation")
        .order_by("-updated_at")[:NEAR]
    ]
    changes += [
        Change(
            row.added_at,
            _("New evidence %(number)s: %(title)s") % {"number": row.label, "title": row.title},
            reverse("evidence_detail", args=[row.number]),
        )
        for row in Evidence.objects.visible_to(person)
        .filter(added_at__gt=moment)
        .order_by("-added_at")[:NEAR]
    ]
    changes += [
        Change(
            row.recorded_at,
            _("%(reference)s: the State's position is “%(position)s”")
            % {"reference": row.recommendation.reference, "position": PositionKind(row.kind).label},
            reverse("recommendation_detail", args=[row.recommendation.reference]),
        )
        for row in Position.objects.visible_to(person)
        .filter(recorded_at__gt=moment)
        .select_related("recommendation")
        .order_by("-recorded_at")[:NEAR]
    ]
    return sorted(changes, key=lambda change: change.when, reverse=True)[:NEAR]


def rounds_at_a_glance(person: Any) -> list[dict[str, Any]]:
    """For each open round how many recommendations it follows and how many are settled (approved or published)."""
    rounds = (
        Round.objects.visible_to(person)
        .filter(closed_on=None)
        .select_related("cycle")
        .annotate(size=Count("items"))
    )
    settled = dict(
        ItemRating.objects.visible_to(person)
        .filter(
            demand=None,
            item__round__closed_on=None,
            status__in=[AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED],
        )
        .values_list("item__round")
        .annotate(n=Count("item", distinct=True))
        .order_by()
    )
    return [{"round": row, "size": row.size, "settled": settled.get(row.pk, 0)} for row in rounds]
