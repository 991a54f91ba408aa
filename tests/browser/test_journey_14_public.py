"""The public pages: not there until they are opened, and then nothing that is not public."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from recommendations.assessments.models import Assessment
from recommendations.evidence.models import Evidence
from tests.browser.site import Site, free_port

Open = Callable[..., Page]


@pytest.fixture
def public_address(site: Site) -> Iterator[str]:
    """A second web server on the same database, with the public pages open."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={port}"]
    with (site.folder / "public.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--workers=1", "--no-ws", "--log-level=warning", "tracker.wsgi:application"],
            cwd=settings.BASE_DIR,
            env=site.environment | {"PUBLIC_PAGES": "1", "PORT": str(port), "SITE_URL": address},
            stdout=log,
            stderr=log,
        )
    for _attempt in range(200):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(timeout=20)


def test_closed_pages_are_not_there(site: Site, page: Page) -> None:
    published = Assessment.objects.filter(status="published")[0]
    for path in (
        "/public/",
        "/public/cycles/KAZ-2/",
        "/public/recommendations/KAZ-2-124.26/",
        f"/public/assessments/{published.pk}/",
    ):
        assert page.request.get(path).status == 404, path


def test_open_pages_are_read_by_anybody_and_hold_nothing_that_is_not_public(
    site: Site, public_address: str, open_as: Open, accessible, shoot
) -> None:
    page = open_as()
    page.goto(f"{public_address}/public/")
    accessible(page)
    page.get_by_role("link", name="Kazakhstan, cycle 2").click()
    accessible(page)
    shoot(page, "public-cycle", tallest=1500)
    read = page.content()
    page.get_by_role("link", name="KAZ-2-124.26").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("KAZ-2-124.26")
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    accessible(page)
    shoot(page, "public-recommendation")
    read += page.content()
    for state in ("draft", "submitted", "returned", "approved", "withdrawn", "retracted", "superseded"):
        for hidden in Assessment.objects.filter(status=state):
            answer = page.request.get(f"{public_address}/public/assessments/{hidden.pk}/")
            # Of what was retracted the notice is left, without a word of it.
            assert answer.status == (200 if state == "retracted" else 404)
            assert not hidden.narrative or hidden.narrative not in read + answer.text()
    for assessment in Assessment.objects.filter(status="published"):
        read += page.request.get(f"{public_address}/public/assessments/{assessment.pk}/").text()
    for item in Evidence.objects.exclude(confidentiality="public"):
        assert item.title not in read
    for email in ("example.org", "editor (demo)"):
        assert email not in read
    for path in ("/recommendations/", "/evidence/", "/people/"):
        expect(page).not_to_have_url("about:blank")
        answer = page.request.get(f"{public_address}{path}", max_redirects=0)
        assert answer.status in (302, 404)


def test_the_public_pages_work_without_scripts(site: Site, public_address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{public_address}/public/cycles/KAZ-2/")
    expect(page.get_by_role("heading", name="Ratings by theme")).to_be_visible()
    context.close()
