"""From draft to published with three people: submitted, returned with a reason, approved, published."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from recommendations.assessments.models import Assessment, Round
from recommendations.organisations.models import User
from tests.browser.site import Site

Open = Callable[..., Page]
REASON = "Please name the law in force."


def write_and_submit(page: Page) -> None:
    """Write what submission asks for, and submit."""
    page.get_by_label("It is implemented when …").first.fill("Defamation is no crime any more.")
    page.get_by_label("Test: law").select_option("Not required by the wording")
    page.get_by_label("Test: policy").select_option("Not required by the wording")
    page.get_by_label("Test: practice").select_option("Not implemented")
    page.get_by_label("In practice", exact=True).fill("People were convicted [E-1].")
    page.locator("label[for]").filter(has_text="By the cut-off date no part").click()
    for demand in "ab":
        page.get_by_label(f"KAZ-2-126.35 ({demand}): It is implemented when …").fill("It is repealed.")
    page.get_by_label("What to ask next").fill("Take it out of the Criminal Code.")
    page.get_by_role("button", name="Save and submit for review").click()


def test_three_people_take_an_assessment_to_the_public_record(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    editor = open_as("editor@example.org")
    editor.goto("/")
    editor.get_by_role("link", name=re.compile("^Write ?: Defamation")).click()
    editor.get_by_role("button", name="Begin").click()
    editor.get_by_role("button", name="Save and submit for review").click()
    expect(editor.locator("main")).to_contain_text("It is implemented when")
    assessment = Assessment.objects.get(cluster__title="Defamation", status="draft")

    editor.goto(f"/assessments/{assessment.pk}/edit/")
    write_and_submit(editor)
    expect(editor.locator(".page-head")).to_contain_text("Submitted")
    accessible(editor)

    reviewer = open_as("reviewer@example.org")
    reviewer.goto("/assessments/queue/")
    accessible(reviewer)
    shoot(reviewer, "review-queue")
    reviewer.get_by_role("link", name="Defamation").click()
    accessible(reviewer)
    practice = reviewer.locator("#part-practice_text")
    practice.locator("summary").first.click()
    practice.get_by_role("textbox").fill("By which court?")
    practice.get_by_role("button", name="Add the comment").click()
    expect(practice).to_contain_text("By which court?")
    shoot(reviewer, "review")
    reviewer.get_by_role("button", name="Return with this reason").click()
    expect(reviewer.locator("main")).to_contain_text("Give the reason, please")
    reviewer.get_by_label("Reason").fill(REASON)
    reviewer.get_by_role("button", name="Return").click()
    expect(reviewer.locator("main")).to_contain_text("It was returned to its authors.")

    editor.goto("/")
    expect(editor.get_by_role("listitem").filter(has_text="Defamation")).to_contain_text(REASON)
    editor.get_by_role("link", name=re.compile("^Revise ?: Defamation")).click()
    expect(editor.locator("main")).to_contain_text("By which court?")
    editor.get_by_label("In practice", exact=True).fill("People were convicted by district courts [E-1].")
    editor.get_by_role("button", name="Save and submit for review").click()
    expect(editor.locator(".page-head")).to_contain_text("Submitted")

    reviewer.goto(f"/assessments/{assessment.pk}/review/")
    expect(reviewer.locator("#part-practice_text ins").first).to_contain_text("district")
    shoot(reviewer, "review-differences", tallest=1500)
    reviewer.get_by_role("button", name="Approve", exact=True).click()
    expect(reviewer.locator("main")).to_contain_text("It was approved.")

    coordinator = open_as("coordinator@example.org")
    coordinator.goto("/")
    coordinator.get_by_role("link", name=re.compile("^Publish ?: Defamation")).click()
    accessible(coordinator)
    shoot(coordinator, "assessment-approved", tallest=1100)
    coordinator.get_by_role("button", name="Publish").click()
    expect(coordinator.locator(".page-head")).to_contain_text("Published")

    observer = open_as("observer@example.org")
    observer.goto("/recommendations/?status=published&q=defamation")
    observer.goto(f"/assessments/{assessment.pk}/")
    expect(observer.locator("main")).to_contain_text("district courts")
    accessible(observer)


def test_an_author_is_refused_approval_on_the_page_and_at_the_address(
    site: Site, open_as: Open, accessible
) -> None:
    User.objects.filter(email="editor@example.org").update(is_reviewer=True)
    own = Assessment.objects.get(cluster__title="The article on incitement", status="submitted")
    page = open_as("editor@example.org")
    page.goto(f"/assessments/{own.pk}/review/")
    refused = page.locator("#refused-approve")
    expect(refused).to_be_visible()
    accessible(page)
    reason = refused.inner_text()

    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"/assessments/{own.pk}/approve/",
        form={"csrfmiddlewaretoken": token, "revision": str(own.revision)},
        headers={"Referer": page.url},
    )
    assert answer.status == 403
    assert reason.split(".")[0] in answer.text()
    own.refresh_from_db()
    assert own.status == "submitted"


def test_two_clicks_on_approve_approve_once_and_the_second_is_told(site: Site, open_as: Open) -> None:
    waiting = Assessment.objects.get(cluster__title="The article on incitement", status="submitted")
    User.objects.filter(email="reviewer2@example.org").update(language="en")
    first, second = open_as("reviewer@example.org"), open_as("reviewer2@example.org")
    for page in (first, second):
        page.goto(f"/assessments/{waiting.pk}/review/")
    first.get_by_role("button", name="Approve", exact=True).click()
    expect(first.locator("main")).to_contain_text("It was approved.")
    second.get_by_role("button", name="Approve", exact=True).click()
    expect(second.locator("main")).not_to_contain_text("Server Error")
    waiting.refresh_from_db()
    assert waiting.status == "approved"
    assert waiting.approved_by is not None and waiting.approved_by.email == "reviewer@example.org"


def test_a_coordinator_opens_a_round_makes_clusters_and_gives_work_out(
    site: Site, open_as: Open, accessible, shoot
) -> None:
    page = open_as("coordinator@example.org")
    page.goto("/rounds/")
    accessible(page)
    page.get_by_role("link", name="Open a round").first.click()
    page.get_by_label("Cycle").select_option("KAZ-1")
    page.get_by_label("Title").fill("Looking back at the first cycle")
    page.get_by_label("Purpose").select_option(index=1)
    page.get_by_label("Evidence cut-off date").fill("2026-06-30")
    page.get_by_label("Deadline").fill("2027-06-30")
    accessible(page)
    shoot(page, "round-new")
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Looking back at the first cycle")

    page.get_by_role("link", name="Make a cluster").first.click()
    page.get_by_label("Title", exact=True).fill("Torture, first cycle")
    for box in page.locator("#id_items").get_by_role("checkbox").all()[:2]:
        box.check()
    accessible(page)
    page.get_by_role("button", name="Make the cluster").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Torture, first cycle")
    page.get_by_role("link", name="Looking back at the first cycle").click()
    page.get_by_text("More actions", exact=True).click()
    page.get_by_role("button", name="Clusters from themes").click()
    clusters = page.get_by_role("table", name="Clusters of this round").locator("tbody tr")
    assert clusters.count() > 2

    for box in clusters.get_by_role("checkbox").all()[:2]:
        box.check()
    page.get_by_label("Organisation").select_option(index=1)
    page.get_by_label("Until").fill("2027-05-01")
    shoot(page, "round")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(clusters.filter(has_text="1 May 2027")).to_have_count(2)
    accessible(page)


def test_a_cluster_is_made_of_the_selection_on_the_list_unless_work_on_it_has_begun(
    site: Site, open_as: Open
) -> None:
    page = open_as("coordinator@example.org")
    for query, title, answer in (
        ("q=slander", "Slander and libel", "The cluster is made."),
        ("position=noted", "What was noted", "Finish or withdraw it first"),
    ):
        page.goto(f"/recommendations/?cycle=KAZ-2&{query}")
        page.get_by_text("Make a cluster of this selection").click()
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Make the cluster").click()
        expect(page.locator(".messages")).to_contain_text(answer)
    assert [
        cluster.items.count() for cluster in Round.objects.get().clusters.filter(title="Slander and libel")
    ] == [1]
    assert not Round.objects.get().clusters.filter(title="What was noted").exists()


def test_a_coordinator_writes_for_an_organisation_that_works_by_mail(site: Site, open_as: Open) -> None:
    page = open_as("coordinator@example.org")
    cluster = Round.objects.get().clusters.get(title="Defamation")
    page.goto(f"/assessments/new/?cluster={cluster.pk}")
    page.get_by_label("In the name of").select_option("Steppe Legal Aid (demo)")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/edit/")
    expect(page.locator(".page-head")).to_contain_text("Steppe Legal Aid (demo)")
