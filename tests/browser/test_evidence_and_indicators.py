"""What a person does with evidence and indicators, in a browser, with scripts and without."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from recommendations.evidence.models import Evidence
from recommendations.organisations.models import User
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import Site
from tests.evidence import samples

Open = Callable[..., Page]


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    """A PDF and a picture that a person has on her disk."""
    made = {"answer.pdf": samples.pdf(), "photo.png": samples.png()}
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in made]


def test_an_editor_adds_evidence_with_files_and_links_and_saves_a_file_again(
    site: Site, open_as: Open, accessible, shoot, documents: list[Path]
) -> None:
    page = open_as("editor@example.org")
    page.goto("/evidence/new/?recommendation=KAZ-2-124.26")
    accessible(page)
    page.get_by_role("radio", name="Restricted to my organisation").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Kind").select_option("official_answer")
    expect(page.get_by_label("Version of the act")).to_be_hidden()
    page.get_by_label("Title", exact=True).fill("Answer seven")
    page.get_by_label("Publisher").fill("A ministry (invented)")
    page.get_by_label("Date of publication").fill("04.2019")
    page.get_by_label("What it shows").select_option("non")
    page.get_by_label("Why").fill("Blocking is confirmed.")
    page.get_by_label("Choose files").set_input_files(documents)
    shoot(page, "evidence-new")
    accessible(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Answer seven")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^KAZ-2-124.26"))).to_be_visible()
    accessible(page)
    shoot(page, "evidence")
    with page.expect_download() as download:
        page.get_by_role("link", name="answer.pdf", exact=True).click()
    saved = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == "answer.pdf"
    page.get_by_text("Receipt").first.click()
    expect(page.get_by_text(hashlib.sha256(saved).hexdigest())).to_be_visible()


def test_recommendations_are_found_by_words_while_one_types(site: Site, open_as: Open) -> None:
    page = open_as("editor@example.org")
    page.goto("/evidence/E-1/links/new/")
    page.get_by_role("textbox", name="Recommendations").press_sequentially("death penalty", delay=20)
    first = page.get_by_role("group", name="Tick which ones you mean").get_by_role("checkbox").first
    first.check()
    reference = first.get_attribute("value")
    page.get_by_label("What it shows").select_option("context")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_role("link", name=re.compile(f"^{re.escape(reference)}"))).to_be_visible()


def test_the_same_is_done_without_scripts(site: Site, open_as: Open, documents: list[Path]) -> None:
    page = open_as("editor@example.org", java_script_enabled=False)
    page.goto("/evidence/new/")
    page.get_by_role("radio", name="Coalition").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Kind").select_option("news")
    page.get_by_label("Title", exact=True).fill("A report")
    page.get_by_role("textbox", name="Recommendations").fill("death penalty")
    page.get_by_label("What it shows").select_option("context")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("tick below")
    page.get_by_role("group", name="Tick which ones you mean").get_by_role("checkbox").first.check()
    page.get_by_label("Choose files").set_input_files(documents)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="A report")).to_be_visible()
    expect(page.get_by_role("link", name="photo.png", exact=True)).to_be_visible()


def test_a_file_that_may_not_come_in_is_named_and_what_was_typed_stays(
    site: Site, open_as: Open, tmp_path: Path, accessible
) -> None:
    page = open_as("editor@example.org")
    page.goto("/evidence/new/?confidentiality=coalition")
    page.get_by_label("Kind").select_option("news")
    page.get_by_label("Title", exact=True).fill("A drawing")
    drawing = tmp_path / "drawing.png"
    drawing.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    page.get_by_label("Choose files").set_input_files(drawing)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("drawing.png")
    expect(page.get_by_label("Title", exact=True)).to_have_value("A drawing")
    accessible(page)


@pytest.mark.parametrize("look", [{"viewport": DESKTOP}, {"viewport": PHONE, "color_scheme": "dark"}])
def test_every_page_of_evidence_and_indicators_is_accessible(
    site: Site, open_as: Open, accessible, look: dict
) -> None:
    page = open_as("editor@example.org", **look)
    for path in (
        "/evidence/",
        "/evidence/?kind=statistic",
        "/evidence/E-1/",
        "/evidence/E-1/edit/",
        "/evidence/E-1/access/",
        "/evidence/E-1/files/new/",
        "/indicators/",
        "/indicators/blocked-domains/",
        "/indicators/new/",
        "/indicators/blocked-domains/edit/",
        "/indicators/blocked-domains/values/new/",
    ):
        assert page.goto(path).status == 200
        accessible(page)


def test_the_list_narrows_in_place_and_its_address_shows_the_same_again(site: Site, open_as: Open) -> None:
    page = open_as("editor@example.org")
    page.goto("/evidence/")
    page.get_by_role("checkbox", name="Statistic").check()
    page.wait_for_url("**/evidence/?*kind=statistic*")
    count = page.locator(".list-count").inner_text()
    page.reload()
    expect(page.locator(".list-count")).to_have_text(count)
    page.get_by_role("link", name="Remove Kind: Statistic").click()
    expect(page.locator(".list-count")).not_to_have_text(count)


def test_an_editor_follows_an_indicator_in_her_own_notation(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    User.objects.filter(email="editor@example.org").update(language="ru")
    page = open_as("editor@example.org")
    page.goto("/indicators/incitement-convictions/values/new/")
    page.locator("[name=value]").fill("29,468")
    page.locator("[name=on]").fill("2019-12-31")
    page.locator("[name=source_publisher]").fill("ACCA")
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("alert").first).to_contain_text("29468")
    page.locator("[name=value]").fill("1 126,5")
    page.locator("main form .btn-primary").click()
    expect(page.locator("main table")).to_contain_text("1\u00a0126,5")
    expect(page.locator("main svg[role=img]").first).to_be_visible()
    accessible(page)
    shoot(page, "indicator")


def test_a_reviewer_checks_what_somebody_else_added(site: Site, open_as: Open) -> None:
    number = Evidence.objects.filter(check_status="not_checked", confidentiality="coalition").first().number
    page = open_as("reviewer@example.org")
    page.goto(f"/evidence/E-{number}/")
    page.get_by_role("link", name="Record a check").click()
    page.get_by_role("radio", name="Checked against the original").check()
    page.get_by_role("button", name="Record the check").click()
    expect(page.get_by_role("complementary")).to_contain_text("Checked against the original")
