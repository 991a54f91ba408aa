"""Who searches or takes out too much in a short time is told when to come again; others are not disturbed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from recommendations.vocabulary import Role
from recommendations.web import limits
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, 10, tzinfo=ZoneInfo("Asia/Almaty"))


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at ten seconds past noon, so that no count turns while a test runs."""
    cache.clear()
    monkeypatch.setattr(limits.timezone, "now", lambda: NOON)


def signed_in(*, address: str = "203.0.113.5") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.force_login(make_person(Role.EDITOR))
    return client


def search(client: Client) -> int:
    return client.get(reverse("indicator_list"), {"q": "domains"}).status_code


def test_one_search_too_many_is_answered_with_when_to_come_again(settings) -> None:
    settings.SEARCH_LIMIT = 3
    client = signed_in()

    assert [search(client) for _each in range(3)] == [200, 200, 200]
    answer = client.get(reverse("indicator_list"), {"q": "domains"})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "51"
    assert "From 12:01:00 on you can go on" in answer.content.decode()


def test_with_the_next_minute_it_goes_again(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEARCH_LIMIT = 1
    client = signed_in()
    search(client)
    assert search(client) == 429

    monkeypatch.setattr(limits.timezone, "now", lambda: NOON + timedelta(seconds=50))

    assert search(client) == 200


def test_reading_without_words_to_search_for_is_never_counted(settings) -> None:
    settings.SEARCH_LIMIT = 1
    client = signed_in()

    assert {client.get(reverse("indicator_list")).status_code for _each in range(4)} == {200}


def test_a_colleague_is_not_disturbed(settings) -> None:
    settings.SEARCH_LIMIT = 1
    client = signed_in()
    search(client)
    search(client)

    assert search(signed_in()) == 200


def test_many_people_at_one_address_are_counted_together(settings) -> None:
    settings.SEARCH_LIMIT = 1

    found = [search(signed_in()) for _each in range(limits.PEOPLE_OF_AN_ADDRESS + 1)]

    assert found == [200] * limits.PEOPLE_OF_AN_ADDRESS + [429]
    assert search(signed_in(address="203.0.113.6")) == 200


def test_exports_are_counted_apart_from_searches(settings) -> None:
    settings.SEARCH_LIMIT = settings.EXPORT_LIMIT = 1
    client = signed_in()

    assert search(client) == 200
    assert client.get(reverse("recommendation_export"), {"format": "csv"}).status_code == 200
    answer = client.get(reverse("recommendation_export"), {"format": "csv"})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3591"


def test_looking_at_the_form_of_an_export_is_no_export(settings) -> None:
    settings.EXPORT_LIMIT = 1
    client = signed_in()

    assert {client.get(reverse("export_list")).status_code for _each in range(3)} == {200}
    assert {client.get(reverse("matrix_export", args=["KAZ-9"])).status_code for _each in range(3)} == {404}


def test_a_visitor_is_counted_by_address_on_public_pages(settings) -> None:
    settings.PUBLIC_PAGES = True
    settings.PUBLIC_LIMIT = 2
    client = Client(REMOTE_ADDR="203.0.113.9")

    assert [client.get("/public/").status_code for _each in range(3)] == [200, 200, 429]
    assert Client(REMOTE_ADDR="203.0.113.10").get("/public/").status_code == 200


def test_nought_sets_no_limit(settings) -> None:
    settings.SEARCH_LIMIT = 0
    client = signed_in()

    assert {search(client) for _each in range(4)} == {200}


def test_what_is_counted_does_not_tell_the_address(settings) -> None:
    search(signed_in(address="203.0.113.77"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache")
        keys = [key for (key,) in cursor.fetchall()]
    assert any("SEARCH_LIMIT" in key for key in keys)
    assert not [key for key in keys if "203.0.113.77" in key]


def test_every_address_that_hands_something_out_is_counted() -> None:
    names = {pattern.name or "" for pattern in _patterns(get_resolver().url_patterns)}
    handing_out = {
        name
        for name in names
        if any(
            word in name
            for word in ("export", "download", "_file", "_zip", "_receipt", "_copy", "with_custody")
        )
    }
    pages = {"export_list", "export_detail", "export_who", "evidence_file_new", "everything_remove"}
    # One's own recovery codes, shown after a fresh confirmation.
    pages.add("mfa_download_recovery_codes")

    assert handing_out - pages - limits.HANDED_OUT - limits.HANDED_OUT_ON_POST == set()
    assert (limits.HANDED_OUT | limits.HANDED_OUT_ON_POST | limits.SEARCHES) - names == set()


def _patterns(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.app_name != "admin":
            yield from _patterns(pattern.url_patterns)


def test_a_database_that_went_away_while_it_counted_is_not_asked_again(rf, monkeypatch) -> None:
    request = rf.get("/")
    request.user = make_person()
    monkeypatch.setattr(limits.cache, "add", lambda *_arguments, **_options: False)
    monkeypatch.setattr(connections["default"], "connection", None)
    with pytest.raises(OperationalError):
        limits.exceeded(request, limits.SEARCH)
