"""The official file, brought in by a coordinator over the demonstration: its wording replaces the paraphrases."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from recommendations.catalogue.models import Recommendation
from tests.browser.site import Site
from tests.conftest import REAL_FILES


def test_the_official_file_fills_the_demonstration_up_on_a_page(
    site: Site, open_as: Callable[..., Page]
) -> None:
    page = open_as("coordinator@example.org")
    for wanted in ("new", "unchanged"):
        page.goto("/imports/new/")
        page.get_by_label("File", exact=True).set_input_files(
            REAL_FILES / "kazakhstan" / "cycles-1-2-official.csv"
        )
        page.get_by_role("button", name="Read the file").click()
        expect(page.locator("#import .figures")).to_be_visible(timeout=60_000)
        figures = dict(
            zip(
                page.locator(".figures dt").all_inner_texts(),
                page.locator(".figures dd").all_inner_texts(),
                strict=True,
            )
        )
        if wanted == "new":
            assert int(figures["new"]) == 322 - 86
            assert int(figures["changed"]) == 86
            page.get_by_role("button", name="Confirm and save").click()
            expect(page.get_by_role("link", name="To the recommendations")).to_be_visible(timeout=60_000)
        else:
            assert figures["unchanged"] == "322"
    assert Recommendation.objects.count() == 322
