"""What the parts of the demonstration share: its files, its clock, and who and what was made so far."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from recommendations.catalogue.models import Recommendation
from recommendations.evidence.models import Evidence
from recommendations.organisations.models import Organisation, User

FOLDER = settings.BASE_DIR / "fixtures" / "demo"
# Everything that the demonstration shows was recorded before its round was opened.
RECORDED_DAYS_AGO = 90
# Nothing happens at midnight, and the acts of one day follow each other.
MORNING = timedelta(hours=9)

Row = dict[str, Any]


def read(name: str) -> Row:
    """The content of one file of the demonstration."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def day(text: str) -> date:
    """A date as the files write it."""
    return date.fromisoformat(text)


@dataclass
class Story:
    """The demonstration while it is told: keys of the files → rows of the database."""

    now: datetime
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    recommendations: dict[str, Recommendation] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    _acts: int = 0

    @property
    def today(self) -> date:
        """The day of loading, from which the files count."""
        return timezone.localdate(self.now)

    def days_ago(self, days: int) -> datetime:
        """A moment on that day; each one asked for is some minutes after the one before it, and none is to come."""
        self._acts += 1
        moment = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        moment += MORNING - timedelta(days=days) + timedelta(seconds=20 * self._acts)
        return min(moment, self.now)

    def in_days(self, days: int) -> date:
        """The day that many days after loading (before it, where negative)."""
        return self.today + timedelta(days=days)
