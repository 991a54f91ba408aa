"""Every error has a page of the site's own, which says what happened and nothing of the inside."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from recommendations.dashboard import method_views
from recommendations.vocabulary import Role
from tests.factories import make_person
from tracker import errors

pytestmark = pytest.mark.django_db
CANARY = "canary-in-a-fault"
INTERNAL = (
    CANARY,
    "Traceback",
    "Exception",
    "django",
    "sqlite",
    "psycopg",
    "granian",
    "/work",
    "site-packages",
)


@pytest.fixture
def forgiving() -> Client:
    """A client that is answered like a browser where a view breaks."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def own_page(answer) -> str:
    """The text of an answer that is a page of ours."""
    text = answer.content.decode()
    assert '<main id="main"' in text
    assert [word for word in INTERNAL if word.casefold() in text.casefold()] == []
    return text


def test_400_for_a_host_that_is_not_ours(forgiving: Client) -> None:
    answer = forgiving.get("/accounts/login/", headers={"host": f"{CANARY}.example"})

    assert answer.status_code == 400
    own_page(answer)


def test_403_for_a_page_of_another_role(forgiving: Client) -> None:
    forgiving.force_login(make_person(Role.EDITOR))

    answer = forgiving.get(reverse("people_list"))

    assert answer.status_code == 403
    own_page(answer)


def test_403_for_a_form_without_its_token(forgiving: Client) -> None:
    answer = forgiving.post("/accounts/login/", {"login": CANARY})

    assert answer.status_code == 403
    assert "The form was too old" in own_page(answer)


def test_404_for_what_is_not_here(forgiving: Client) -> None:
    answer = forgiving.get("/nothing-here/")

    assert answer.status_code == 404
    own_page(answer)


def test_413_for_a_form_that_is_too_large(client: Client, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = client.post("/accounts/login/", {"login": "x" * 200})

    assert answer.status_code == 413
    assert "That was too large" in own_page(answer)


def test_500_for_a_fault_of_ours(forgiving: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ValueError(CANARY)

    forgiving.force_login(make_person(Role.EDITOR))
    monkeypatch.setattr(method_views, "render", broken)

    answer = forgiving.get(reverse("method"))

    assert answer.status_code == 500
    assert "Something broke here" in own_page(answer)


def test_503_while_the_database_is_away(forgiving: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(request: HttpRequest) -> None:
        raise OperationalError(f"could not connect to server {CANARY}")

    forgiving.force_login(make_person(Role.EDITOR))
    # The session is asked for before any view, and by any page that knows who looks at it.
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", away)

    answer = forgiving.get(reverse("method"))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "cannot answer just now" in own_page(answer)


def test_an_error_page_asks_the_database_nothing(django_assert_num_queries) -> None:
    request = RequestFactory().get("/")

    with django_assert_num_queries(0):
        errors.broken(request)
        errors.unreadable(request, ValueError(CANARY))
