"""The accessibility tree of the main pages, as reviewed files: roles, names and their order.

A change of a page changes its file, which is read again before it is kept: TREES=1 writes the files anew. Dates and
numbers of rows move with the day on which the demonstration is loaded and stand as DATE, TIME, WHEN and N.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from recommendations.assessments.models import Assessment, Round
from tests.browser.site import Site

pytestmark = pytest.mark.any_database

TREES = Path(__file__).parent / "trees"
EDITOR, REVIEWER, COORDINATOR = "editor@example.org", "reviewer@example.org", "coordinator@example.org"
MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
MOVING = (
    (rf"\b\d{{1,2}} {MONTH}\.?(?: \d{{4}})?\b", "DATE"),
    (rf"\b{MONTH} \d{{4}}\b", "DATE"),
    (r"\b\d{4}-\d{2}-\d{2}\b", "DATE"),
    (r"\b\d{1,2}:\d{2}\b", "TIME"),
    (r"\b(?:in )?\d+ (?:days?|hours?|minutes?|weeks?)\b(?: ago| late| left)?", "WHEN"),
    (r"\b(?:tomorrow|yesterday|today)\b", "WHEN"),
    (r"http://127\.0\.0\.1:\d+", ""),
    (r"\b\d+ unread", "N unread"),
    (r"(?<=/)\d+(?=/)", "N"),
    (r"(?<=[?&])round=\d+", "round=N"),
)

# The frame stands once, in the first; of the others what is theirs.
PAGES: dict[str, tuple[str | None, Callable[[], str], str]] = {
    "frame": (EDITOR, lambda: "/exports/", "body"),
    "sign-in": (None, lambda: "/accounts/login/", "body"),
    "recommendations": (EDITOR, lambda: "/recommendations/?q=torture&sort=reference", "main"),
    "recommendation": (EDITOR, lambda: "/recommendations/KAZ-2-124.26/", "main"),
    "cycle": (COORDINATOR, lambda: "/cycles/KAZ-2/", "main"),
    "summary-export": (COORDINATOR, lambda: "/cycles/KAZ-2/summary/", "main"),
    "editor": (EDITOR, lambda: f"/assessments/{_assessment('draft', 'Freedom of expression')}/edit/", "main"),
    "assessment": (EDITOR, lambda: f"/assessments/{_assessment('published')}/", "main"),
    "review": (REVIEWER, lambda: f"/assessments/{_assessment('submitted')}/review/", "main"),
    "evidence": (EDITOR, lambda: "/evidence/E-1/", "main"),
    "evidence-new": (EDITOR, lambda: "/evidence/new/", "main"),
    "import": (COORDINATOR, lambda: "/imports/new/", "main"),
    "round": (COORDINATOR, lambda: f"/rounds/{Round.objects.get().pk}/", "main"),
    "how-we-decide": (EDITOR, lambda: "/method/", "main"),
}


def _assessment(status: str, subject: str = "") -> int:
    found = Assessment.objects.filter(status=status, cluster__title__startswith=subject)
    return found.order_by("pk")[0].pk


def told(page: Page, part: str) -> str:
    """The tree under this part of the page, with what moves from day to day as words."""
    tree = page.locator(part).aria_snapshot()
    for pattern, word in MOVING:
        tree = re.sub(pattern, word, tree)
    return tree + "\n"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_tells_what_was_reviewed(site: Site, open_as: Callable[..., Page], name: str) -> None:
    person, address, part = PAGES[name]
    page = open_as(person)
    answer = page.goto(address())
    assert answer is not None
    assert answer.status == 200
    tree = told(page, part)
    file = TREES / f"{name}.yml"
    if os.environ.get("TREES"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(tree)
    assert tree == file.read_text()


def test_every_file_belongs_to_a_page() -> None:
    assert {file.stem for file in TREES.glob("*.yml")} == set(PAGES)
