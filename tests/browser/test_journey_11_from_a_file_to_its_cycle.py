"""From a file of OHCHR's to the filled page of its cycle: in six steps at most, signing in not counted."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.formats import invented_thematic_list as invented

MOST_STEPS = 6


def test_a_coordinator_comes_from_ohchrs_list_to_the_filled_cycle_in_six_steps(
    site: Site, open_as: Callable[..., Page]
) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/")
    steps = 0

    def click(what: Locator) -> None:
        nonlocal steps
        steps += 1
        what.click(timeout=60_000)

    main = page.get_by_role("navigation", name="Main").first
    click(main.get_by_role("link", name="Recommendations", exact=True))
    click(page.get_by_role("link", name="Import a file", exact=True))
    steps += 1
    page.locator("input[type=file]").set_input_files(
        {"name": invented.NAME, "mimeType": "application/octet-stream", "buffer": invented.third()}
    )
    # The only State that is followed is chosen already.
    expect(page.locator("select[name=state] option:checked")).to_have_text("Kazakhstan")
    click(page.get_by_role("button", name="Read the file"))
    click(page.get_by_role("button", name="Confirm and save"))
    click(page.get_by_role("link", name="To the cycle KAZ-4", exact=True))

    expect(page.get_by_role("heading", level=1)).to_have_text("Kazakhstan, cycle 4")
    expect(page.locator("main")).not_to_contain_text("No recommendation of this cycle is recorded yet")
    assert steps <= MOST_STEPS
