"""How the site is doing: each part judged, with a sentence for the administrators, and the figures behind it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.jobs.models import Heartbeat, Job
from recommendations.jobs.queue import in_words
from recommendations.vocabulary import JobState

BEAT_WITHIN = 60.0  # the clock writes every ten seconds
LEAST_FREE = 500 * 2**20  # bytes on the disk of the data
BROKER_WITHIN = 2.0


@dataclass(frozen=True)
class Check:
    """One part of the site: whether it does its work, and what there is to say."""

    name: str
    ok: bool
    words: str


@dataclass(frozen=True)
class Queue:
    """The jobs of one name that are not done: how many wait, are being done, were given up, and since when."""

    name: str
    waiting: int
    running: int
    failed: int
    since: datetime | None

    @property
    def called(self) -> str:
        """What people call it."""
        return in_words(self.name)


def checks() -> list[Check]:
    """All of them; where the database does not answer, what only it knows is left out."""
    database = _guarded("database", _database)
    if not database.ok:
        return [database, _guarded("broker", _broker), _guarded("disk", _disk)]
    return [
        database,
        _guarded("migrations", _migrations),
        _guarded("broker", _broker),
        _guarded("worker", _worker),
        _guarded("clock", _clock),
        _guarded("disk", _disk),
    ]


def _guarded(name: str, ask: Callable[[], tuple[bool, str]]) -> Check:
    try:
        return Check(name, *ask())
    except Exception as fault:  # whatever a driver raises: that is the answer
        return Check(name, False, _("It does not answer (%(fault)s).") % {"fault": type(fault).__name__})


def _database() -> tuple[bool, str]:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    took = max(round(1000 * (time.monotonic() - began)), 1)
    return True, _("It answers within %(n)d ms.") % {"n": took}


def _migrations() -> tuple[bool, str]:
    executor = MigrationExecutor(connection)
    left = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if left:
        return False, ngettext(
            "The database is older than the program: %(n)d migration is missing. Run upgrade_site.",
            "The database is older than the program: %(n)d migrations are missing. Run upgrade_site.",
            left,
        ) % {"n": left}
    return True, _("The database is as the program expects it.")


def _broker() -> tuple[bool, str]:
    with current_app.connection_for_write(connect_timeout=BROKER_WITHIN) as opened:
        opened.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_WITHIN)
        opened.default_channel.close()
    return True, _("It takes messages.")


def _worker() -> tuple[bool, str]:
    patience = settings.JOB_LEASE + 3 * settings.JOB_SWEEP
    ages = ages_of("worker")
    alive = [age for age in ages if age <= patience]
    if alive:
        return True, ngettext(
            "%(n)d worker is at work; seen %(seconds)d seconds ago.",
            "%(n)d workers are at work; the last was seen %(seconds)d seconds ago.",
            len(alive),
        ) % {"n": len(alive), "seconds": min(alive)}
    waiting = [queue for queue in queues() if queue.waiting + queue.running]
    count = sum(queue.waiting + queue.running for queue in waiting)
    reminders = sum(queue.waiting + queue.running for queue in waiting if queue.name.startswith("reminders."))
    left = _("Work is waiting: %(n)d; of it reminders: %(reminders)d.") % {"n": count, "reminders": reminders}
    return False, f"{_not_seen(ages, _('The worker'))} {left}"


def _clock() -> tuple[bool, str]:
    ages = ages_of("beat")
    if ages and min(ages) <= BEAT_WITHIN:
        return True, _("It ticked %(n)d seconds ago.") % {"n": min(ages)}
    return False, f"{_not_seen(ages, _('The clock'))} {_('Nothing is looked for and no reminder goes out.')}"


def _not_seen(ages: list[float], who: str) -> str:
    if not ages:
        return _("%(who)s has never been seen.") % {"who": who}
    minutes = int(min(ages) // 60)
    return ngettext(
        "%(who)s has not been seen for %(n)d minute.", "%(who)s has not been seen for %(n)d minutes.", minutes
    ) % {"who": who, "n": minutes}


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    words = _("%(n)s GB are free where the data lie.") % {"n": f"{free / 2**30:.1f}"}
    if not os.access(settings.DATA_DIR, os.W_OK):
        return False, _("The folder of the data cannot be written to.")
    return free >= LEAST_FREE, words


def ages_of(part: str) -> list[float]:
    """How many seconds ago each process of that part was seen, by the database's clock."""
    rows = Heartbeat.objects.filter(part=part).annotate(now=Now()).values_list("now", "seen_at")
    return [max((now - seen).total_seconds(), 0.0) for now, seen in rows]


def queues() -> list[Queue]:
    """What is not done, by name."""
    rows = (
        Job.objects.exclude(state=JobState.DONE)
        .values("name", "state")
        .annotate(n=Count("pk"), since=Min("created_at"))
        .order_by("name")
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(row["name"], {"since": None})
        entry[row["state"]] = row["n"]
        if row["state"] != JobState.FAILED:
            entry["since"] = min(filter(None, (entry["since"], row["since"])))
    return [
        Queue(
            name,
            entry.get(JobState.WAITING, 0),
            entry.get(JobState.RUNNING, 0),
            entry.get(JobState.FAILED, 0),
            entry["since"],
        )
        for name, entry in found.items()
    ]


def metrics() -> str:
    """The figures in Prometheus' text format: counts and seconds, nothing about a person."""
    lines = []

    def figure(name: str, about: str, values: list[tuple[dict[str, str], float]]) -> None:
        lines.append(f"# HELP upr_{name} {about}")
        lines.append(f"# TYPE upr_{name} gauge")
        for labels, value in values:
            said = ",".join(f'{key}="{word}"' for key, word in labels.items())
            lines.append(f"upr_{name}{{{said}}} {value:g}" if said else f"upr_{name} {value:g}")

    found = checks()
    figure("check_ok", "1 where this part does its work.", [({"part": c.name}, float(c.ok)) for c in found])
    figure("disk_free_bytes", "Free where the data lie.", [({}, shutil.disk_usage(settings.DATA_DIR).free)])
    if found[0].ok:
        figure(
            "seen_seconds",
            "Since a process of this part was last seen.",
            [({"part": part}, min(ages)) for part in ("worker", "beat") if (ages := ages_of(part))],
        )
        figure(
            "jobs",
            "Jobs that are not done.",
            [
                ({"name": queue.name, "state": state}, getattr(queue, state))
                for queue in queues()
                for state in ("waiting", "running", "failed")
            ],
        )
        done = Job.objects.filter(state=JobState.DONE).values("name")
        figure(
            "job_last_done_timestamp_seconds",
            "When a job of that name was last done.",
            [
                ({"name": row["name"]}, row["at"].timestamp())
                for row in done.annotate(at=Max("finished_at")).order_by("name")
                if row["at"]
            ],
        )
    return "\n".join(lines) + "\n"
