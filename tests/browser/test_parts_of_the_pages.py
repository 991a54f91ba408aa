"""The page of parts, which shows every part of the pages in every state, in each way it may be looked at."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from recommendations.organisations.models import User
from tests.browser.conftest import PHONE
from tests.factories import make_person

pytestmark = pytest.mark.any_database


def person_with(**settings: object) -> User:
    """An editor who has chosen these settings."""
    person = make_person()
    User.objects.filter(pk=person.pk).update(**settings)
    return person


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [None, PHONE])
def test_every_part_is_accessible_and_fits(
    open_as: Callable[..., Page], accessible: Callable[[Page], None], scheme: str, viewport: dict | None
) -> None:
    page = open_as(make_person(), color_scheme=scheme, **({"viewport": viewport} if viewport else {}))
    page.goto("/styleguide/")
    accessible(page)


def test_j_and_k_move_over_the_rows_and_a_question_mark_lists_the_keys(open_as: Callable[..., Page]) -> None:
    page = open_as(make_person())
    page.goto("/styleguide/")
    rows = page.locator("[data-rows] a.row-title")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#list-q")).to_be_focused()
    page.keyboard.type("j/")
    expect(page.locator("#list-q")).to_have_value("j/")


def test_who_switched_single_keys_off_has_none(open_as: Callable[..., Page]) -> None:
    page = open_as(person_with(single_keys=False))
    page.goto("/styleguide/")
    page.keyboard.press("j")
    expect(page.locator("[data-rows] a.row-title").first).not_to_be_focused()
    expect(page.locator("#keys")).to_have_count(0)


def test_the_chosen_appearance_is_stronger_than_the_device(open_as: Callable[..., Page]) -> None:
    page = open_as(person_with(theme="dark"), color_scheme="light")
    page.goto("/styleguide/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"


def test_a_menu_closes_with_escape_and_gives_the_focus_back(open_as: Callable[..., Page]) -> None:
    page = open_as(make_person())
    page.goto("/styleguide/")
    menu = page.locator(".top-tools details.menu:not(.nav-narrow)")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_on_a_phone_the_filters_open_as_a_sheet_without_script(open_as: Callable[..., Page]) -> None:
    page = open_as(make_person(), viewport=PHONE, java_script_enabled=False)
    page.goto("/styleguide/")
    filters = page.locator("#filters")
    expect(filters).to_be_hidden()
    page.locator(".sheet-open").click()
    expect(filters).to_be_visible()
    page.locator(".sheet-close").click()
    expect(filters).to_be_hidden()


def test_a_first_visit_weighs_at_most_120_kilobytes_and_a_later_one_30(open_as: Callable[..., Page]) -> None:
    page = open_as(make_person())
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto("/styleguide/", wait_until="networkidle")
    first = sum(weights)
    weights.clear()
    page.goto("/styleguide/?again", wait_until="networkidle")
    later = sum(weights)
    assert first <= 120 * 1024, first
    assert later <= 30 * 1024, later
