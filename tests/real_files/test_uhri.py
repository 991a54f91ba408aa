"""UHRI's real records; and the official recommendations of Kazakhstan as UHRI would give them."""

import csv
import json

import pytest

from recommendations.catalogue.models import Document, Position, Recommendation, RecommendingState
from recommendations.catalogue.reference import load_reference, read
from recommendations.formats.entries import Wanted
from recommendations.formats.readers import recognise, sample_of, uhri_json
from recommendations.imports.commanding import import_file, state_named
from recommendations.words.clean import fold_label
from tests.conftest import REAL_FILES
from tests.formats import invented_uhri_xlsx as as_xlsx

UHRI = REAL_FILES / "uhri"
FULL = UHRI / "one-record-of-the-full-export.json"
OFFICIAL = REAL_FILES / "kazakhstan" / "cycles-1-2-official.csv"
STATES = {
    fold_label(label)
    for row in read("states")
    for label in (row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"])
}


def entries_of(path):
    with uhri_json.read(
        path, name=path.name, wanted=Wanted(lambda label: fold_label(label) in STATES)
    ) as reading:
        found = list(reading.entries)
    assert reading.problems == []
    return found, reading.notes


def as_exported(record):
    """A record with normalised keys as the full export writes it."""
    return {
        "AffectedPersons": record["affected_persons"],
        "AnnotationId": record["_id"],
        "AnnotationType": f"- {record['annotation_type']}",
        "Body": f"- {record['body']}",
        "Countries": record["countries"],
        "PublicationDate": f"{record['date']}T00:00:00",
        "Regions": record["regions"],
        "Sdgs": record["sdgs"],
        "Symbol": record["symbol"],
        "Text": record["text"],
        "Themes": record["themes"],
        "UprCycle": record["upr_cycle"],
        "UprPositions": [],
        "UprRecommendingCountry": record["upr_recommending_country"],
        "UprRecommendingRegions": [],
        "UprSession": [],
    }


def normalised():
    return [json.loads(path.read_text("utf-8")) for path in sorted(UHRI.glob("*.json")) if path != FULL]


def official():
    with OFFICIAL.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_record_of_the_full_export_is_recognised_and_no_recommendation():
    assert recognise(sample_of(FULL)) is uhri_json
    assert entries_of(FULL) == (
        [],
        ["Left out because they are no recommendations: Concerns/Observations (1)."],
    )


def test_the_record_of_the_full_export_read_as_a_recommendation_is_whole(tmp_path):
    record = json.loads(FULL.read_text("utf-8"))
    path = tmp_path / "full.json"
    path.write_text(json.dumps([record | {"AnnotationType": "- Recommendations"}]))
    [entry], _notes = entries_of(path)
    assert (entry.state, entry.body, entry.symbol, entry.paragraph) == (
        "Peru",
        "CRC",
        "CRC/C/PER/CO/6-7",
        "4",
    )
    assert entry.published_on == "2025-02-12"
    assert entry.identifiers == [("uhri", "a9ceae8c-fe1c-40f9-a326-1529e0ab678f")]
    assert entry.texts[0][2] == record["Text"].removeprefix("4.")
    assert (entry.themes, entry.groups) == (record["Themes"], record["AffectedPersons"])
    assert entry.sdgs == record["Sdgs"]


def test_every_recommendation_of_the_normalised_records_has_its_paragraph_and_whole_words(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps([as_exported(record) for record in normalised()]))
    found, notes = entries_of(path)
    recommendations = [record for record in normalised() if record["annotation_type"] == "Recommendations"]
    assert len(found) == len(recommendations) == 7
    assert notes == ["Left out because they are no recommendations: Concerns/Observations (8)."]
    assert [entry.paragraph for entry in found] == [
        number
        for record in recommendations
        for line in record["text"].splitlines()
        if (number := line.split(".")[0]).isdigit()
    ]
    texts = "\n".join(entry.texts[0][2] for entry in found)
    assert "supply chains;" in texts
    for broken in ("chain s", "P eoples", "P arty", "ensur e", "achieve ment", " ’ ", " ,", " ;", " ."):
        assert broken not in texts, broken
    for whole in (
        "Indigenous Peoples’ rights",
        "the State Party strengthen",
        "non‑compliance",
        "and ensure robust",
    ):
        assert whole in texts, whole


@pytest.mark.django_db
def test_the_normalised_records_are_imported_with_every_label_known(tmp_path):
    load_reference()
    path = tmp_path / "export.json"
    path.write_text(json.dumps([as_exported(record) for record in normalised()]))
    told = import_file(path, state=state_named("AUS"), dry_run=False)
    assert (told["problems"], told["created"], told["doubts"]) == ([], 7, [])
    assert Document.objects.get(symbol="E/C.12/AUS/CO/6").number_in_series == 6
    assert Recommendation.objects.filter(reference__startswith="AUS-CESCR-6-").count() == 7
    again = import_file(path, state=state_named("AUS"), dry_run=False)
    assert (again["problems"], again["created"], again["updated"], again["unchanged"]) == ([], 0, 0, 7)


@pytest.mark.django_db
@pytest.mark.parametrize("one_line", [False, True])
def test_the_labels_of_the_index_are_all_known_in_a_spreadsheet(tmp_path, one_line):
    load_reference()
    with (UHRI / "themes.csv").open(encoding="utf-8-sig", newline="") as file:
        themes = [row["theme"] for row in csv.DictReader(file)]
    path = tmp_path / "export.xlsx"
    path.write_bytes(as_xlsx.make([as_xlsx.row(1, Themes=themes)], one_line=one_line))
    told = import_file(path, state=state_named("KAZ"), dry_run=False)
    assert told["problems"] == []
    found = set(Recommendation.objects.get().themes.values_list("name_en", flat=True))
    assert "Reservations" not in found
    assert len(found) > 80


def as_in_uhri(number, row):
    """A row of the official table in the shape of UHRI's spreadsheet, one way of writing after the other."""
    front = ("{} ", "{}. ", "{}: ", "\n {}  ")[number % 4].format(row["paragraph"])
    return as_xlsx.row(
        number,
        **{
            "Text": front + row["text"].replace("&", "&amp;").replace("’", "&#8217;"),
            "Countries Concerned": [("Kazakhstan", "KZ", "Kazakhstan*", " Kazakhstan ")[number % 4]],
            "Document Symbol": row["symbol"],
            "Themes": ["Reservations"],
            "Affected Persons": [],
            "Sdgs": [],
            "UPR Reccomending States": row["recommending_states"].split("; "),
            "UPR Position": row["final_position"],
            "UPR Session": f"- {row['session']}th Session - Cycle {row['cycle']}",
        },
    )


@pytest.mark.django_db
@pytest.mark.parametrize("one_line", [False, True])
def test_the_official_table_and_uhri_meet_on_every_recommendation(tmp_path, one_line):
    load_reference()
    kazakhstan = state_named("KAZ")
    assert import_file(OFFICIAL, state=kazakhstan, dry_run=False)["created"] == 322
    positions = Position.objects.count()
    states = list(
        RecommendingState.objects.order_by("pk").values_list("recommendation", "state", "action_category")
    )

    path = tmp_path / "uhri.xlsx"
    path.write_bytes(
        as_xlsx.make([as_in_uhri(number, row) for number, row in enumerate(official(), 1)], one_line=one_line)
    )
    told = import_file(path, state=kazakhstan, dry_run=False)
    assert (told["problems"], told["doubts"]) == ([], [])
    # Each gets its identifier in UHRI; nothing else is new but where words were whole again.
    assert (told["created"], told["updated"], told["conflicts"]) == (0, 322, 0)
    assert Position.objects.count() == positions
    assert Recommendation.objects.count() == 322
    after = RecommendingState.objects.order_by("recommendation", "order")
    assert sorted(after.values_list("recommendation", "state", "action_category")) == sorted(states)

    again = import_file(path, state=kazakhstan, dry_run=False)
    assert (again["problems"], again["unchanged"]) == ([], 322)
