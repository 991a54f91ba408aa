"""The legal-risk step: what the public does not see until two people cleared it, by theme and for named officials."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from recommendations.access.visibility import can_see
from recommendations.assessments import legal
from recommendations.assessments.models import ComplianceStatus, LegalCaution, LegalClearance
from recommendations.assessments.workflow import perform
from recommendations.overview.build import build_summary
from recommendations.vocabulary import NAMED_OFFICIALS, Audience, PositionKind, Role
from recommendations.workflow.engine import Refused
from tests.factories import make_assessment, make_person, make_recommendation, make_round, make_theme

pytestmark = pytest.mark.django_db


def published(theme=None):
    editor = make_person()
    recommendation = make_recommendation(position=PositionKind.SUPPORTED)
    if theme:
        recommendation.themes.add(theme)
    assessment = make_assessment(editor, item=make_round(recommendation).items.get())
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    perform(assessment, "publish", by=make_person(Role.COORDINATOR))
    return assessment


@pytest.fixture
def risky():
    return published(make_theme("lgbti"))


def clear(assessment):
    legal.ask_to_clear(assessment, reason="Only what courts said.", by=make_person(Role.COORDINATOR))
    legal.clear(assessment, reason="I read it: nobody can be recognised.", by=make_person(Role.REVIEWER))


def test_three_cautions_stand_from_the_beginning():
    assert set(LegalCaution.objects.values_list("code", flat=True)) == {
        "lgbti",
        "counter-terrorism",
        NAMED_OFFICIALS,
    }


def test_what_has_no_caution_is_seen_by_the_public():
    assert can_see(published(make_theme("housing")), Audience.PUBLIC)


def test_under_a_cautioned_theme_the_public_sees_nothing_until_two_people_cleared_it(risky):
    assert not can_see(risky, Audience.PUBLIC)
    assert can_see(risky, Audience.COALITION)
    asker = make_person(Role.COORDINATOR)
    legal.ask_to_clear(risky, reason="Only what courts said.", by=asker)
    assert not can_see(risky, Audience.PUBLIC)
    with pytest.raises(Refused, match="second person"):
        legal.clear(risky, reason="Fine.", by=asker)
    legal.clear(risky, reason="I read it.", by=make_person(Role.REVIEWER))
    assert can_see(risky, Audience.PUBLIC)


def test_nothing_of_it_is_counted_in_public_either(risky):
    def told():
        summary = build_summary(
            cycle=risky.round.cycle, round=risky.round, audience=Audience.PUBLIC, language="en"
        )
        return summary.outcomes.not_, summary.coverage.published

    public = ComplianceStatus.objects.filter(audience=Audience.PUBLIC)
    assert not public.exists()
    assert told() == (0, 0)
    clear(risky)
    assert public.count() == 1
    assert told() == (1, 1)


def test_an_author_does_not_clear_her_own(risky):
    author = risky.authors.get()
    author.is_reviewer = True
    author.save()
    legal.ask_to_clear(risky, reason="Only what courts said.", by=make_person(Role.COORDINATOR))
    with pytest.raises(Refused, match="You wrote"):
        legal.clear(risky, reason="Fine.", by=author)


def test_an_editor_neither_asks_nor_clears(risky):
    editor = make_person()
    with pytest.raises(Refused):
        legal.ask_to_clear(risky, reason="Please.", by=editor)
    legal.ask_to_clear(risky, reason="Only what courts said.", by=make_person(Role.COORDINATOR))
    with pytest.raises(Refused):
        legal.clear(risky, reason="Fine.", by=editor)


def test_the_reasons_are_kept(risky):
    for act in (legal.ask_to_clear, legal.keep_back):
        with pytest.raises(Refused, match="reason"):
            act(risky, reason=" ", by=make_person(Role.COORDINATOR))
    clear(risky)
    kept = LegalClearance.objects.get()
    assert (kept.asked_reason, kept.cleared_reason) == (
        "Only what courts said.",
        "I read it: nobody can be recognised.",
    )


def test_the_database_refuses_one_person_twice(risky):
    asker = make_person(Role.COORDINATOR)
    legal.ask_to_clear(risky, reason="Only what courts said.", by=asker)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalClearance.objects.update(cleared_by=asker, cleared_at=risky.updated_at, cleared_reason="x")


def test_a_clearance_can_be_taken_back(risky):
    clear(risky)
    legal.keep_back(risky, reason="A new law.", by=make_person(Role.COORDINATOR))
    assert not can_see(risky, Audience.PUBLIC)


def test_naming_an_official_asks_for_the_step_too():
    assessment = published()
    assert can_see(assessment, Audience.PUBLIC)
    legal.say_names_officials(assessment, names=True, by=assessment.authors.get())
    assert not can_see(assessment, Audience.PUBLIC)
    legal.remove_caution(LegalCaution.objects.get(code=NAMED_OFFICIALS), by=make_person(Role.COORDINATOR))
    assert can_see(assessment, Audience.PUBLIC)


def test_coordinators_say_which_themes_get_the_step(client):
    assessment = published(make_theme("housing"))
    client.force_login(make_person(Role.COORDINATOR))
    client.post(reverse("caution_list"), {"code": "housing", "reason": "A trial is on."})
    assert not can_see(assessment, Audience.PUBLIC)
    page = client.get(reverse("caution_list")).content.decode()
    assert "A trial is on." in page
    caution = LegalCaution.objects.get(code="housing")
    client.post(reverse("caution_remove", args=[caution.pk]))
    assert can_see(assessment, Audience.PUBLIC)
    assert ComplianceStatus.objects.filter(audience=Audience.PUBLIC).count() == 1


def test_the_page_of_an_assessment_leads_two_people_through_it(client, risky):
    page = reverse("assessment_legal", args=[risky.pk])
    client.force_login(make_person(Role.COORDINATOR))
    detail = client.get(reverse("assessment_detail", args=[risky.pk])).content.decode()
    assert "The public does not see it" in detail
    assert client.post(page, {"do": "ask", "reason": ""}).status_code == 422
    client.post(page, {"do": "ask", "reason": "Only what courts said."})
    answer = client.post(page, {"do": "clear", "reason": "Me again."})
    assert answer.status_code == 422
    client.force_login(make_person(Role.REVIEWER))
    assert "Only what courts said." in client.get(page).content.decode()
    client.post(page, {"do": "clear", "reason": "I read it."})
    assert can_see(risky, Audience.PUBLIC)


def test_what_was_weighed_was_that_text_and_no_other():
    editor, coordinator = make_person(), make_person(Role.COORDINATOR)
    recommendation = make_recommendation()
    recommendation.themes.add(make_theme("lgbti"))
    assessment = make_assessment(editor, item=make_round(recommendation).items.get())
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    clear(assessment)
    perform(assessment, "return", by=coordinator, note="One more thing.")
    perform(assessment, "submit", by=editor)
    assert not LegalClearance.objects.exists()
