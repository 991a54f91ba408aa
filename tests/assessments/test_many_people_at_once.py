"""Races with real transactions: of many who press at once one wins, and nobody overwrites or loses anything."""

import threading
from collections import Counter

import pytest
from django.db import IntegrityError, connection, connections

from recommendations.assessments.models import Assessment, ComplianceStatus
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import AlreadyOpen, Conflict, save_draft, start_assessment
from recommendations.audit.log import faults
from recommendations.audit.models import Event
from recommendations.vocabulary import Role
from recommendations.workflow.engine import Refused
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts in threads that begin together; what each returned or raised."""
    results = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place, act):
        try:
            gate.wait(timeout=30)
            results[place] = act()
        except Exception as fault:  # the outcome is what the test looks at
            results[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def crowd():
    """As many as the database lets in at once."""
    return 40 if connection.vendor == "postgresql" else 8


def test_of_many_reviewers_who_approve_at_once_exactly_one_wins():
    author = factories.make_person()
    assessment = perform(factories.make_assessment(author), "submit", by=author)
    reviewers = [factories.make_person(Role.REVIEWER) for _number in range(crowd())]
    before = assessment.revision
    seen = [Assessment.objects.get(pk=assessment.pk) for _person in reviewers]
    results = at_once(
        *(
            lambda row=row, person=person: perform(row, "approve", by=person)
            for row, person in zip(seen, reviewers, strict=True)
        )
    )
    winners = [result for result in results if isinstance(result, Assessment)]
    losers = [result for result in results if isinstance(result, Refused)]
    assert (len(winners), len(losers)) == (1, len(reviewers) - 1), Counter(map(repr, results))
    assessment.refresh_from_db()
    assert assessment.approved_by == winners[0].approved_by
    assert assessment.revision == before + 1
    assert Event.objects.filter(verb="assessment.approve", subject_id=assessment.pk).count() == 1
    assert list(faults()) == []


def test_approve_and_return_at_once_end_in_one_of_them():
    author = factories.make_person()
    assessment = perform(factories.make_assessment(author), "submit", by=author)
    acts = []
    for number in range(6):
        person = factories.make_person(Role.REVIEWER)
        row = Assessment.objects.get(pk=assessment.pk)
        action = ("approve", "return")[number % 2]
        acts.append(lambda row=row, person=person, action=action: perform(row, action, by=person, note="No."))
    results = at_once(*acts)
    assert sum(isinstance(result, Assessment) for result in results) == 1
    assessment.refresh_from_db()
    assert assessment.status in ("approved", "returned")
    assert set(assessment.ratings.values_list("status", flat=True)) == {assessment.status}


def test_of_many_who_save_the_same_draft_at_once_one_wins_and_the_others_are_shown_it():
    own = factories.make_organisation()
    people = [factories.make_person(organisation=own) for _number in range(crowd() // 4)]
    draft = factories.make_assessment(people[0])
    results = at_once(
        *(
            lambda person=person: save_draft(
                Assessment.objects.get(pk=draft.pk),
                by=person,
                revision=draft.revision,
                fields={"narrative": f"By {person.pk}."},
            )
            for person in people
        )
    )
    winners = [result for result in results if isinstance(result, Assessment)]
    conflicts = [result for result in results if isinstance(result, Conflict)]
    assert (len(winners), len(conflicts)) == (1, len(people) - 1), Counter(map(repr, results))
    draft.refresh_from_db()
    assert draft.narrative == winners[0].narrative
    assert {conflict.current.narrative for conflict in conflicts} == {draft.narrative}


def test_a_submission_and_a_save_at_once_freeze_what_was_saved():
    own = factories.make_organisation()
    author, colleague = (factories.make_person(organisation=own) for _number in range(2))
    draft = factories.make_assessment(author)
    one, other = (Assessment.objects.get(pk=draft.pk) for _number in range(2))
    at_once(
        lambda: perform(one, "submit", by=author),
        lambda: save_draft(other, by=colleague, revision=draft.revision, fields={"narrative": "Changed."}),
    )
    draft.refresh_from_db()
    version = draft.versions.first()
    if draft.status == "submitted":
        assert version.content["narrative"] == draft.narrative
    else:
        assert version is None
        assert draft.narrative == "Changed."


def test_an_organisation_that_begins_twice_at_once_has_one_draft():
    own = factories.make_organisation()
    people = [factories.make_person(organisation=own) for _number in range(crowd() // 4)]
    cluster = factories.make_cluster()
    results = at_once(
        *(lambda person=person: start_assessment(by=person, cluster=cluster) for person in people)
    )
    kinds = Counter(type(result) for result in results)
    assert kinds == {Assessment: 1, AlreadyOpen: len(people) - 1}, results
    assert Assessment.objects.count() == 1


def test_organisations_that_publish_at_once_do_not_overlook_each_other():
    cluster = factories.make_cluster(factories.make_round(factories.make_recommendation()))
    approved = []
    for rating in ("not", "partially", "not", "partially"):
        author = factories.make_person()
        row = factories.make_assessment(
            author, cluster=cluster, rating=rating, override_reason="As we see it."
        )
        row = perform(row, "submit", by=author)
        approved.append(perform(row, "approve", by=factories.make_person(Role.REVIEWER)))
    coordinators = [factories.make_person(Role.COORDINATOR) for _row in approved]
    results = at_once(
        *(
            lambda row=row, person=person: perform(row, "publish", by=person)
            for row, person in zip(approved, coordinators, strict=True)
        )
    )
    assert all(isinstance(result, Assessment) for result in results), results
    assert ComplianceStatus.objects.get(audience="public").spread == {"not": 2, "partially": 2}


def test_past_the_functions_the_database_still_refuses_an_approving_author():
    author = factories.make_person(Role.EDITOR, Role.REVIEWER)
    assessment = perform(factories.make_assessment(author), "submit", by=author)
    with pytest.raises(IntegrityError):
        Assessment.objects.filter(pk=assessment.pk).update(status="approved", approved_by=author)
