"""Which function finds what a kind of rule speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from recommendations.reminders import finders_facts, finders_work
from recommendations.reminders.rules import Due, Window
from recommendations.vocabulary import ReminderKind

Finder = Callable[[Any, Window], Iterator[Due]]

FINDERS: dict[str, Finder] = {
    ReminderKind.MILESTONE: finders_work.milestones,
    ReminderKind.MILESTONE_PASSED: finders_work.milestones_passed,
    ReminderKind.ROUND_DEADLINE: finders_work.round_deadlines,
    ReminderKind.ASSIGNMENT_DUE: finders_work.assignments,
    ReminderKind.ASSIGNMENT_OVERDUE: finders_work.assignments,
    ReminderKind.WAITING_REVIEW: finders_work.waiting_reviews,
    ReminderKind.RETURNED_DRAFT: finders_work.returned_drafts,
    ReminderKind.COMMENT_WAITING: finders_work.comments_waiting,
    ReminderKind.CONTRADICTION: finders_facts.contradictions,
    ReminderKind.STALE: finders_facts.stale,
    ReminderKind.UNDER_CONSIDERATION: finders_facts.under_consideration,
    ReminderKind.OBSERVATION_EXPECTED: finders_facts.observations_expected,
    ReminderKind.DEAD_LINK: finders_facts.dead_links,
    ReminderKind.CONSENT_ENDING: finders_facts.consents_ending,
}
