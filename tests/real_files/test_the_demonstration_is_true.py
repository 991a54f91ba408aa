"""The paragraphs, States, positions and claims of the demonstration are those of the official file."""

import csv
import re

from recommendations.catalogue.reference import read as read_reference
from recommendations.demo.story import read
from recommendations.words.clean import fold_label
from tests.conftest import REAL_FILES

WORDS_IN_A_ROW = 14
FIRST_POSITIONS = {"Supported": "supported", "Noted": "noted", "To be": "under_consideration"}


def official() -> dict[tuple[int, str], dict[str, str]]:
    path = REAL_FILES / "kazakhstan" / "cycles-1-2-official.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(int(row["cycle"]), row["paragraph"]): row for row in csv.DictReader(file)}


OFFICIAL = official()
DEMO = [(row, OFFICIAL[row["cycle"], row["paragraph"]]) for row in read("recommendations")["recommendations"]]


def codes_of(names: str) -> list[str]:
    spellings = {
        fold_label(label): row["iso3"]
        for row in read_reference("states")
        for label in (*row["name"].values(), *row["aliases"])
    }
    return [spellings[fold_label(name)] for name in names.split("; ")]


def test_recommending_states_and_documents_are_those_of_the_file():
    for row, true in DEMO:
        assert [made["state"] for made in row["recommending_states"]] == codes_of(true["recommending_states"])
        assert row["document"] == true["symbol"]


def test_positions_are_those_of_the_file_first_and_last():
    for row, true in DEMO:
        kinds = [position["position"] for position in row["positions"]]
        assert kinds[-1] == true["final_position"].lower()
        assert kinds[0] == next(
            kind for start, kind in FIRST_POSITIONS.items() if true["wg_report_position"].startswith(start)
        )
        assert len(kinds) == len(set(kinds))


def test_action_categories_are_those_of_the_file():
    for row, true in DEMO:
        given = {made["action_category"] for made in row["recommending_states"]}
        assert given == {int(number) for number in true["uprinfo_action"].split("; ")}


def test_claims_are_those_of_the_file():
    for row, true in DEMO:
        claimed = re.search("implemented|process", true["wg_report_position"]) is not None
        changed_later = "changed after" in true["final_position_source"]
        assert bool(row["state_claim"]) == (claimed or changed_later)


def test_no_sentence_is_taken_over_from_the_file():
    for row, true in DEMO:
        ours, theirs = (
            re.findall(r"[a-z]+", text.lower()) for text in (row["paraphrase"]["en"], true["text"])
        )
        runs = {tuple(theirs[i : i + WORDS_IN_A_ROW]) for i in range(len(theirs))}
        assert not any(
            tuple(ours[i : i + WORDS_IN_A_ROW]) in runs for i in range(len(ours) - WORDS_IN_A_ROW + 1)
        ), row["paragraph"]
