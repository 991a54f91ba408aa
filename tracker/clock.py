"""The clock of the site: Celery's scheduler, kept in memory, that says when it ticked.

Nothing is kept on disk: a task may be rung twice or late and does no harm, so a clock that starts rings for
everything at once, which catches up on what was missed while the machine was off. Several clocks may run.
"""

import socket
import time
from datetime import datetime, timedelta
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from django.db import close_old_connections, connection

from recommendations.jobs import heartbeat

SEEN_EVERY = 10.0


class Entry(ScheduleEntry):
    """An entry that is due when the clock starts."""

    def default_now(self) -> datetime:
        """Celery also takes this for the last run of an entry that never ran."""
        return super().default_now()

    def __init__(self, **fields: Any) -> None:
        started = fields.get("last_run_at") is None
        super().__init__(**fields)
        if started:
            self.last_run_at = self.default_now() - timedelta(days=1)


class Clock(Scheduler):
    """Rings for each entry when its time has come, at the start for all of them."""

    Entry = Entry
    max_interval = SEEN_EVERY
    last_seen = float("-inf")

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
