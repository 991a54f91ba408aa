"""The list of recommendations: narrowing, counting, searching, ordering, paging, taking the selection away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.site import Site

Open = Callable[..., Page]


def value(page: Page, words: str) -> Locator:
    """A filter's value with its count."""
    return page.locator("#filters label.facet-value").filter(has_text=words)


def count(page: Page) -> int:
    """How many recommendations the page says there are."""
    return int(page.locator(".list-count .num").inner_text().replace(",", ""))


def test_filters_narrow_in_place_counts_follow_and_the_address_shows_the_same(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    page = open_as("editor@example.org")
    page.goto("/recommendations/")
    accessible(page)
    assert count(page) == 86
    value(page, "Noted").click()
    page.wait_for_url("**position=noted*")
    expect(page.locator(".list-count")).to_contain_text("20")
    # A filter's own counts stay, those of the others follow.
    expect(value(page, "Supported").locator(".n")).to_have_text("66")
    expect(value(page, "KAZ-2").locator(".n")).to_have_text("17")
    value(page, "Fully implemented").click()
    page.wait_for_url("**rating=fully*")
    expect(page.locator(".list-count")).to_contain_text("8")
    shoot(page, "recommendations-filtered")
    accessible(page)
    page.reload()
    assert count(page) == 8
    expect(value(page, "Noted").get_by_role("checkbox")).to_be_checked()
    page.get_by_role("link", name="Fully implemented").first.click()
    expect(page.locator(".list-count")).to_contain_text("20")
    page.go_back()
    expect(page.locator(".list-count")).to_contain_text("8")


def test_one_searches_orders_pages_and_finds_nothing(site: Site, open_as: Open, accessible, shoot) -> None:
    page = open_as("editor@example.org")
    page.goto("/recommendations/")
    shoot(page, "recommendations")
    page.get_by_label("Words or reference").fill("torture")
    page.get_by_label("Words or reference").press("Enter")
    page.wait_for_url("**q=torture*")
    found = count(page)
    assert 0 < found < 86
    page.get_by_role("link", name="Evidence", exact=True).last.click()
    page.wait_for_url("**sort=evidence*")
    expect(page.locator("th[aria-sort]")).to_have_text("Evidence")
    figures = [int(cell) for cell in page.locator("tbody td.num").all_inner_texts()]
    assert figures in (sorted(figures), sorted(figures, reverse=True))

    page.goto("/recommendations/?size=25")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**page=2*")
    expect(page.get_by_role("navigation").filter(has_text="page 2")).to_be_visible()

    page.goto("/recommendations/?q=zzyzx")
    expect(page.get_by_text("No recommendation fits these filters.")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Clear all filters").last.click()
    expect(page.locator(".list-count")).to_contain_text("86")


def test_a_reference_said_on_the_telephone_opens_the_recommendation(site: Site, open_as: Open) -> None:
    page = open_as("reviewer@example.org")
    page.goto("/")
    page.get_by_role("searchbox").first.fill("kaz-2-126.27")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("KAZ-2-126.27")


def test_the_same_is_done_without_scripts(site: Site, open_as: Open) -> None:
    page = open_as("editor@example.org", java_script_enabled=False)
    page.goto("/recommendations/")
    value(page, "Noted").get_by_role("checkbox").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**position=noted*")
    assert count(page) == 20
    page.get_by_role("link", name="Rating", exact=True).click()
    page.wait_for_url("**sort=rating*")
    assert count(page) == 20
    page.locator("tbody a.row-title").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("KAZ-")


def test_on_a_phone_the_filters_open_as_a_sheet(site: Site, open_as: Open, accessible) -> None:
    page = open_as("editor@example.org", viewport=PHONE)
    page.goto("/recommendations/")
    accessible(page)
    page.get_by_role("link", name="Filters").click()
    value(page, "Noted").click()
    page.get_by_role("link", name="Show 20 recommendations").click()
    expect(page.locator(".list-count")).to_contain_text("20")


def test_the_selection_leaves_as_the_screen_shows_it(site: Site, open_as: Open, tmp_path: Path) -> None:
    page = open_as("editor@example.org")
    page.goto("/recommendations/?position=noted&cycle=KAZ-2")
    shown = page.locator("tbody .ref").all_inner_texts()
    taken: dict[str, Path] = {}
    for kind in ("XLSX", "CSV", "JSON"):
        page.goto("/recommendations/?position=noted")
        value(page, "KAZ-2").click()
        expect(page.locator(".list-count")).to_contain_text("17")
        shown = page.locator("tbody .ref").all_inner_texts()
        with page.expect_download() as download:
            page.get_by_role("link", name=kind, exact=True).click()
        taken[kind] = tmp_path / f"selection.{kind.lower()}"
        download.value.save_as(taken[kind])
    rows = list(csv.reader(io.StringIO(taken["CSV"].read_text("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == shown
    sheet = load_workbook(taken["XLSX"]).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)][: len(shown)] == shown
    assert all(reference in json.dumps(json.loads(taken["JSON"].read_text())) for reference in shown)
