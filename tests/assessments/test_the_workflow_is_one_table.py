"""Every status × action × person: who may do what, and what stands in the way."""

import pytest

from recommendations.assessments.models import Assessment
from recommendations.assessments.transitions import WORKFLOW
from recommendations.assessments.workflow import offers, refusal
from recommendations.vocabulary import AssessmentStatus, Role
from tests import factories

ACTIONS = (
    "submit",
    "recall",
    "return",
    "approve",
    "publish",
    "withdraw",
    "supersede",
    "ask_retraction",
    "keep",
    "retract",
)
PEOPLE = (
    "author",
    "colleague",
    "author_reviewer",
    "author_coordinator",
    "reviewer",
    "coordinator",
    "second_coordinator",
    "observer",
    "administrator",
)
AUTHORS = {"author", "author_reviewer", "author_coordinator"}
WRITES = {"author", "author_coordinator"}
REVIEWERS = {"author_reviewer", "reviewer"}
COORDINATORS = {"author_coordinator", "coordinator", "second_coordinator"}

# (action, status) → who may; everything else is refused to everybody.
ALLOWED = {
    ("submit", "draft"): WRITES,
    ("submit", "returned"): WRITES,
    ("recall", "submitted"): WRITES,
    ("return", "submitted"): REVIEWERS | COORDINATORS,
    ("return", "approved"): REVIEWERS | COORDINATORS,
    ("approve", "submitted"): {"reviewer"},
    ("publish", "approved"): {"coordinator", "second_coordinator"},
    ("withdraw", "draft"): WRITES | COORDINATORS,
    ("withdraw", "submitted"): WRITES | COORDINATORS,
    ("withdraw", "returned"): WRITES | COORDINATORS,
    ("withdraw", "approved"): WRITES | COORDINATORS,
    ("ask_retraction", "published"): WRITES | REVIEWERS | COORDINATORS,
}


@pytest.fixture
def case(db):
    """An assessment of a mail-working organisation with authors in several roles, and people around it."""
    own = factories.make_organisation()
    people = {
        "author": factories.make_person(Role.EDITOR, organisation=own),
        "colleague": factories.make_person(Role.EDITOR, organisation=own),
        "author_reviewer": factories.make_person(Role.REVIEWER, organisation=own),
        "author_coordinator": factories.make_person(Role.COORDINATOR, organisation=own),
        "reviewer": factories.make_person(Role.REVIEWER),
        "coordinator": factories.make_person(Role.COORDINATOR),
        "second_coordinator": factories.make_person(Role.COORDINATOR),
        "observer": factories.make_person(Role.OBSERVER),
        "administrator": factories.make_person(Role.ADMINISTRATOR),
    }
    assessment = factories.make_assessment(people["author"])
    assessment.authors.add(people["author_reviewer"], people["author_coordinator"])
    return assessment, people


def put(assessment: Assessment, status: str, people: dict) -> Assessment:
    """The row in this status, past the functions: the table asks nothing of how it came there."""
    stamps = {}
    if status not in ("draft", "withdrawn"):
        stamps |= {"submitted_by": people["author"]}
    if status in ("approved", "published", "superseded", "retracted"):
        stamps |= {"approved_by": people["reviewer"]}
    if status in ("published", "superseded", "retracted"):
        stamps |= {"published_by": people["coordinator"]}
    if status == "retracted":
        stamps |= {"retraction_asked_by": people["reviewer"], "retracted_by": people["coordinator"]}
    Assessment.objects.filter(pk=assessment.pk).update(status=status, **stamps)
    assessment.refresh_from_db()
    return assessment


@pytest.mark.parametrize("status", AssessmentStatus.values)
def test_each_person_may_do_what_the_table_says_and_nothing_else(case, status):
    assessment, people = case
    put(assessment, status, people)
    for action in ACTIONS:
        allowed = ALLOWED.get((action, status), set())
        for name in PEOPLE:
            reason = refusal(assessment, action, by=people[name])
            assert (reason is None) == (name in allowed), f"{name} {action} {status}: {reason}"


def test_the_table_has_the_actions_of_the_house_and_no_other():
    assert tuple(row.action for row in WORKFLOW.transitions) == ACTIONS


@pytest.mark.parametrize(
    ("first", "second", "may"),
    [
        ("coordinator", "coordinator", False),
        ("coordinator", "second_coordinator", True),
        ("coordinator", "reviewer", True),
        ("coordinator", "author", True),
        ("reviewer", "coordinator", True),
        ("author", "coordinator", True),
        ("author", "author", False),
        ("author", "reviewer", False),
        ("reviewer", "author", False),
        ("reviewer", "author_coordinator", True),
        ("coordinator", "colleague", False),
        ("coordinator", "observer", False),
        ("coordinator", "administrator", False),
    ],
)
def test_a_retraction_takes_two_people_and_one_of_them_coordinates(case, first, second, may):
    assessment, people = case
    put(assessment, "published", people)
    Assessment.objects.filter(pk=assessment.pk).update(retraction_asked_by=people[first])
    assessment.refresh_from_db()
    assert (refusal(assessment, "retract", by=people[second]) is None) == may


def test_a_request_for_retraction_is_taken_back_by_who_asked_or_by_a_coordinator(case):
    assessment, people = case
    put(assessment, "published", people)
    Assessment.objects.filter(pk=assessment.pk).update(retraction_asked_by=people["reviewer"])
    assessment.refresh_from_db()
    may = {name for name in PEOPLE if refusal(assessment, "keep", by=people[name]) is None}
    assert may == {"reviewer"} | COORDINATORS


def test_nobody_may_retract_before_it_was_asked_for(case):
    assessment, people = case
    put(assessment, "published", people)
    assert all(refusal(assessment, "retract", by=people[name]) for name in PEOPLE)


def test_a_person_without_roles_may_do_nothing(case):
    assessment, people = case
    author = people["author"]
    author.is_editor = False
    for status in AssessmentStatus.values:
        put(assessment, status, people)
        assert all(refusal(assessment, action, by=author) for action in ACTIONS)


def test_a_closed_round_takes_no_submission_but_lets_a_review_end(case):
    assessment, people = case
    assessment.round.closed_on = assessment.round.opened_on
    assert "closed" in refusal(assessment, "submit", by=people["author"])
    put(assessment, "submitted", people)
    assessment.round.closed_on = assessment.round.opened_on
    assert refusal(assessment, "approve", by=people["reviewer"]) is None


def test_buttons_are_the_actions_of_the_status_each_with_its_reason(case):
    assessment, people = case
    put(assessment, "submitted", people)
    shown = {offer.transition.action: offer.refusal for offer in offers(assessment, by=people["author"])}
    assert set(shown) == {"recall", "return", "approve", "withdraw"}
    assert shown["recall"] is None
    assert "reviewer" in shown["approve"].lower()


def test_the_author_who_reviews_is_told_why_another_must_approve(case):
    assessment, people = case
    put(assessment, "submitted", people)
    assert "You wrote this" in refusal(assessment, "approve", by=people["author_reviewer"])


def test_superseding_has_no_button_and_no_endpoint(case):
    assessment, people = case
    put(assessment, "published", people)
    assert "by itself" in refusal(assessment, "supersede", by=people["coordinator"])
    assert "supersede" not in {
        offer.transition.action for offer in offers(assessment, by=people["coordinator"])
    }
