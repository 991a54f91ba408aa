"""Signing in, and what one then finds: the work that waits, the dates ahead, what changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.positions import record_position
from recommendations.organisations.models import User
from tests.browser.conftest import PHONE
from tests.browser.site import Site

Open = Callable[..., Page]


def test_an_editor_signs_in_and_finds_what_waits_for_her(
    site: Site, page: Page, accessible, shoot, settings
) -> None:
    page.goto("/")
    accessible(page)
    shoot(page, "sign-in")
    page.get_by_label("Email").fill("editor@example.org")
    page.get_by_label("Password", exact=True).fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url(f"{site.url}/")
    mine = page.locator(".with-rail > div").get_by_role("listitem")
    returned = mine.filter(has_text="Inquiries into torture")
    expect(returned).to_contain_text("Returned")
    expect(returned).to_contain_text("Please add a second, independent one")
    expect(mine.filter(has_text="Freedom of expression in the law")).to_contain_text("Draft")
    expect(mine.filter(has_text="Defamation")).to_contain_text("overdue")
    expect(page.get_by_role("complementary")).to_contain_text("Mid-term report")
    accessible(page)
    shoot(page, "my-work")


def test_a_wrong_password_is_said_and_lets_one_try_again(page: Page, accessible) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("editor@example.org")
    page.get_by_label("Password", exact=True).fill("a guess")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("editor@example.org")
    accessible(page)


def test_what_changed_since_the_last_visit_is_listed(site: Site, open_as: Open, accessible) -> None:
    editor = User.objects.get(email="editor@example.org")
    User.objects.filter(pk=editor.pk).update(seen_at=timezone.now() - timedelta(days=1))
    record_position(
        Recommendation.objects.get(reference="KAZ-2-126.36"),
        kind="under_consideration",
        document=None,
        by=User.objects.get(email="coordinator@example.org"),
        note="A note of the test",
        on=timezone.localdate(),
    )
    page = open_as(editor)
    page.goto("/")

    since = page.locator("section").filter(has=page.get_by_role("heading", name="Since your last visit"))
    since.get_by_role("link", name="KAZ-2-126.36").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("KAZ-2-126.36")


@pytest.mark.parametrize("who", ["editor", "reviewer", "coordinator", "observer", "admin"])
def test_everybody_lands_on_a_page_that_leads_on(site: Site, open_as: Open, accessible, who: str) -> None:
    page = open_as(f"{who}@example.org", viewport=PHONE, color_scheme="dark")
    page.goto("/")
    accessible(page)
    assert page.locator("main a").count() > 0


def test_one_signs_in_and_reaches_a_recommendation_by_keyboard_alone(
    site: Site, page: Page, settings
) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").focus()
    page.keyboard.type("editor@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(settings.DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")

    tab_to(page, "Recommendations")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recommendations/")
    tab_to(page, "Noted")
    page.keyboard.press("Space")
    page.wait_for_url("**position=noted*")
    expect(page.locator(".list-count")).to_contain_text("20")
    tab_to(page, "KAZ-2-126.1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("KAZ-2-126.1")


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _press in range(80):
        page.keyboard.press("Tab")
        called = page.evaluate(
            "(document.activeElement.closest('label') || document.activeElement).innerText || ''"
        )
        if called.strip().startswith(words):
            return
    raise AssertionError(f"Tab does not reach “{words}”")
