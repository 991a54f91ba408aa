"""Withdrawn consent and danger beat permanence: what was published loses its passages, says so, and leaves no copy."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments.models import Assessment, AssessmentVersion
from recommendations.assessments.tasks import look_after_sources
from recommendations.assessments.workflow import perform, refusal
from recommendations.audit.models import Event
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import ConsentRecord
from recommendations.evidence.safety import add_person, record_consent, withdraw_consent
from recommendations.exports import services
from recommendations.exports.held import blocked
from recommendations.exports.models import Export
from recommendations.jobs import queue
from recommendations.reminders.models import Notification
from recommendations.vocabulary import ConsentUse, PositionKind, Role
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_person,
    make_recommendation,
    make_round,
)

pytestmark = pytest.mark.django_db

STORY = "A woman told us what was done to her"


@pytest.fixture
def world():
    """A published assessment whose text tells what one person told, with her consent to everything."""
    editor, coordinator = make_person(), make_person(Role.COORDINATOR)
    told = make_cited_evidence(editor, kind="testimony")
    person = add_person(told, pseudonym="Reed", by=editor)
    consent = record_consent(person, uses=list(ConsentUse), given_on=date(2024, 1, 1), by=editor)
    recommendation = make_recommendation("1.1", position=PositionKind.SUPPORTED)
    round_ = make_round(recommendation)
    assessment = make_assessment(
        editor,
        item=round_.items.get(),
        narrative=f"Nothing changed.\n{STORY} [E-{told.number}].\nThe law is as it was.",
    )
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    perform(assessment, "publish", by=coordinator)
    return {
        "assessment": assessment,
        "told": told,
        "consent": consent,
        "editor": editor,
        "cycle": recommendation.cycle,
        "round": round_,
        "coordinator": coordinator,
    }


def withdraw(world):
    withdraw_consent(world["consent"], reason="She was threatened.", by=world["editor"])
    queue.run_due()
    return Assessment.objects.get(pk=world["assessment"].pk)


def test_the_passage_goes_and_its_place_says_so(world):
    narrative = withdraw(world).narrative.split("\n")
    assert narrative[0] == "Nothing changed."
    assert narrative[1].startswith("(Taken out on ")
    assert narrative[2] == "The law is as it was."
    assert Event.objects.filter(verb="assessment.redacted").count() == 1


def test_the_old_text_is_kept_nowhere(world):
    withdraw(world)
    for model in (Assessment, AssessmentVersion):
        for values in model.objects.values():
            assert STORY not in str(values)
    assert not world["assessment"].citations.filter(evidence=world["told"]).exists()
    version = AssessmentVersion.objects.get()
    assert world["told"].number not in [row["number"] for row in version.content["citations"]]


def test_the_pages_state_the_change(client, settings, world):
    settings.PUBLIC_PAGES = True
    public = reverse("public_assessment", args=[world["assessment"].pk])
    assert STORY in client.get(public).content.decode()
    withdraw(world)
    page = client.get(public).content.decode()
    assert STORY not in page
    assert "Taken out on" in page
    client.force_login(make_person())
    page = client.get(reverse("assessment_detail", args=[world["assessment"].pk])).content.decode()
    assert STORY not in page
    assert "passages were taken out for the safety of sources" in page


def test_files_that_hold_the_old_text_are_handed_out_no_longer(world):
    made = []
    for audience in ("public", "coalition"):
        export = services.ask_for_summary(
            cycle=world["cycle"],
            round=world["round"],
            audience=audience,
            format="json",
            language="en",
            by=world["editor"],
        )
        made.append(services.make_at_once(export).pk)
    withdraw(world)
    assert blocked(list(Export.objects.filter(pk__in=made))) == set(made)
    queue.run_due()
    assert not Export.objects.filter(pk__in=made).exclude(stored_as="").exists()


def test_authors_and_coordinators_are_told(world):
    withdraw(world)
    queue.run_due()
    told = Notification.objects.filter(kind="assessment.redacted")
    assert {row.recipient for row in told} == {world["editor"], world["coordinator"]}


def test_consent_that_ends_by_time_acts_without_anybody_pressing(world):
    ConsentRecord.objects.update(until=timezone.localdate() - timedelta(days=1))
    look_after_sources()
    queue.run_due()
    assert STORY not in Assessment.objects.get(pk=world["assessment"].pk).narrative
    look_after_sources()
    assert Event.objects.filter(verb="assessment.redacted").count() == 1


def test_what_is_safe_stays_as_it_is(world):
    before = Assessment.objects.get(pk=world["assessment"].pk)
    look_after_sources()
    queue.run_due()
    after = Assessment.objects.get(pk=world["assessment"].pk)
    assert (after.narrative, after.revision) == (before.narrative, before.revision)


def test_consent_to_use_within_the_coalition_does_not_carry_a_published_text(world):
    withdraw_consent(world["consent"], reason="Not in public.", by=world["editor"])
    record_consent(world["consent"].person, uses=["coalition"], given_on=date(2024, 1, 1), by=world["editor"])
    queue.run_due()
    assert STORY not in Assessment.objects.get(pk=world["assessment"].pk).narrative
    assert Evidence.objects.visible_to(make_person()).filter(pk=world["told"].pk).exists()


@pytest.mark.parametrize(("uses", "stops_at"), [([], "submit"), (["coalition"], "publish")])
def test_nothing_is_sent_on_its_way_on_a_consent_that_does_not_reach_so_far(uses, stops_at):
    editor, coordinator = make_person(), make_person(Role.COORDINATOR)
    told = make_cited_evidence(editor, kind="testimony")
    person = add_person(told, pseudonym="Reed", by=editor)
    if uses:
        record_consent(person, uses=uses, given_on=date(2024, 1, 1), by=editor)
    assessment = make_assessment(editor, narrative=f"{STORY} [E-{told.number}].")
    people = {"submit": editor, "approve": make_person(Role.REVIEWER), "publish": coordinator}
    for action, by in people.items():
        reason = refusal(assessment, action, by=by)
        if action == stops_at:
            assert "Not safe for sources" in reason
            return
        assert reason is None
        perform(assessment, action, by=by)
