"""Headers, privacy and language that hold for every page, whatever it shows."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from recommendations.imports import views
from recommendations.organisations.models import User
from recommendations.vocabulary import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return User.objects.create_user(
        "person@site.example", "a password of twelve", name="Person", language="ru"
    )


def test_the_site_says_that_it_serves_to_anybody(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.content == b"ok"


def test_nothing_may_load_from_elsewhere_or_run_inline(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_each_header_is_there(client: Client, header: str, value: str) -> None:
    assert client.get("/healthz").headers[header] == value
    assert "camera=()" in client.get("/healthz").headers["Permissions-Policy"]


def test_a_page_is_private_unless_it_says_otherwise(client: Client) -> None:
    answer = client.get(reverse("account_change_password"))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_nobody_keeps_a_copy_of_what_a_signed_in_person_saw(client: Client, person: User) -> None:
    client.force_login(person)

    assert "no-store" in client.get(reverse("account_logout")).headers["Cache-Control"]


def test_the_browser_forgets_at_sign_out(client: Client, person: User) -> None:
    client.force_login(person)

    answer = client.post(reverse("account_logout"))

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_person_is_answered_in_her_language_whatever_the_browser_prefers(
    client: Client, person: User
) -> None:
    client.force_login(person)

    answer = client.get(reverse("account_logout"), headers={"Accept-Language": "kk"})

    assert answer.headers["Content-Language"] == "ru"


def test_a_visitor_is_answered_in_the_language_of_the_browser(client: Client) -> None:
    assert client.get("/healthz", headers={"Accept-Language": "kk"}).headers["Content-Language"] == "kk"


def test_choosing_a_language_is_remembered_for_the_person(client: Client, person: User) -> None:
    client.force_login(person)

    answer = client.post(reverse("set_language"), {"language": "kk", "next": "/healthz"})

    person.refresh_from_db()
    assert person.language == "kk"
    assert answer.headers["Location"] == "/healthz"


def test_a_language_that_is_not_offered_changes_nothing(client: Client, person: User) -> None:
    client.force_login(person)

    # Django knows German, this site does not.
    client.post(reverse("set_language"), {"language": "de", "next": "/healthz"})

    person.refresh_from_db()
    assert person.language == "ru"


def test_choosing_a_language_never_leads_to_another_site(client: Client) -> None:
    answer = client.post(reverse("set_language"), {"language": "ru", "next": "https://elsewhere.example/"})

    assert answer.headers["Location"] == "/"


def test_nobody_registers_without_an_invitation(client: Client) -> None:
    client.post(
        reverse("account_signup"),
        {"email": "x@site.example", "password1": "a password of twelve", "password2": "a password of twelve"},
    )

    assert not User.objects.filter(email="x@site.example").exists()


def test_a_mail_about_an_account_comes_in_its_owners_language(
    client: Client, person: User, mailoutbox
) -> None:
    client.force_login(person)
    new = "another good pass phrase"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": "a password of twelve", "password1": new, "password2": new},
        headers={"Accept-Language": "en"},
    )

    assert len(mailoutbox) == 1
    assert mailoutbox[0].from_email == "noreply@localhost"
    # The month at least is Russian.
    assert any("\u0400" <= letter <= "\u04ff" for letter in mailoutbox[0].body)


def test_a_refusal_is_one_line_of_the_log(client: Client, person: User, caplog) -> None:
    client.force_login(person)

    assert client.get(reverse("people_list")).status_code == 403

    [line] = [record for record in caplog.records if record.name == "django.request"]
    assert line.exc_info is None


def test_a_null_character_in_an_address_breaks_nothing(client: Client) -> None:
    assert client.get("/accounts/login/?next=%00").status_code == 200
    assert client.get("/public/%00/").status_code == 400


def test_what_went_in_the_same_moment_is_not_here(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_arguments: object, **_named: object) -> None:
        raise IntegrityError("FOREIGN KEY constraint failed")

    monkeypatch.setattr(views, "paged", gone)
    client.force_login(make_person(Role.COORDINATOR))

    assert client.get("/imports/").status_code == 404
