"""UPR Info's export, as a workbook and as text: rows joined, columns found, hostile files answered with a sentence."""

import io

import pytest

from recommendations.formats.entries import Answer, FromState, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import recognise, upr_info
from recommendations.formats.samples import sample_of
from tests.formats.invented_upr_info import HEADER, HEADER_CSV, NAME, ROWS, line, make, make_csv, workbook

STATES = {"kazakhstan", "kyrgyzstan", "norway", "spain", "cote d'ivoire"}


def wanted(state=""):
    return Wanted(
        knows_state=lambda label: label.casefold() in STATES,
        is_of_state=lambda label: not state or label == state,
    )


def read(content, name=NAME, state=""):
    source = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    with upr_info.read(source, name=name, wanted=wanted(state)) as reading:
        return list(reading.entries), reading


def test_both_shapes_are_recognised_and_nothing_else():
    assert recognise(sample_of(io.BytesIO(make()), NAME)) is upr_info
    assert recognise(sample_of(io.BytesIO(make_csv().encode()), "x.csv")) is upr_info
    other = io.BytesIO(b"cycle,session,symbol,paragraph,text\n1,7,A/HRC/14/10,95.1,Invented text\n")
    assert recognise(sample_of(other, "x.csv")) is None


def test_rows_that_say_the_same_and_were_answered_the_same_are_one_recommendation_of_several_states():
    entries, reading = read(make())
    assert reading.problems == []
    assert [entry.number for entry in entries] == [2, 4, 5]
    assert entries[0].recommending == [FromState("Norway", 4), FromState("Spain", 5)]
    assert entries[1].recommending == [FromState("Spain", 3)]
    assert [[answer.words for answer in entry.answers] for entry in entries] == [
        ["Accepted"],
        ["Accepted"],
        ["Noted"],
    ]
    assert entries[0].issues == ["Freedom of the press"]
    assert {(entry.state, entry.session, entry.paragraph, entry.symbol) for entry in entries} == {
        ("Kazakhstan", 20, "", "")
    }


def test_the_workbook_and_the_table_give_the_same():
    assert read(make())[0] == read(make_csv(), "x.csv")[0]
    assert read(workbook([HEADER_CSV, *ROWS]))[0] == read(make_csv(header=HEADER), "x.csv")[0]


def test_one_text_with_two_answers_stays_two_recommendations():
    rows = [line("Invented text: ratify"), line("Invented text: Ratify.", sender="Spain", response="Noted")]
    entries, _reading = read(make_csv(rows), "x.csv")
    assert [entry.answers[0].words for entry in entries] == ["Accepted", "Noted"]


def test_a_state_that_stands_twice_is_named_once_and_its_issues_are_put_together():
    rows = [line("Invented text: ratify", issue="Children"), line("Invented text: ratify", issue="Poverty")]
    (entry,), _reading = read(make_csv(rows), "x.csv")
    assert entry.recommending == [FromState("Norway", 4)]
    assert entry.issues == ["Children", "Poverty"]


def test_the_same_words_to_two_states_or_at_two_sessions_are_not_joined():
    rows = [
        line("Invented text: ratify"),
        line("Invented text: ratify", to="Kyrgyzstan"),
        line("Invented text: ratify", session=7),
    ]
    entries, _reading = read(make_csv(rows), "x.csv")
    assert [(entry.state, entry.session) for entry in entries] == [
        ("Kazakhstan", 7),
        ("Kazakhstan", 20),
        ("Kyrgyzstan", 20),
    ]


def test_rows_on_other_states_and_pledges_are_left_out_and_counted():
    rows = [
        line("Invented text: one"),
        line("Invented text: two", to="Kyrgyzstan"),
        line("Invented text: three", response="Voluntary Pledge"),
    ]
    entries, reading = read(make_csv(rows), "x.csv", state="Kazakhstan")
    assert len(entries) == 1
    assert [note.split()[0] for note in reading.notes] == ["1", "1"]
    assert reading.problems == []


def test_no_answer_is_no_position_and_an_unknown_sender_is_no_state():
    rows = [line("Invented text: one", response="No response", sender="(Unknown)", action="")]
    (entry,), _reading = read(make_csv(rows), "x.csv")
    assert entry.answers == []
    assert entry.recommending == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "mac_roman", "cp1252", "utf-16"])
def test_old_encodings_and_line_ends_are_read(end, encoding):
    rows = [line("Invented text: the press’s freedom – invented", sender="Norway")] * 2
    rows += [line("Invented text: “quoted” words of Côte d’Ivoire", sender="Spain")]
    entries, reading = read(make_csv(rows, end=end).encode(encoding), "x.csv")
    assert reading.problems == []
    assert [entry.texts[0][2] for entry in entries] == [
        "Invented text: the press’s freedom – invented",
        "Invented text: “quoted” words of Côte d’Ivoire",
    ]


def test_columns_are_found_by_name_wherever_they_stand():
    moved = [HEADER_CSV[-1], *HEADER_CSV[:-1]]
    entries, reading = read(make_csv([[row[-1], *row[:-1]] for row in ROWS], header=moved), "x.csv")
    assert reading.problems == []
    assert entries == read(make())[0]


def test_cells_that_slipped_by_one_column_are_problems_with_row_and_column():
    slipped = ["Kazakhstan", "Asia", "OIC", "CIS", *line("Invented text")[3:-1]]
    _entries, reading = read(make_csv([ROWS[0], slipped]), "x.csv")
    assert {(fault.row, fault.column) for fault in reading.problems} >= {(3, "Session"), (3, "Action")}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"to": ""}, "To"),
        ({"to": "Nowhere"}, "To"),
        ({"session": "x"}, "Session"),
        ({"session": "²"}, "Session"),
        ({"action": 6}, "Action"),
    ],
)
def test_a_wrong_cell_is_told_with_its_row_and_column(change, column):
    entries, reading = read(make_csv([ROWS[0], line("Invented text", **change)]), "x.csv")
    assert len(entries) == 1
    assert [(fault.row, fault.column) for fault in reading.problems] == [(3, column)]


def test_a_column_that_is_needed_and_stands_twice_or_not_at_all_is_told():
    with pytest.raises(FileProblem, match="no column “Session”"):
        read(make_csv(header=[*HEADER_CSV[:-1], "Text"]), "x.csv")
    with pytest.raises(FileProblem, match="stands twice"):
        read(make_csv([[*row, "x"] for row in ROWS], header=[*HEADER_CSV, "Text"]), "x.csv")
    with pytest.raises(FileProblem, match="no column “From”"):
        read(make_csv(header=[title if title != "From" else "x" for title in HEADER_CSV]), "x.csv")


@pytest.mark.parametrize("cut", [0.02, 0.3, 0.5, 0.7, 0.95])
def test_a_workbook_cut_short_is_told_to_be_damaged(cut):
    content = make()
    with pytest.raises(FileProblem, match=r"damaged|could not be read"):
        read(content[: int(len(content) * cut)])


def test_a_workbook_in_an_unknown_code_page_is_refused_with_a_sentence():
    with pytest.raises(FileProblem, match="damaged"):
        read(make().replace(b"\x42\x00\x02\x00\xb0\x04", b"\x42\x00\x02\x00\xff\xff"))


def test_an_answer_is_what_upr_info_writes():
    assert read(make())[0][0].answers == [Answer("Accepted", is_stated=False)]
