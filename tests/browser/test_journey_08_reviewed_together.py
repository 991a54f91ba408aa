"""The night before the deadline: a submission and an assessment are picked, read and approved on one page."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from recommendations.assessments.models import Assessment
from recommendations.catalogue.models import ReviewCycle
from recommendations.evidence.models import Evidence
from recommendations.organisations.models import User
from recommendations.publications import workflow, writing
from recommendations.publications.models import Submission
from tests.browser.site import Site

Open = Callable[..., Page]
TITLE = "Expression, a submission of the night"


def a_waiting_submission() -> Submission:
    """One that an editor has handed in."""
    editor = User.objects.get(email="editor@example.org")
    cycle = ReviewCycle.objects.order_by("-review_on").first()
    assert cycle is not None and editor.organisation is not None
    begun = writing.begin(by=editor, cycle=cycle, organisation=editor.organisation, title=TITLE)
    item = Evidence.objects.filter(confidentiality="public").order_by("number").first()
    assert item is not None
    parts = [{"pk": None, "heading": "Law", "text": f"Defamation is still a crime [E-{item.number}]."}]
    writing.save(begun, by=editor, revision=begun.revision, settings={}, parts=parts)
    return workflow.perform(Submission.objects.get(pk=begun.pk), "submit", by=editor)


def test_a_reviewer_reads_and_approves_a_submission_and_an_assessment_together(
    site: Site, open_as: Open, accessible
) -> None:
    submission = a_waiting_submission()
    assessment = Assessment.objects.get(cluster__title="The article on incitement", status="submitted")
    page = open_as("reviewer@example.org")
    page.goto("/assessments/queue/")
    page.get_by_role("link", name="Read submissions and assessments together").click()
    accessible(page)
    page.get_by_role("checkbox", name=TITLE).check()
    page.get_by_role("checkbox", name="The article on incitement").check()
    page.get_by_role("button", name="Read the ticked ones together").click()
    expect(page.locator("main")).to_contain_text("Defamation is still a crime")
    expect(page.get_by_role("heading", name="The article on incitement")).to_be_visible()
    accessible(page)
    for name in (TITLE, "The article on incitement"):
        page.get_by_role("checkbox", name=re.compile(f"^Decide this one {name}")).check()
    page.get_by_role("button", name="Approve the ticked ones").click()
    expect(page.locator("main")).to_contain_text("2 texts were approved.")
    submission.refresh_from_db()
    assessment.refresh_from_db()
    assert (submission.status, assessment.status) == ("approved", "approved")
