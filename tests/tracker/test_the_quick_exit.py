"""Whoever leaves quickly is signed out, forgotten by the browser, and somewhere else."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import OperationalError
from django.http import HttpRequest
from django.template import loader
from django.test import Client
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.vocabulary import Role
from tests.factories import make_person
from tracker import leaving

pytestmark = pytest.mark.django_db


def test_the_quick_exit_signs_out_and_leads_away(client: Client) -> None:
    client.force_login(make_person(Role.EDITOR))

    answer = client.post(reverse("quick_exit"))

    assert answer.status_code == 303
    assert answer.headers["Location"] == reverse("away")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert SESSION_KEY not in client.session
    assert Event.objects.filter(verb="person.signed_out").count() == 1


def test_a_session_that_was_left_opens_nothing_again(client: Client, settings) -> None:
    client.force_login(make_person(Role.EDITOR))
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("quick_exit"))

    client.cookies[settings.SESSION_COOKIE_NAME] = kept

    assert client.get("/").status_code == 302


def test_cookies_are_taken_back(client: Client, settings) -> None:
    client.force_login(make_person(Role.EDITOR))

    answer = client.post(reverse("quick_exit"))

    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
        assert answer.cookies[name].value == ""
        assert answer.cookies[name]["max-age"] == 0


def test_a_form_that_is_too_old_holds_nobody_up() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(Role.EDITOR))

    assert client.post(reverse("quick_exit")).status_code == 303
    assert client.get("/").status_code == 302


def test_looking_at_its_address_signs_nobody_out(client: Client) -> None:
    client.force_login(make_person(Role.EDITOR))

    assert client.get(reverse("quick_exit")).status_code == 405
    assert SESSION_KEY in client.session


def test_it_leads_away_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(request: HttpRequest) -> None:
        raise OperationalError("could not connect to server")

    client.force_login(make_person(Role.EDITOR))
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", away)

    answer = client.post(reverse("quick_exit"))

    assert answer.status_code == 303
    assert answer.cookies["sessionid"].value == ""


def test_the_page_away_says_nothing_of_ours_and_goes_on_at_once(client: Client, settings) -> None:
    settings.QUICK_EXIT_URL = "https://weather.example/almaty"

    answer = client.get(reverse("away"))

    assert answer.headers["Refresh"] == "0; url=https://weather.example/almaty"
    assert b"UPR" not in answer.content
    assert b"weather.example" in answer.content


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/nothing-here/", "/admin/"]
)
def test_it_stands_on_every_page(client: Client, path: str) -> None:
    if path == "/admin/":
        person = make_person(Role.ADMINISTRATOR)
        client.force_login(person)

    assert b'class="quick-exit" action="/leave/" method="post"' in client.get(path).content


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_it_stands_on_every_error_page(template: str) -> None:
    assert 'class="quick-exit"' in loader.get_template(f"{template}.html").render()


def test_its_addresses_are_those_that_pages_name() -> None:
    assert reverse("quick_exit") == leaving.PATH
    assert reverse("away") == leaving.AWAY


def test_escape_three_times_is_for_those_who_want_single_keys(client: Client) -> None:
    person = make_person(Role.EDITOR)
    person.single_keys = True
    person.save()
    client.force_login(person)
    assert b"data-exit-keys" in client.get("/").content

    person.single_keys = False
    person.save()
    assert b"data-exit-keys" not in client.get("/").content
