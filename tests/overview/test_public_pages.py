"""Public pages: closed unless opened, and never anything that is not public."""

import pytest
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.vocabulary import CannotReason, Confidentiality, PositionKind, Rating, Role
from tests.factories import make_assessment, make_cited_evidence, make_person, make_recommendation, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    editor = make_person(name="Secret Name")
    recommendation = make_recommendation("1.1", position=PositionKind.NOTED)
    assessment = make_assessment(
        editor, item=make_round(recommendation).items.get(), narrative="Published words."
    )
    for title, level in [("Open source", Confidentiality.PUBLIC), ("Canary", Confidentiality.COALITION)]:
        assessment.citations.create(evidence=make_cited_evidence(editor, title=title, confidentiality=level))
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    perform(assessment, "publish", by=make_person(Role.COORDINATOR))
    return assessment


def addresses(assessment):
    return [
        reverse("public_home"),
        reverse("public_cycle", args=["KAZ-2"]),
        reverse("public_recommendation", args=["KAZ-2-1.1"]),
        reverse("public_assessment", args=[assessment.pk]),
    ]


def test_they_are_not_there_by_default(client, published):
    assert [client.get(address).status_code for address in addresses(published)] == [404] * 4


def test_one_setting_opens_them_to_everybody(client, published, settings):
    settings.PUBLIC_PAGES = True
    assert [client.get(address).status_code for address in addresses(published)] == [200] * 4


def test_they_tell_what_is_published_and_name_nobody(client, published, settings):
    settings.PUBLIC_PAGES = True
    for address in addresses(published)[2:]:
        page = client.get(address).content.decode()
        assert "Published words." in page
        assert "Canary" not in page
        assert "Secret Name" not in page
        assert published.organisation.name not in page
        assert "withheld for the safety of sources" in page


@pytest.mark.parametrize("stop_before", ["submit", "approve", "publish"])
def test_what_is_not_yet_published_is_not_there(client, settings, stop_before):
    settings.PUBLIC_PAGES = True
    editor = make_person()
    recommendation = make_recommendation("1.1")
    assessment = make_assessment(
        editor, item=make_round(recommendation).items.get(), narrative="Inside words."
    )
    steps = [
        ("submit", editor),
        ("approve", make_person(Role.REVIEWER)),
        ("publish", make_person(Role.COORDINATOR)),
    ]
    for action, person in steps:
        if action == stop_before:
            break
        perform(assessment, action, by=person)
    assert client.get(reverse("public_assessment", args=[assessment.pk])).status_code == 404
    page = client.get(reverse("public_recommendation", args=["KAZ-2-1.1"])).content.decode()
    assert "Inside words." not in page
    assert "Not yet assessed" in page


def test_the_standing_sentence_stands_beside_what_was_only_noted(client, published, settings):
    settings.PUBLIC_PAGES = True
    for address in addresses(published)[2:]:
        assert "the State gave no commitment to implement it" in client.get(address).content.decode()


def test_reasons_that_are_printed_are_public_and_no_number_of_a_hidden_item_is(client, settings):
    settings.PUBLIC_PAGES = True
    editor = make_person()
    hidden = make_cited_evidence(editor, confidentiality=Confidentiality.COALITION)
    assessment = make_assessment(
        editor,
        item=make_round(make_recommendation("1.1")).items.get(),
        rating=Rating.CANNOT,
        cannot_reason=CannotReason.NO_ACCESS,
        cannot_steps=f"Two visits were refused [E-{hidden.number}].",
        override_reason=f"Nothing could be seen [E-{hidden.number}].",
        next_ask=f"Let the monitors in [E-{hidden.number}].",
    )
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    perform(assessment, "publish", by=make_person(Role.COORDINATOR))
    assert hidden in [row.evidence for row in assessment.citations.all()]
    page = client.get(reverse("public_assessment", args=[assessment.pk])).content.decode()
    for words in ("Two visits were refused.", "Nothing could be seen.", "Let the monitors in."):
        assert words in page
    assert str(CannotReason.NO_ACCESS.label) in page
    assert f"E-{hidden.number}" not in page


def test_of_a_retracted_assessment_only_the_notice_is_left(client, published, settings):
    settings.PUBLIC_PAGES = True
    perform(published, "ask_retraction", by=make_person(Role.COORDINATOR), note="A source is in danger.")
    perform(published, "retract", by=make_person(Role.REVIEWER), note="Confirmed.")
    page = client.get(reverse("public_assessment", args=[published.pk])).content.decode()
    assert "This assessment was retracted on" in page
    for address in addresses(published):
        page = client.get(address).content.decode()
        assert "Published words." not in page
        assert "A source is in danger." not in page
