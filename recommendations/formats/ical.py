"""Calendars that other programs subscribe to (RFC 5545): whole days with a title and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

MIME = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class CalendarDay:
    """One event of a whole day. ``uid`` stays the same when it moves; ``sequence`` grows with every change."""

    uid: str
    on: date
    title: str
    url: str = ""
    is_estimate: bool = False
    sequence: int = 0


def calendar(
    days: Iterable[CalendarDay], *, name: str, time_zone: str, language: str, now: datetime
) -> bytes:
    """The calendar as a file; ``now`` (aware) is when it was made, ``time_zone`` a name such as Asia/Almaty.

    Whole days are dates without a time: they lie on the same day wherever they are read. The time zone says in
    which one the days were meant, for programs that ask.
    """
    made = Calendar()
    made.add("prodid", f"-//dates//{language.upper()}")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", time_zone)
    made.add("refresh-interval", timedelta(hours=12))
    for day in days:
        event = Event()
        event.add("uid", day.uid)
        event.add("dtstamp", now)
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", day.title)
        event.add("sequence", day.sequence)
        event.add("status", "TENTATIVE" if day.is_estimate else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        if day.url:
            event.add("url", day.url)
        made.add_component(event)
    return made.to_ical()
