"""How the site is doing: what probes, administrators and collectors are told."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from recommendations.jobs import health, queue
from recommendations.jobs.models import Heartbeat, Job
from recommendations.vocabulary import JobState, Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work():
    Heartbeat.objects.create(part="worker", name="worker1@here")
    Heartbeat.objects.create(part="beat", name="here")


def test_a_site_whose_parts_all_work_is_ready(client, at_work):
    answer = client.get(reverse("readyz"))
    assert (answer.status_code, answer.json()) == (200, {"ready": True})


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_a_part_that_was_not_seen_for_long_makes_the_site_unready(client, at_work, part):
    Heartbeat.objects.filter(part=part).update(seen_at=timezone.now() - timedelta(minutes=12))
    answer = client.get(reverse("readyz"))
    assert (answer.status_code, answer.json()) == (503, {"ready": False})


def test_a_database_that_is_away_is_an_answer_too(client, monkeypatch):
    def away():
        raise OperationalError("refused")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get(reverse("readyz"))
    assert (answer.status_code, answer.json()) == (503, {"ready": False})


def test_a_broker_that_is_away_is_named(at_work, monkeypatch):
    def away(**options):
        raise OSError("refused")

    monkeypatch.setattr(health.current_app, "connection_for_write", away)
    assert [check.name for check in health.checks() if not check.ok] == ["broker"]


def test_only_administrators_read_which_part_fails(client, at_work):
    Heartbeat.objects.filter(part="worker").delete()
    client.force_login(make_person(Role.COORDINATOR))
    assert "checks" not in client.get(reverse("readyz")).json()
    client.force_login(make_person(Role.ADMINISTRATOR))
    told = client.get(reverse("readyz")).json()["checks"]
    assert [name for name, check in told.items() if not check["ok"]] == ["worker"]


def test_administrators_read_for_how_long_the_worker_is_gone_and_what_waits(client, at_work):
    Heartbeat.objects.filter(part="worker").update(seen_at=timezone.now() - timedelta(minutes=12, seconds=5))
    for number in range(41):
        Job.objects.create(name="reminders.digest", key=str(number))
    Job.objects.create(name="export.make", key="export")
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get(reverse("site_status")).content.decode()
    assert "The worker has not been seen for 12 minutes." in page
    assert "Work is waiting: 42; of it reminders: 41." in page


def test_what_was_given_up_is_shown_with_its_reason_and_tried_again(client, at_work):
    job = Job.objects.create(
        name="reminders.digest",
        key="a",
        state=JobState.FAILED,
        error="the mail server refuses the address (550)",
        finished_at=timezone.now(),
    )
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get(reverse("site_status")).content.decode()
    assert "the mail server refuses the address (550)" in page
    client.post(reverse("job_retry", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    log = client.get(reverse("audit_log")).content.decode()
    assert "had work that was given up tried again" in log


def test_work_that_waits_or_was_given_up_is_named_in_words(client, at_work):
    Job.objects.create(name="export.make", key="waits")
    Job.objects.create(name="reminders.digest", key="up", state=JobState.FAILED, finished_at=timezone.now())
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get(reverse("site_status")).content.decode()
    assert "<td>An export</td>" in page
    assert "<td>A mail of reminders</td>" in page
    assert "export.make" not in page
    assert "reminders.digest" not in page


def test_every_kind_of_work_has_a_name_that_is_translated():
    assert set(queue.CALLED) == set(queue.HANDLERS)
    assert all(isinstance(called, Promise) for called in queue.CALLED.values())


def test_what_the_last_look_for_reminders_skipped_is_said(client, at_work):
    Job.objects.create(
        name="reminders.dispatch",
        key="slot",
        state=JobState.DONE,
        finished_at=timezone.now(),
        result={"notifications": 3, "digests": 2, "failed": 0, "skipped": 7},
    )
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert "no longer worth telling 7" in client.get(reverse("site_status")).content.decode()


def test_there_are_no_metrics_without_the_token(client, settings):
    assert client.get(reverse("metrics")).status_code == 404
    settings.METRICS_TOKEN = "a token of some length"
    assert client.get(reverse("metrics")).status_code == 404
    wrong = client.get(reverse("metrics"), headers={"Authorization": "Bearer another"})
    assert wrong.status_code == 404


def test_metrics_are_figures_in_prometheus_format_and_name_nobody(client, at_work, settings):
    settings.METRICS_TOKEN = "a token of some length"
    person = make_person(name="Dana Whoever")
    Job.objects.create(name="export.make", key="1", asked_by=person)
    answer = client.get(reverse("metrics"), headers={"Authorization": "Bearer a token of some length"})
    text = answer.content.decode()
    for line in text.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) .+|upr_[a-z_]+(\{[a-z]+="[\w.]+"(,[a-z]+="[\w.]+")*\})? \S+', line
        )
    assert 'upr_jobs{name="export.make",state="waiting"} 1' in text
    assert 'upr_check_ok{part="worker"} 1' in text
    assert person.email not in text and person.name not in text


def test_every_answer_carries_the_number_of_its_request(client, settings, caplog):
    assert re.fullmatch("[0-9a-f]{16}", client.get(reverse("healthz"))["X-Request-ID"])
    given = {"X-Request-ID": "from-the-proxy-1"}
    assert client.get(reverse("healthz"), headers=given)["X-Request-ID"] != "from-the-proxy-1"
    settings.BEHIND_PROXY = True
    assert client.get(reverse("healthz"), headers=given)["X-Request-ID"] == "from-the-proxy-1"
    forged = {"X-Request-ID": "a\tb forged line"}
    assert " " not in client.get(reverse("healthz"), headers=forged)["X-Request-ID"]


def test_the_version_is_the_packages():
    project = (configured.BASE_DIR / "pyproject.toml").read_text()
    assert f'version = "{configured.VERSION}"' in project
