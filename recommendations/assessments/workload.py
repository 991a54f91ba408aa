"""How far a round's work has come, who carries how much of it, and what still stands before its deadline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.models import Assessment, Cluster, Round, RoundItem
from recommendations.assessments.rounds import NotPossible, assign
from recommendations.audit.log import record
from recommendations.organisations.models import User
from recommendations.vocabulary import AssessmentStatus
from recommendations.words.alphabet import alphabetical

# How far the work on one subject is, from nothing to published.
NOT_YET, WRITING, IN_REVIEW, APPROVED, PUBLISHED = "not_yet", "writing", "in_review", "approved", "published"
STAGES = {
    NOT_YET: gettext_lazy("not yet begun"),
    WRITING: gettext_lazy("being written"),
    IN_REVIEW: gettext_lazy("in review"),
    APPROVED: gettext_lazy("approved"),
    PUBLISHED: gettext_lazy("published"),
}
_STAGE_OF = {
    AssessmentStatus.DRAFT: WRITING,
    AssessmentStatus.RETURNED: WRITING,
    AssessmentStatus.SUBMITTED: IN_REVIEW,
    AssessmentStatus.APPROVED: APPROVED,
    AssessmentStatus.PUBLISHED: PUBLISHED,
}
# What its writer still has to do something about.
OPEN = (NOT_YET, WRITING)


@dataclass(frozen=True)
class Subject:
    """What is assessed as one: a cluster, or a recommendation that stands in none (``row``)."""

    row: Any
    title: str
    url: str
    size: int
    stage: str
    # Of the assessment that is furthest, where there is one.
    assessment: int | None = None
    waiting_since: datetime | None = None

    @property
    def organisation(self) -> Any:
        """The organisation in charge."""
        return self.row.organisation

    @property
    def person(self) -> Any:
        """The person in charge."""
        return self.row.assignee

    def is_overdue(self, today: date) -> bool:
        """Whether it was due before today and its writer has not submitted it."""
        return self.row.due_on is not None and self.row.due_on < today and self.stage in OPEN


@dataclass
class Load:
    """What one person, or an organisation whose person is not named, has in a round."""

    organisation: Any
    person: Any
    subjects: int = 0
    recommendations: int = 0
    overdue: int = 0
    stages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))

    @property
    def open(self) -> int:
        """How many subjects still wait for the writer."""
        return sum(self.stages[stage] for stage in OPEN)

    @property
    def settled(self) -> int:
        """How many are approved or published."""
        return self.stages[APPROVED] + self.stages[PUBLISHED]


def subjects_of(round_: Round) -> list[Subject]:
    """Every subject of the round with how far it is; a fixed number of queries.

    What counts is the assessment of the organisation in charge; where none is named, the furthest of any.
    """
    found: dict[tuple[str, int], list[Assessment]] = {}
    rows = Assessment.objects.filter(round=round_, status__in=list(_STAGE_OF))
    for row in rows.only("pk", "cluster", "item", "organisation", "status", "submitted_at"):
        key = ("cluster", row.cluster_id) if row.cluster_id else ("item", row.item_id)
        found.setdefault(key, []).append(row)  # type: ignore[arg-type]
    sizes: dict[int, int] = {}
    single = []
    items = round_.items.select_related("recommendation", "organisation", "assignee")
    for item in items.order_by("recommendation__order_key"):
        if item.cluster_id is None:
            single.append(item)
        else:
            sizes[item.cluster_id] = sizes.get(item.cluster_id, 0) + 1
    clusters = round_.clusters.select_related("organisation", "assignee").order_by("order", "title")
    made = [
        _subject(row, str(row), reverse("cluster_detail", args=[row.pk]), sizes.get(row.pk, 0), found)
        for row in clusters
    ]
    for item in single:
        reference = item.recommendation.reference
        url = reverse("recommendation_detail", args=[reference])
        made.append(_subject(item, reference, url, 1, found))
    return made


def _subject(
    row: Cluster | RoundItem, title: str, url: str, size: int, found: dict[tuple[str, int], list[Assessment]]
) -> Subject:
    kind = "cluster" if isinstance(row, Cluster) else "item"
    rows = [
        one
        for one in found.get((kind, row.pk), [])
        if row.organisation_id is None or one.organisation_id == row.organisation_id
    ]
    order = list(STAGES)
    best = max(rows, key=lambda one: order.index(_STAGE_OF[AssessmentStatus(one.status)]), default=None)
    if best is None:
        return Subject(row, title, url, size, NOT_YET)
    stage = _STAGE_OF[AssessmentStatus(best.status)]
    return Subject(row, title, url, size, stage, best.pk, best.submitted_at if stage == IN_REVIEW else None)


def stages_of(subjects: Iterable[Subject]) -> dict[str, int]:
    """How many recommendations are at which stage."""
    counts = dict.fromkeys(STAGES, 0)
    for subject in subjects:
        counts[subject.stage] += subject.size
    return counts


def loads_of(subjects: Iterable[Subject], today: date) -> list[Load]:
    """What each person and organisation carries, the most open work first; what nobody has comes last."""
    found: dict[tuple[Any, Any], Load] = {}
    for subject in subjects:
        key = (subject.organisation, subject.person)
        load = found.setdefault(key, Load(*key))
        load.subjects += 1
        load.recommendations += subject.size
        load.overdue += subject.is_overdue(today)
        load.stages[subject.stage] += 1
    return sorted(
        found.values(),
        key=lambda load: (
            load.organisation is None,
            -load.open,
            alphabetical(str(load.person), get_language() or "en"),
        ),
    )


def hours_left(round_: Round, now: datetime) -> int:
    """Whole hours until the deadline's day ends in the site's time zone; below zero afterwards."""
    end = datetime.combine(
        round_.deadline + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone()
    )
    return int((end - now).total_seconds() // 3600)


def in_the_way(subjects: Sequence[Subject]) -> list[tuple[str, list[Subject]]]:
    """What still stands between the round and its filing, by what has to happen with it."""
    words = {
        NOT_YET: _("Nobody has begun"),
        WRITING: _("Being written or returned: to be submitted"),
        IN_REVIEW: _("In review: to be decided"),
        APPROVED: _("Approved: to be published"),
    }
    found = [(words[stage], [one for one in subjects if one.stage == stage]) for stage in words]
    return [(title, rows) for title, rows in found if rows]


@transaction.atomic
def hand_over(person: User, *, to: User, by: Any, at: datetime | None = None) -> int:
    """Give everything that still waits for this person, in all open rounds, to another. Returns how many subjects.

    What she wrote keeps her as its author; days on which work is due stay. Raises ``NotPossible`` where the other
    may not write, or is the same person.
    """
    if person.pk == to.pk:
        raise NotPossible(_("Choose another person."))
    if not policy.may(to, "assessment.write"):
        raise NotPossible(_("%(person)s has no role in which to write.") % {"person": to})
    count = 0
    for round_ in Round.objects.filter(closed_on=None, items__assignee=person).distinct():
        rows = [one.row for one in subjects_of(round_) if one.person == person and one.stage in OPEN]
        for due_on in sorted({row.due_on for row in rows}, key=lambda day: (day is None, day)):
            same = [row for row in rows if row.due_on == due_on]
            assign(
                round_=round_,
                by=by,
                clusters=[row for row in same if isinstance(row, Cluster)],
                items=[row for row in same if isinstance(row, RoundItem)],
                organisation=to.organisation,
                assignee=to,
                due_on=due_on,
                at=at,
            )
            count += len(same)
    record("work.handed_over", person, by=by, at=at, detail={"to": str(to), "subjects": count})
    return count
