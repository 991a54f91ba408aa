"""Background work: asked for once, done once, whatever happens to brokers and workers."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone

from recommendations.audit.log import record
from recommendations.audit.models import Event
from recommendations.jobs import bell, heartbeat, lease, queue
from recommendations.jobs.lease import LEASE
from recommendations.jobs.models import Heartbeat, Job
from recommendations.vocabulary import JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def handlers(monkeypatch):
    known: dict = {}
    monkeypatch.setattr(queue, "HANDLERS", known)
    return known


def effect(note: str = "") -> None:
    record("demo.loaded", by=None, detail={"note": note})


def test_work_of_a_key_that_is_known_is_asked_for_once(handlers):
    first = queue.enqueue("test.work", key="a")
    assert queue.enqueue("test.work", key="a") == first
    assert Job.objects.count() == 1


def test_work_asked_for_in_a_transaction_that_fails_was_never_asked_for(handlers):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.enqueue("test.work", key="a")
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_a_broker_that_is_down_does_not_harm_the_page_and_the_work_is_done_later(
    handlers, settings, django_capture_on_commit_callbacks, monkeypatch
):
    def down(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr(bell.current_app, "send_task", down)
    handlers["test.work"] = lambda work: effect
    with django_capture_on_commit_callbacks(execute=True):
        job = queue.enqueue("test.work", key="a")
    assert bell.bell.wait_until_quiet(5)
    assert queue.run_due() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_broker_that_hangs_keeps_nobody_waiting(handlers, django_capture_on_commit_callbacks, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(bell.current_app, "send_task", lambda *args, **kwargs: answered.wait(20))
    before = time.monotonic()
    for number in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            queue.enqueue("test.work", key=str(number))
    assert time.monotonic() - before < 2
    assert not bell.bell.wait_until_quiet(0.1)
    answered.set()
    assert bell.bell.wait_until_quiet(5)


def test_effects_and_done_are_one_transaction(handlers):
    def work_then_fail(work):
        def effects():
            effect()
            raise ValueError("in the middle")

        return effects

    handlers["test.work"] = work_then_fail
    job = queue.run(queue.enqueue("test.work", key="a"))
    assert job.state == JobState.WAITING
    assert job.error == "ValueError"
    assert not Event.objects.exists()


def test_a_fault_is_tried_again_later_and_given_up_visibly(handlers):
    def fail(work):
        raise ValueError

    handlers["test.work"] = fail
    job = queue.enqueue("test.work", key="a")
    for attempt in range(1, queue.MAX_ATTEMPTS + 1):
        Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))
        assert queue.run(job).attempts == attempt
    assert job.state == JobState.FAILED
    queue.retry(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


def test_hopeless_work_is_given_up_at_once_with_its_reason(handlers):
    def give_up(work):
        raise queue.GiveUp("the round was deleted")

    handlers["test.work"] = give_up
    job = queue.run(queue.enqueue("test.work", key="a"))
    assert (job.state, job.error) == (JobState.FAILED, "the round was deleted")


def test_a_job_of_an_unknown_name_is_given_up(handlers):
    assert queue.run(queue.enqueue("test.nobody", key="a")).state == JobState.FAILED


def test_a_job_under_a_lease_is_not_taken_by_another_worker(handlers):
    handlers["test.work"] = lambda work: None
    job = queue.enqueue("test.work", key="a")
    assert queue.claim(job.pk) is not None
    assert queue.claim(job.pk) is None
    assert queue.run_due() == 0


def test_a_job_whose_worker_died_is_taken_again_when_its_lease_lapsed(handlers):
    handlers["test.work"] = lambda work: effect
    job = queue.enqueue("test.work", key="a")
    queue.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert queue.run_due() == 1
    assert Event.objects.count() == 1


def test_a_worker_that_lost_its_lease_changes_nothing(handlers):
    handlers["test.work"] = lambda work: effect
    job = queue.enqueue("test.work", key="a")
    lost = queue.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    kept = queue.claim(job.pk)
    queue.perform(lost)
    assert not Event.objects.exists()
    queue.perform(kept)
    assert Event.objects.count() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_progress_is_seen_while_the_work_goes_on_and_holds_the_lease(handlers):
    seen = []

    def slowly(work):
        Job.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
        work.report(3, 10)
        job = Job.objects.get(pk=work.job_id)
        seen.append((job.done_units, job.total_units, job.lease_until > timezone.now() + LEASE / 2))

    handlers["test.work"] = slowly
    queue.run(queue.enqueue("test.work", key="a"))
    assert seen == [(3, 10, True)]


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_its_process_works_whatever_the_handler_does(handlers, monkeypatch):
    monkeypatch.setattr(lease, "RENEWED_EVERY", 0.05)
    monkeypatch.setattr(heartbeat, "_names", {"worker": "worker1@here"})
    renewed = []

    def silently(work):
        nearly_over = timezone.now() + timedelta(seconds=1)
        Job.objects.update(lease_until=nearly_over)
        deadline = time.monotonic() + 10
        while not (renewed and Heartbeat.objects.exists()) and time.monotonic() < deadline:
            time.sleep(0.05)
            until = Job.objects.get(pk=work.job_id).lease_until
            renewed.extend([until] if until > nearly_over + timedelta(seconds=5) else [])

    handlers["test.work"] = silently
    assert queue.run(queue.enqueue("test.work", key="a")).state == JobState.DONE
    assert renewed
    assert Heartbeat.objects.filter(part="worker").exists()


def test_work_that_ends_its_worker_each_time_is_given_up_visibly(handlers):
    handlers["test.work"] = lambda work: effect
    job = queue.enqueue("test.work", key="a")
    for _attempt in range(queue.MAX_ATTEMPTS):
        assert queue.claim(job.pk) is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert queue.claim(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "its worker ended")


def test_each_try_waits_longer_than_the_one_before_but_never_longer_than_an_hour(handlers):
    def later(work):
        raise queue.TryAgain("the mail server sleeps")

    handlers["test.work"] = later
    waits = []
    job = queue.enqueue("test.work", key="a")
    for attempt in (0, 1, 2, 3):
        Job.objects.update(run_after=timezone.now() - timedelta(seconds=1), attempts=attempt)
        before = timezone.now()
        job = queue.run(job)
        waits.append(round((job.run_after - before).total_seconds(), -1))
    assert waits == [10, 20, 40, 80]
    assert job.error == "the mail server sleeps"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_while_a_job_is_closed_is_asked_again(handlers, monkeypatch):
    monkeypatch.setattr(queue, "DATABASE_BACK_WITHIN", (0.01, 0.01))
    faults = [OperationalError("the connection is lost"), InterfaceError("the connection is closed")]

    def work_once(work):
        def effects():
            effect()
            if faults:
                raise faults.pop()

        return effects

    handlers["test.work"] = work_once
    job = queue.enqueue("test.work", key="a")
    assert queue.run_due() == 1
    job.refresh_from_db()
    assert (job.state, faults, Event.objects.count()) == (JobState.DONE, [], 1)


@pytest.mark.django_db(transaction=True)
def test_a_page_does_not_wait_for_a_database_that_goes_away_and_leaves_the_job_to_its_lease(
    handlers, monkeypatch
):
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    done = []

    def effects():
        done.append(1)
        raise OperationalError("the connection is lost")

    handlers["test.work"] = lambda work: effects
    job = queue.enqueue("test.work", key="a")
    with pytest.raises(OperationalError):
        queue.run(job)
    job.refresh_from_db()
    assert (len(done), job.state, job.error) == (1, JobState.RUNNING, "")


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_machine_whose_clock_is_wrong_asks_for_work_at_the_databases_time(handlers, monkeypatch, minutes):
    wrong = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    handlers["test.work"] = lambda work: effect
    queue.enqueue("test.work", key="a")
    assert queue.run_due() == 1


def test_whoever_sees_more_work_rings_for_a_colleague(handlers, monkeypatch):
    rung = []
    monkeypatch.setattr(queue, "ring", lambda: rung.append(1))
    handlers["test.work"] = lambda work: None
    for key in "abc":
        queue.enqueue("test.work", key=key)
    assert queue.run_due() == 3
    assert rung == [1]


def test_what_was_done_long_ago_is_forgotten_and_what_failed_is_not(handlers):
    for key, state in (("a", JobState.DONE), ("b", JobState.FAILED), ("c", JobState.DONE)):
        Job.objects.create(
            name="test.work", key=key, state=state, finished_at=timezone.now() - timedelta(days=31)
        )
    Job.objects.filter(key="c").update(finished_at=timezone.now())
    queue.forget()
    assert set(Job.objects.values_list("key", flat=True)) == {"b", "c"}


def test_work_set_for_later_waits_for_its_time(handlers):
    handlers["test.work"] = lambda work: effect
    queue.enqueue("test.work", key="a", run_after=timezone.now() + timedelta(hours=1))
    assert queue.run_due() == 0


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_each_job_once(handlers):
    handlers["test.work"] = lambda work: lambda: effect(str(work.job_id))
    for n in range(20):
        queue.enqueue("test.work", key=str(n))
    failures = []

    def work():
        try:
            queue.run_due()
        except Exception as fault:
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Event.objects.count() == 20
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
