"""Asking for background work and doing it: enqueue, claim, run.

A worker claims a job by one conditional UPDATE with a token and a lease from the database's clock. A handler
does its long work first and returns a closure with the effects; these and "done" are one transaction guarded
by the token, so that a worker that lost its lease changes nothing.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from recommendations.jobs.models import Job
from recommendations.vocabulary import JobState

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)

Effects = Callable[[], dict[str, Any] | None]
Handler = Callable[["Work"], Effects | None]

HANDLERS: dict[str, Handler] = {}


class LeaseLost(Exception):
    """Another worker took the job over: whatever this one did is rolled back."""


class GiveUp(Exception):
    """The work cannot succeed however often it is tried; the message says why, for the person who asked."""


@dataclass(frozen=True)
class Work:
    """What a handler is given: the payload, who asked, and a way to report progress."""

    job_id: int
    token: uuid.UUID
    payload: dict[str, Any]
    asked_by: Any

    def report(self, done: int, total: int) -> None:
        """Say how far the work is, and hold the lease for another while."""
        held = Job.objects.filter(pk=self.job_id, token=self.token, state=JobState.RUNNING).update(
            done_units=done, total_units=total, lease_until=_from_now(LEASE)
        )
        if not held:
            raise LeaseLost(self.job_id)


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register a function as the one that does the jobs of this name."""

    def register(function: Handler) -> Handler:
        if name in HANDLERS:
            raise RuntimeError(f"two handlers for {name}")
        HANDLERS[name] = function
        return function

    return register


def _from_now(span: timedelta) -> models.expressions.Combinable:
    return models.ExpressionWrapper(
        Now() + Value(span, output_field=models.DurationField()), output_field=models.DateTimeField()
    )


def enqueue(
    name: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str,
    by: Any = None,
    run_after: datetime | None = None,
) -> Job:
    """Ask for work in the current transaction; a key that is known already gives the job of that key.

    The doorbell rings after the commit. When it cannot, the sweeper finds the job.
    """
    job, created = Job.objects.get_or_create(
        key=key,
        defaults={
            "name": name,
            "payload": payload or {},
            "asked_by": by,
            "run_after": run_after or timezone.now(),
        },
    )
    if created and run_after is None:
        transaction.on_commit(ring)
    return job


def ring() -> None:
    """Tell the workers that there is work; a broker that does not answer must not harm the page."""
    try:
        # By name: the task's module imports this one.
        current_app.send_task("recommendations.jobs.run_due", retry=False, ignore_result=True)
    except Exception:  # whatever a broker's client raises: the job is safe in the table
        logger.warning("the broker could not be told of new work; the sweeper will find it", exc_info=True)


def claim(job_id: int | None = None) -> Work | None:
    """Take one due job (or this one) under a lease; None when there is none to take."""
    jobs = due() if job_id is None else due().filter(pk=job_id)
    for candidate in jobs.order_by("run_after", "pk").values_list("pk", flat=True)[:20]:
        token = uuid.uuid4()
        taken = (
            Job.objects.filter(pk=candidate)
            .filter(Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=Now()))
            .update(
                state=JobState.RUNNING, token=token, lease_until=_from_now(LEASE), attempts=F("attempts") + 1
            )
        )
        if taken:
            job = Job.objects.select_related("asked_by").get(pk=candidate)
            return Work(job.pk, token, job.payload, job.asked_by)
    return None


def perform(work: Work) -> None:
    """Do a claimed job: its effects and "done" in one transaction, or the fault noted and a later try set."""
    job = Job.objects.get(pk=work.job_id)
    try:
        do = HANDLERS.get(job.name)
        if do is None:
            raise GiveUp(f"no handler is known for {job.name}")
        effects = do(work)
        with transaction.atomic():
            result = effects() if effects else None
            finished = Job.objects.filter(pk=job.pk, token=work.token, state=JobState.RUNNING).update(
                state=JobState.DONE,
                result=result or {},
                error="",
                finished_at=Now(),
                lease_until=None,
                done_units=F("total_units"),
            )
            if not finished:
                raise LeaseLost(job.pk)
    except LeaseLost:
        logger.warning("job %s was taken over by another worker", job.pk)
    except Exception as fault:  # any fault of a handler is noted on its job, never lost
        hopeless = isinstance(fault, GiveUp) or job.attempts >= MAX_ATTEMPTS
        logger.error("job %s (%s) failed: %s", job.pk, job.name, "".join(traceback.format_exception(fault)))
        Job.objects.filter(pk=job.pk, token=work.token, state=JobState.RUNNING).update(
            state=JobState.FAILED if hopeless else JobState.WAITING,
            error=str(fault) if isinstance(fault, GiveUp) else type(fault).__name__,
            run_after=_from_now(FIRST_WAIT * 2 ** min(job.attempts, 10)),
            finished_at=Now() if hopeless else None,
            lease_until=None,
            token=None,
        )


def run(job: Job) -> Job:
    """Do this job now, in this process, when nobody else has it; returns it as it stands afterwards."""
    work = claim(job.pk)
    if work:
        perform(work)
    job.refresh_from_db()
    return job


def run_due(*, limit: int = 1000) -> int:
    """Do due jobs one after the other until none is left (or ``limit``); returns how many."""
    count = 0
    while count < limit and (work := claim()) is not None:
        perform(work)
        count += 1
    return count


def due() -> models.QuerySet[Job]:
    """Jobs whose time has come and which no worker holds, such as those whose worker or broker was lost."""
    return Job.objects.filter(
        Q(state=JobState.WAITING, run_after__lte=Now()) | Q(state=JobState.RUNNING, lease_until__lt=Now())
    )


def retry(job: Job) -> None:
    """Set a failed job to be tried again from the start."""
    Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        state=JobState.WAITING, attempts=0, error="", run_after=Now(), finished_at=None
    )
    transaction.on_commit(ring)
