"""Every name of a State, theme, group and goal that occurs in the real files is among the reference data."""

import csv
import json
import re
from pathlib import Path

import pytest

from recommendations.catalogue.reference import read
from recommendations.words.clean import clean_line, fold_label
from tests.conftest import REAL_FILES


def known(name: str, code: str) -> set[str]:
    return {
        fold_label(label)
        for row in read(name)
        for label in (row[code], row.get("iso2", ""), *row["name"].values(), *row["aliases"])
    }


def rows(path: str) -> list[dict[str, str]]:
    with (REAL_FILES / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def records() -> list[dict]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(Path(REAL_FILES / "uhri").glob("*.json"))]


def left_over(labels: set[str], vocabulary: set[str]) -> set[str]:
    return {label for label in labels if label.strip() and fold_label(label) not in vocabulary}


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("upr-info/sessions-01-20.csv", ["To", "From"]),
        ("upr-info/voluntary-pledges.csv", ["To", "From"]),
        ("upr-info/states-and-sessions.csv", ["To"]),
        ("kazakhstan/upr-info-sessions-7-20.csv", ["To", "From"]),
        ("kazakhstan/cycles-1-2-official.csv", ["recommending_states"]),
    ],
)
def test_every_state_of_the_tables_is_known(path, columns):
    names = {
        clean_line(name, entities=True)
        for row in rows(path)
        for column in columns
        for name in row[column].split("; ")
    }
    assert left_over(names, known("states", "iso3")) <= {"(Unknown)"}


def test_every_recommending_state_of_the_thematic_lists_is_known():
    closing = re.compile(r"\(((?:[^()]|\([^()]*\))+)\)(?=\s*(?:\(|;|\.|$))")
    names = {
        name
        for row in rows("ohchr-thematic-lists/expected-rows.csv")
        for name in closing.findall(row["text"])
        # Some brackets close a sentence without being States; some hold several States.
        if "," not in name and not re.search(r"\d|^[A-Z]{4,}$", name)
    }
    assert len(names) > 100
    assert left_over(names, known("states", "iso3")) == set()


def test_every_theme_of_three_generations_and_of_upr_info_is_known():
    labels = {row["theme"] for row in rows("uhri/themes.csv")}
    labels |= {row["issue"] for row in rows("upr-info/issues.csv")}
    labels |= {row["value"] for row in rows("ohchr-thematic-lists/vocabulary.csv") if row["kind"] == "themes"}
    labels |= {label for record in records() for label in record.get("themes", record.get("Themes", []))}
    for row in rows("kazakhstan/cycles-1-2-official.csv"):
        labels |= set(row["uprinfo_issues"].split("; "))
    assert left_over(labels, known("themes", "code")) == set()


def test_every_affected_group_is_known():
    labels = {
        row["value"] for row in rows("ohchr-thematic-lists/vocabulary.csv") if row["kind"] == "affected"
    }
    labels |= {
        label
        for record in records()
        for label in record.get("affected_persons", record.get("AffectedPersons", []))
    }
    assert left_over(labels, known("groups", "code")) == set()


def test_every_goal_and_target_is_known_by_its_number():
    codes = {target["code"] for goal in read("sdgs") for target in goal["targets"]}
    codes |= {goal["code"] for goal in read("sdgs")}
    labels = {label for record in records() for label in record.get("sdgs", record.get("Sdgs", []))}
    assert {label.split(" - ")[0] for label in labels} <= codes
