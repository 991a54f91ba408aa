"""What somebody finds who takes the device over: nothing in the browser's keeping, and no way back into a page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from recommendations.assessments.models import Assessment
from recommendations.evidence.models import Evidence
from recommendations.organisations.models import User
from tests.browser.site import Site

NEUTRAL = "https://www.google.com/"
KEPT = """async () => [
    Object.keys(localStorage).length, Object.keys(sessionStorage).length,
    (await indexedDB.databases()).length, (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""


def neutral(page: Page) -> Page:
    """The page with the neutral target at hand, which a test cannot reach."""
    answer = {"status": 200, "content_type": "text/html", "body": "<title>Neutral</title><p>Neutral</p>"}
    page.route(f"{NEUTRAL}**", lambda route: route.fulfill(**answer))
    return page


def test_the_way_back_after_signing_out_shows_nothing(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("editor@example.org")
    page.goto("/")
    page.goto("/evidence/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence")

    page.locator(".top-tools details.menu").last.locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    page.go_back()

    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_nothing_is_kept_in_the_browser(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("editor@example.org")
    for path in ("/", "/recommendations/?q=torture", "/evidence/new/", "/accounts/sessions/"):
        page.goto(path)

    assert page.evaluate(KEPT) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("with_script", [True, False], ids=["with script", "without script"])
def test_the_quick_exit_leads_away_and_signs_out(
    site: Site, open_as: Callable[..., Page], with_script: bool
) -> None:
    page = neutral(open_as("editor@example.org", java_script_enabled=with_script))
    page.goto("/")
    page.goto("/evidence/")

    page.get_by_role("button", name="Quick exit").click()

    page.wait_for_url(NEUTRAL)
    page.unroute(f"{NEUTRAL}**")
    assert [cookie["name"] for cookie in page.context.cookies(site.url)] == []
    page.goto(f"{site.url}/evidence/")
    assert "/accounts/login/" in page.url


def test_the_page_one_left_is_not_behind_the_way_back(site: Site, open_as: Callable[..., Page]) -> None:
    page = neutral(open_as("editor@example.org"))
    page.goto("/accounts/sessions/")
    page.goto("/evidence/")
    page.get_by_role("button", name="Quick exit").click()
    page.wait_for_url(NEUTRAL)

    page.go_back()

    page.wait_for_url("**/accounts/login/**")


def test_escape_three_times_leaves_unsaved_text_behind_without_asking(
    site: Site, open_as: Callable[..., Page]
) -> None:
    page = neutral(open_as("editor@example.org"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    draft = Assessment.objects.filter(status="draft", organisation__short_name__startswith="Free Word")[0]
    page.goto(f"/assessments/{draft.pk}/edit/")
    page.locator("form[data-autosave] textarea").first.fill("not saved")

    for _time in range(3):
        page.keyboard.press("Escape")

    page.wait_for_url(NEUTRAL)
    assert asked == []


def test_a_visitor_leaves_as_quickly(site: Site, open_as: Callable[..., Page], accessible) -> None:
    page = neutral(open_as())
    page.goto("/accounts/login/")
    accessible(page)

    page.get_by_role("button", name="Quick exit").click()

    page.wait_for_url(NEUTRAL)


def test_the_pages_about_safety_can_be_read_by_everybody(
    site: Site, open_as: Callable[..., Page], accessible
) -> None:
    page = open_as("observer@example.org", viewport={"width": 360, "height": 740})
    page.goto("/safety/seizure/")
    accessible(page)

    page.get_by_role("main").get_by_role("link", name="What not to put in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What not to put in")
    accessible(page)


REACHED = """(exit) => {
    const edge = exit.getBoundingClientRect().left;
    return [...document.querySelectorAll("main :is(a.btn, button, input, select, textarea)")]
        .filter((one) => one.getClientRects().length && !one.closest(".table-wrap"))
        .filter((one) => one.getBoundingClientRect().right > edge + 0.5)
        .map((one) => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_on_a_phone_the_quick_exit_covers_no_edge_of_a_button(
    site: Site, open_as: Callable[..., Page], language: str
) -> None:
    coordinator = User.objects.get(email="coordinator@example.org")
    coordinator.language = language
    coordinator.save()
    page = open_as(coordinator, viewport={"width": 360, "height": 740})
    colleague = User.objects.get(email="editor@example.org")
    item = Evidence.objects.filter(organisation=coordinator.organisation)[0]
    paths = [
        "/",
        "/evidence/new/?confidentiality=public",
        "/people/freeze/",
        f"/people/{colleague.pk}/freeze/",
    ]
    paths += [f"/evidence/{item}/", f"/evidence/{item}/custody/", "/accounts/sessions/", "/site/"]
    for path in paths:
        answer = page.goto(path)
        assert answer and answer.ok, (path, answer and answer.status)
        reached = page.locator(".quick-exit button").evaluate(REACHED)
        assert reached == [], f"{path}: {reached}"
