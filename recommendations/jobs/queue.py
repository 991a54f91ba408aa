"""Asking for background work and doing it: enqueue, claim, run.

A worker claims a job by one conditional UPDATE with a token and a lease from the database's clock, and holds the
lease for as long as its process lives. A handler does its long work first and returns a closure with the effects;
these and "done" are one transaction guarded by the token, so that a worker that lost its lease changes nothing.
A closure may be run again where its transaction was lost with the database: it writes to the database and to
nothing else.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import (
    Error,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    models,
    transaction,
)
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import Promise

from recommendations.jobs import heartbeat
from recommendations.jobs.bell import ring
from recommendations.jobs.lease import LEASE, from_now, held
from recommendations.jobs.models import Job
from recommendations.jobs.tracing import tracing
from recommendations.vocabulary import JobState

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
# How long the closing transaction waits for a database that went away in the middle of it: seconds, one by one.
DATABASE_BACK_WITHIN = (0.5, 1.0, 2.0, 4.0, 8.0)

# A worker that does one short job after the other says so often: seconds.
SEEN_EVERY = 10.0
# Set when this process was told to end: it finishes the job it has and begins no other.
stopping = threading.Event()

Effects = Callable[[], dict[str, Any] | None]
Handler = Callable[["Work"], Effects | None]

HANDLERS: dict[str, Handler] = {}
# What the work of that name is called by people.
CALLED: dict[str, str | Promise] = {}
# How often a job of that name is tried, where it is not MAX_ATTEMPTS.
ATTEMPTS: dict[str, int] = {}


# What else is to be done where a job of that name was given up, such as telling who waits for it.
WHEN_GIVEN_UP: dict[str, Callable[[Job], None]] = {}


class LeaseLost(Exception):
    """Another worker took the job over: whatever this one did is rolled back."""


class GiveUp(Exception):
    """The work cannot succeed however often it is tried; the message says why, for the person who asked."""


class TryAgain(Exception):
    """The work could not be done now; the message says why, for people, and it is tried again later."""


@dataclass(frozen=True)
class Work:
    """What a handler is given: the payload, who asked, and a way to report progress."""

    job_id: int
    token: uuid.UUID
    payload: dict[str, Any]
    asked_by: Any

    def report(self, done: int, total: int) -> None:
        """Say how far the work is, and hold the lease for another while."""
        mine = Job.objects.filter(pk=self.job_id, token=self.token, state=JobState.RUNNING).update(
            done_units=done, total_units=total, lease_until=from_now(LEASE)
        )
        if not mine:
            raise LeaseLost(self.job_id)


def handler(
    name: str, *, called: str | Promise, attempts: int = MAX_ATTEMPTS
) -> Callable[[Handler], Handler]:
    """Register a function as the one that does the jobs of this name, tried ``attempts`` times at most.

    ``called`` is what people read: a noun, such as "An export".
    """

    def register(function: Handler) -> Handler:
        if name in HANDLERS:
            raise RuntimeError(f"two handlers for {name}")
        HANDLERS[name] = function
        CALLED[name] = called
        ATTEMPTS[name] = attempts
        return function

    return register


def in_words(name: str) -> str:
    """What people call the work of that name; the name itself where an older version of the program asked for it."""
    return str(CALLED.get(name, name))


def when_given_up(*names: str) -> Callable[[Callable[[Job], None]], Callable[[Job], None]]:
    """Register a function that is called, once and in the transaction that notes it, when such a job was given up."""

    def register(function: Callable[[Job], None]) -> Callable[[Job], None]:
        WHEN_GIVEN_UP.update(dict.fromkeys(names, function))
        return function

    return register


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
    asked: dict[str, Any] = {"name": name, "payload": payload or {}, "asked_by": by}
    if run_after is not None:
        asked["run_after"] = run_after
    job, created = Job.objects.get_or_create(key=key, defaults=asked)
    if created and run_after is None:
        transaction.on_commit(ring)
    return job


def enqueue_all(name: str, asked: list[tuple[dict[str, Any], str]], *, by: Any = None) -> list[Job]:
    """Ask for many pieces of work in the current transaction: (payload, key) each, of keys that are not known yet."""
    jobs = Job.objects.bulk_create(
        [Job(name=name, payload=payload, key=key, asked_by=by) for payload, key in asked]
    )
    if jobs:
        transaction.on_commit(ring)
    return jobs


def claim(job_id: int | None = None) -> Work | None:
    """Take one due job (or this one) under a lease; None when there is none to take."""
    jobs = due() if job_id is None else due().filter(pk=job_id)
    for candidate, name, attempts in jobs.order_by("run_after", "pk").values_list("pk", "name", "attempts")[
        :20
    ]:
        free = Job.objects.filter(pk=candidate).filter(_free())
        if attempts >= ATTEMPTS.get(name, MAX_ATTEMPTS):
            # It ended its worker each time it was tried: it must not end them for ever.
            with transaction.atomic():
                given_up = free.update(
                    state=JobState.FAILED,
                    error="its worker ended",
                    finished_at=Now(),
                    token=None,
                    lease_until=None,
                )
                if given_up and name in WHEN_GIVEN_UP:
                    WHEN_GIVEN_UP[name](Job.objects.get(pk=candidate))
            logger.error("job %s (%s) was given up: its worker ended %d times", candidate, name, attempts)
            continue
        token = uuid.uuid4()
        taken = free.update(
            state=JobState.RUNNING, token=token, lease_until=from_now(LEASE), attempts=F("attempts") + 1
        )
        if taken:
            job = Job.objects.select_related("asked_by").get(pk=candidate)
            return Work(job.pk, token, job.payload, job.asked_by)
    return None


def perform(work: Work, *, patient: bool = True) -> None:
    """Do a claimed job: its effects and "done" in one transaction, or the fault noted and a later try set.

    Who is not patient does not wait for a database that went away, and gets its error: somebody waits for a page.
    The job is found again when its lease lapses.
    """
    with tracing(job=str(work.job_id)), held(work.job_id, work.token):
        _perform(work, patient=patient)


def _perform(work: Work, *, patient: bool) -> None:
    job = Job.objects.get(pk=work.job_id)
    logger.info("%s begins, attempt %d", job.name, job.attempts)  # its number stands in the line
    try:
        do = HANDLERS.get(job.name)
        if do is None:
            raise GiveUp(f"no handler is known for {job.name}")
        _close(work, do(work), DATABASE_BACK_WITHIN if patient else ())
        logger.info("%s is done", job.name)
    except LeaseLost:
        logger.warning("job %s was taken over by another worker", job.pk)
    except (OperationalError, InterfaceError) as fault:
        if not patient and not connection.is_usable():
            raise
        _note(job, work, fault)
    except Exception as fault:  # any fault of a handler is noted on its job, never lost
        _note(job, work, fault)


def _close(work: Work, effects: Effects | None, waits: Sequence[float]) -> None:
    """The effects and "done" in one transaction, begun anew where the database went away in the middle of it."""
    for wait in (*waits, None):
        try:
            with transaction.atomic():
                result = effects() if effects else None
                finished = Job.objects.filter(
                    pk=work.job_id, token=work.token, state=JobState.RUNNING
                ).update(
                    state=JobState.DONE,
                    result=result or {},
                    error="",
                    finished_at=Now(),
                    lease_until=None,
                    done_units=F("total_units"),
                )
                if not finished:
                    raise LeaseLost(work.job_id)
            return
        except (OperationalError, InterfaceError):
            if wait is None or connection.in_atomic_block:
                raise
            logger.warning(
                "job %s could not be closed; the database is asked again in %s s", work.job_id, wait
            )
            time.sleep(wait)
            close_old_connections()


def _note(job: Job, work: Work, fault: Exception) -> None:
    """Set the next try, each after a longer wait, or give the job up for people to see."""
    hopeless = isinstance(fault, GiveUp) or job.attempts >= ATTEMPTS.get(job.name, MAX_ATTEMPTS)
    told = isinstance(fault, GiveUp | TryAgain)
    if told:
        logger.warning("job %s (%s) failed: %s", job.pk, job.name, fault)
    else:
        logger.error("job %s (%s) failed", job.pk, job.name, exc_info=fault)
    with transaction.atomic():
        noted = Job.objects.filter(pk=job.pk, token=work.token, state=JobState.RUNNING).update(
            state=JobState.FAILED if hopeless else JobState.WAITING,
            error=str(fault) if told else type(fault).__name__,
            run_after=from_now(min(FIRST_WAIT * 2 ** min(job.attempts - 1, 20), LONGEST_WAIT)),
            finished_at=Now() if hopeless else None,
            lease_until=None,
            token=None,
        )
        if noted and hopeless and job.name in WHEN_GIVEN_UP:
            WHEN_GIVEN_UP[job.name](job)


def run(job: Job) -> Job:
    """Do this job now, in this process, when nobody else has it; returns it as it stands afterwards.

    Pages use it: a database that goes away meanwhile is their error, at once.
    """
    work = claim(job.pk)
    if work:
        perform(work, patient=False)
    job.refresh_from_db()
    return job


def run_due(*, limit: int = 1000) -> int:
    """Do due jobs one after the other until none is left (or ``limit``); returns how many.

    Whoever takes one and sees more rings for a colleague, so that a long job keeps no short one waiting.
    """
    count, seen_at = 0, float("-inf")
    while count < limit and not stopping.is_set():
        try:
            if time.monotonic() - seen_at > SEEN_EVERY:
                seen_at = time.monotonic()
                heartbeat.seen("worker")
            work = claim()
            if work is None:
                break
            if count == 0 and due().exists():
                ring()
            perform(work)
        except Error:
            # Without its database a worker cannot even note the fault: the lease lapses and the job is found again.
            if connection.in_atomic_block:
                raise
            logger.warning(
                "the database does not answer; the sweeper goes on with what is left", exc_info=True
            )
            close_old_connections()
            break
        count += 1
    if count == limit:
        ring()
    return count


def due() -> models.QuerySet[Job]:
    """Jobs whose time has come and which no worker holds, such as those whose worker or broker was lost."""
    return Job.objects.filter(
        Q(state=JobState.WAITING, run_after__lte=Now()) | Q(state=JobState.RUNNING, lease_until__lt=Now())
    )


def _free() -> Q:
    return Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=Now())


def retry(job: Job) -> None:
    """Set a failed job to be tried again from the start."""
    Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        state=JobState.WAITING, attempts=0, error="", run_after=Now(), finished_at=None
    )
    transaction.on_commit(ring)


def call_off(jobs: models.QuerySet[Any], *, why: str) -> int:
    """Give up jobs that nobody does yet (a query of their keys); ``why`` is told to whoever asks. Returns how many."""
    return Job.objects.filter(pk__in=jobs, state=JobState.WAITING).update(
        state=JobState.FAILED, error=why, finished_at=Now(), token=None, lease_until=None
    )


def forget(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Remove what was done long ago; what failed stays for people to see. Returns how many."""
    return Job.objects.filter(state=JobState.DONE, finished_at__lt=from_now(-older_than)).delete()[0]
