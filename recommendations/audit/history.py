"""One record's own history, in plain words, for those who may see the record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from recommendations.audit.models import Event
from recommendations.audit.words import sentence

LATEST = 50


@dataclass(frozen=True)
class Entry:
    """One thing that happened: when and the whole sentence (``who`` stands in it)."""

    when: datetime
    words: str
    verb: str
    who: str = ""


def history_of(row: models.Model, *, without: Collection[str] = (), limit: int = LATEST) -> list[Entry]:
    """What was done to the row, the newest first, without some verbs.

    The log itself is the administrators'. Ask this only for a row that the reader may see and in whose making
    she takes part: it names people.
    """
    events = Event.objects.filter(subject_kind=row._meta.object_name, subject_id=row.pk)
    return _entries(events.exclude(verb__in=without), limit)


def history_of_rows(rows: models.QuerySet, *, verb: str, limit: int = LATEST) -> list[Entry]:
    """What was done by one verb to any of these rows, the newest first; asked under the same condition."""
    events = Event.objects.filter(subject_kind=rows.model._meta.object_name, subject_id__in=rows.values("pk"))
    return _entries(events.filter(verb=verb), limit)


def _entries(events: models.QuerySet[Event], limit: int) -> list[Entry]:
    latest = events.select_related("actor").order_by("-number")[:limit]
    return [Entry(when=event.at, words=sentence(event), verb=event.verb) for event in latest]
