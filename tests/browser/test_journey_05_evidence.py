"""Evidence that reaches from one recommendation to the next, and only those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.evidence import samples

Open = Callable[..., Page]


def test_evidence_with_a_file_serves_two_recommendations_and_stays_with_its_organisation(
    site: Site, open_as: Open, accessible, shoot, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(samples.pdf())
    page = open_as("editor@example.org")
    page.goto("/recommendations/KAZ-2-124.26/")
    page.get_by_role("link", name="Add evidence").first.click()
    shoot(page, "evidence-who-may-see")
    page.get_by_role("radio", name="Restricted to my organisation").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Kind").select_option("official_answer")
    page.get_by_label("Title", exact=True).fill("An answer to our letter (example)")
    page.get_by_label("Publisher").fill("A ministry (example)")
    page.get_by_label("What it shows").select_option("non")
    page.get_by_label("Why").fill("It confirms what we asked.")
    page.get_by_label("Choose files").set_input_files(letter)
    shoot(page, "evidence-new", tallest=1600)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("An answer to our letter (example)")
    address = page.url

    page.get_by_role("link", name="Link to").first.click()
    page.get_by_role("textbox", name="Recommendations").fill("KAZ-2-124.39")
    page.get_by_label("What it shows").select_option("context")
    page.get_by_role("button", name="Link", exact=True).click()
    for reference in ("KAZ-2-124.26", "KAZ-2-124.39"):
        expect(page.locator("a.row-title").filter(has_text=reference)).to_be_visible()
    accessible(page)
    shoot(page, "evidence")
    file = page.get_by_role("link", name="letter.pdf", exact=True).get_attribute("href")

    page.goto("/recommendations/KAZ-2-124.39/")
    expect(page.get_by_role("link", name="An answer to our letter")).to_be_visible()

    for email in ("editor3@example.org", "observer@example.org", "admin@example.org"):
        other = open_as(email)
        for path in (address, file):
            answer = other.request.get(path)
            assert answer.status in (403, 404), (email, path, answer.status)
        listed = other.request.get("/evidence/?q=letter")
        assert "An answer to our letter" not in listed.text()


def test_an_unknown_or_unreadable_thing_in_the_form_is_named(site: Site, open_as: Open, accessible) -> None:
    page = open_as("editor@example.org")
    page.goto("/evidence/new/?confidentiality=public")
    page.get_by_label("Date of publication").fill("32.13.2019")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Date of publication")).to_have_value("32.13.2019")
    accessible(page)
