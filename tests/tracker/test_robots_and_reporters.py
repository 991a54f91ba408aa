"""What the site tells search engines, and whoever found a weakness."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tracker.views import half_a_year_after

pytestmark = pytest.mark.django_db


def test_robots_are_kept_out(client: Client) -> None:
    answer = client.get("/robots.txt")

    assert answer.content.decode() == "User-agent: *\nDisallow: /\n"
    assert client.get("/accounts/login/").headers["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get("/public/").headers["X-Robots-Tag"] == "noindex, nofollow"


def test_of_an_open_site_robots_may_read_the_public_pages_only(client: Client, settings) -> None:
    settings.PUBLIC_PAGES = True

    assert "Allow: /public/\n" in client.get("/robots.txt").content.decode()
    assert "X-Robots-Tag" not in client.get("/public/").headers
    assert client.get("/accounts/login/").headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_site_that_names_no_contact_has_no_page_for_reporters(client: Client) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_who_found_a_weakness_is_told_whom_to_tell(client: Client, settings) -> None:
    settings.SECURITY_CONTACT = "mailto:safety@site.example"
    settings.SITE_URL = "https://site.example"

    lines = client.get("/.well-known/security.txt").content.decode().splitlines()

    assert lines[0] == "Contact: mailto:safety@site.example"
    assert "Canonical: https://site.example/.well-known/security.txt" in lines
    [expires] = [line.removeprefix("Expires: ") for line in lines if line.startswith("Expires: ")]
    assert datetime.strptime(expires, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) > datetime.now(UTC)


def test_the_page_for_reporters_never_runs_out_and_stays_the_same_for_a_month() -> None:
    first, last = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 30, 23, 59, tzinfo=UTC)

    assert half_a_year_after(first) == half_a_year_after(last) == datetime(2027, 6, 1, tzinfo=UTC)
