"""The Danish Institute's table: a row for each recommending State; every row here is invented."""

import io

import pytest

from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.reference import load_reference
from recommendations.formats.entries import Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import danish_csv, recognise, sample_of
from recommendations.imports.commanding import import_file, state_named
from tests.formats import invented_danish_csv as invented


def read(content, label="Kazakhstan"):
    reader = recognise(sample_of(io.BytesIO(content), "file"))
    assert reader is danish_csv
    wanted = Wanted(lambda name: name in ("Kazakhstan", "Spain", "Timor-Leste"), lambda name: name == label)
    with reader.read(io.BytesIO(content), name="file", wanted=wanted) as reading:
        return list(reading.entries), reading.notes


def test_rows_of_one_recommendation_become_one():
    entries, notes = read(invented.make())
    assert [(entry.number, entry.symbol, entry.paragraph, entry.cycle) for entry in entries] == [
        (2, "A/HRC/28/10", "124.1", 2),
        (4, "A/HRC/28/10", "124.2", 2),
        (5, "E/C.12/KAZ/CO/2", "13", None),
    ]
    first = entries[0]
    assert first.texts == [("en", "official", "Invented text number 1")]
    assert [state.label for state in first.recommending] == ["Spain", "Timor-Leste"]
    assert [answer.words for answer in first.answers] == ["Supported"]
    assert first.sdgs == ["16", "5", "16.3", "5.2"]
    assert first.groups == ["Children", "Judges, lawyers and prosecutors"]
    assert first.doubts == []
    assert entries[1].answers[0].words == "Supported/Noted"
    assert entries[2].body == "CESCR"
    assert notes == [
        "1 record on another State was left out.",
        "Left out because they are no recommendations: Concern (1).",
        "1 record was joined with another of the same paragraph.",
    ]


def test_different_answers_to_one_recommendation_are_doubted():
    [entry], _notes = read(invented.make([invented.row(1), invented.row(1, responseupr="Noted")]))
    assert [answer.words for answer in entry.answers] == ["Supported", "Noted"]
    assert entry.doubts == ["The file gives several answers to this recommendation: Supported, Noted."]


@pytest.mark.parametrize(
    ("paragraph", "text", "found"),
    [
        ("A/HRC/28/10|124.1", "Invented", ("124.1", "Invented")),
        ("a|b|124.1.", "124.1 Invented", ("124.1", "Invented")),
        ("124.1", "124.1. Invented", ("124.1", "Invented")),
        ("", "124.1 Invented", ("124.1", "Invented")),
        ("124.1", "3. Invented", ("124.1", "3. Invented")),
    ],
)
def test_the_paragraph_in_its_spellings(paragraph, text, found):
    [entry], _notes = read(invented.make([invented.row(1, paragraph=paragraph, text=text)]))
    assert (entry.paragraph, entry.texts[0][2]) == found


def test_a_column_that_is_missing_is_told():
    content = invented.make().replace(b"documentcode", b"code")
    with (
        pytest.raises(FileProblem, match="missing: “documentcode”"),
        danish_csv.read(io.BytesIO(content), name="file", wanted=Wanted(lambda name: False)),
    ):
        pass


@pytest.mark.django_db
def test_the_table_is_imported_and_a_second_time_nothing_changes(tmp_path):
    load_reference()
    path = tmp_path / invented.NAME
    path.write_bytes(invented.make())
    told = import_file(path, state=state_named("KAZ"), dry_run=False)
    assert (told["problems"], told["created"]) == ([], 3)
    again = import_file(path, state=state_named("KAZ"), dry_run=False)
    assert (again["problems"], again["unchanged"]) == ([], 3)
    made_by = Recommendation.objects.get(reference="KAZ-2-124.1").recommending.values_list(
        "state__code", flat=True
    )
    assert list(made_by) == ["ESP", "TLS"]
