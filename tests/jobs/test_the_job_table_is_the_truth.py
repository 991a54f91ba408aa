"""Background work: asked for once, done once, whatever happens to brokers and workers."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from recommendations.audit.log import record
from recommendations.audit.models import Event
from recommendations.jobs import queue
from recommendations.jobs.models import Job
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

    monkeypatch.setattr(queue.current_app, "send_task", down)
    handlers["test.work"] = lambda work: effect
    with django_capture_on_commit_callbacks(execute=True):
        job = queue.enqueue("test.work", key="a")
    assert queue.run_due() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


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
        seen.append(
            (job.done_units, job.total_units, job.lease_until > timezone.now() + timedelta(minutes=1))
        )

    handlers["test.work"] = slowly
    queue.run(queue.enqueue("test.work", key="a"))
    assert seen == [(3, 10, True)]


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
