"""Reminders: told once in the product and in a digest, which an administrator finds in the folder of mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.site import Site

Open = Callable[..., Page]


def in_the_morning() -> str:
    """Nine o'clock of the next day where the people are, when the digests of the day are due."""
    zone = ZoneInfo("Asia/Almaty")
    return datetime.combine(datetime.now(zone).date() + timedelta(days=1), time(9), zone).isoformat()


def test_what_is_due_is_told_once_and_leads_to_the_work(site: Site, open_as: Open, accessible, shoot) -> None:
    at = in_the_morning()
    told = json.loads(site.manage("send_reminders", "--now", at, "--json"))
    assert told["notifications"] > 0
    assert told["digests"] > 0
    again = json.loads(site.manage("send_reminders", "--now", at, "--json"))
    assert (again["notifications"], again["digests"]) == (0, 0)

    page = open_as("editor@example.org")
    page.goto("/notifications/")
    accessible(page)
    shoot(page, "notifications")
    unread = page.locator(".notifications b")
    before = unread.count()
    page.get_by_role("button", name="Open").first.click()
    page.wait_for_url(lambda url: "/notifications/" not in url)
    page.goto("/notifications/")
    expect(unread).to_have_count(before - 1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".page-head")).to_contain_text("All read.")
    expect(unread).to_have_count(0)


def test_an_administrator_reads_the_mail_in_its_folder(site: Site, open_as: Open, accessible, shoot) -> None:
    site.manage("send_reminders", "--now", in_the_morning(), "--json")
    page = open_as("admin@example.org")
    page.goto("/mail/")
    accessible(page)
    shoot(page, "mail-folder")
    page.get_by_role("row").filter(has_text="editor@example.org").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("editor@example.org")
    accessible(page)
    assert open_as("coordinator@example.org").request.get("/mail/").status in (403, 404)


def test_one_says_what_one_wants_to_be_told(site: Site, open_as: Open, accessible) -> None:
    page = open_as("editor@example.org")
    page.goto("/profile/")
    accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_be_visible()
