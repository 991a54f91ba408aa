"""Recording by hand: a recommendation with its source, and a change of the State's position."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site

Open = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_recommendation_is_recorded_with_its_source_and_then_its_position(
    site: Site, open_as: Open, accessible, shoot, scripts: bool
) -> None:
    page = open_as("editor@example.org", java_script_enabled=scripts)
    page.goto("/recommendations/")
    page.get_by_role("link", name="Record one").click()
    if scripts:
        accessible(page)
        shoot(page, "recommendation-new", tallest=1000)
    page.get_by_label("Document", exact=True).fill("X/INVENTED/1")
    page.get_by_label("Paragraph", exact=True).fill("12.3")
    page.get_by_role("checkbox", name="This document is not recorded yet").check()
    page.get_by_label("Review cycle").select_option("KAZ-4")
    page.get_by_label("Position in this document").select_option("Noted")
    page.get_by_label("English: Official text").fill("An invented sentence, for the test alone.")
    page.get_by_label("State (optional)").first.fill("Norway")
    page.get_by_role("button", name="Record", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("KAZ-4-12.3")
    expect(page.locator(".recommendation-text")).to_have_text("An invented sentence, for the test alone.")
    expect(page.locator("main")).to_contain_text("Norway")
    page.get_by_role("link", name="Record a position").click()
    if scripts:
        accessible(page)
    page.get_by_role("radio", name="Supported", exact=True).check()
    page.get_by_label("Document", exact=True).fill("X/INVENTED/1")
    page.get_by_label("Date").fill("2025-07-01")
    page.get_by_label("In the State's words").fill("We accept it.")
    page.get_by_role("button", name="Record", exact=True).click()

    answers = page.locator("section").filter(has=page.get_by_role("heading", name="What the State answered"))
    expect(answers.get_by_role("listitem")).to_have_count(2)
    expect(answers).to_contain_text("We accept it.")
    expect(page.locator(".page-head")).to_contain_text("Supported")


def test_what_is_recorded_already_or_not_known_is_said_and_what_was_typed_stays(
    site: Site, open_as: Open, accessible
) -> None:
    page = open_as("editor@example.org")
    page.goto("/recommendations/new/")
    page.get_by_label("Document", exact=True).fill("A/HRC/28/10")
    page.get_by_label("Paragraph", exact=True).fill("124.26")
    page.get_by_label("English: Official text").fill("Words that must not get lost.")
    page.get_by_label("State (optional)").first.fill("Norwai")
    page.get_by_role("button", name="Record", exact=True).click()

    expect(page.get_by_role("alert").first).to_contain_text("Norway")
    expect(page.get_by_label("English: Official text")).to_have_value("Words that must not get lost.")
    accessible(page)
    page.get_by_label("State (optional)").first.fill("Norway")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("124.26")
