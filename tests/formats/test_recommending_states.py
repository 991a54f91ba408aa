"""Recommending States are found in texts however the UN writes them; all texts here are invented."""

import pytest

from recommendations.catalogue.reference import read
from recommendations.formats.recommending import (
    recommending_states,
    split_states,
    split_wordings,
    states_in,
    unknown_closing,
)
from recommendations.words.clean import fold_label

KNOWN = {
    fold_label(label)
    for row in read("states")
    for label in (row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"])
}


def knows(label):
    return fold_label(label) in KNOWN


@pytest.mark.parametrize(
    ("bracket", "labels"),
    [
        ("Spain", ["Spain"]),
        ("the Netherlands", ["the Netherlands"]),
        ("The Congo", ["Congo"]),
        (" Spain ", ["Spain"]),
        ("Spain*", ["Spain"]),
        ("Spain, Tunisia, Portugal", ["Spain", "Tunisia", "Portugal"]),
        ("Spain,Tunisia;Portugal", ["Spain", "Tunisia", "Portugal"]),
        ("Spain and Portugal", ["Spain", "Portugal"]),
        ("Spain, Tunisia, and Portugal", ["Spain", "Tunisia", "Portugal"]),
        ("Spain/Portugal", ["Spain", "Portugal"]),
        ("Spain & Portugal", ["Spain", "Portugal"]),
        ("Spain\nPortugal", ["Spain", "Portugal"]),
        ("Timor-Leste", ["Timor-Leste"]),
        ("Timor- Leste", ["Timor- Leste"]),
        ("Timor-Leste, Guinea-Bissau", ["Timor-Leste", "Guinea-Bissau"]),
        ("Bosnia and Herzegovina", ["Bosnia and Herzegovina"]),
        (
            "Bosnia and Herzegovina, Spain and Trinidad and Tobago",
            ["Bosnia and Herzegovina", "Spain", "Trinidad and Tobago"],
        ),
        ("Saint Vincent and the Grenadines and Peru", ["Saint Vincent and the Grenadines", "Peru"]),
        ("United Kingdom of Great Britain and Northern Ireland", 1),
        ("United Kingdom of Great Britain and Northern Ireland and Ireland", 2),
        ("Venezuela (Bolivarian Republic of)", ["Venezuela (Bolivarian Republic of)"]),
        (
            "Senegal, Venezuela (Bolivarian Republic of),Peru",
            ["Senegal", "Venezuela (Bolivarian Republic of)", "Peru"],
        ),
        ("Iran, Islamic Republic of", ["Iran (Islamic Republic of)"]),
        ("Iran, Islamic Republic of, Spain", ["Iran (Islamic Republic of)", "Spain"]),
        ("Bolivia, Plurinational State of", ["Bolivia (Plurinational State of)"]),
        ("Korea, Republic of", ["Korea, Republic of"]),
        ("Iran (Islamic Republic of", ["Iran (Islamic Republic of)"]),
        ("Democratic Republic of the Congo, Congo", ["Democratic Republic of the Congo", "Congo"]),
        ("Lao People’s Democratic Republic", ["Lao People’s Democratic Republic"]),
        ("Kyrgyzs tan", ["Kyrgyzstan"]),
        ("Plurinational S tate of Bolivia", ["Plurinational State of Bolivia"]),
        ("Испания, Португалия и Перу", ["Испания", "Португалия", "Перу"]),
        ("UK", ["UK"]),
        ("USA, UAE", ["USA", "UAE"]),
        # No States: abbreviations, words that are codes of States, numbers, half-known lists.
        ("CEDAW", []),
        ("ID", []),
        ("IT", []),
        ("and", []),
        ("per", []),
        ("2009–2014", []),
        ("No. 189", []),
        ("Spain and its regions", []),
        ("2014, Spain", []),
        ("", []),
        ("(", []),
    ],
)
def test_the_inside_of_a_bracket(bracket, labels):
    found = states_in(bracket, knows)
    assert (len(found) if isinstance(labels, int) else found) == labels


@pytest.mark.parametrize(
    ("text", "wording", "labels"),
    [
        ("Invented text (Spain);", "Invented text", ["Spain"]),
        ("Invented text (Spain).", "Invented text", ["Spain"]),
        ("Invented text (Spain) ;", "Invented text", ["Spain"]),
        ("Invented text(Spain)", "Invented text", ["Spain"]),
        ("Invented text (Spain) (Portugal);", "Invented text", ["Spain", "Portugal"]),
        ("Invented text (Spain), (Portugal);", "Invented text", ["Spain", "Portugal"]),
        ("Invented text (Spain) and (Portugal);", "Invented text", ["Spain", "Portugal"]),
        ("Invented text (Spain)/(Portugal);", "Invented text", ["Spain", "Portugal"]),
        ("Invented text\n(Spain)\n(Portugal);\n", "Invented text", ["Spain", "Portugal"]),
        ("Invented text (Spain) (Spain);", "Invented text", ["Spain"]),
        ("Invented text (Spain);*", "Invented text", ["Spain"]),
        ("Invented text (Spain, Peru) (Chad);", "Invented text", ["Spain", "Peru", "Chad"]),
        ("Invented text (Bolivia (Plurinational State of)) (Peru);", "Invented text", 2),
        (
            "Invented text (Bolivia (Plurinational State of);",
            "Invented text",
            ["Bolivia (Plurinational State of)"],
        ),
        (
            "Invented text (Bolivia) (Plurinational State of);",
            "Invented text",
            ["Bolivia (Plurinational State of)"],
        ),
        ("Invented text on a treaty (CEDAW) (Peru);", "Invented text on a treaty (CEDAW)", ["Peru"]),
        ("Invented text on a treaty (CEDAW);", "Invented text on a treaty (CEDAW);", []),
        (
            "Invented text for the region (Peru) and more;",
            "Invented text for the region (Peru) and more;",
            [],
        ),
        (
            "Invented text for the region (Chad) as well (Peru);",
            "Invented text for the region (Chad) as well",
            ["Peru"],
        ),
        ("Invented text", "Invented text", []),
        ("", "", []),
        ("Invented text ((((Spain", "Invented text ((((Spain", []),
        ("Invented text (see annex A (Spain);", "Invented text (see annex A", ["Spain"]),
    ],
)
def test_states_behind_a_text(text, wording, labels):
    found, names = split_states(text, knows)
    assert found == wording
    assert (len(names) if isinstance(labels, int) else names) == labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invented A (France); invented B (Spain)", [("Invented A", ["France"]), ("invented B", ["Spain"])]),
        (
            "Invented A (France) (Peru);Invented B (Spain);",
            [("Invented A", ["France", "Peru"]), ("Invented B", ["Spain"])],
        ),
        (
            "Invented A (France) ; Invented B (Spain) ;",
            [("Invented A", ["France"]), ("Invented B", ["Spain"])],
        ),
        (
            "Invented A (France), and invented B (Spain)",
            [("Invented A", ["France"]), ("invented B", ["Spain"])],
        ),
        (
            "Invented A (France) and invented B (Spain)",
            [("Invented A", ["France"]), ("invented B", ["Spain"])],
        ),
        (
            "To think of doing (Peru)/do (Republic of Korea) the invented thing;",
            [
                ("To think of doing the invented thing", ["Peru"]),
                ("do the invented thing", ["Republic of Korea"]),
            ],
        ),
        (
            "Invented A (Chad); think of doing (Peru)/do (Spain) the invented thing;",
            [
                ("Invented A", ["Chad"]),
                ("think of doing the invented thing", ["Peru"]),
                ("do the invented thing", ["Spain"]),
            ],
        ),
        (
            "Invented work with a neighbour (Chad) by means of a plan (Spain);",
            [("Invented work with a neighbour (Chad) by means of a plan", ["Spain"])],
        ),
        ("Invented A (Spain); ** An invented note of the editors.", [("Invented A", ["Spain"])]),
        ("Invented text without any State;", []),
    ],
)
def test_wordings_of_their_own(text, expected):
    assert split_wordings(text, knows) == expected


def test_one_wording_for_all_is_not_repeated_for_each():
    found = recommending_states("Invented text (Spain) (Peru);", knows)
    assert [(state.label, state.wording) for state in found] == [("Spain", ""), ("Peru", "")]


def test_a_state_that_speaks_twice_has_both_wordings():
    found = recommending_states("Invented A (Spain); invented B (Peru); invented C (Spain);", knows)
    assert [(state.label, state.wording) for state in found] == [
        ("Spain", "Invented A\ninvented C"),
        ("Peru", "invented B"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invented text (Swizterland);", "Swizterland"),
        ("Invented text (Spain) (Swizterland).", "Swizterland"),
        ("Invented text (Spain, Swizterland).", "Spain, Swizterland"),
        ("Invented text (Spain);", ""),
        ("Invented text (ICRMW);", ""),
        ("Invented text (see above);", ""),
        ("Invented text (2014);", ""),
        ("Invented text (Swizterland) and more;", ""),
    ],
)
def test_a_closing_bracket_that_looks_like_a_state_is_told(text, expected):
    assert unknown_closing(text, knows) == expected


@pytest.mark.parametrize(
    "text", ["(" * 5000, "(Spain" * 2000, "Spain, " * 5000, "(" + "Spain, " * 3000 + ")", "(Spain)" * 3000]
)
def test_a_hostile_text_takes_no_time(text):
    split_states(text, knows)
    split_wordings(text, knows)
    unknown_closing(text, knows)
