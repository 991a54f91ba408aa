"""OHCHR's thematic lists: every generation of layout says the same, and what is wrong with a file is told."""

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.formats import thematic
from recommendations.formats.entries import Answer, FromState, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import recognise, thematic_list
from recommendations.formats.samples import sample_of
from tests.formats import invented_thematic_list as invented
from tests.formats.invented_thematic_list import cell, package, paragraph, row, table

STATES = {
    "Maldives",
    "Portugal",
    "France",
    "Spain",
    "Timor-Leste",
    "Iran (Islamic Republic of)",
    "Kazakhstan",
    "Sao Tome and Principe",
    "United Kingdom of Great Britain and Northern Ireland",
}
WANTED = Wanted(knows_state=STATES.__contains__)
TITLES = ("Recommendation", "Position", "Full list of themes")


def read(content: bytes, *, wanted: Wanted = WANTED, name: str = invented.NAME):
    with thematic_list.read(io.BytesIO(content), name=name, wanted=wanted) as reading:
        return list(reading.entries), reading


def refusal(content: bytes) -> str:
    with pytest.raises(FileProblem) as refused:
        read(content)
    return str(refused.value)


def listed(*rows: str, header: str = "", before: str = "") -> bytes:
    """A list with the three columns of any layout and these rows."""
    return package(before + table([row(*map(cell, TITLES), header=True), *rows], columns=3), header=header)


def recommendation(
    number: str, text: str = "Invented text (Spain)", position: str = "Supported", themes: str = "- Health"
):
    return row(
        cell(f"{number} {text};\nSource of Position: A/HRC/99/1/Add.1 - Para. 2"),
        cell(position),
        cell(themes),
    )


@pytest.mark.parametrize("generation", invented.GENERATIONS)
def test_every_layout_is_recognised_and_gives_the_same_recommendations(generation):
    content = invented.GENERATIONS[generation]()
    assert recognise(sample_of(io.BytesIO(content), invented.NAME)) is thematic_list

    entries, reading = read(content)

    assert [entry.paragraph for entry in entries] == ["140.7", "140.8", "140.12", "140.13"]
    assert reading.total == 4
    assert reading.problems == []
    assert {(e.state, e.cycle, e.session, e.symbol) for e in entries} == {
        ("Kazakhstan", 4, 48, "A/HRC/99/15")
    }
    assert [entry.answers for entry in entries] == [
        [Answer("Supported", "A/HRC/99/15/Add.1", "para. 3")],
        [Answer("Noted", "A/HRC/99/15/Add.1", "para. 4")],
        [Answer("Supported/Noted", "", "para. 140")],
        [Answer("Under consideration", "A/HRC/99/15/Add.1")],
    ]
    assert [entry.recommending for entry in entries] == [
        [FromState("Maldives"), FromState("Portugal")],
        [
            FromState("France", wording="Invented text: open invented clinics"),
            FromState("Spain", wording="consider opening invented clinics"),
        ],
        [FromState("Timor-Leste")],
        [FromState("Iran (Islamic Republic of)")],
    ]
    assert entries[0].texts == [
        ("en", "official", "Invented text: ratify an instrument that does not exist (Maldives) (Portugal);")
    ]
    code = {"second": 0, "oldest": 1}.get(generation)
    labels = ["Right to health", "Right to education", "Cultural rights"]
    if code is not None:
        labels = [f"{invented.CODES[label][code]} {label}" for label in labels]
    assert entries[0].themes == labels
    assert entries[0].groups == ["Children"]
    assert entries[0].doubts == []
    assert [len(entry.themes) for entry in entries] == [3, 1, 1, 1]
    if generation in ("fourth", "third"):
        assert entries[0].sdgs == ["3 - GOOD HEALTH AND WELL-BEING", "4 - QUALITY EDUCATION"]


def test_a_recommendation_of_two_sections_whose_rows_differ_is_for_a_person_to_look_at():
    entries, _ = read(
        listed(
            recommendation("1.1"),
            recommendation(
                "1.1", position="Noted", text="Invented text, changed (Spain)", themes="- Education"
            ),
        )
    )
    (entry,) = entries
    assert entry.themes == ["Health", "Education"]
    assert [entry.answers[0].words, entry.texts[0][2]] == ["Supported", "Invented text (Spain);"]
    assert len(entry.doubts) == 2
    assert "Rows 2 and 3" in entry.doubts[0]


def test_cells_merged_downwards_stand_for_every_row_they_cover():
    entries, _ = read(
        listed(
            row(
                cell("1.1 Invented text (Spain);", merge="restart"),
                cell("Noted", merge="restart"),
                cell("- Health"),
            ),
            row(cell(merge="continue"), cell(merge="continue"), cell("- Education")),
            row(cell("1.2 Invented text (France);"), cell("Supported"), cell("- Education")),
        )
    )
    assert [(e.paragraph, e.answers[0].words, e.themes) for e in entries] == [
        ("1.1", "Noted", ["Health", "Education"]),
        ("1.2", "Supported", ["Education"]),
    ]


def test_a_table_for_each_section_is_one_list():
    head = row(*map(cell, TITLES), header=True)
    body = (
        paragraph("Theme: Health")
        + table([head, recommendation("1.1", themes="")], columns=3)
        + paragraph("Theme: Education")
        + table([recommendation("1.2", themes="")], columns=3)
    )
    entries, _ = read(package(body))
    assert [(e.paragraph, e.themes, e.place) for e in entries] == [
        ("1.1", ["Health"], "table 1, row 2"),
        ("1.2", ["Education"], "table 2, row 1"),
    ]


def test_labels_without_a_line_between_themes_and_groups_tell_themselves_what_they_are():
    titles = (
        "Recommendation and recommending State",
        "Position",
        "Human rights themes and groups of persons",
    )
    rows = [row(*map(cell, titles), header=True), recommendation("1.1", themes="- Health\n- Women & girls")]
    entries, _ = read(package(table(rows, columns=3)))
    assert (entries[0].themes, entries[0].groups, entries[0].issues) == ([], [], ["Health", "Women & girls"])


def test_goals_among_coded_themes_are_goals_and_a_label_on_two_lines_is_one():
    themes = (
        "B31 Equality &\nnon-discrimination\nS16 SDG 16 - peace, justice and strong institutions\n"
        "Affected persons:\n- persons living in\nrural areas"
    )
    entries, _ = read(listed(recommendation("1.1", themes=themes)))
    assert entries[0].themes == ["B31 Equality & non-discrimination"]
    assert entries[0].sdgs == ["16 - peace, justice and strong institutions"]
    assert entries[0].groups == ["persons living in rural areas"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "UPR of Kazakhstan (3rd Cycle - 34th Session)\tThematic list of recommendations",
            ("Kazakhstan", 3, 34),
        ),
        (
            "UPR of Iran (Islamic Republic of) (Second Cycle – 20th session)",
            ("Iran (Islamic Republic of)", 2, 20),
        ),
        ("UPR of Timor-Leste - First Cycle", ("Timor-Leste", 1, None)),
        (
            "Thematic list of recommendations: Sao Tome and Principe, cycle IV, session 51",
            ("Sao Tome and Principe", 4, 51),
        ),
        ("Universal Periodic Review of the Maldives – fourth cycle", ("Maldives", 4, None)),
        (
            "UPR of United Kingdom of Great Britain and Northern Ireland (4th Cycle – 41st session)",
            ("United Kingdom of Great Britain and Northern Ireland", 4, 41),
        ),
        ("Kazakhstan", ("Kazakhstan", None, None)),
        ("Follow-up to recommendations", ("", None, None)),
    ],
)
def test_state_cycle_and_session_come_from_the_title(line, expected):
    for content in (
        listed(recommendation("1.1"), header=line),
        listed(recommendation("1.1"), before=paragraph(line)),
    ):
        entries, _ = read(content)
        assert (entries[0].state, entries[0].cycle, entries[0].session) == expected


def test_what_the_document_does_not_say_is_asked_for():
    wanted = Wanted(STATES.__contains__, options={"cycle": 2, "session": 17, "symbol": "A/HRC/99/9"})
    entries, _ = read(listed(recommendation("1.1")), wanted=wanted)
    assert (entries[0].cycle, entries[0].session, entries[0].symbol) == (2, 17, "A/HRC/99/9")
    entries, _ = read(listed(recommendation("1.1")), name="UPR34_Invented_List.docx")
    assert (entries[0].session, entries[0].symbol) == (34, "A/HRC/99/1")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Source of Position: A/HRC/43/15/Add.1 - Para.3", ("A/HRC/43/15/Add.1", "para. 3")),
        ("Source of position: A/HRC/28/15/Add.1, para. 3 - Para. 3", ("A/HRC/28/15/Add.1", "para. 3")),
        ("Source of position: A/HRC/25/5/Add.1 - Para. 186.28. ", ("A/HRC/25/5/Add.1", "para. 186.28")),
        ("Source of position: A/HRC/28/16/Add. 1", ("A/HRC/28/16/Add.1", "")),
        ("Source of position: A/HRC/28/16/Add.1, annex", ("A/HRC/28/16/Add.1", "annex")),
        ("Comments: sent in a letter", ("", "sent in a letter")),
        ("", ("", "")),
    ],
)
def test_the_source_of_the_position_is_its_document_and_place(source, expected):
    assert thematic.source_of(source) == expected


def test_a_row_without_a_number_is_told_with_its_place_and_a_remark_is_left_out():
    _, reading = read(
        listed(
            recommendation("1.1"),
            recommendation("", text="Invented text"),
            row(cell("In all: 1"), cell(), cell()),
        )
    )
    assert [str(each) for each in reading.problems] == [
        "Row 3, column Recommendation: The recommendation has no paragraph number. "
        "Expected one in front of its text, such as 140.7."
    ]
    assert reading.notes == ["1 row holds no recommendation and was left out: 4."]


def test_unsure_rows_carry_their_doubts():
    entries, _ = read(
        listed(
            recommendation("1.1", text="Invented text (Kazahstan)"),
            recommendation("1.2", text="Invented text"),
            recommendation("1.3", position=""),
        )
    )
    assert [entry.doubts for entry in entries] == [
        ["“Kazahstan” stands where a recommending State is expected, and is no State known here."],
        ["No recommending State was found in the text."],
        ["The list gives no position."],
    ]


def test_deleted_and_moved_text_of_tracked_changes_is_not_read():
    text = (
        '<w:tc><w:tcPr/><w:p><w:r><w:t>1.1 Invented </w:t></w:r><w:del w:id="1"><w:r><w:delText>old</w:delText></w:r>'
        '</w:del><w:moveFrom w:id="2"><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:ins w:id="3"><w:r><w:t>new</w:t></w:r>'
        "</w:ins><w:r><w:t> (Spain)</w:t></w:r></w:p></w:tc>"
    )
    gone = '<w:tr><w:trPr><w:del w:id="4"/></w:trPr>' + cell("1.2 Gone (Spain)") + cell() + cell() + "</w:tr>"
    entries, _ = read(listed(row(text, cell("Noted"), cell("- Health")), gone))
    assert [entry.texts[0][2] for entry in entries] == ["Invented new (Spain)"]


def test_a_list_of_another_state_is_refused_by_name():
    wanted = Wanted(STATES.__contains__, is_of_state=lambda label: label == "Spain")
    with pytest.raises(FileProblem, match="about Kazakhstan; the import is for another State"):
        read(invented.make(), wanted=wanted)


# --- Files made to hurt -------------------------------------------------------------------------------------------


def with_part(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(invented.make())) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return target.getvalue()


def body(inside: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package(inside))) as archive:
        return archive.read("word/document.xml")


ENTITIES = b"<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
HURTING = {
    "nothing in it": (with_part("word/document.xml", b""), "damaged"),
    "entities": (with_part("word/document.xml", ENTITIES + body(paragraph("&b;"))), "damaged"),
    "entities in a header": (with_part("word/header1.xml", ENTITIES + b"<hdr>&b;</hdr>"), "damaged"),
    "cut off": (invented.make()[:2000], "damaged"),
    "a bomb": (with_part("word/document.xml", b" " * 70_000_000), "far larger inside"),
    "100,001 cells": (package(table([row(*[cell()] * 100)] * 1001, columns=100)), "more than 100000 cells"),
    "macros": (with_part("word/vbaProject.bin", b"x"), "macros"),
    "nested a thousand deep": (package("<w:sdt>" * 1000 + "</w:sdt>" * 1000), "damaged"),
    "no table": (package(paragraph("Invented report")), "holds no list"),
    "no rows": (listed(), "no recommendation below its header"),
    "another archive": (with_part("[Content_Types].xml", b"<Types/>"), "not a Word document"),
}


@pytest.mark.parametrize("kind", HURTING)
def test_a_file_made_to_hurt_gets_a_sentence_soon(kind):
    content, words = HURTING[kind]
    began = time.monotonic()
    assert words in refusal(content)
    assert time.monotonic() - began < 20


def test_a_cell_of_ten_megabytes_is_told_with_its_row():
    _, reading = read(listed(recommendation("1.1", text="x" * 10_000_000)))
    assert [(each.code, each.row) for each in reading.problems] == [("long_cell", 2)]


@settings(max_examples=25)
@given(st.data())
def test_whatever_becomes_of_a_list_the_answer_is_entries_or_a_sentence(data):
    with zipfile.ZipFile(io.BytesIO(invented.make())) as archive:
        document = archive.read("word/document.xml")
    start = data.draw(st.integers(0, len(document)))
    end = min(len(document), start + data.draw(st.integers(0, 200)))
    changed = document[:start] + data.draw(st.binary(max_size=20)) + document[end:]
    try:
        entries, _ = read(with_part("word/document.xml", changed))
    except FileProblem:
        return
    assert all(entry.paragraph for entry in entries)
