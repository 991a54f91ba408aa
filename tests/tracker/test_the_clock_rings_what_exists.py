"""Beat's schedule names tasks that the worker knows."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from recommendations.jobs import bell, heartbeat
from recommendations.jobs.models import Heartbeat, Job
from recommendations.reminders.tasks import dispatch_reminders
from recommendations.vocabulary import JobState
from tracker.celery import app, forget_sessions
from tracker.clock import Clock


def test_every_entry_names_a_task_of_the_worker() -> None:
    app.loader.import_default_modules()

    unknown = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - set(app.tasks)

    assert not unknown


def test_no_call_outlives_the_next_one() -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["options"]["expires"] <= entry["schedule"], name


@pytest.mark.django_db
def test_sessions_that_ran_out_are_forgotten() -> None:
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(minutes=1))

    forget_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_a_clock_that_starts_rings_for_everything_at_once() -> None:
    clock = Clock(app)

    assert {entry.name for entry in clock.schedule.values() if entry.is_due().is_due} == set(
        settings.CELERY_BEAT_SCHEDULE
    )


@pytest.mark.django_db
def test_a_clock_that_ticks_is_seen(monkeypatch) -> None:
    monkeypatch.setattr(heartbeat, "_names", {})
    rung: list[str] = []
    clock = Clock(app)
    monkeypatch.setattr(bell, "send", lambda task, expires: rung.append(task))

    for _step in settings.CELERY_BEAT_SCHEDULE:
        clock.tick()

    assert sorted(rung) == sorted(entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values())
    assert Heartbeat.objects.filter(part="beat").exists()


@pytest.mark.django_db
def test_six_clocks_at_once_make_one_job_a_slot() -> None:
    for _clock in range(6):
        dispatch_reminders()

    assert Job.objects.filter(name="reminders.dispatch").count() in (1, 2)  # two where a slot has just begun
    assert Job.objects.filter(name="reminders.dispatch", state=JobState.DONE).exists()
