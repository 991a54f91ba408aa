"""What performing an action leaves behind: versions, copies of the status, notes, events, compliance status."""

import pytest
from django.db import IntegrityError, transaction

from recommendations.assessments.models import Assessment, ComplianceStatus
from recommendations.assessments.workflow import happened_already, perform
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.audit.models import Event
from recommendations.jobs.models import Job
from recommendations.jobs.queue import HANDLERS
from recommendations.vocabulary import Confidentiality, Role
from recommendations.workflow.engine import Refused, Stale
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {
        "author": factories.make_person(),
        "reviewer": factories.make_person(Role.REVIEWER),
        "coordinator": factories.make_person(Role.COORDINATOR),
        "second": factories.make_person(Role.COORDINATOR),
    }


def published(people, **fields):
    assessment = factories.make_assessment(people["author"], **fields)
    for action, who in (("submit", "author"), ("approve", "reviewer"), ("publish", "coordinator")):
        assessment = perform(assessment, action, by=people[who])
    return assessment


def test_the_whole_way_from_draft_to_published(people):
    assessment = published(people)
    assert assessment.status == "published"
    assert assessment.approved_by == people["reviewer"]
    assert assessment.published_by == people["coordinator"]
    verbs = list(
        Event.objects.filter(subject_kind="Assessment").order_by("number").values_list("verb", flat=True)
    )
    assert verbs == [
        "assessment.started",
        "assessment.submit",
        "assessment.approve",
        "assessment.publish",
    ]


def test_each_submission_freezes_text_ratings_citations_wording_and_position(people):
    recommendation = factories.make_recommendation(position="noted", text="Stop it (invented).")
    cluster = factories.make_cluster(factories.make_round(recommendation))
    assessment = factories.make_assessment(people["author"], cluster=cluster)
    assessment = perform(assessment, "submit", by=people["author"])
    content = assessment.versions.get().content
    assert content["practice_text"] == assessment.practice_text
    assert content["ratings"][0]["text"] == "Stop it (invented)."
    assert content["ratings"][0]["position"] == "noted"
    assert content["ratings"][0]["rating"] == "not"
    assert content["citations"][0]["title"].startswith("Evidence")


def test_a_version_stays_as_it_was_when_the_text_changes_afterwards(people):
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    assessment = perform(assessment, "return", by=people["reviewer"], note="Say since when.")
    assessment = save_draft(
        assessment, by=people["author"], revision=assessment.revision, fields={"narrative": "Since 2016."}
    )
    assessment = perform(assessment, "submit", by=people["author"])
    first, second = assessment.versions.order_by("number")
    assert (first.content["narrative"], second.content["narrative"]) == ("Nothing changed.", "Since 2016.")


def test_a_frozen_version_holds_nothing_of_restricted_evidence_but_its_number(people):
    assessment = factories.make_assessment(people["author"])
    secret = factories.make_cited_evidence(
        people["author"], title="A neutral label", confidentiality=Confidentiality.RESTRICTED
    )
    text = f"{assessment.practice_text} [E-{secret.number}]"
    assessment = save_draft(
        assessment, by=people["author"], revision=assessment.revision, fields={"practice_text": text}
    )
    assessment = perform(assessment, "submit", by=people["author"])
    frozen = {row["number"]: row for row in assessment.versions.get().content["citations"]}
    assert frozen[secret.number] == {"number": secret.number, "confidentiality": "restricted"}


def test_the_ratings_carry_the_status_of_their_assessment(people):
    assessment = factories.make_assessment(people["author"])
    for action, who in (("submit", "author"), ("approve", "reviewer"), ("publish", "coordinator")):
        assessment = perform(assessment, action, by=people[who])
        assert set(assessment.ratings.values_list("status", flat=True)) == {assessment.status}


def test_what_the_approver_could_not_see_is_listed(people):
    assessment = factories.make_assessment(people["author"])
    secret = factories.make_cited_evidence(people["author"], confidentiality=Confidentiality.RESTRICTED)
    text = f"{assessment.practice_text} [E-{secret.number}]"
    assessment = save_draft(
        assessment, by=people["author"], revision=assessment.revision, fields={"practice_text": text}
    )
    assessment = perform(assessment, "submit", by=people["author"])
    assessment = perform(assessment, "approve", by=people["reviewer"])
    assert assessment.unseen_by_approver == [secret.number]


def test_an_approver_whom_the_custodian_admitted_has_seen_everything(people):
    assessment = factories.make_assessment(people["author"])
    secret = factories.make_cited_evidence(people["author"], confidentiality=Confidentiality.RESTRICTED)
    secret.named_people.add(people["reviewer"])
    text = f"{assessment.practice_text} [E-{secret.number}]"
    assessment = save_draft(
        assessment, by=people["author"], revision=assessment.revision, fields={"practice_text": text}
    )
    assessment = perform(assessment, "submit", by=people["author"])
    assert perform(assessment, "approve", by=people["reviewer"]).unseen_by_approver == []


def test_returning_needs_a_reason_and_keeps_it(people):
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    with pytest.raises(Refused, match="reason"):
        perform(assessment, "return", by=people["reviewer"], note="  ")
    assessment = perform(assessment, "return", by=people["reviewer"], note="Which court?")
    assert (assessment.status, assessment.last_note) == ("returned", "Which court?")


def test_what_was_approved_can_be_returned_and_is_then_approved_by_nobody(people):
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    assessment = perform(assessment, "approve", by=people["reviewer"])
    assert ComplianceStatus.objects.filter(audience="coalition").count() == 2
    assessment = perform(assessment, "return", by=people["coordinator"], note="A new law came.")
    assert assessment.approved_by is None
    assert not ComplianceStatus.objects.exists()


def test_an_approver_may_write_after_the_return_and_then_approves_no_more(people):
    person = factories.make_person(Role.REVIEWER, Role.EDITOR, organisation=people["author"].organisation)
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    assessment = perform(assessment, "approve", by=person)
    assessment = perform(assessment, "return", by=person, note="I mend it myself.")
    assessment = save_draft(
        assessment, by=person, revision=assessment.revision, fields={"narrative": "Mended."}
    )
    assessment = perform(assessment, "submit", by=people["author"])
    with pytest.raises(Refused, match="You wrote this"):
        perform(assessment, "approve", by=person)


def test_publishing_supersedes_what_the_organisation_published_before(people):
    first = published(people)
    second = published(people, cluster=first.cluster)
    first.refresh_from_db()
    assert first.status == "superseded"
    assert second.supersedes == first
    assert set(first.ratings.values_list("status", flat=True)) == {"superseded"}
    assert Event.objects.filter(verb="assessment.supersede", subject_id=first.pk).exists()


def test_an_earlier_assessment_that_covers_more_stays_published_for_the_rest(people):
    first = published(people)
    item, rest = first.cluster.items.all()
    second = published(people, item=item)
    first.refresh_from_db()
    assert first.status == "published"
    assert first.ratings.get(item=item).status == "superseded"
    assert first.ratings.get(item=rest).status == "published"
    third = published(people, item=rest)
    first.refresh_from_db()
    assert first.status == "superseded"
    assert {second.status, third.status} == {"published"}


def test_another_organisations_publication_is_left_alone(people):
    first = published(people)
    other = people | {"author": factories.make_person()}
    published(other, cluster=first.cluster)
    first.refresh_from_db()
    assert first.status == "published"


def test_a_withdrawn_draft_makes_room_for_a_new_one(people):
    draft = factories.make_assessment(people["author"])
    perform(draft, "withdraw", by=people["author"], note="Started twice.")
    again = start_assessment(by=people["author"], cluster=draft.cluster)
    assert again.status == "draft"
    assert again.carried_from is None


def test_a_retraction_by_two_takes_the_finding_away_and_keeps_the_reason(people):
    assessment = published(people)
    assessment = perform(
        assessment, "ask_retraction", by=people["coordinator"], note="A source is in danger."
    )
    assert assessment.status == "published"
    assert assessment.retraction_reason == "A source is in danger."
    with pytest.raises(Refused, match="second person"):
        perform(assessment, "retract", by=people["coordinator"], note="Yes.")
    assessment = perform(assessment, "retract", by=people["second"], note="Confirmed.")
    assert assessment.status == "retracted"
    assert not ComplianceStatus.objects.exists()


def test_a_request_taken_back_leaves_the_finding_and_can_be_made_again(people):
    assessment = published(people)
    assessment = perform(
        assessment, "ask_retraction", by=people["coordinator"], note="A source is in danger."
    )
    assessment = perform(assessment, "keep", by=people["second"], note="The source agreed again.")
    assert (assessment.status, assessment.retraction_asked_by) == ("published", None)
    assert ComplianceStatus.objects.exists()
    with pytest.raises(Refused, match="must be asked for"):
        perform(assessment, "retract", by=people["second"], note="Confirmed.")
    perform(assessment, "ask_retraction", by=people["second"], note="It is in danger after all.")


def test_somebody_who_looks_at_an_older_state_is_told_and_changes_nothing(people):
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    seen = Assessment.objects.get(pk=assessment.pk)
    perform(assessment, "return", by=people["reviewer"], note="Again, please.")
    with pytest.raises(Stale):
        perform(seen, "approve", by=people["reviewer"])
    seen.refresh_from_db()
    assert seen.status == "returned"


def test_a_second_click_is_known_as_what_was_done_already(people):
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    assert not happened_already(assessment, "approve", by=people["reviewer"])
    assessment = perform(assessment, "approve", by=people["reviewer"])
    assert happened_already(assessment, "approve", by=people["reviewer"])
    assert not happened_already(assessment, "approve", by=people["coordinator"])


def test_the_database_refuses_an_approving_author_whoever_asks(people):
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    assessment.authors.add(people["reviewer"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(approved_by=people["reviewer"])


def test_the_database_refuses_a_submitted_rating_without_its_verdict(people):
    assessment = factories.make_assessment(people["author"], rating="")
    with pytest.raises(IntegrityError), transaction.atomic():
        assessment.ratings.update(status="submitted")


def test_people_are_told_through_a_job_where_somebody_tells_them(people, monkeypatch):
    monkeypatch.setitem(HANDLERS, "reminders.notify", lambda work: None)
    assessment = perform(factories.make_assessment(people["author"]), "submit", by=people["author"])
    perform(assessment, "approve", by=people["reviewer"])
    told = Job.objects.filter(name="reminders.notify").order_by("pk").values_list("payload", flat=True)
    assert list(told) == [
        {"kind": "assessment.submitted", "assessment": assessment.pk},
        {"kind": "assessment.approved", "assessment": assessment.pk},
    ]


def test_a_step_that_fails_half_way_leaves_nothing_behind(people, monkeypatch):
    monkeypatch.setitem(HANDLERS, "reminders.notify", lambda work: None)
    draft = factories.make_assessment(people["author"])
    monkeypatch.setattr(Job.objects, "get_or_create", _broken)
    with pytest.raises(RuntimeError):
        perform(draft, "submit", by=people["author"])
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not draft.versions.exists()
    assert set(draft.ratings.values_list("status", flat=True)) == {"draft"}


def _broken(**_fields):
    raise RuntimeError("the disk is full")
