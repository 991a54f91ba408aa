"""What comes first in the phase in which each followed State's review is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.catalogue.models import Milestone, ReviewCycle
from recommendations.catalogue.phases import steps_of
from recommendations.vocabulary import CyclePhase
from recommendations.web.alphabet import InAlphabet

WORDS: dict[str, Any] = {
    CyclePhase.COLLECTING: gettext_lazy(
        "Collect: what is recorded now need not be looked for before the deadline."
    ),
    CyclePhase.DRAFTING: gettext_lazy(
        "Write: every cluster needs its text before the internal review begins."
    ),
    CyclePhase.REVIEWING: gettext_lazy("Decide: what was submitted needs a second pair of eyes."),
    CyclePhase.SUBMISSION: gettext_lazy("File: publish what is approved and export it."),
    CyclePhase.ADVOCACY: gettext_lazy("Speak: embassies and the pre-session want it short."),
    CyclePhase.ADOPTION: gettext_lazy("Record: the State answers recommendation by recommendation."),
    CyclePhase.FOLLOW_UP: gettext_lazy("Follow: set what the State claims beside what you find."),
    CyclePhase.MID_TERM: gettext_lazy("Take stock: assess what came of it by the mid-term."),
}
# Which of the person's own lists comes first; otherwise what she writes.
REVIEW_FIRST = (CyclePhase.REVIEWING, CyclePhase.SUBMISSION)


@dataclass(frozen=True)
class Now:
    """One State's review at this moment: its leading cycle, the phase and what to do in it."""

    cycle: ReviewCycle
    phase: CyclePhase
    words: str
    until: date | None
    next: Milestone | None
    links: list[tuple[str, str]]


def reviews_now(person: Any, today: date) -> list[Now]:
    """For each followed State the cycle that leads now: the one on its way to a review, else the latest."""
    cycles = list(
        ReviewCycle.objects.visible_to(person)
        .filter(state__is_followed=True)
        .select_related("state", "session")
        .order_by(InAlphabet("state__name_en", "state__name_ru", "state__name_kk"), "number")
    )
    dates: dict[int, list[Milestone]] = {}
    rows = Milestone.objects.visible_to(person).filter(cycle__in=cycles, cancelled_at=None)
    for row in rows.order_by("on", "pk"):
        dates.setdefault(row.cycle_id, []).append(row)
    leading: dict[int, Now] = {}
    for cycle in cycles:
        mine = dates.get(cycle.pk, [])
        step = next((one for one in steps_of(cycle, mine, today) if one.is_now), None)
        if step is None:
            continue
        before = leading.get(cycle.state_id)
        # A cycle far ahead collects while the one before it is still followed up.
        if step.phase == CyclePhase.COLLECTING and before is not None:
            continue
        leading[cycle.state_id] = Now(
            cycle,
            step.phase,
            str(WORDS[step.phase]),
            step.until,
            next((row for row in mine if row.on >= today), None),
            _links(person, cycle, step.phase),
        )
    return list(leading.values())


def _links(person: Any, cycle: ReviewCycle, phase: CyclePhase) -> list[tuple[str, str]]:
    """What one does in this phase, as far as the person's roles allow it."""
    listed = f"{reverse('recommendation_list')}?cycle={cycle.key}"
    summary = (_("Export the summary"), reverse("summary_export", args=[cycle.key]), "summary.export")
    evidence = (_("Add evidence"), reverse("evidence_new"), "evidence.add")
    table: dict[CyclePhase, list[tuple[str, str, str]]] = {
        CyclePhase.COLLECTING: [
            evidence,
            (_("Recommendations without evidence"), f"{listed}&evidence=no", "content.read"),
        ],
        CyclePhase.DRAFTING: [
            (_("Begin an assessment"), reverse("assessment_new"), "assessment.write"),
            (_("Work plan"), reverse("round_list"), "round.manage"),
        ],
        CyclePhase.REVIEWING: [
            (_("Review queue"), reverse("review_queue"), "review.queue"),
            (_("Returned assessments"), f"{reverse('assessment_list')}?status=returned", "assessment.write"),
        ],
        CyclePhase.SUBMISSION: [
            (_("What is still open"), reverse("round_list"), "round.manage"),
            summary,
        ],
        CyclePhase.ADVOCACY: [summary],
        CyclePhase.ADOPTION: [
            (
                _("Recommendations under consideration"),
                f"{listed}&position=under_consideration",
                "content.read",
            ),
            (_("Import a file"), reverse("import_new"), "import.run"),
        ],
        CyclePhase.FOLLOW_UP: [
            evidence,
            (_("Supported, not implemented"), f"{listed}&position=supported&rating=not", "content.read"),
        ],
        CyclePhase.MID_TERM: [
            (_("Open a round"), f"{reverse('round_new')}?cycle={cycle.key}", "round.manage"),
            (_("Begin an assessment"), reverse("assessment_new"), "assessment.write"),
        ],
    }
    return [(words, url) for words, url, act in table[phase] if policy.may(person, act)]


def order_of_lists(reviews: list[Now]) -> list[str]:
    """In which order a person's own lists stand: what waits for a decision first while that is the phase."""
    if any(one.phase in REVIEW_FIRST for one in reviews):
        return ["review", "publish", "write"]
    return ["write", "review", "publish"]
