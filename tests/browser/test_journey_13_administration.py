"""An administrator invites people, gives roles, and reads in the log who did what."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from playwright.sync_api import Page, expect

from recommendations.organisations.models import User
from tests.browser.site import Site

Open = Callable[..., Page]


def test_a_person_is_invited_comes_in_and_is_given_another_role(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    page = open_as("admin@example.org")
    page.goto("/")
    page.get_by_role("link", name="People").first.click()
    accessible(page)
    shoot(page, "people")
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("E-mail").fill("newcomer@example.org")
    page.get_by_label("Organisation").select_option("Free Word Centre (demo)")
    page.get_by_role("checkbox", name="NGO editor").check()
    accessible(page)
    shoot(page, "invite")
    page.get_by_role("button", name="Send the invitation").click()
    accessible(page)
    page.get_by_label("Password").fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    address = page.locator("main code").inner_text()
    accessible(page)

    newcomer = open_as()
    newcomer.goto(address)
    accessible(newcomer)
    newcomer.get_by_label("Shown as").fill("Newcomer")
    for field in newcomer.locator("input[type=password]").all():
        field.fill("a long sentence nobody guesses")
    newcomer.get_by_role("button", name="Begin").click()
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("My work")
    second = open_as()
    second.goto(address)
    expect(second.get_by_role("heading", level=1)).to_have_text("This invitation cannot be used")

    page.goto("/people/")
    page.get_by_role("link", name="Newcomer", exact=True).click()
    page.get_by_role("checkbox", name="Reviewer").check()
    page.get_by_role("button", name="Save").click()
    assert User.objects.get(email="newcomer@example.org").is_reviewer
    newcomer.goto("/")
    expect(newcomer.get_by_role("heading", name="Yours to review")).to_be_visible()

    page.goto("/people/")
    page.get_by_role("button", name="End access : Newcomer").click()
    assert not User.objects.get(email="newcomer@example.org").is_active
    newcomer.goto("/")
    expect(newcomer).to_have_url(f"{site.url}/accounts/login/?next=/")


def test_the_log_is_filtered_by_person_and_read_in_plain_words(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    page = open_as("admin@example.org")
    page.goto("/audit/")
    accessible(page)
    shoot(page, "audit-log", tallest=1000)
    page.get_by_label("Who").select_option("Dana, editor (demo)")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**actor=*")
    rows = page.get_by_role("table", name="Audit log").locator("tbody tr")
    for row in rows.all_inner_texts()[:10]:
        assert "Dana, editor (demo)" in row


def test_an_administrator_alone_reads_no_content(site: Site, open_as: Open, accessible) -> None:
    page = open_as("admin@example.org")
    for path in ("/recommendations/", "/evidence/", "/assessments/", "/recommendations/KAZ-2-124.26/"):
        answer = page.goto(path)
        assert answer is not None and answer.status in (403, 404)
        accessible(page)


def test_organisations_are_kept(site: Site, open_as: Open, accessible) -> None:
    page = open_as("admin@example.org")
    page.goto("/organisations/")
    accessible(page)
    page.get_by_role("link", name="Add an organisation").click()
    accessible(page)
