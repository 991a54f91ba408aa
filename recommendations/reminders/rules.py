"""When a thing is due and for whom, as data: the rules, their defaults, and the people behind an audience.

Due means "since": a lead of 7 is due from the seventh day before the anchor's date on, so that a machine that was
off misses nothing. A lead below zero counts days after the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from recommendations.access import policy
from recommendations.access.visibility import MEMBER_ROLES
from recommendations.organisations.models import User
from recommendations.vocabulary import ReminderAudience, ReminderKind, Role

IN_CHARGE, REVIEWERS = ReminderAudience.IN_CHARGE, ReminderAudience.REVIEWERS
COORDINATORS, MEMBERS = ReminderAudience.COORDINATORS, ReminderAudience.MEMBERS
# How long a thing is still worth telling after its last lead came due.
STILL_USEFUL = timedelta(days=14)


@dataclass(frozen=True)
class Default:
    """What a rule is until a coordinator changes it, and what she may choose.

    ``leads`` are days before the anchor's date (below zero: after it). ``happened``: the anchor is something that
    happened, so that its own day is not too late to tell. ``escalates``: coordinators join after so many days.
    ``months``: a measure of the rule's own, where it has one.
    """

    leads: tuple[int, ...]
    audience: tuple[ReminderAudience, ...]
    happened: bool = False
    escalates: int | None = None
    months: int | None = None


DEFAULTS: dict[str, Default] = {
    ReminderKind.MILESTONE: Default((60, 30, 7, 1), (MEMBERS,)),
    ReminderKind.MILESTONE_PASSED: Default((-1, -14), (COORDINATORS,)),
    ReminderKind.ROUND_DEADLINE: Default((14, 3, 0), (IN_CHARGE, COORDINATORS)),
    ReminderKind.ASSIGNMENT_DUE: Default((7, 1), (IN_CHARGE,)),
    ReminderKind.ASSIGNMENT_OVERDUE: Default((-1, -7), (IN_CHARGE, COORDINATORS)),
    ReminderKind.WAITING_REVIEW: Default((-3, -7), (REVIEWERS,), escalates=7),
    ReminderKind.RETURNED_DRAFT: Default((-3, -7), (IN_CHARGE,)),
    ReminderKind.COMMENT_WAITING: Default((-3, -7), (IN_CHARGE,)),
    ReminderKind.CONTRADICTION: Default((0,), (IN_CHARGE, COORDINATORS), happened=True),
    ReminderKind.STALE: Default((0, -90), (IN_CHARGE,), happened=True, months=12),
    ReminderKind.UNDER_CONSIDERATION: Default((-7, -60), (COORDINATORS,)),
    ReminderKind.OBSERVATION_EXPECTED: Default((0, -30), (IN_CHARGE, COORDINATORS), happened=True),
    ReminderKind.DEAD_LINK: Default((0, -30), (IN_CHARGE,), happened=True),
    ReminderKind.CONSENT_ENDING: Default((30, 7, 1), (IN_CHARGE,)),
}


@dataclass(frozen=True)
class Due:
    """One thing that may be told: since when it counts, who has it in hand, who is never told of it."""

    anchor_kind: str
    anchor_id: int
    anchor_on: date
    url: str
    in_charge: Sequence[int] = ()
    never: frozenset[int] = frozenset()
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """Between which dates an anchor can be due on ``today`` (or until ``horizon``), for the leads of a rule."""

    first: date
    last: date
    today: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its days as moments, the second no longer of it: asked so, a column is compared as it lies there."""
        begins, ends = (
            timezone.make_aware(datetime.combine(day, time.min))
            for day in (self.first, self.last + timedelta(days=1))
        )
        return begins, ends

    def of(self, field: str) -> Q:
        """The condition that a column of moments lies in it.

        Not ``__date__range``: the database would turn each row's moment into a day first, and SQLite asks Python
        for every one of them.
        """
        begins, ends = self.moments
        return Q(**{f"{field}__gte": begins, f"{field}__lt": ends})


def window(leads: Sequence[int], today: date, horizon: date | None = None) -> Window:
    """The dates at which to look for anchors."""
    first = today + timedelta(days=min([0, *leads])) - STILL_USEFUL
    return Window(first, (horizon or today) + timedelta(days=max([0, *leads])), today)


def leads_due(leads: Iterable[int], *, anchor_on: date, today: date, happened: bool = False) -> list[int]:
    """Of the leads those that have come due by today, the latest last; none where telling would come too late."""
    due = sorted((lead for lead in leads if today >= anchor_on - timedelta(days=lead)), reverse=True)
    if not due:
        return []
    last = anchor_on - timedelta(days=due[-1])
    ends = anchor_on if due[-1] >= 0 and not happened else last + STILL_USEFUL
    return [] if today > ends else due


@dataclass(frozen=True)
class People:
    """The members of the coalition by what they do; asked once for a whole run."""

    by_id: dict[int, User]
    groups: dict[str, frozenset[int]]

    @classmethod
    def load(cls) -> People:
        """One query, whatever their number."""
        members = [person for person in User.objects.filter(is_active=True) if person.roles & MEMBER_ROLES]
        groups: dict[str, frozenset[int]] = {
            MEMBERS: frozenset(person.pk for person in members),
            REVIEWERS: frozenset(person.pk for person in members if policy.may(person, "assessment.review")),
            COORDINATORS: frozenset(person.pk for person in members if Role.COORDINATOR in person.roles),
        }
        return cls({person.pk: person for person in members}, groups)

    def of(self, rule: Any, due: Due, today: date) -> list[int]:
        """Whom the rule tells of the thing: its audience, coordinators where it escalates, never who is excepted."""
        found: set[int] = set()
        for audience in rule.audience:
            found.update(due.in_charge if audience == IN_CHARGE else self.groups.get(audience, ()))
        if rule.escalate_after is not None and (today - due.anchor_on).days >= rule.escalate_after:
            found |= self.groups[COORDINATORS]
        return sorted(person for person in found - due.never if person in self.by_id)
