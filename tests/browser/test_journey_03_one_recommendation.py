"""The page of one recommendation: what was asked, answered, claimed, shown and found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Site

Open = Callable[..., Page]


@pytest.mark.parametrize("look", [{"viewport": DESKTOP}, {"viewport": PHONE, "color_scheme": "dark"}])
def test_everything_about_a_recommendation_stands_on_its_page(
    site: Site, open_as: Open, accessible, shoot, look: dict
) -> None:
    page = open_as("editor@example.org", **look)
    page.goto("/recommendations/KAZ-2-124.26/")

    for heading in (
        "Demands",
        "What the State answered",
        "What the State claims",
        "What was found",
        "Evidence",
        "Indicators",
        "The same demand in other cycles",
        "History of this record",
    ):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("A/HRC/28/10, para. 124")
    expect(page.locator("main")).to_contain_text("Already implemented")
    expect(page.locator(".page-head")).to_contain_text("Not implemented")
    accessible(page)
    if look["viewport"] == DESKTOP:
        shoot(page, "recommendation", tallest=1500)


def test_its_text_is_read_in_another_language(site: Site, open_as: Open, accessible) -> None:
    page = open_as("editor@example.org")
    page.goto("/recommendations/KAZ-2-124.26/")
    english = page.locator(".recommendation-text").inner_text()
    page.locator("main").get_by_role("link", name="Russian").click()
    page.wait_for_url("**lang=ru*")
    text = page.locator(".recommendation-text")
    expect(text).to_have_attribute("lang", "ru")
    assert text.inner_text() != english
    accessible(page)


def test_a_position_that_changed_shows_both_with_their_documents(site: Site, open_as: Open) -> None:
    page = open_as("observer@example.org")
    page.goto("/recommendations/KAZ-2-126.27/")
    answers = page.locator("section").filter(has=page.get_by_role("heading", name="What the State answered"))
    expect(answers.get_by_role("listitem")).to_have_count(2)
    expect(answers).to_contain_text("Noted")
    expect(answers).to_contain_text("Supported")


def test_from_one_cycle_to_the_same_demand_in_another_and_back(site: Site, open_as: Open) -> None:
    page = open_as("reviewer@example.org")
    page.goto("/recommendations/KAZ-2-124.26/")
    again = page.locator("section").filter(has=page.get_by_role("heading", name="The same demand"))
    again.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("KAZ-1-")
    expect(page.get_by_role("link", name="KAZ-2-124.26")).to_be_visible()


def test_an_observer_reads_but_is_offered_nothing_to_change(site: Site, open_as: Open, accessible) -> None:
    page = open_as("observer@example.org")
    page.goto("/recommendations/KAZ-2-124.26/")
    accessible(page)
    expect(page.get_by_role("link", name="Add evidence")).to_have_count(0)
    expect(page.get_by_role("link", name="Record a position")).to_have_count(0)


def test_a_recommendation_that_is_not_there_is_said_and_leads_back(
    site: Site, open_as: Open, accessible
) -> None:
    page = open_as("editor@example.org")
    answer = page.goto("/recommendations/KAZ-2-999.1/")
    assert answer is not None and answer.status == 404
    accessible(page)
    assert page.locator("main a").count() > 0
