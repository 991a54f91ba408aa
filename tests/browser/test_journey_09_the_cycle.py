"""The page of a cycle: every recommendation at a glance, and how far the work has come."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from recommendations.assessments.models import Round
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Site

Open = Callable[..., Page]


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": DESKTOP},
        {"viewport": DESKTOP, "color_scheme": "dark"},
        {"viewport": PHONE},
        {"viewport": PHONE, "color_scheme": "dark", "java_script_enabled": False},
    ],
)
def test_the_cycle_is_seen_at_a_glance(site: Site, open_as: Open, accessible, shoot, look: dict) -> None:
    page = open_as("coordinator@example.org", **look)
    page.goto("/cycles/")
    page.get_by_role("link", name="KAZ-2").first.click()
    for heading in (
        "Milestones",
        "How far the work has come",
        "What the State answered",
        "Ratings by theme",
        "Supported, not implemented",
        "Noted, yet implemented",
        "What the State claimed, and what was found",
        "Where organisations differ",
        "Score",
    ):
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    expect(page.locator("main")).to_contain_text("52 of the 194 recommendations are recorded here so far")
    expect(page.locator("main")).to_contain_text("not shown")
    if look.get("java_script_enabled", True):
        accessible(page)
    if look == {"viewport": DESKTOP}:
        shoot(page, "cycle", tallest=1900)


def test_a_figure_of_the_page_leads_to_the_recommendations_behind_it(site: Site, open_as: Open) -> None:
    page = open_as("observer@example.org")
    page.goto("/cycles/KAZ-2/")
    page.get_by_role("table").get_by_role("link", name="Death penalty").click()
    expect(page.locator(".list-count")).to_contain_text("11")


def test_the_page_of_an_earlier_cycle_without_a_round_says_so(site: Site, open_as: Open, accessible) -> None:
    page = open_as("coordinator@example.org")
    for cycle in ("KAZ-1", "KAZ-4"):
        page.goto(f"/cycles/{cycle}/")
        accessible(page)
        expect(page.get_by_role("heading", name="Milestones")).to_be_visible()


def test_a_date_is_added_and_moved(site: Site, open_as: Open, accessible) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/cycles/KAZ-4/")
    page.get_by_text("All dates").click()
    page.get_by_role("link", name="Add a milestone").click()
    accessible(page)
    page.get_by_label("Kind").select_option("Embassy meetings")
    page.get_by_label("Date", exact=True).fill("2028-11-15")
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.get_by_role("row").filter(has_text="15 November 2028")
    expect(row).to_contain_text("Embassy meetings")
    row.get_by_role("link", name="Move Embassy meetings").click()
    accessible(page)
    page.get_by_label("Date", exact=True).fill("2028-12-20")
    page.get_by_label("Why the date moves").fill("The embassy asked for it.")
    page.get_by_role("button", name="Save").click()
    accessible(page)
    expect(page.locator("main")).to_contain_text("15 November 2028 → 20 December 2028")
    page.goto("/cycles/KAZ-4/")
    page.get_by_text("All dates").click()
    expect(page.get_by_role("listitem").filter(has_text="Embassy meetings")).to_contain_text(
        "20 December 2028"
    )
    page.get_by_role("link", name=re.compile("^Move ?: Embassy meetings")).click()
    expect(page.locator("main")).to_contain_text("The embassy asked for it.")


def test_the_page_is_asked_for_another_round_by_its_address(site: Site, open_as: Open) -> None:
    page = open_as("coordinator@example.org")
    page.goto(f"/cycles/KAZ-2/?round={Round.objects.get().pk}")
    expect(page.locator("main")).to_contain_text("Mid-term follow-up of the second cycle (demo)")
