"""Signing in and forgetting a password tell nobody whether an account is there, and guessing is stopped."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.jobs import queue
from recommendations.jobs.models import Job
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SIGN_IN, FORGOTTEN = reverse("account_login"), reverse("account_reset_password")
NOBODY = "nobody@example.org"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def words(answer, email: str) -> str:
    """The page without what is different each time."""
    page = answer.content.decode().replace(email, "ADDRESS")
    return "\n".join(line for line in page.split("\n") if "csrf" not in line)


def wrong(email: str, client: Client | None = None):
    return (client or Client()).post(SIGN_IN, {"login": email, "password": "not this one at all"})


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer():
    person = make_person()
    ended = make_person()
    ended.is_active = False
    ended.save()
    known, unknown, closed = (wrong(email) for email in (person.email, NOBODY, ended.email))
    assert known.status_code == unknown.status_code == closed.status_code == 200
    assert words(known, person.email) == words(unknown, NOBODY) == words(closed, ended.email)


def test_both_cost_the_work_of_a_password_hash(monkeypatch):
    from tests.hashers import QuickHasher

    person, hashed = make_person(), []
    for act in ("encode", "verify"):
        real = getattr(QuickHasher, act)
        monkeypatch.setattr(
            QuickHasher, act, lambda self, *args, real=real: hashed.append(1) or real(self, *args)
        )
    wrong(person.email)
    of_known = len(hashed)
    wrong(NOBODY)
    assert of_known >= 1
    assert len(hashed) > of_known


def test_guessing_one_account_is_stopped_from_wherever_it_comes_and_for_no_account_alike():
    person = make_person()
    for email in (person.email, NOBODY):
        for number in range(5):
            guess = Client(REMOTE_ADDR=f"10.0.{number}.1")
            assert "Too many" not in wrong(email, guess).content.decode()
        assert "Too many" in wrong(email, Client(REMOTE_ADDR="10.0.9.9")).content.decode()
    answer = Client(REMOTE_ADDR="10.0.9.8").post(SIGN_IN, {"login": person.email, "password": PASSWORD})
    assert "Too many" in answer.content.decode()


def test_what_one_process_counted_another_knows():
    """The counts lie in the database: what stands in the memory of one process does not matter."""
    make_person(email="counted@example.org")
    for _number in range(5):
        wrong("counted@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] >= 1


def test_a_forgotten_password_is_answered_alike_and_without_looking():
    person = make_person(language="en")
    answers, questions = [], []
    for email in (person.email, NOBODY):
        client = Client()
        client.get(FORGOTTEN)
        with CaptureQueriesContext(connection) as asked:
            answers.append(client.post(FORGOTTEN, {"email": email}))
        # The counts of the limits are made at the first request and changed at the next.
        questions.append([query["sql"][:30] for query in asked if "django_cache" not in query["sql"]])
        assert not any('"recommendations_user"' in query["sql"] for query in asked)
    assert answers[0].url == answers[1].url
    assert questions[0] == questions[1]
    assert Job.objects.filter(name="signin.forgotten").count() == 2
    assert not mail.outbox
    queue.run_due()
    assert [told.to for told in mail.outbox] == [[person.email]]


def test_the_mailed_address_sets_a_new_password_once():
    person = make_person()
    client = Client()
    client.post(FORGOTTEN, {"email": person.email.upper()})
    queue.run_due()
    address = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    path = "/" + address.split("/", 3)[3]
    form = client.get(path).url
    poor = client.post(form, {"password1": "short", "password2": "short"})
    assert poor.status_code == 200
    new = "another good pass phrase"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)
    assert "password was changed" in mail.outbox[-1].body
    assert "no longer works" in Client().get(path).content.decode()


@pytest.mark.parametrize("poor", ["short", "password1234", "person@example.org", "123456789012"])
def test_poor_passwords_are_refused(poor):
    person = make_person(email="person@example.org")
    client = Client()
    client.force_login(person)
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": poor, "password2": poor}
    )
    assert answer.status_code == 200
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_passwords_are_kept_with_argon2():
    from tracker import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
