"""Wherever a page is told where to go on, it goes on within this site; and it believes no foreign host name."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.vocabulary import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "a password of twelve"
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "http://testserver@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " https://evil.example/",
    "\thttps://evil.example/",
    "/%09/evil.example",
    "https://testserver.evil.example/",
)


@pytest.fixture
def person() -> User:
    person = make_person(Role.EDITOR)
    person.set_password(PASSWORD)
    person.save()
    return person


def stays(location: str) -> bool:
    """Whether a browser that follows this address stays on the site."""
    cleaned = location.replace("\\", "/").strip()
    return cleaned.startswith("/") and not cleaned.startswith("//") and ":" not in cleaned.split("?")[0]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(client: Client, person: User, target: str) -> None:
    sent = {"login": person.email, "password": PASSWORD, "next": target}

    assert stays(client.post(reverse("account_login"), sent).headers["Location"])


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("name", ["account_login", "account_logout", "set_language"])
def test_no_page_leads_a_signed_in_person_to_another_site(
    client: Client, person: User, name: str, target: str
) -> None:
    client.force_login(person)

    for answer in (
        client.get(reverse(name), {"next": target}),
        client.post(reverse(name), {"next": target, "language": "ru"}),
    ):
        assert stays(answer.headers.get("Location", "/"))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_confirming_who_one_is_never_leads_to_another_site(client: Client, person: User, target: str) -> None:
    client.force_login(person)
    sent = {"password": PASSWORD, "next": target}

    assert stays(client.post(reverse("account_reauthenticate"), sent).headers.get("Location", "/"))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_form_of_evidence_leads_back_within_the_site(client: Client, person: User, target: str) -> None:
    client.force_login(person)

    page = client.get(reverse("evidence_new"), {"next": target}).content.decode()

    kept = [html.unescape(value) for value in re.findall(r'name="next" value="([^"]*)"', page)]
    assert kept
    assert [value for value in kept if value and not stays(value)] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "testserver.evil.example"},
        {"host": "evil.example:80"},
        {"host": "testserver, evil.example"},
    ],
)
def test_a_foreign_host_name_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.get(reverse("account_login"), headers=headers).status_code == 400


def test_what_a_stranger_claims_of_a_proxy_changes_no_link(client: Client, person: User, mailoutbox) -> None:
    client.post(
        reverse("account_reset_password"),
        {"email": person.email},
        headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"},
    )

    queue.run_due()

    assert len(mailoutbox) == 1
    assert "evil.example" not in mailoutbox[0].body
