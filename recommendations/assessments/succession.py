"""From one review to the next: the new cycle with its usual dates, and the round that prepares it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from recommendations.assessments.models import ComplianceStatus, Round
from recommendations.assessments.rounds import open_round
from recommendations.catalogue.calendar import anchor_of, usual_day
from recommendations.catalogue.cycles import open_cycle
from recommendations.catalogue.models import Recommendation, ReviewCycle, Session
from recommendations.vocabulary import Audience, MilestoneKind, PositionKind, Rating, RoundPurpose

# Which recommendations of the reviewed cycle are followed on.
NONE, ALL, NOT_FULLY, SUPPORTED = "none", "all", "not_fully", "supported"
FOLLOWED = {
    ALL: gettext_lazy("All of them"),
    NOT_FULLY: gettext_lazy("All but those found fully implemented in the earlier round"),
    SUPPORTED: gettext_lazy("Those supported, wholly or in part"),
    NONE: gettext_lazy("None for now"),
}
# What is written needs so long from the last evidence to the filing.
CUTOFF_BEFORE = timedelta(days=30)


def followed_on(cycle: ReviewCycle, which: str, *, earlier: Round | None) -> QuerySet[Recommendation]:
    """The recommendations of the cycle that the choice names; what was never rated counts as not implemented."""
    rows = Recommendation.objects.filter(cycle=cycle)
    if which == NONE:
        return rows.none()
    if which == SUPPORTED:
        return rows.filter(Q(position__in=[PositionKind.SUPPORTED, PositionKind.SUPPORTED_IN_PART]))
    if which == NOT_FULLY and earlier is not None:
        fully = ComplianceStatus.objects.filter(
            item__round=earlier, audience=Audience.COALITION, rating=Rating.FULLY
        )
        return rows.exclude(pk__in=fully.values("item__recommendation"))
    return rows


@transaction.atomic
def open_next_cycle(
    previous: ReviewCycle,
    *,
    by: Any,
    session: Session | None,
    review_on: date | None,
    title: str = "",
    which: str = ALL,
    carry_from: Round | None = None,
    keep_people: bool = True,
    at: datetime | None = None,
) -> tuple[ReviewCycle, Round | None]:
    """Open the State's next cycle with its usual dates, and a round over the previous one's recommendations.

    The round is due on the new cycle's stakeholder deadline; clusters and organisations in charge come along from
    ``carry_from``, people only with ``keep_people``. No round is opened where nothing is followed on or no date is
    known. Raises ``Refused`` where the cycle is there already.
    """
    cycle = open_cycle(
        by=by,
        state=previous.state,
        number=previous.number + 1,
        with_usual_dates=True,
        session=session,
        review_on=review_on,
        words_alone=previous.words_alone,
        words_jointly=previous.words_jointly,
        at=at,
    )
    rows = followed_on(previous, which, earlier=carry_from)
    if anchor_of(cycle) is None or not rows.exists():
        return cycle, None
    deadline = usual_day(cycle, MilestoneKind.STAKEHOLDER_DEADLINE)
    opened = open_round(
        by=by,
        cycle=previous,
        title=title,
        purpose=RoundPurpose.SUBMISSION,
        cutoff_on=deadline - CUTOFF_BEFORE,
        deadline=deadline,
        recommendations=rows,
        carry_from=carry_from,
        at=at,
    )
    if not keep_people:
        opened.clusters.update(assignee=None)
        opened.items.update(assignee=None)
    return cycle, opened
