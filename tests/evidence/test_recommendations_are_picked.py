"""Picking recommendations: by reference, by paragraph, by words, by ticking; and the forms that need it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from recommendations.catalogue.models import Demand, ReferenceAlias
from recommendations.catalogue.recording import split_demands
from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.evidence.picking import suggestions, understand
from recommendations.evidence.recording import link_evidence
from recommendations.vocabulary import Confidentiality, Role, Shows
from tests.factories import make_evidence, make_person, make_recommendation

pytestmark = pytest.mark.django_db


def _split(recommendation) -> list[Demand]:
    split_demands(
        recommendation,
        demands=[("a", {"en": "the first act"}, []), ("b", {"en": "the second act"}, [])],
        by=None,
    )
    return list(recommendation.demands.all())


def _names(line: str, person=None) -> list[str]:
    return [str(target) for target in understand(line, reader=person or make_person()).targets]


def test_references_are_divided_by_commas_in_whatever_case() -> None:
    one, other = make_recommendation(), make_recommendation()
    line = f"{one.reference.lower()}, {other.reference};{one.reference}"
    assert _names(line) == [one.reference, other.reference]


def test_an_old_reference_still_leads_there() -> None:
    recommendation = make_recommendation()
    ReferenceAlias.objects.create(reference="KAZ-2-999.1", recommendation=recommendation)
    assert _names("KAZ-2-999.1") == [recommendation.reference]


def test_a_paragraph_is_enough_where_only_one_has_it() -> None:
    recommendation = make_recommendation("777.1")
    assert _names("777.1") == [recommendation.reference]


def test_a_letter_in_brackets_means_a_demand() -> None:
    recommendation = make_recommendation()
    _split(recommendation)
    targets = understand(f"{recommendation.reference} (b)", reader=make_person()).targets
    assert [target.demand.letter for target in targets] == ["b"]
    assert understand(f"{recommendation.reference}(z)", reader=make_person()).unknown


def test_words_find_texts_in_whatever_form_and_case() -> None:
    recommendation = make_recommendation(
        texts=[("ru", "working_translation", "Прекратить блокировку сайтов без решения суда.")]
    )
    found = suggestions("Блокировки Сайты", reader=make_person())
    assert [each.value for each in found] == [recommendation.reference]


def test_the_demands_of_what_was_found_are_offered_too() -> None:
    recommendation = make_recommendation()
    _split(recommendation)
    found = suggestions(recommendation.reference, reader=make_person())
    names = [recommendation.reference, f"{recommendation.reference}(a)", f"{recommendation.reference}(b)"]
    assert [each.value for each in found] == names
    assert found[1].text == "the first act"


def test_what_is_ticked_stays_ticked_while_one_goes_on_typing(signed_in) -> None:
    ticked, typed = make_recommendation(), make_recommendation()
    browser = signed_in(make_person())
    page = browser.get(
        reverse("evidence_suggest"), {"references": typed.reference, "pick": [ticked.reference]}
    )
    text = page.content.decode()
    assert f'value="{ticked.reference}" checked' in text
    assert f'value="{typed.reference}">' in text


def test_an_observer_gets_no_suggestions(signed_in) -> None:
    assert signed_in(make_person(Role.OBSERVER)).get(reverse("evidence_suggest")).status_code == 403


def _form(**fields) -> dict:
    return {"references": "", "shows": "non", "why": "it goes on", "passage": "p. 4"} | fields


def test_several_recommendations_are_linked_at_once(signed_in) -> None:
    person = make_person()
    evidence = make_evidence(person)
    one, other = make_recommendation(), make_recommendation()
    url = reverse("evidence_link_new", args=[evidence.number])
    answer = signed_in(person).post(url, _form(references=f"{one.reference}, {other.reference}"))
    assert answer.status_code == 302
    assert set(evidence.links.values_list("shows", "why", "passage")) == {("non", "it goes on", "p. 4")}
    assert evidence.links.count() == 2


def test_words_without_a_tick_are_answered_with_suggestions_and_nothing_is_linked(signed_in) -> None:
    person = make_person()
    evidence = make_evidence(person)
    recommendation = make_recommendation(text="Secure the independence of lawyers.")
    url = reverse("evidence_link_new", args=[evidence.number])
    browser = signed_in(person)
    answer = browser.post(url, _form(references="lawyers"))
    assert answer.status_code == 422
    assert f'value="{recommendation.reference}"' in answer.content.decode()
    assert not evidence.links.exists()
    assert browser.post(url, _form(references="lawyers", pick=[recommendation.reference])).status_code == 302
    assert evidence.links.get().recommendation == recommendation


def test_an_unknown_reference_is_named_and_nothing_is_linked(signed_in) -> None:
    person = make_person()
    evidence = make_evidence(person)
    known = make_recommendation()
    url = reverse("evidence_link_new", args=[evidence.number])
    answer = signed_in(person).post(url, _form(references=f"{known.reference}, KAZ-9-1.1"))
    assert "KAZ-9-1.1" in answer.content.decode()
    assert not evidence.links.exists()


def test_one_link_that_is_there_already_keeps_the_others_out(signed_in) -> None:
    person = make_person()
    evidence = make_evidence(person)
    fresh, linked = make_recommendation(), make_recommendation()
    link_evidence(evidence, recommendation=linked, shows=Shows.NON, by=person)
    url = reverse("evidence_link_new", args=[evidence.number])
    answer = signed_in(person).post(url, _form(references=f"{fresh.reference}, {linked.reference}"))
    assert answer.status_code == 422
    assert evidence.links.count() == 1


def test_from_a_recommendation_the_form_comes_filled_in(signed_in) -> None:
    recommendation = make_recommendation()
    browser = signed_in(make_person())
    step = browser.get(reverse("evidence_new"), {"recommendation": recommendation.reference})
    assert f'name="recommendation" value="{recommendation.reference}"' in step.content.decode()
    form = browser.get(
        reverse("evidence_new"),
        {"recommendation": recommendation.reference, "confidentiality": "public"},
    )
    assert f'value="{recommendation.reference}"' in form.content.decode()


def test_a_link_that_was_taken_back_meanwhile_is_told_and_not_brought_back(signed_in) -> None:
    person = make_person()
    link = link_evidence(
        make_evidence(person), recommendation=make_recommendation(), shows=Shows.NON, by=person
    )
    browser = signed_in(person)
    number, pk = link.evidence.number, link.pk
    remove = reverse("evidence_link_remove", args=[number, pk])
    assert browser.post(remove).status_code == 302
    for answer in (
        browser.post(remove, follow=True),
        browser.post(reverse("evidence_link_edit", args=[number, pk]), {"shows": "full"}, follow=True),
    ):
        assert "taken back meanwhile" in answer.content.decode()
    assert not EvidenceLink.objects.exists()


def test_a_link_of_one_item_is_not_reached_through_another(signed_in) -> None:
    person = make_person(Role.COORDINATOR)
    hidden = make_evidence(confidentiality=Confidentiality.RESTRICTED)
    link = link_evidence(hidden, recommendation=make_recommendation(), shows=Shows.NON, by=hidden.added_by)
    own = make_evidence(person)
    browser = signed_in(person)
    for name in ("evidence_link_edit", "evidence_link_remove"):
        assert browser.post(reverse(name, args=[hidden.number, link.pk])).status_code == 404
        browser.post(reverse(name, args=[own.number, link.pk]), {"shows": "full", "why": "", "passage": ""})
    link.refresh_from_db()
    assert link.shows == Shows.NON


def test_a_changed_link_says_something_else(signed_in) -> None:
    person = make_person()
    link = link_evidence(
        make_evidence(person), recommendation=make_recommendation(), shows=Shows.NON, by=person
    )
    url = reverse("evidence_link_edit", args=[link.evidence.number, link.pk])
    signed_in(person).post(url, {"shows": "partial", "why": "since May", "passage": ""})
    link.refresh_from_db()
    assert (link.shows, link.why) == ("partial", "since May")


def test_a_new_item_with_a_wrong_reference_is_not_half_recorded(signed_in) -> None:
    form = {"confidentiality": "coalition", "kind": "news", "title": "A report", "shows": "non"}
    answer = signed_in(make_person()).post(reverse("evidence_new"), form | {"references": "KAZ-9-1.1"})
    assert (answer.status_code, Evidence.objects.count()) == (422, 0)
