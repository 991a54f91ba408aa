"""The reference data: complete, in three languages, loaded once, and never over what somebody wrote."""

import importlib

import pytest
from django.apps import apps

from recommendations.audit.models import Event
from recommendations.catalogue import reference
from recommendations.catalogue.models import (
    Body,
    Document,
    Goal,
    Milestone,
    ReviewCycle,
    State,
    StateAlias,
    Target,
    Theme,
    ThemeAlias,
)
from recommendations.catalogue.reference import load_reference
from recommendations.words.clean import fold_label

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> dict[str, int]:
    return load_reference()


def state_called(spelling: str) -> str:
    return StateAlias.objects.get(folded=fold_label(spelling)).state.code


def themes_called(label: str) -> list[str]:
    found = ThemeAlias.objects.filter(folded=fold_label(label))
    return sorted(found.values_list("theme__code", flat=True))


def test_a_second_run_adds_nothing_and_writes_nothing_into_the_log(loaded):
    assert load_reference() == {}
    assert Event.objects.filter(verb="reference.loaded").count() == 1


def test_every_member_state_and_both_observers_are_there_in_three_languages(loaded):
    assert loaded["State"] == 193 + 2
    assert not State.objects.filter(name_ru="").exists()
    assert not State.objects.filter(name_kk="").exists()


SPELLINGS = [
    ("KAZ", "KAZ"),
    ("vn", "VNM"),
    ("Czech Republic", "CZE"),
    ("Turkey", "TUR"),
    ("Türkiye", "TUR"),
    ("Swaziland", "SWZ"),
    ("the former Yugoslav Republic of Macedonia", "MKD"),
    ("Bolivarian Republic of Venezuela", "VEN"),
    ("Iran (Islamic republic of)", "IRN"),
    ("Lao People’s Democratic Republic", "LAO"),
    ("Cote d'Ivoire", "CIV"),
    ("Côte d’Ivoire", "CIV"),
    ("DPR Korea", "PRK"),
    ("Российская Федерация", "RUS"),
    ("Ұлыбритания", "GBR"),
    ("Guinea Bissau", "GNB"),
    ("Sao Tome & Principe", "STP"),
    ("France", "FRA"),
]


def test_a_code_that_was_wrong_is_mended_with_what_was_named_after_it(loaded):
    france = State.objects.get(code="FRA")
    State.objects.filter(pk=france.pk).update(code="FXX")
    StateAlias.objects.filter(folded="fra").update(folded="fxx", label="FXX")
    ReviewCycle.objects.create(state=france, number=3, key="FXX-3")

    importlib.import_module("recommendations.migrations.0007_code_of_france").mend(apps, None)

    france.refresh_from_db()
    assert france.code == "FRA"
    assert list(france.aliases.filter(folded="fra").values_list("label", flat=True)) == ["FRA"]
    assert ReviewCycle.objects.get(state=france).key == "FRA-3"
    assert load_reference() == {}


def test_a_state_is_found_by_any_of_its_spellings(loaded):
    assert [(spelling, state_called(spelling)) for spelling, _ in SPELLINGS] == SPELLINGS


def test_names_of_states_are_those_of_the_united_nations(loaded):
    vietnam, moldova = State.objects.get(code="VNM"), State.objects.get(code="MDA")
    assert (vietnam.name_en, moldova.name_ru) == ("Viet Nam", "Республика Молдова")


def test_no_spelling_names_two_states(loaded):
    spellings = [
        (fold_label(label), row["iso3"])
        for row in reference.read("states")
        for label in [row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"]]
    ]
    assert len({folded for folded, _ in spellings}) == len(set(spellings))


LABELS = [
    ("Ratification of & accession to international instruments", ["ratification"]),
    ("Acceptance of international norms", ["ratification"]),
    ("A12 Acceptance of international norms", ["ratification"]),
    ("International instruments", ["ratification"]),
    (" Participation of women in political & public life\u00a0", ["women-participation"]),
    ("Freedom of association and peaceful assembly", ["association", "peaceful-assembly"]),
]


def test_three_generations_of_labels_and_upr_infos_lead_to_the_same_themes(loaded):
    assert [(label, themes_called(label)) for label, _ in LABELS] == LABELS


def test_the_artefact_of_retagging_is_marked_as_ignored(loaded):
    assert list(Theme.objects.filter(is_ignored=True).values_list("code", flat=True)) == ["reservations"]


def test_a_theme_that_says_little_is_marked_as_too_general_to_lead(loaded):
    assert Theme.objects.get(code="ratification").is_general
    assert not Theme.objects.get(code="death-penalty").is_general


def test_all_goals_and_targets_are_there(loaded):
    assert (Goal.objects.count(), Target.objects.count()) == (17, 169)
    assert Target.objects.get(code="16.10").goal.number == 16


def test_the_treaty_bodies_are_there(loaded):
    codes = set(Body.objects.filter(kind="treaty_body").values_list("code", flat=True))
    assert codes >= {"CCPR", "CAT", "CEDAW", "CRC", "CERD", "CESCR", "CRPD", "CMW", "CED"}


def test_kazakhstans_cycles_carry_the_totals_of_the_united_nations(loaded):
    totals = ReviewCycle.objects.order_by("number").values_list("un_received", "un_supported", "un_noted")
    assert list(totals) == [(128, 121, 7), (194, 144, 50), (245, 214, 31), (294, 259, 35)]
    assert all(received == supported + noted for received, supported, noted in totals)


def test_only_symbols_that_nobody_has_seen_are_marked_as_inferred(loaded):
    inferred = Document.objects.filter(is_inferred=True).values_list("symbol", flat=True)
    assert sorted(inferred) == ["A/HRC/59/10", "A/HRC/59/10/Add.1"]


def test_what_lies_ahead_is_an_estimate_that_says_so(loaded):
    ahead = Milestone.objects.filter(on__gte="2026-01-01")
    assert ahead.exists()
    assert all(milestone.is_estimate and "OHCHR" in milestone.note for milestone in ahead)


def test_what_a_person_changed_stays_as_it_is(loaded):
    State.objects.filter(code="KAZ").update(name_en="Kazakhstan, corrected")
    ReviewCycle.objects.filter(key="KAZ-4").update(decision="59/101")
    Milestone.objects.filter(kind="mid_term").delete()

    load_reference()

    assert State.objects.get(code="KAZ").name_en == "Kazakhstan, corrected"
    assert ReviewCycle.objects.get(key="KAZ-4").decision == "59/101"
    assert not Milestone.objects.filter(kind="mid_term").exists()


def test_what_an_import_wrote_before_the_first_run_stays_as_it_is():
    state = State.objects.create(code="KAZ", name_en="Kazakhstan")
    Document.objects.create(symbol="A/HRC/28/10", title="As the file calls it", state=state)

    load_reference()

    assert Document.objects.get(symbol="A/HRC/28/10").title == "As the file calls it"
    assert State.objects.get(code="KAZ").name_ru == ""


def test_a_spelling_that_somebody_gave_to_another_state_stays_with_it():
    other = State.objects.create(code="XXX", name_en="Elsewhere")
    StateAlias.objects.create(state=other, label="Holland", folded=fold_label("Holland"))

    load_reference()

    assert state_called("Holland") == "XXX"


def test_a_row_that_is_missing_is_added_by_itself(loaded):
    StateAlias.objects.filter(state__code="TUV").delete()
    State.objects.filter(code="TUV").delete()

    added = load_reference()

    assert added["State"] == 1
    assert state_called("Tuvalu") == "TUV"


def test_the_number_of_queries_does_not_grow_when_everything_is_there(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        load_reference()
