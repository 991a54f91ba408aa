"""Beat's schedule names tasks that the worker knows."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from tracker.celery import app, forget_sessions


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
