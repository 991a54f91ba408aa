"""Holding a job: its lease is renewed for as long as the process that works on it lives."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, models
from django.db.models import Value
from django.db.models.functions import Now

from recommendations.jobs import heartbeat
from recommendations.jobs.models import Job
from recommendations.vocabulary import JobState

logger = logging.getLogger(__name__)

# After this time a job whose process was killed is taken by another.
LEASE = timedelta(seconds=settings.JOB_LEASE)
RENEWED_EVERY = settings.JOB_LEASE / 4
# A process that has worked on one job for so long is taken to be stuck: the lease is no longer renewed.
LONGEST = 2 * 60 * 60.0


def from_now(span: timedelta) -> models.expressions.Combinable:
    """A moment by the database's clock: the machines' own may differ."""
    return models.ExpressionWrapper(
        Now() + Value(span, output_field=models.DurationField()), output_field=models.DateTimeField()
    )


@contextmanager
def held(job_id: int, token: uuid.UUID) -> Iterator[None]:
    """Within, a thread renews the lease; killed with its process, it renews nothing."""
    over = threading.Event()
    threading.Thread(target=_renew, args=(job_id, token, over), daemon=True, name=f"lease-{job_id}").start()
    try:
        yield
    finally:
        over.set()


def _renew(job_id: int, token: uuid.UUID, over: threading.Event) -> None:
    until = time.monotonic() + LONGEST
    while not over.wait(RENEWED_EVERY) and time.monotonic() < until:
        try:
            mine = Job.objects.filter(pk=job_id, token=token, state=JobState.RUNNING).update(
                lease_until=from_now(LEASE)
            )
            if not mine:
                return
            heartbeat.seen("worker")
        except Error as fault:
            logger.warning("the lease of job %s could not be renewed: %s", job_id, type(fault).__name__)
        finally:
            connection.close()
