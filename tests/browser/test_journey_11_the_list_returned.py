"""OHCHR's list, brought in and given back: the same document, to be filled by what a round found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.formats import invented_thematic_list as invented
from tests.formats.test_lists_are_filled import outside_the_last_cells, texts


def test_a_list_is_brought_in_and_given_back(
    site: Site, open_as: Callable[..., Page], accessible: Callable[[Page], None], tmp_path: Path
) -> None:
    content = invented.third()
    page = open_as("coordinator@example.org")
    page.goto("/imports/new/")
    page.locator("input[type=file]").set_input_files(
        {"name": invented.NAME, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.locator("select[name=state]").select_option(label="Kazakhstan")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Confirm and save").click(timeout=60_000)

    page.get_by_role("link", name="Return OHCHR's list").click(timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("KAZ-4")
    expect(page.locator("select[name=source] option:checked")).to_have_text(invented.NAME)
    accessible(page)
    page.get_by_role("button", name="Make the file").click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("0 of 4 recommendations")
    accessible(page)
    with page.expect_download() as download:
        link.click()
    file = tmp_path / "matrix.docx"
    download.value.save_as(file)
    assert texts(file.read_bytes()) == texts(content)
    assert outside_the_last_cells(file.read_bytes()) == outside_the_last_cells(content)
