import time

import pytest

from recommendations.words.likeness import comparable, likeness, most_alike, nearest

STATES = [
    "Kazakhstan",
    "Kyrgyzstan",
    "Uzbekistan",
    "Iran (Islamic Republic of)",
    "Republic of Korea",
    "Democratic People's Republic of Korea",
    "United Kingdom of Great Britain and Northern Ireland",
    "United States of America",
    "Niger",
    "Nigeria",
    "Austria",
    "Australia",
    "Côte d'Ivoire",
    "Казахстан",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kazahstan", "Kazakhstan"),
        ("Korea", "Republic of Korea"),
        ("Iran", "Iran (Islamic Republic of)"),
        ("United Kingdom", "United Kingdom of Great Britain and Northern Ireland"),
        ("Austrla", "Australia"),
        ("Nigerria", "Nigeria"),
        ("Казакстан", "Казахстан"),
        ("cote divoire", "Côte d'Ivoire"),
    ],
)
def test_the_nearest_label_is_suggested_first(typed, meant):
    assert nearest(typed, STATES)[0] == meant


@pytest.mark.parametrize("typed", ["", "zzzz", "42", "XY"])
def test_nothing_is_suggested_where_nothing_is_near(typed):
    assert nearest(typed, STATES) == []


def test_number_states_and_signs_around_a_wording_do_not_count():
    assert likeness("26.1. Ratify  the Convention (Spain) (Peru);", "Ratify the convention.") == 1.0
    assert comparable("(Spain)") == "spain"


def test_the_candidate_most_alike_is_found_above_the_threshold_only():
    candidates = {
        1: comparable("Ratify the Convention on enforced disappearance"),
        2: comparable("Abolish torture"),
    }
    found = most_alike("Ratify the Convention on enforced disappearances (Spain);", candidates)
    assert found is not None
    assert found[0] == 1
    assert found[1] > 0.9
    assert most_alike("Adopt a law on domestic violence", candidates) is None


def test_two_candidates_equally_alike_are_no_match():
    assert (
        most_alike("Ratify the Convention", {1: "ratify the convention", 2: "ratify the convention"}) is None
    )


def test_three_hundred_rows_against_a_thousand_records_take_seconds_not_minutes():
    sentence = "ensure effective protection of human rights defenders and journalists in law and practice"
    words = sentence.split()
    candidates = {n: comparable(" ".join([*words[n % 7 :], str(n), *words]) * 2) for n in range(1000)}
    began = time.perf_counter()
    for n in range(300):
        most_alike(" ".join(words[n % 5 :] * 3), candidates)
    assert time.perf_counter() - began < 10
