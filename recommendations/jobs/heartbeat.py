"""When worker and clock were last seen: rows that they write themselves, by the database's clock."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import Error
from django.db.models.functions import Now

from recommendations.jobs.models import Heartbeat

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = timedelta(days=7)
_names: dict[str, str] = {}


def call_me(part: str, name: str) -> None:
    """What this process is called among those that do the same (`worker`, `beat`)."""
    _names[part] = name


def seen(part: str) -> None:
    """Note that a part of the site is at work; a database that is away is no reason to stop it.

    A process that is not called so is none of them: a web server or a command does a job now and then.
    """
    name = _names.get(part)
    if name is None:
        return
    try:
        if not Heartbeat.objects.filter(part=part, name=name).update(seen_at=Now()):
            Heartbeat.objects.bulk_create([Heartbeat(part=part, name=name)], ignore_conflicts=True)
    except Error as fault:
        logger.warning("the heartbeat of the %s could not be written: %s", part, type(fault).__name__)


def forget() -> int:
    """Remove the rows of processes that are long gone."""
    return Heartbeat.objects.filter(seen_at__lt=Now() - FORGOTTEN_AFTER).delete()[0]
