"""The dates that concern a person: milestones, rounds' deadlines, and until when her work is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from recommendations.access.visibility import is_member
from recommendations.assessments.models import Cluster, Round, RoundItem
from recommendations.catalogue.models import Milestone
from recommendations.formats.ical import CalendarDay


@dataclass(frozen=True, order=True)
class Day:
    """One date: what it is, where it leads, whether it is an estimate, and the name under which calendars know it."""

    on: date
    title: str
    url: str
    is_estimate: bool = False
    uid: str = ""
    sequence: int = 0

    @property
    def file_url(self) -> str:
        """Where this one date is had for one's own calendar."""
        kind, _sign, number = self.uid.partition("-")
        return reverse("calendar_day", args=[kind, number])


def days_of(reader: Any, *, since: date, cycle: str = "") -> list[Day]:
    """The dates from a day on, in order; of one cycle where its key is given. Titles only, nothing confidential."""
    found = [*_milestones(reader, since, cycle), *_rounds(reader, since, cycle)]
    if is_member(reader):
        found += _work(reader, since, cycle)
    return sorted(found)


def find_day(reader: Any, kind: str, pk: int) -> Day | None:
    """One of the dates by what it is and its number; None where the reader has no such date."""
    rows = {"milestone": _milestones, "round": _rounds, "cluster": _work, "item": _work}.get(kind)
    if rows is None or (rows is _work and not is_member(reader)):
        return None
    return next((day for day in rows(reader, date.min, "") if day.uid == f"{kind}-{pk}"), None)


def as_events(days: Iterable[Day], *, site: str, host: str) -> list[CalendarDay]:
    """The same for calendar programs; ``site`` is where addresses begin, ``host`` makes the names unique."""
    words = _("(estimate)")
    return [
        CalendarDay(
            uid=f"{day.uid}@{host}",
            on=day.on,
            title=f"{day.title} {words}" if day.is_estimate else day.title,
            url=site + day.url,
            is_estimate=day.is_estimate,
            sequence=day.sequence,
        )
        for day in days
    ]


def _milestones(reader: Any, since: date, cycle: str) -> list[Day]:
    rows = Milestone.objects.visible_to(reader).filter(
        on__gte=since, cancelled_at=None, cycle__state__is_followed=True
    )
    if cycle:
        rows = rows.filter(cycle__key=cycle)
    return [
        Day(
            row.on,
            f"{row.cycle.key} · {row.label}",
            reverse("cycle_calendar", args=[row.cycle.key]),
            row.is_estimate,
            f"milestone-{row.pk}",
            row.revision,
        )
        for row in rows.select_related("cycle")
    ]


def _rounds(reader: Any, since: date, cycle: str) -> list[Day]:
    rows = Round.objects.visible_to(reader).filter(deadline__gte=since, closed_on=None)
    if cycle:
        rows = rows.filter(cycle__key=cycle)
    return [
        Day(
            row.deadline,
            _("Deadline of the round “%(round)s”") % {"round": row.title},
            reverse("round_detail", args=[row.pk]),
            uid=f"round-{row.pk}",
        )
        for row in rows
    ]


def _work(reader: Any, since: date, cycle: str) -> list[Day]:
    """What was given to the person herself: clusters, and recommendations that stand in none."""
    mine = {"assignee": reader.pk, "due_on__gte": since, "round__closed_on": None}
    if cycle:
        mine["round__cycle__key"] = cycle
    clusters = Cluster.objects.visible_to(reader).filter(**mine)
    items = RoundItem.objects.visible_to(reader).filter(**mine, cluster=None).select_related("recommendation")
    found = [
        Day(
            row.due_on,
            _("Due: %(what)s") % {"what": row},
            reverse("cluster_detail", args=[row.pk]),
            uid=f"cluster-{row.pk}",
        )
        for row in clusters
        if row.due_on
    ]
    return found + [
        Day(
            row.due_on,
            _("Due: %(what)s") % {"what": row.recommendation.reference},
            reverse("recommendation_detail", args=[row.recommendation.reference]),
            uid=f"item-{row.pk}",
        )
        for row in items
        if row.due_on
    ]
