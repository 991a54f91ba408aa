"""The main journeys take few steps besides typing, and each runs with the keys alone as well."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser import test_journey_01_my_work as my_work
from tests.browser import test_journey_02_the_list as the_list
from tests.browser import test_journey_03_one_recommendation as one_recommendation
from tests.browser import test_journey_04_recording as recording
from tests.browser import test_journey_05_evidence as evidence
from tests.browser import test_journey_06_indicator as indicator
from tests.browser import test_journey_07_the_editor as editor
from tests.browser import test_journey_08_review as review
from tests.browser import test_journey_09_the_cycle as the_cycle
from tests.browser import test_journey_11_import as importing
from tests.browser import test_journey_13_administration as administration
from tests.browser.hands import working
from tests.browser.site import Site

pytestmark = pytest.mark.any_database

Open = Callable[..., Page]
MOST_TO_SUBMIT, MOST_TO_DOCUMENT = 12, 4

JOURNEYS = [
    my_work.test_what_changed_since_the_last_visit_is_listed,
    the_list.test_filters_narrow_in_place_counts_follow_and_the_address_shows_the_same,
    the_list.test_the_selection_leaves_as_the_screen_shows_it,
    one_recommendation.test_from_one_cycle_to_the_same_demand_in_another_and_back,
    recording.test_a_recommendation_is_recorded_with_its_source_and_then_its_position,
    evidence.test_evidence_with_a_file_serves_two_recommendations_and_stays_with_its_organisation,
    indicator.test_a_value_is_recorded_and_stands_in_chart_and_table,
    editor.test_what_is_written_is_saved_by_itself_with_what_it_cites,
    review.test_three_people_take_an_assessment_to_the_public_record,
    review.test_a_coordinator_opens_a_round_makes_clusters_and_gives_work_out,
    the_cycle.test_a_date_is_added_and_moved,
    importing.test_a_file_is_read_planned_confirmed_and_changes_nothing_the_second_time,
    administration.test_a_person_is_invited_comes_in_and_is_given_another_role,
]


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__.removeprefix("test_"))
def test_the_journey_runs_without_a_mouse(
    site: Site, open_as: Open, tmp_path, request: pytest.FixtureRequest, journey: Callable[..., None]
) -> None:
    # What pages look like is looked at where the journey runs with the mouse.
    given = {"site": site, "open_as": open_as, "tmp_path": tmp_path}
    given |= {"scripts": True}
    given |= {"accessible": lambda page: None, "shoot": lambda *page, **more: None}
    wanted = inspect.signature(journey).parameters
    with working(keyboard=True):
        journey(**{name: given[name] if name in given else request.getfixturevalue(name) for name in wanted})


@pytest.mark.parametrize("keyboard", [False, True], ids=["mouse", "keys"])
def test_from_signing_in_to_a_submitted_assessment(site: Site, page: Page, keyboard: bool) -> None:
    page.goto("/accounts/login/")
    with working(keyboard=keyboard) as steps:
        page.locator("[name=login]").fill("editor@example.org")
        page.locator("[name=password]").fill(settings.DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name=re.compile("^Write ?: Defamation")).click()
        page.get_by_role("button", name="Begin").click()
        review.write_and_submit(page)
        expect(page.locator(".page-head")).to_contain_text("Submitted")
    assert 0 < steps.taken <= MOST_TO_SUBMIT


@pytest.mark.parametrize("keyboard", [False, True], ids=["mouse", "keys"])
def test_from_the_page_of_a_cycle_to_a_word_document_in_hand(
    site: Site, open_as: Open, tmp_path, keyboard: bool
) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/cycles/KAZ-2/")
    with working(keyboard=keyboard) as steps:
        page.get_by_role("link", name="Export the summary").click()
        page.locator("[name=format]").select_option("docx")
        page.get_by_role("button", name="Make the file").click()
        link = page.get_by_role("link", name="Download")
        expect(link).to_be_visible(timeout=60_000)
        with page.expect_download() as download:
            link.click()
    download.value.save_as(tmp_path / "summary.docx")
    assert (tmp_path / "summary.docx").read_bytes().startswith(b"PK")
    assert 0 < steps.taken <= MOST_TO_DOCUMENT
