"""The clock of the site: Celery's scheduler, kept in memory, that says when it ticked.

Nothing is kept on disk: a task may be rung twice or late and does no harm, so a clock that starts rings for
everything at once, which catches up on what was missed while the machine was off. Several clocks may run.
"""

import socket
import time
from datetime import timedelta
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from django.db import close_old_connections, connection

from recommendations.jobs import bell, heartbeat

SEEN_EVERY = 10.0


class Entry(ScheduleEntry):
    """An entry that is due when the clock starts."""

    def __init__(self, **fields: Any) -> None:
        starts = fields.get("last_run_at") is None
        super().__init__(**fields)
        if starts:
            self.last_run_at = self.default_now() - timedelta(days=1)


class Clock(Scheduler):
    """Rings for each entry when its time has come, at the start for all of them."""

    Entry = Entry
    # Celery's own keeps one connection for all its rings, which stays broken after its broker was away.
    producer = None
    last_seen = float("-inf")

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Ring; a broker that is away misses this one and hears the next."""
        bell.send(entry.task, expires=entry.options["expires"])

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One step; every few seconds also the heartbeat."""
        wait = super().tick(*args, **kwargs)
        if time.monotonic() - self.last_seen >= SEEN_EVERY:
            self.last_seen = time.monotonic()
            heartbeat.call_me("beat", socket.gethostname())
            heartbeat.seen("beat")
            if not connection.in_atomic_block:
                close_old_connections()
        return min(wait, SEEN_EVERY)
