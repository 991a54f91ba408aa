"""A figure followed over time: its chart, its table, a further value with its source."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.site import Site

Open = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_value_is_recorded_and_stands_in_chart_and_table(
    site: Site, open_as: Open, accessible, shoot, scripts: bool
) -> None:
    page = open_as("editor@example.org", java_script_enabled=scripts)
    page.goto("/indicators/")
    page.get_by_role("link", name="Persons convicted of incitement").click()
    if scripts:
        accessible(page)
        shoot(page, "indicator")
    expect(page.locator("figure.chart svg:visible")).to_have_count(1)
    rows = page.locator("main table tbody tr")
    before = rows.count()
    page.get_by_role("link", name="Record a value").first.click()
    if scripts:
        accessible(page)
    page.get_by_label("Date", exact=True).fill("2019-12-31")
    page.get_by_label("Value").fill("1")
    page.get_by_label("Publisher").fill("An invented publisher")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(rows).to_have_count(before + 1)
    expect(page.locator("main table")).to_contain_text("An invented publisher")


def test_it_fits_a_phone_in_the_dark_and_the_chart_says_its_figures(
    site: Site, open_as: Open, accessible
) -> None:
    page = open_as("observer@example.org", viewport=PHONE, color_scheme="dark")
    page.goto("/indicators/incitement-convictions/")
    accessible(page)
    expect(page.locator("figure.chart svg:visible")).to_contain_text("83")
