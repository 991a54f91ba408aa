"""The summary of a cycle, taken away in every format and read back with other eyes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.site import Site

Open = Callable[..., Page]


def text_of(kind: str, file: Path) -> str:
    """What another program finds in a file."""
    if kind == "xlsx":
        sheets = load_workbook(file).worksheets
        return "\n".join(
            str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell
        )
    if kind == "csv":
        return "\n".join(
            "\t".join(row) for row in csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig")))
        )
    if kind == "json":
        return json.dumps(json.loads(file.read_bytes()), ensure_ascii=False)
    document = docx.Document(str(file))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + tables)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json", "docx", "pdf"])
def test_the_summary_is_made_listed_and_opens_elsewhere(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path, kind: str
) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/cycles/KAZ-2/")
    page.get_by_role("link", name="Export the summary").click()
    page.locator("[name=format]").select_option(kind)
    if kind == "docx":
        accessible(page)
        shoot(page, "summary-export")
    page.get_by_role("button", name="Make the file").click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    file = tmp_path / f"summary.{kind}"
    download.value.save_as(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    expect(page.locator("main")).to_contain_text(digest)
    if kind == "pdf":
        with pikepdf.open(file) as pdf:
            assert len(pdf.pages) > 3
            assert pdf.Root.MarkInfo.Marked
    else:
        found = text_of(kind, file)
        assert "KAZ-2-124.26" in found or "124.26" in found
    page.goto("/exports/")
    row = page.get_by_role("row").filter(has_text=digest[:16])
    expect(row).to_contain_text("Saule, coordinator (demo)")
    if kind == "docx":
        accessible(page)
        shoot(page, "exports")


def test_the_public_summary_in_russian_holds_nothing_restricted(
    site: Site, open_as: Open, tmp_path: Path
) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/cycles/KAZ-2/summary/")
    page.locator("[name=audience]").select_option("public")
    page.locator("[name=format]").select_option("json")
    page.get_by_label("Language", exact=True).select_option("ru")
    page.get_by_role("button", name="Make the file").click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    file = tmp_path / "summary.json"
    download.value.save_as(file)
    summary = json.loads(file.read_bytes())
    assert summary["totals"]["received"] == 52
    assert summary["un_totals"]["received"] == 194
    assert "restricted" not in json.dumps(summary)
