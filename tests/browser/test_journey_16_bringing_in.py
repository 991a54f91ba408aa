"""An editor brings in the list of evidence that her organisation kept in Excel, and picks from an old report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from recommendations.evidence.models import Evidence
from tests.browser.site import Site
from tests.imports.reports import report, workbook

Open = Callable[..., Page]
EDITOR = "editor@example.org"
# Invented rows.
LIST = workbook(
    ["Название", "Вид", "Источник", "Ссылка", "Дата публикации", "Рекомендация", "Вывод"],
    ["Invented: sites blocked", "статья", "Invented", "https://example.org/1", "2019", "KAZ-2-124.26", "нарушение"],
    ["Invented: a survey of editors", "мониторинг", "Invented Monitor", "", "2018", "", ""],
    ["Invented: a law", "закон", "Invented Gazette", "", "весна", "", ""],
)  # fmt: skip


def send(page: Page, file: Path) -> None:
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()


def test_a_list_is_sent_its_columns_named_and_what_is_ticked_made(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path
) -> None:
    before = Evidence.objects.count()
    file = tmp_path / "evidence-2019.xlsx"
    file.write_bytes(LIST)
    page = open_as(EDITOR)
    page.goto("/evidence/")
    page.get_by_role("link", name="Bring in a list").click()
    accessible(page)
    send(page, file)
    expect(page.get_by_label("Ссылка")).to_have_value("url")
    accessible(page)
    shoot(page, "bringing-columns")
    page.get_by_role("button", name="Show what will be made").click()
    expect(page.get_by_role("table", name="Rows of the file")).to_contain_text("KAZ-2-124.26")
    accessible(page)
    shoot(page, "bringing-rows")
    assert Evidence.objects.count() == before
    page.get_by_role("button", name="Confirm and make what is ticked").click()
    expect(page.get_by_role("main")).to_contain_text("1 item of evidence was made")
    accessible(page)
    item = Evidence.objects.get(title="Invented: sites blocked")
    assert (item.check_status, item.links.get().shows) == ("not_checked", "non")

    page.goto("/bring/new/")
    send(page, file)
    page.get_by_role("button", name="Show what will be made").click()
    page.get_by_role("link", name="Here already").click()
    expect(page.get_by_role("main")).to_contain_text(str(item))
    accessible(page)
    assert Evidence.objects.count() == before + 1


def test_references_of_a_report_are_picked_without_a_script(
    site: Site, open_as: Open, accessible, tmp_path: Path
) -> None:
    file = tmp_path / "report-2019.docx"
    file.write_bytes(report(footnotes=["“An invented article”, 4 May 2018, https://example.org/article"]))
    page = open_as(EDITOR, java_script_enabled=False)
    page.goto("/bring/new/")
    page.get_by_label("References of an earlier report (DOCX)").check()
    send(page, file)
    page.get_by_label("An invented article").check()
    page.get_by_role("button", name="Confirm and make what is ticked").click()
    expect(page.get_by_role("main")).to_contain_text("1 item of evidence was made")
    assert Evidence.objects.get(title="An invented article").source.url == "https://example.org/article"
