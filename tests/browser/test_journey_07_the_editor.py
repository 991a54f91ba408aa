"""Writing an assessment: the proposal, citing, single ratings, saving by itself, and two people at one draft."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from recommendations.assessments.models import Assessment
from tests.browser.conftest import PHONE
from tests.browser.site import Site

Open = Callable[..., Page]
SAVED = re.compile(r"saved \d")


def draft_of(subject: str) -> Assessment:
    """The demonstration's draft of this subject."""
    return Assessment.objects.get(cluster__title__startswith=subject, status="draft")


def test_an_editor_begins_an_assessment_and_is_shown_what_is_missing(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    page = open_as("editor@example.org")
    page.goto("/")
    page.get_by_role("link", name=re.compile("^Write ?: Defamation")).click()
    accessible(page)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/edit/")
    accessible(page)
    expect(page.locator("#missing li")).not_to_have_count(0)

    page.get_by_label("It is implemented when …").first.fill("Defamation is no crime any more.")
    page.get_by_label("Test: law").select_option("Not required by the wording")
    page.get_by_label("Test: policy").select_option("Not required by the wording")
    page.get_by_label("Test: practice").select_option("Not implemented")
    expect(page.locator("#proposal")).to_contain_text("Not implemented")
    shoot(page, "assessment-editor", tallest=1700)


def test_what_is_written_is_saved_by_itself_with_what_it_cites(site: Site, open_as: Open) -> None:
    draft = draft_of("Freedom of expression")
    page = open_as("editor@example.org")
    page.goto(f"/assessments/{draft.pk}/edit/")
    practice = page.get_by_label("In practice", exact=True)
    practice.fill("Sites are blocked without a court")
    page.get_by_role("button", name="Cite E-2").first.click()
    expect(practice).to_have_value("Sites are blocked without a court [E-2]")
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)

    draft.refresh_from_db()
    assert draft.practice_text == "Sites are blocked without a court [E-2]"
    page.goto(f"/assessments/{draft.pk}/")
    expect(page.locator("main").get_by_role("link", name="E-2").first).to_have_attribute(
        "href", "/evidence/E-2/"
    )


def test_a_number_that_is_no_evidence_is_named_and_keeps_the_draft_from_being_submitted(
    site: Site, open_as: Open, accessible
) -> None:
    draft = draft_of("Freedom of expression")
    page = open_as("editor@example.org")
    page.goto(f"/assessments/{draft.pk}/edit/")
    page.get_by_label("In practice", exact=True).fill("Nobody can check this [E-999].")
    page.get_by_role("button", name="Save and submit for review").click()
    expect(page.locator("main")).to_contain_text("It is saved, but not submitted yet")
    expect(page.locator("#missing")).to_contain_text("There is no such evidence that you can cite: E-999.")
    expect(page.get_by_label("In practice", exact=True)).to_have_value("Nobody can check this [E-999].")
    accessible(page)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_one_recommendation_is_rated_apart_from_the_others(site: Site, open_as: Open) -> None:
    draft = draft_of("Freedom of expression")
    page = open_as("editor@example.org")
    page.goto(f"/assessments/{draft.pk}/edit/")
    page.locator("label[for]").filter(has_text="By the cut-off date no part").click()
    page.get_by_label("KAZ-2-126.36: Rating").select_option("Partially implemented")
    page.get_by_label("KAZ-2-126.36: A sentence of its own").fill("Here a part was done.")
    page.get_by_role("button", name="Save", exact=True).last.click()

    page.goto(f"/assessments/{draft.pk}/")
    table = page.get_by_role("table", name="Ratings")
    expect(table.get_by_role("row").filter(has_text="KAZ-2-126.36")).to_contain_text("Partially implemented")
    expect(table.get_by_role("row").filter(has_text="KAZ-2-126.37")).to_contain_text("Not implemented")


def test_without_a_connection_the_text_stays_and_is_saved_when_it_returns(site: Site, open_as: Open) -> None:
    draft = draft_of("Freedom of expression")
    page = open_as("editor@example.org")
    page.goto(f"/assessments/{draft.pk}/edit/")
    page.context.set_offline(True)
    page.get_by_label("In policy", exact=True).fill("Written on a train.")
    expect(page.locator("[data-save-state]")).to_contain_text("no connection")
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    draft.refresh_from_db()
    assert draft.policy_text == "Written on a train."
    expect(page.get_by_label("In policy", exact=True)).to_have_value("Written on a train.")


def test_two_people_at_one_draft_are_shown_both_texts_and_neither_is_lost(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    draft = draft_of("Freedom of expression")
    hers = open_as("editor@example.org")
    hers.goto(f"/assessments/{draft.pk}/edit/")
    his = open_as("editor2@example.org")
    his.goto(f"/assessments/{draft.pk}/edit/")
    his.locator("#id_policy_text").fill("What he wrote.")
    his.locator("#draft .editor-bar [name=save]").click()
    his.wait_for_load_state()
    hers.get_by_label("In policy", exact=True).fill("What she wrote.")

    conflict = hers.locator("#conflict")
    expect(conflict).to_contain_text("What he wrote.")
    expect(conflict).to_contain_text("What she wrote.")
    expect(hers.get_by_label("In policy", exact=True)).to_have_value("What she wrote.")
    accessible(hers)
    shoot(hers, "assessment-conflict", tallest=900)
    draft.refresh_from_db()
    assert draft.policy_text == "What he wrote."


def test_the_same_conflict_without_scripts(site: Site, open_as: Open) -> None:
    draft = draft_of("Freedom of expression")
    hers = open_as("editor@example.org", java_script_enabled=False)
    hers.goto(f"/assessments/{draft.pk}/edit/")
    his = open_as("editor2@example.org", java_script_enabled=False)
    his.goto(f"/assessments/{draft.pk}/edit/")
    his.locator("#id_policy_text").fill("What he wrote.")
    his.locator("#draft .editor-bar [name=save]").click()
    hers.get_by_label("In policy", exact=True).fill("What she wrote.")
    hers.get_by_role("button", name="Save", exact=True).last.click()
    expect(hers.locator("#conflict")).to_contain_text("What he wrote.")
    expect(hers.get_by_label("In policy", exact=True)).to_have_value("What she wrote.")
    # She has seen both: saving now takes hers.
    hers.get_by_role("button", name="Save", exact=True).last.click()
    draft.refresh_from_db()
    assert draft.policy_text == "What she wrote."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_fits_a_phone(site: Site, open_as: Open, accessible, scheme: str) -> None:
    page = open_as("editor@example.org", viewport=PHONE, color_scheme=scheme)
    page.goto(f"/assessments/{draft_of('Freedom of expression').pk}/edit/")
    accessible(page)
