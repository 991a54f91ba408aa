"""The night before the deadline: what waits, submissions and assessments alike, is read and decided on one page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments import workflow as assessments
from recommendations.publications import workflow, writing
from recommendations.publications.models import Submission
from recommendations.vocabulary import Confidentiality, Role
from tests.factories import make_assessment, make_cycle, make_evidence, make_person

pytestmark = pytest.mark.django_db


def a_submission(title="Expression (invented)", by=None):
    editor = by or make_person(Role.EDITOR)
    begun = writing.begin(by=editor, cycle=make_cycle(), organisation=editor.organisation, title=title)
    item = make_evidence(editor, confidentiality=Confidentiality.PUBLIC)
    parts = [{"pk": None, "heading": "Law", "text": f"What was found [E-{item.number}]."}]
    writing.save(begun, by=editor, revision=begun.revision, settings={}, parts=parts)
    return workflow.perform(Submission.objects.get(pk=begun.pk), "submit", by=editor)


def an_assessment():
    author = make_person(Role.EDITOR)
    return assessments.perform(make_assessment(author), "submit", by=author)


@pytest.fixture
def waiting():
    return {"submission": a_submission(), "pk": an_assessment()}


@pytest.fixture
def reviewer(client):
    person = make_person(Role.REVIEWER)
    client.force_login(person)
    return person


def sent(waiting, **more):
    """The form of the page with everything ticked."""
    return {
        **{kind: one.pk for kind, one in waiting.items()},
        "decide": [f"{kind}-{one.pk}" for kind, one in waiting.items()],
        **{f"revision-{kind}-{one.pk}": one.revision for kind, one in waiting.items()},
        **more,
    }


def statuses(waiting) -> dict[str, str]:
    for one in waiting.values():
        one.refresh_from_db()
    return {kind: one.status for kind, one in waiting.items()}


PAGE = "review_together"


def test_the_queue_leads_to_all_that_waits_and_the_page_offers_both_kinds(client, reviewer, waiting):
    assert reverse(PAGE) in client.get(reverse("review_queue")).content.decode()
    shown = client.get(reverse(PAGE)).content.decode()
    assert waiting["submission"].title in shown
    assert waiting["pk"].subject in shown


def test_what_does_not_wait_is_not_offered_and_not_decided(client, reviewer, waiting):
    draft = writing.begin(
        by=make_person(Role.COORDINATOR),
        cycle=make_cycle(),
        organisation=make_person().organisation,
        title="Only begun",
    )
    assert "Only begun" not in client.get(reverse(PAGE)).content.decode()
    client.post(reverse(PAGE), sent({"submission": draft}, do="approve"))
    assert statuses({"submission": draft}) == {"submission": "draft"}


def test_both_kinds_are_read_beneath_each_other_and_approved_together(client, reviewer, waiting):
    chosen = {kind: one.pk for kind, one in waiting.items()}
    shown = client.get(reverse(PAGE), chosen).content.decode()
    assert "What was found" in shown
    assert waiting["pk"].subject in shown
    assert client.post(reverse(PAGE), sent(waiting, do="approve")).status_code == 302
    assert statuses(waiting) == {"submission": "approved", "pk": "approved"}
    assert waiting["submission"].approved_by == reviewer


def test_both_are_returned_with_one_reason_and_none_without(client, reviewer, waiting):
    assert client.post(reverse(PAGE), sent(waiting, do="return", note=" ")).status_code == 422
    assert statuses(waiting) == {"submission": "submitted", "pk": "submitted"}
    client.post(reverse(PAGE), sent(waiting, do="return", note="The dates are missing."))
    assert statuses(waiting) == {"submission": "returned", "pk": "returned"}
    assert waiting["submission"].last_note == "The dates are missing."


def test_of_a_submission_and_an_assessment_with_one_number_only_the_ticked_one_is_decided(
    client, reviewer, waiting
):
    client.post(
        reverse(PAGE),
        sent(waiting, do="approve") | {"decide": [f"submission-{waiting['submission'].pk}"]},
    )
    assert statuses(waiting) == {"submission": "approved", "pk": "submitted"}


def test_who_wrote_the_submission_is_refused_it_and_the_others_go_through(client, waiting):
    author = waiting["submission"].authors.get()
    author.is_reviewer = True
    author.save()
    client.force_login(author)
    answer = client.post(reverse(PAGE), sent(waiting, do="approve"))
    assert "You wrote in it" in answer.content.decode()
    assert statuses(waiting) == {"submission": "submitted", "pk": "approved"}


def test_a_submission_that_changed_meanwhile_is_told_and_left(client, reviewer, waiting):
    submission = waiting["submission"]
    stale = sent(waiting, do="approve") | {f"revision-submission-{submission.pk}": submission.revision - 1}
    answer = client.post(reverse(PAGE), stale)
    assert "Somebody else changed this" in answer.content.decode()
    assert statuses(waiting) == {"submission": "submitted", "pk": "approved"}


def test_choosing_asks_as_often_for_ten_submissions_as_for_one(client, reviewer, waiting):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(PAGE)).status_code == 200
        return len(found)

    queries()
    few = queries()
    editor = make_person(Role.EDITOR)
    for number in range(9):
        a_submission(f"Number {number}", by=editor)
    assert queries() == few
