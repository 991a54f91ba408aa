"""The brackets of the real texts name the very States that the tables list beside them."""

import csv

import pytest

from recommendations.catalogue.reference import read
from recommendations.formats.recommending import recommending_states, unknown_closing
from recommendations.words.clean import fold_label
from tests.conftest import REAL_FILES

CODES = {
    fold_label(label): row["iso3"]
    for row in read("states")
    for label in (row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"])
}


def knows(label):
    return fold_label(label) in CODES


def rows(path):
    with (REAL_FILES / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_official_text_of_kazakhstan_names_the_states_listed_beside_it():
    for row in rows("kazakhstan/cycles-1-2-official.csv"):
        named = [CODES[fold_label(state.label)] for state in recommending_states(row["text"], knows)]
        listed = [CODES[fold_label(label)] for label in row["recommending_states"].split("; ")]
        assert named == listed, row["paragraph"]


def test_every_text_of_the_thematic_lists_names_its_states_and_nothing_else_that_looks_like_one():
    for row in rows("ohchr-thematic-lists/expected-rows.csv"):
        assert recommending_states(row["text"], knows), row["paragraph"]
        assert unknown_closing(row["text"], knows) == "", row["paragraph"]


@pytest.mark.parametrize(
    ("state", "cycle", "paragraph", "codes"),
    [
        ("SVN", "2", "115.124", ["ARM", "CRI", "UZB", "AZE"]),
        ("SVN", "3", "121.1", ["FRA", "LTU"]),
        ("CHN", "2", "186.67", ["SYR"]),
    ],
)
def test_states_with_wordings_of_their_own(state, cycle, paragraph, codes):
    text = next(
        row["text"]
        for row in rows("ohchr-thematic-lists/expected-rows.csv")
        if (row["sur_iso3"], row["cycle"], row["paragraph"]) == (state, cycle, paragraph)
    )
    found = recommending_states(text, knows)
    assert [CODES[fold_label(one.label)] for one in found] == codes
    assert all(one.wording for one in found) == (paragraph == "115.124")
