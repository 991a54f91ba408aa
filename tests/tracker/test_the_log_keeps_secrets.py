"""The log holds no password, no token, no address of a page, and not a word of what people wrote."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.dashboard import method_views
from recommendations.evidence.models import Evidence
from recommendations.exports import services as exports
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.organisations import closing
from recommendations.organisations.feeds import make_feed
from recommendations.organisations.freezing import freeze
from recommendations.organisations.models import User
from recommendations.reminders.dispatch import dispatch
from recommendations.vocabulary import Role
from tests.evidence import samples
from tests.factories import make_assessment, make_organisation, make_person
from tracker import log

PASSWORD = "canary password of twelve"
CANARY = "canary-of-a-witness"
Heard = Callable[[], str]


@pytest.fixture(params=["line", "json"])
def heard(request: pytest.FixtureRequest) -> Iterator[Heard]:
    """Everything the site logs, at the most talkative level, as its handler writes it."""
    described = log.configuration(level="DEBUG", form=request.param)
    assert described["handlers"]["stderr"]["filters"] == ["discreet"]
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter({"line": log.Line, "json": log.Json}[request.param]())
    handler.addFilter(log.Discreet())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.stream.getvalue
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def editor() -> User:
    person = make_person(Role.EDITOR, email="canary-editor@site.example")
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Client, password: str) -> int:
    sent = {"login": "canary-editor@site.example", "password": password}
    return client.post(reverse("account_login"), sent).status_code


@pytest.mark.django_db
def test_the_main_job_leaves_no_word_of_it_in_the_log(heard: Heard, editor: User, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    client = Client()

    assert sign_in(client, f"{CANARY} wrong password") == 200
    assert sign_in(client, PASSWORD) == 302
    picture = SimpleUploadedFile(f"{CANARY}.png", samples.png())
    sent = {
        "confidentiality": "restricted",
        "kind": "testimony",
        "title": f"{CANARY} title",
        "description": f"{CANARY} description",
        "files": [picture],
    }
    assert client.post(reverse("evidence_new"), sent).status_code == 302
    assert Evidence.objects.count() == 1
    client.get(reverse("recommendation_list"), {"q": CANARY})
    assessment = make_assessment(editor)
    client.post(
        reverse("assessment_autosave", args=[assessment.pk]),
        {"revision": assessment.revision, "practice": f"{CANARY} narrative"},
    )
    client.post(reverse("account_reset_password"), {"email": "canary-editor@site.example"})
    client.post(reverse("account_logout"))

    assert "canary" not in heard()


@pytest.mark.django_db(transaction=True)
def test_the_log_names_no_member(heard: Heard, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    organisation = make_organisation(name="Canary Society", short_name="Canary")
    writer, reviewer, coordinator, administrator = (
        make_person(
            role, name=f"Canary {role}", email=f"canary-{role}@site.example", organisation=organisation
        )
        for role in (Role.EDITOR, Role.REVIEWER, Role.COORDINATOR, Role.ADMINISTRATOR)
    )
    assessment = make_assessment(writer)
    for person, action in ((writer, "submit"), (reviewer, "approve"), (coordinator, "publish")):
        client = Client()
        client.force_login(person)
        assert client.get(reverse("my_work")).status_code == 200
        client.post(reverse("assessment_action", args=[assessment.pk, action]), {"revision": ""})
    export = exports.ask_for_summary(
        cycle=assessment.round.cycle,
        round=None,
        audience="coalition",
        format="json",
        language="en",
        by=writer,
    )
    assert client.get(reverse("calendar_feed", args=[make_feed(writer)[1]])).status_code == 200
    queue.run_due()
    dispatch(now=timezone.now())
    freeze(writer, by=coordinator)
    closing.close(by=administrator)
    assert client.get(reverse("export_download", args=[export.pk])).status_code == 302
    queue.run_due()

    assert Job.objects.filter(name="export.make", state="done").exists()
    assert heard()
    assert "canary" not in heard().lower()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda client: client.get(f"/invitations/{CANARY}-token/"), 410),
        (lambda client: client.get(f"/calendar/{CANARY}-token.ics"), 404),
        (lambda client: client.get(f"/{CANARY}/"), 404),
        (lambda client: client.post(f"/{CANARY}/?token={CANARY}", {"password": CANARY}), 404),
        (lambda client: client.get("/", headers={"host": f"{CANARY}.example"}), 400),
    ],
)
def test_a_refusal_names_the_kind_of_page_and_not_its_address(heard: Heard, ask, status: int) -> None:
    assert ask(Client(raise_request_exception=False)).status_code == status

    told = heard()
    assert told
    if status != 400:
        assert CANARY not in told


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_without_its_address(heard: Heard) -> None:
    Client(enforce_csrf_checks=True).post(f"/emails/stop/{CANARY}/")
    Client(enforce_csrf_checks=True).post(reverse("account_login"), {"password": CANARY})

    assert "Forbidden" in heard()
    assert CANARY not in heard()


@pytest.mark.django_db
def test_a_fault_is_told_by_place_and_kind_and_not_in_its_words(
    heard: Heard, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        try:
            raise KeyError(f"{CANARY} first")
        except KeyError as first:
            raise ValueError(f"{CANARY} second") from first

    monkeypatch.setattr(method_views, "render", broken)
    client = Client(raise_request_exception=False)
    client.force_login(editor)

    assert client.get(reverse("method")).status_code == 500

    told = heard()
    assert "ValueError" in told and "KeyError" in told
    assert "test_the_log_keeps_secrets.py" in told
    assert CANARY not in told.replace(f'KeyError(f"{CANARY}', "")


@pytest.mark.django_db
def test_what_a_database_refuses_is_not_repeated(heard: Heard, editor: User) -> None:
    try:
        with transaction.atomic():
            User.objects.create_user(email=editor.email, password=PASSWORD, name="Second")
    except IntegrityError:
        logging.getLogger("recommendations").exception("it was refused")

    assert "IntegrityError" in heard()
    assert "canary-editor" not in heard()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_is_told_without_the_words_of_its_fault(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(work: object, **_given: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setitem(queue.HANDLERS, "canary", fails)
    job = queue.enqueue("canary", key="one")
    queue.run(job)

    assert Job.objects.get(pk=job.pk).attempts == 1
    assert f"job {job.pk} (canary) failed" in heard()
    assert "of-a-witness" not in heard()


def test_secrets_that_a_library_spells_out_are_masked(heard: Heard) -> None:
    logger = logging.getLogger("library")
    logger.error("cannot reach postgres://tracker:hunter2@db.example/tracker")
    logger.error("sent Authorization: Bearer abcdef0123456789 and sessionid=s3ss10n; token=t0k3n")
    logger.error("no such mailbox: %s", "witness@site.example")
    logger.error("%s", ValueError(CANARY))
    logger.error("Task %(name)s raised: %(exc)s", {"name": "a", "exc": repr(ValueError(CANARY))})

    told = heard()
    for secret in ("hunter2", "abcdef0123456789", "s3ss10n", "t0k3n", "witness@", CANARY):
        assert secret not in told
    assert "ValueError" in told


def test_one_record_is_one_line_whatever_a_visitor_sends(heard: Heard) -> None:
    logging.getLogger("library").warning("odd name: %s", "a\nERROR django: all is lost\rb")

    [line] = heard().splitlines()
    assert "odd name" in line
    if line.startswith("{"):
        assert "\n" not in json.loads(line)["message"]


def test_while_developing_the_words_are_told(settings) -> None:
    settings.DEBUG = True
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "b", 1, "broken", None, sys.exc_info())

    assert CANARY in log.Line().format(record)
