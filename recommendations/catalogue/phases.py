"""In which phase a cycle is: it follows from its milestones, and says what comes first now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from recommendations.catalogue.calendar import anchor_of, usual_day
from recommendations.catalogue.models import Milestone, ReviewCycle
from recommendations.vocabulary import CyclePhase, MilestoneKind

# phase, the milestone it is reckoned from, days after it. Six weeks are what two rounds of review and a translation
# take before a filing; ten days what signing and sending take. A cycle collects until the first of these begins.
BEGINNINGS: tuple[tuple[CyclePhase, MilestoneKind, int], ...] = (
    (CyclePhase.DRAFTING, MilestoneKind.STAKEHOLDER_DEADLINE, -150),
    (CyclePhase.REVIEWING, MilestoneKind.STAKEHOLDER_DEADLINE, -42),
    (CyclePhase.SUBMISSION, MilestoneKind.STAKEHOLDER_DEADLINE, -10),
    (CyclePhase.ADVOCACY, MilestoneKind.STAKEHOLDER_DEADLINE, 1),
    (CyclePhase.ADOPTION, MilestoneKind.REVIEW, 1),
    (CyclePhase.FOLLOW_UP, MilestoneKind.ADOPTION, 1),
    (CyclePhase.MID_TERM, MilestoneKind.MID_TERM, -270),
)


@dataclass(frozen=True)
class Step:
    """One phase of a cycle: its first and last day (None: open), and whether it is the present one."""

    phase: CyclePhase
    since: date | None
    until: date | None
    is_now: bool


def steps_of(
    cycle: ReviewCycle, milestones: Iterable[Milestone], today: date, *, is_over: bool = False
) -> list[Step]:
    """The cycle's phases in order with their days; none where not even its session's date is known.

    After the mid-term the cycle is followed up until the next one is reviewed; then it ``is_over`` and in no phase.
    """
    known = {row.kind: row.on for row in milestones if not row.title and not row.cancelled_at}
    anchor = anchor_of(cycle)
    if anchor is None and MilestoneKind.REVIEW not in known:
        return []
    found: list[tuple[CyclePhase, date | None]] = [(CyclePhase.COLLECTING, None)]
    for phase, kind, days in BEGINNINGS:
        day = known.get(kind) or usual_day(cycle, kind, known.get(MilestoneKind.REVIEW))
        found.append((phase, day + timedelta(days=days)))
    mid_term = known.get(MilestoneKind.MID_TERM) or usual_day(
        cycle, MilestoneKind.MID_TERM, known.get(MilestoneKind.REVIEW)
    )
    present: CyclePhase | None = CyclePhase.COLLECTING
    for phase, since in found:
        # A milestone that was moved out of its usual order cuts the phase before it short.
        if since is not None and since <= today:
            present = phase
    if today > mid_term:
        present = CyclePhase.FOLLOW_UP
    if is_over:
        present = None
    ends = [since - timedelta(days=1) if since else None for _phase, since in found[1:]] + [mid_term]
    return [
        Step(phase, since, until, phase == present) for (phase, since), until in zip(found, ends, strict=True)
    ]


def is_over(cycle: ReviewCycle, today: date) -> bool:
    """Whether a later cycle of the State has been reviewed."""
    later = ReviewCycle.objects.filter(state=cycle.state_id, number__gt=cycle.number, review_on__lte=today)
    return later.exists()


def phase_of(cycle: ReviewCycle, milestones: Iterable[Milestone], today: date) -> CyclePhase | None:
    """The present phase; None where no date of the cycle is known."""
    return next((step.phase for step in steps_of(cycle, milestones, today) if step.is_now), None)
