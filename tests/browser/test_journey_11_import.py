"""A coordinator brings a file in: sees the plan, confirms; the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from recommendations.catalogue.models import Recommendation
from tests.browser.site import Site

Open = Callable[..., Page]
HEADER = (
    "cycle,session,symbol,paragraph,text,recommending_states,wg_report_position,uprinfo_response,"
    "uprinfo_action,uprinfo_issues,final_position,final_position_source"
)
# Invented rows of the official table's shape, of a document that does not exist.
ROWS = (
    '4,48,X/INVENTED/1,901.1,"Invented: plant a tree (Norway);",Norway,Supported,Accepted,5,'
    "Environment,Supported,X/INVENTED/1 para 901",
    '4,48,X/INVENTED/1,901.2,"Invented: plant two trees (Spain, Peru);",Spain; Peru,Noted,Noted,4,'
    "Environment,Noted,X/INVENTED/1 para 901",
)


def made(folder: Path, *rows: str, name: str = "invented.csv") -> Path:
    """A file of these rows."""
    file = folder / name
    file.write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
    return file


def send(page: Page, file: Path) -> None:
    """Upload a file and wait for its plan."""
    page.goto("/imports/new/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("#import .figures")).to_be_visible(timeout=30_000)


def figure(page: Page, label: str) -> str:
    """A count of the plan."""
    return page.locator(".figures div").filter(has_text=label).locator("dd").first.inner_text()


def test_a_file_is_read_planned_confirmed_and_changes_nothing_the_second_time(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path
) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/imports/")
    accessible(page)
    page.get_by_role("link", name="Import a file").first.click()
    accessible(page)
    shoot(page, "import-new")
    send(page, made(tmp_path, *ROWS))
    assert figure(page, "new") == "2"
    assert not Recommendation.objects.filter(paragraph="901.1").exists()
    accessible(page)
    shoot(page, "import-plan")
    page.get_by_role("button", name="Confirm and save").click()
    expect(page.get_by_role("link", name="To the recommendations")).to_be_visible(timeout=30_000)
    assert Recommendation.objects.filter(paragraph__in=("901.1", "901.2")).count() == 2
    accessible(page)

    before = Recommendation.objects.count()
    send(page, made(tmp_path, *ROWS, name="again.csv"))
    assert figure(page, "unchanged") == "2"
    assert figure(page, "new") == "0"
    assert Recommendation.objects.count() == before


def test_problems_are_shown_with_row_and_column_before_anything_is_saved(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path
) -> None:
    wrong = ROWS[1].replace("Spain; Peru", "Spain; Peruu").replace("Noted,X/INV", "Refused,X/INV")
    page = open_as("coordinator@example.org")
    send(page, made(tmp_path, ROWS[0], wrong))
    problems = page.get_by_role("table", name="Problems of the file")
    expect(problems).to_contain_text("recommending_states")
    expect(problems).to_contain_text("Peru")
    expect(problems).to_contain_text("final_position")
    expect(page.get_by_role("button", name="Confirm and save")).to_have_count(0)
    assert not Recommendation.objects.filter(paragraph="901.1").exists()
    accessible(page)
    shoot(page, "import-problems")


def test_a_file_that_is_no_table_gets_a_sentence(
    site: Site, open_as: Open, accessible, tmp_path: Path
) -> None:
    picture = tmp_path / "list.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    page = open_as("coordinator@example.org", java_script_enabled=False)
    page.goto("/imports/new/")
    page.get_by_label("File").set_input_files(picture)
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("main")).to_contain_text("a file of another kind")


def test_the_template_is_downloaded_and_read_back(site: Site, open_as: Open, tmp_path: Path) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/imports/new/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Template as XLSX").click()
    file = tmp_path / "template.xlsx"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"PK")
