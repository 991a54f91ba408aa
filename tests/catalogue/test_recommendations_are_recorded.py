"""What happens when a recommendation is recorded, corrected, split, linked or claimed to be done."""

from datetime import date

import pytest
from django.db import transaction

from recommendations.audit.models import Event
from recommendations.catalogue import index
from recommendations.catalogue.errors import AlreadyRecorded, Conflict, Refused
from recommendations.catalogue.models import Recommendation, RecommendationText, ReferenceAlias
from recommendations.catalogue.recording import (
    correct_recommendation,
    link_recommendations,
    record_claim,
    record_recommendation,
    split_demands,
)
from recommendations.catalogue.references import paragraph_key
from recommendations.vocabulary import ClaimKind, DocumentKind, TextKind
from tests.factories import (
    make_body,
    make_cycle,
    make_document,
    make_person,
    make_recommendation,
    make_state,
    make_theme,
)

pytestmark = pytest.mark.django_db

OFFICIAL = ("en", TextKind.OFFICIAL, "Do it (an invented sentence).")


def test_paragraphs_sort_by_their_numbers():
    paragraphs = ["124.26", "124.3", "95.10", "95.1", "24b", "24a"]

    assert sorted(paragraphs, key=paragraph_key) == ["24a", "24b", "95.1", "95.10", "124.3", "124.26"]


def test_the_reference_is_state_cycle_and_paragraph():
    assert make_recommendation("124.26").reference == "KAZ-2-124.26"


def test_the_reference_of_a_treaty_body_names_it_and_its_number_of_observations():
    document = make_document(
        symbol="CCPR/C/KAZ/CO/2",
        kind=DocumentKind.CONCLUDING_OBSERVATIONS,
        body=make_body("CCPR"),
        cycle=None,
        number_in_series=2,
    )

    assert make_recommendation("24a", document=document).reference == "KAZ-CCPR-2-24a"


def test_a_treaty_body_document_without_a_number_is_refused_with_the_reason():
    document = make_document(symbol="CCPR/C/KAZ/CO/9", body=make_body("CCPR"), cycle=None)

    with pytest.raises(Refused, match="series"):
        make_recommendation("24a", document=document)


def test_recording_writes_texts_states_themes_and_one_event():
    person, theme, norway, spain = make_person(), make_theme(), make_state("NOR"), make_state("ESP")

    recommendation = record_recommendation(
        by=person,
        document=make_document(),
        paragraph="1.1.",
        texts=[("en", TextKind.OFFICIAL, " Do  it\n"), ("ru", TextKind.WORKING_TRANSLATION, "")],
        recommending=[norway, (spain, 5, "Do it today")],
        themes=[theme],
    )

    assert recommendation.paragraph == "1.1"
    assert [(row.language, row.text) for row in recommendation.texts.all()] == [("en", "Do it")]
    assert [(row.state, row.action_category, row.wording) for row in recommendation.recommending.all()] == [
        (norway, None, ""),
        (spain, 5, "Do it today"),
    ]
    assert list(recommendation.themes.all()) == [theme]
    assert [(event.verb, event.actor) for event in Event.objects.filter(subject_kind="Recommendation")] == [
        ("recommendation.recorded", person)
    ]


def test_the_same_paragraph_is_not_recorded_twice():
    first = make_recommendation("1.1")

    with pytest.raises(AlreadyRecorded) as refusal:
        make_recommendation("1.1")

    assert refusal.value.recommendation == first
    assert Recommendation.objects.count() == 1


def test_a_reference_of_before_is_never_given_again():
    recommendation = make_recommendation("1.1")
    ReferenceAlias.objects.create(reference="KAZ-2-9.9", recommendation=recommendation)

    with pytest.raises(AlreadyRecorded):
        make_recommendation("9.9")


@pytest.mark.parametrize("paragraph", ["", "one", "1/2", "1 2", "1" * 40, "-1", "<b>"])
def test_what_is_no_paragraph_number_is_refused(paragraph):
    with pytest.raises(Refused):
        record_recommendation(
            by=None, document=make_document(), paragraph=paragraph, texts=[OFFICIAL], recommending=[]
        )


def test_a_recommendation_without_any_text_is_refused():
    with pytest.raises(Refused):
        make_recommendation(texts=[("en", TextKind.OFFICIAL, " \n")])

    assert not Recommendation.objects.exists()


def test_a_correction_changes_what_differs_and_says_so():
    person = make_person()
    recommendation = make_recommendation("1.1", text="Old words")

    corrected = correct_recommendation(
        recommendation,
        by=person,
        revision=1,
        texts=[("en", TextKind.OFFICIAL, "New words"), ("ru", TextKind.WORKING_TRANSLATION, "Новые слова")],
        recommending=[make_state("NOR")],
    )

    assert (corrected.revision, corrected.corrected) == (2, ["recommending"])
    assert {row.text for row in corrected.texts.all()} == {"New words", "Новые слова"}
    assert {row.edited_by for row in corrected.texts.all()} == {person}
    event = Event.objects.get(verb="recommendation.corrected")
    assert event.detail.detail["text en official"] == {"from": "Old words", "to": "New words"}
    assert event.detail.detail["recommending"] == {"from": "", "to": "NOR"}


def test_a_correction_that_changes_nothing_leaves_no_trace():
    recommendation = make_recommendation("1.1", text="Words")

    correct_recommendation(
        recommendation, by=make_person(), revision=1, texts=[("en", TextKind.OFFICIAL, "Words")], themes=[]
    )

    recommendation.refresh_from_db()
    assert recommendation.revision == 1
    assert not Event.objects.filter(verb="recommendation.corrected").exists()
    assert not RecommendationText.objects.filter(edited_by__isnull=False).exists()


def test_the_second_of_two_corrections_is_shown_the_first():
    recommendation = make_recommendation("1.1")
    correct_recommendation(recommendation, by=None, revision=1, texts=[("en", TextKind.OFFICIAL, "First")])

    with pytest.raises(Conflict) as conflict, transaction.atomic():
        correct_recommendation(
            recommendation, by=None, revision=1, texts=[("en", TextKind.OFFICIAL, "Second")]
        )

    assert [row.text for row in conflict.value.current.texts.all()] == ["First"]
    assert RecommendationText.objects.get().text == "First"


def test_the_last_text_cannot_be_taken_away():
    recommendation = make_recommendation("1.1")

    with pytest.raises(Refused), transaction.atomic():
        correct_recommendation(recommendation, by=None, revision=1, texts=[("en", TextKind.OFFICIAL, "")])

    assert recommendation.texts.count() == 1


def test_demands_keep_their_row_when_the_split_is_corrected():
    recommendation, norway = make_recommendation("1.1"), make_state("NOR")
    first, _second = split_demands(
        recommendation, demands=[("a", {"en": "Sign"}, [norway]), ("b", {"en": "Ratify"}, [])], by=None
    )

    rows = split_demands(
        recommendation, demands=[("A", {"en": "Sign it"}, []), ("c", {"en": "Publish"}, [])], by=None
    )

    assert rows[0].pk == first.pk
    assert [(row.letter, row.texts.get().text) for row in recommendation.demands.all()] == [
        ("a", "Sign it"),
        ("c", "Publish"),
    ]


@pytest.mark.parametrize(
    "demands",
    [
        [("a", {"en": "One"}, [])],
        [("a", {"en": "One"}, []), ("a", {"en": "Two"}, [])],
        [("a", {"en": "One"}, []), ("b", {"en": " "}, [])],
    ],
)
def test_a_split_that_is_none_is_refused(demands):
    with pytest.raises(Refused), transaction.atomic():
        split_demands(make_recommendation("1.1"), demands=demands, by=None)


def test_a_link_is_put_in_the_order_of_the_cycles():
    earlier = make_recommendation("1.1", document=make_document(make_cycle(number=1)))
    later = make_recommendation("1.1", document=make_document(make_cycle(number=2)))

    link = link_recommendations(earlier=later, later=earlier, by=make_person())

    assert (link.earlier, link.later) == (earlier, later)
    with pytest.raises(Refused):
        link_recommendations(earlier=earlier, later=later, by=None)
    with pytest.raises(Refused):
        link_recommendations(earlier=earlier, later=earlier, by=None)


def test_a_claim_has_the_date_of_its_document():
    recommendation = make_recommendation("1.1")

    claim = record_claim(
        recommendation,
        kind=ClaimKind.IMPLEMENTED,
        document=recommendation.document,
        locator="para. 1",
        by=None,
    )

    assert claim.on == date(2014, 10, 30)
    with pytest.raises(Refused):
        record_claim(
            recommendation,
            kind=ClaimKind.IMPLEMENTED,
            document=recommendation.document,
            locator="para. 1",
            by=None,
        )


def test_those_who_keep_copies_are_told(monkeypatch):
    told = []
    monkeypatch.setattr(index, "CHANGED", [lambda ids, _new: told.extend(ids)])

    recommendation = make_recommendation("1.1")
    correct_recommendation(recommendation, by=None, revision=1, texts=[("en", TextKind.OFFICIAL, "New")])

    assert told == [recommendation.pk, recommendation.pk]
