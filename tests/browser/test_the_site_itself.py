"""What the site owes a visitor before any capability: an answer, nothing from elsewhere, and being forgotten."""

from collections.abc import Callable

from playwright.sync_api import Page

from recommendations.organisations.models import User
from tests.browser.site import Site


def test_a_visitor_is_asked_to_sign_in(site: Site, page: Page, accessible: Callable[[Page], None]) -> None:
    page.goto("/accounts/password/change/")

    assert page.url.startswith(f"{site.url}/accounts/login/")
    accessible(page)


def test_a_person_of_the_demonstration_signs_in_by_address_and_password(
    site: Site, page: Page, settings
) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("editor@example.org")
    page.locator("[name=password]").fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url(f"{site.url}/")


def test_what_one_test_changes_the_next_one_does_not_see(site: Site) -> None:
    User.objects.filter(email="editor@example.org").update(name="Changed")
    site.reset()

    assert User.objects.get(email="editor@example.org").name != "Changed"


def test_nothing_loads_from_another_site(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("editor@example.org")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/")

    assert asked
    assert [url for url in asked if not url.startswith(site.url)] == []
