"""UHRI's files on their way into the catalogue, alone and over the official table; every text here is invented."""

import pytest

from recommendations.catalogue.models import Document, Position, Recommendation, RecommendationIdentifier
from recommendations.catalogue.reference import load_reference
from recommendations.catalogue.texts import preferred_text
from recommendations.imports.commanding import import_file, state_named
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.vocabulary import DocumentKind, PositionKind
from tests.formats import invented_uhri_json as as_json
from tests.formats import invented_uhri_xlsx as as_xlsx
from tests.imports.files import as_csv, catalogue_rows, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(tmp_path):
    load_reference()

    def bring(content, name=as_json.NAME, **options):
        options.setdefault("state", state_named("KAZ"))
        return import_file(write(tmp_path, content, name), dry_run=options.pop("dry_run", False), **options)

    return bring


def counts(told):
    assert told["problems"] == []
    return tuple(told[name] for name in ("rows", "created", "updated", "unchanged", "conflicts"))


def test_the_json_export_is_imported_and_a_second_time_nothing_changes(bring):
    assert counts(bring(as_json.make())) == (3, 3, 0, 0, 0)
    assert counts(bring(as_json.make())) == (3, 0, 0, 3, 0)

    first = Recommendation.objects.get(reference="KAZ-2-124.1")
    assert preferred_text(first, "en")[0].text == "Invented text number 1 & more (Spain) (Timor-Leste);"
    assert [one.state.code for one in first.recommending.all()] == ["ESP", "TLS"]
    assert [one.kind for one in first.positions.all()] == [PositionKind.SUPPORTED]
    # "Reservations" stands on a third of all records and means nothing there.
    assert sorted(first.themes.values_list("name_en", flat=True)) == [
        "Participation of women in political & public life",
        "Right to health",
    ]
    assert sorted(first.goals.values_list("number", flat=True)) == [5, 16]
    assert list(first.identifiers.values_list("source", "value")) == [
        ("uhri", as_json.record(1)["AnnotationId"])
    ]

    committee = Document.objects.get(symbol="E/C.12/KAZ/CO/2")
    assert (committee.kind, committee.body.code) == (DocumentKind.CONCLUDING_OBSERVATIONS, "CESCR")
    assert committee.recommendations.get().paragraph == "13"


@pytest.mark.parametrize("variant", [{}, {"one_line": True, "header": as_xlsx.RIGHT_HEADER, "dates": "real"}])
def test_the_spreadsheet_says_the_same_in_all_its_ways_of_writing(bring, variant):
    table = [as_xlsx.row(number) for number in (1, 2)]
    assert counts(bring(as_xlsx.make(table, **variant), as_xlsx.NAME)) == (2, 2, 0, 0, 0)
    assert counts(bring(as_xlsx.make(table), as_xlsx.NAME)) == (2, 0, 0, 2, 0)
    records = [
        as_json.record(number, Text=one["Text"], Themes=one["Themes"])
        for number, one in enumerate(table, start=1)
    ]
    assert counts(bring(as_json.make(records))) == (2, 0, 0, 2, 0)


def test_it_meets_the_official_table_by_document_and_paragraph(bring):
    official = row(
        "124.1",
        text="Invented text number 1 & more (Spain) (Timor-Leste);",
        recommending_states="Spain; Timor-Leste",
        wg_report_position="Supported - considers already implemented",
        final_position="Supported",
        final_position_source="A/HRC/28/10 para 124",
        uprinfo_issues="",
        uprinfo_action="",
    )
    assert counts(bring(as_csv([official]), "table.csv")) == (1, 1, 0, 0, 0)

    assert counts(bring(as_json.make([as_json.record(1, Text="124.1. " + official["text"])]))) == (
        1,
        0,
        1,
        0,
        0,
    )
    changed = ImportRow.objects.filter(run=ImportRun.objects.latest("pk")).get().changes
    assert {one["field"] for one in changed} == {"themes", "groups", "goals", "targets", "identifier"}
    assert Recommendation.objects.count() == 1
    assert Position.objects.count() == 1


def test_a_text_without_its_number_is_left_out_with_its_row_and_stops_nothing(bring):
    records = [as_json.record(1), as_json.record(2, Text="Invented text without its number (Spain);")]
    assert counts(bring(as_json.make(records))) == (1, 1, 0, 0, 0)
    notes = ImportRun.objects.latest("pk").notes
    assert any("has no paragraph number and is no recommendation that is here" in note for note in notes)


def test_an_answer_without_its_document_is_not_added_where_the_position_is_known(bring):
    """126.27 of cycle 2 was noted in the report and supported at the plenary: UHRI knows only the end."""
    official = row(
        "126.27",
        final_position="Supported",
        final_position_source="A/HRC/28/2 para 602",
        recommending_states="Spain",
        text="Invented text (Spain);",
    )
    bring(as_csv([official]), "table.csv")
    assert Position.objects.count() == 2
    bring(
        as_json.make(
            [as_json.record(1, Text="126.27 Invented text (Spain);", UprRecommendingCountry=["Spain"])]
        )
    )
    assert Position.objects.count() == 2
    assert Recommendation.objects.get().position == PositionKind.SUPPORTED


def test_the_identifier_counts_more_than_the_paragraph(bring):
    bring(as_json.make([as_json.record(1)]))
    moved = as_json.record(1, Text="124.7 Invented text number 1 & more (Spain) (Timor-Leste);")
    told = bring(as_json.make([moved]), accept_doubts=True)
    assert counts(told)[:2] == (1, 0)
    assert Recommendation.objects.get().reference == "KAZ-2-124.1"
    assert RecommendationIdentifier.objects.count() == 1


def test_all_states_at_once_and_their_cycles_are_proposed(bring):
    spain = {
        "Countries": ["ES"],
        "Symbol": "A/HRC/15/6",
        "UprCycle": "1",
        "UprSession": ["8th Session - Cycle 1"],
    }
    text = {"Text": "86.1 Invented text (Peru);", "UprRecommendingCountry": ["PE"]}
    records = [as_json.record(1), as_json.record(2, **spain, **text)]
    assert counts(bring(as_json.make(records), state=None)) == (2, 2, 0, 0, 0)
    assert set(Recommendation.objects.values_list("reference", flat=True)) == {"KAZ-2-124.1", "ESP-1-86.1"}


def test_a_file_of_another_state_says_so(bring):
    before = catalogue_rows()
    told = bring(as_json.make([as_json.record(1, Countries=["Spain"])]))
    assert [one["message"] for one in told["problems"]] == ["The file holds no recommendation to Kazakhstan."]
    assert catalogue_rows() == before


@pytest.mark.parametrize(
    "content",
    [
        as_json.make()[:-100],
        as_json.make([as_json.record(1), as_json.record(2, Themes=5)]),
        as_json.make([as_json.record(1), as_json.record(2, Themes=["No such theme"])]),
        as_json.make().replace(b'"- UPR"', b"NaN", 1),
    ],
)
def test_a_faulty_file_writes_nothing_and_is_explained(bring, content):
    before = catalogue_rows()
    told = bring(content)
    assert told["problems"]
    assert all(one["message"] for one in told["problems"])
    assert catalogue_rows() == before


def test_progress_of_the_reading_is_told_in_bytes(bring):
    told = []
    content = as_json.make([as_json.record(number, Countries=["Spain"]) for number in range(1, 1200)])
    bring(
        content + b"\n",
        report=lambda done, total: told.append((done, total)),
        state=state_named("ESP"),
        dry_run=True,
    )
    assert (len(content) + 1, len(content) + 1) in told


def unnumbered(number=9, text="Invented text number 1 & more (Spain) (Timor-Leste);", **values):
    """A record of the review without a paragraph number in its text."""
    return as_json.record(number, Text=text, Themes=["Right to education"], **values)


def test_a_record_without_a_paragraph_is_met_by_its_words_and_adds_its_labels(bring):
    bring(
        as_json.make(
            [
                as_json.record(1),
                as_json.record(2, Text="124.2 Quite other words of nobody (Spain) (Timor-Leste);"),
            ]
        )
    )
    assert counts(bring(as_json.make([unnumbered()]))) == (1, 0, 1, 0, 0)
    assert Recommendation.objects.count() == 2
    first = Recommendation.objects.get(reference="KAZ-2-124.1")
    assert first.themes.filter(name_en="Right to education").exists()
    assert first.identifiers.count() == 2
    assert counts(bring(as_json.make([unnumbered()]))) == (1, 0, 0, 1, 0)


def test_a_record_without_a_paragraph_that_is_not_sure_is_a_persons_to_decide(bring):
    bring(as_json.make([as_json.record(1)]))
    told = bring(as_json.make([unnumbered(text="Invented text number 1 in other words (Spain);")]))
    assert told["undecided"] == 1
    staged = ImportRow.objects.get(run=ImportRun.objects.latest("pk"))
    assert [reference for reference, _score in staged.match["candidates"]] == ["KAZ-2-124.1"]


def test_a_record_without_a_paragraph_makes_no_recommendation(bring):
    told = bring(
        as_json.make(
            [
                as_json.record(1, UprCycle="3", UprSession=["34th Session - Cycle 3"], Symbol="A/HRC/43/10"),
                unnumbered(),
            ]
        )
    )
    assert told["problems"] == []
    assert Recommendation.objects.count() == 1
    assert any(
        "has no paragraph number and is no recommendation that is here" in note for note in told["notes"]
    )


def test_a_record_without_a_paragraph_beside_one_with_it_is_left_out(bring):
    bring(as_json.make([as_json.record(1)]))
    told = bring(as_json.make([unnumbered(), as_json.record(1)]))
    assert told["problems"] == []
    assert any("means what another row is about" in note for note in told["notes"])
