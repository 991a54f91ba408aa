"""An editor takes her organisation's sheet to the field, fills it in, brings it back, and finds her drafts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from recommendations.assessments.models import Assessment, Round
from recommendations.assessments.writing import save_draft
from recommendations.organisations.models import User
from tests.browser.site import Site
from tests.imports.fieldwork import Filled

Open = Callable[..., Page]
EDITOR = "editor@example.org"


def downloaded(page: Page, round_: Round) -> Filled:
    page.goto(f"/rounds/{round_.pk}/")
    page.get_by_role("link", name="Work in spreadsheets").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the sheet").click()
    return Filled.opened(Path(download.value.path()).read_bytes())


def brought_back(page: Page, round_: Round, content: bytes, folder: Path) -> None:
    file = folder / "from-the-field.xlsx"
    file.write_bytes(content)
    page.goto(f"/rounds/{round_.pk}/sheets/")
    page.get_by_label("The filled-in file").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()


def test_a_sheet_is_downloaded_filled_in_brought_back_and_becomes_drafts(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path
) -> None:
    editor = User.objects.get(email=EDITOR)
    round_ = Round.objects.get()
    draft = Assessment.objects.filter(status="draft", organisation=editor.organisation)[0]
    page = open_as(EDITOR)
    sheet = downloaded(page, round_)
    accessible(page)
    shoot(page, "field-sheets")
    sheet.fill(draft.subject, narrative="Written in the field.", next_ask="Asked in the field.")
    save_draft(draft, by=editor, revision=draft.revision, fields={"narrative": "Written here meanwhile."})

    content = sheet.saved()
    brought_back(page, round_, content, tmp_path)

    expect(page.get_by_role("main")).to_contain_text("changed on both sides")
    accessible(page)
    shoot(page, "field-merge")
    page.get_by_role("group", name="Summary of the finding").get_by_label("Take the file's").check()
    page.get_by_role("button", name="Take over into drafts").click()
    expect(page.get_by_role("main")).to_contain_text("2 fields went into drafts")
    accessible(page)
    draft.refresh_from_db()
    assert (draft.narrative, draft.next_ask) == ("Written in the field.", "Asked in the field.")
    assert draft.status == "draft"

    brought_back(page, round_, content, tmp_path)
    expect(page.get_by_role("main")).to_contain_text("2 fields went into drafts")


def test_a_mistake_in_a_sheet_is_named_with_its_place(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path
) -> None:
    editor = User.objects.get(email=EDITOR)
    draft = Assessment.objects.filter(status="draft", organisation=editor.organisation)[0]
    page = open_as(EDITOR, java_script_enabled=False)
    sheet = downloaded(page, Round.objects.get())
    brought_back(page, Round.objects.get(), sheet.fill(draft.subject, rating="good").saved(), tmp_path)
    expect(page.get_by_role("table", name="Problems of the file")).to_contain_text("none of these")
