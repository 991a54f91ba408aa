"""When the events of a cycle usually come, and what a calendar without them is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from recommendations.catalogue.models import ReviewCycle
from recommendations.vocabulary import MilestoneKind

# When the events of a cycle usually come, in days after the review (resolution 5/1 and the practice since): what
# a new cycle starts with, as estimates, until somebody has checked the dates with OHCHR.
USUAL_DAYS = {
    MilestoneKind.STAKEHOLDER_DEADLINE: -213,
    MilestoneKind.NATIONAL_REPORT: -84,
    MilestoneKind.COMPILATION: -84,
    MilestoneKind.EMBASSY_MEETINGS: -63,
    MilestoneKind.PRE_SESSION_APPLICATION: -61,
    MilestoneKind.PRE_SESSION: -42,
    MilestoneKind.ADVANCE_QUESTIONS: -14,
    MilestoneKind.REVIEW: 0,
    MilestoneKind.RECOMMENDATIONS_CIRCULATED: 2,
    MilestoneKind.WORKING_GROUP_REPORT: 45,
    MilestoneKind.STATE_ANSWERS: 120,
    MilestoneKind.WRITTEN_STATEMENT: 121,
    MilestoneKind.ADOPTION: 143,
    MilestoneKind.IMPLEMENTATION_PLAN: 365,
    MilestoneKind.MID_TERM: 143 + 913,
}


@dataclass(frozen=True)
class Proposal:
    """A milestone that the cycle lacks: its kind, the day it usually comes, how many days after the review that is."""

    kind: MilestoneKind
    on: date
    days: int

    @property
    def before(self) -> int:
        """How many days before the review; below zero after it."""
        return -self.days


def anchor_of(cycle: ReviewCycle) -> date | None:
    """The day of the review; where only the session is known its first day."""
    return cycle.review_on or (cycle.session.starts_on if cycle.session else None)


def usual_day(cycle: ReviewCycle, kind: MilestoneKind, review: date | None = None) -> date:
    """The day on which such a milestone usually comes. ``review`` is the review's day where a milestone says it."""
    if kind == MilestoneKind.ADOPTION and cycle.adopted_on:
        return cycle.adopted_on
    anchor = review or anchor_of(cycle)
    assert anchor is not None
    if kind == MilestoneKind.MID_TERM and cycle.adopted_on:
        return cycle.adopted_on + timedelta(days=USUAL_DAYS[kind] - USUAL_DAYS[MilestoneKind.ADOPTION])
    return anchor + timedelta(days=USUAL_DAYS[kind])


def proposals(cycle: ReviewCycle) -> list[Proposal]:
    """The milestones of a review that the cycle does not have yet, in the order of their days."""
    if anchor_of(cycle) is None:
        return []
    there = set(cycle.milestones.filter(cancelled_at=None, title="").values_list("kind", flat=True))
    found = [
        Proposal(kind, usual_day(cycle, kind), days) for kind, days in USUAL_DAYS.items() if kind not in there
    ]
    return sorted(found, key=lambda one: one.on)
