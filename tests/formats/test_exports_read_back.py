"""What our writers write, other libraries read; and what they wrote, our own readers read."""

import csv
import datetime
import io
import json
import tracemalloc
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.formats.spreadsheet import (
    Column,
    Link,
    Sheet,
    csv_chunks,
    json_chunks,
    write_csv,
    write_json,
    write_xlsx,
)
from recommendations.formats.tabular import protect, read_csv, read_table, unprotect

FORMULA_LIKE = ["=1+1", "+7 701", "-5 persons", "@home", "\ttab", "\rreturn", '=HYPERLINK("http://x")']
COLUMNS = [
    Column("Reference", "link", "reference"),
    Column("Текст", "long_text", "text"),
    Column("Evidence", "number", "evidence"),
    Column("Day", "date", "day"),
]
ROWS = [
    (
        Link("KAZ-2-124.26", "https://example.org/r/KAZ-2-124.26/"),
        "Қазақстан, «медиа»",
        3,
        datetime.date(2014, 10, 30),
    ),
    (Link("KAZ-2-124.27", ""), "=SUM(A1:A9)", -5, None),
]


def workbook_of(*sheets: Sheet):
    target = io.BytesIO()
    write_xlsx(target, sheets, title="Title")
    return openpyxl.load_workbook(io.BytesIO(target.getvalue()))


def test_a_workbook_opens_elsewhere_with_text_numbers_dates_and_links():
    sheet = workbook_of(Sheet("Рекомендации", COLUMNS, ROWS)).worksheets[0]
    assert sheet.title == "Рекомендации"
    assert [cell.value for cell in sheet[1]] == ["Reference", "Текст", "Evidence", "Day"]
    assert [cell.value for cell in sheet[2]] == [
        "KAZ-2-124.26",
        "Қазақстан, «медиа»",
        3,
        datetime.datetime.combine(datetime.date(2014, 10, 30), datetime.time()),
    ]
    assert sheet["A2"].hyperlink.target == "https://example.org/r/KAZ-2-124.26/"
    assert sheet["A3"].hyperlink is None
    assert sheet["C3"].value == -5
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:D3"
    assert sheet.column_dimensions["B"].width > 50


@pytest.mark.parametrize("text", FORMULA_LIKE)
def test_a_workbook_holds_text_as_text_and_never_as_a_formula(text):
    cell = workbook_of(Sheet("x", [Column("t")], [[text]])).worksheets[0]["A2"]
    assert cell.data_type in ("s", "inlineStr")
    assert cell.value.replace("_x000D_", "\r") == text


def test_several_sheets_get_names_that_excel_accepts():
    names = ["A/B: [x]*?", "a b   x", "x" * 40, "x" * 40, "", "History"]
    found = [sheet.title for sheet in workbook_of(*(Sheet(name, COLUMNS, []) for name in names)).worksheets]
    assert len({name.casefold() for name in found}) == len(names)
    assert all(0 < len(name) <= 31 for name in found)


def test_a_note_stands_above_the_header():
    sheet = workbook_of(Sheet("x", [Column("t")], [["v"]], note="As of today")).worksheets[0]
    assert [sheet["A1"].value, sheet["A2"].value, sheet["A3"].value, sheet["A4"].value] == [
        "As of today",
        None,
        "t",
        "v",
    ]
    assert sheet.auto_filter.ref == "A3:A4"


def test_a_text_longer_than_a_cell_is_cut_visibly_and_not_lost():
    for text in ("x" * 40_000, "😀" * 20_000):
        value = workbook_of(Sheet("x", [Column("t")], [[text]])).worksheets[0]["A2"].value
        assert value.endswith("…")
        assert 32_000 < len(value.encode("utf-16-le")) // 2 <= 32_767


def test_an_empty_table_still_has_its_header():
    assert workbook_of(Sheet("x", COLUMNS, [])).worksheets[0]["A1"].value == "Reference"
    assert b"".join(csv_chunks(COLUMNS, [])).decode("utf-8-sig") == "Reference,Текст,Evidence,Day\r\n"
    assert json.loads(b"".join(json_chunks(COLUMNS, []))) == {"rows": []}


def test_a_csv_begins_with_the_mark_that_excel_needs_and_numbers_get_no_apostrophe():
    content = b"".join(csv_chunks(COLUMNS, ROWS))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == ["KAZ-2-124.26", "Қазақстан, «медиа»", "3", "2014-10-30"]
    assert rows[2] == ["KAZ-2-124.27", "'=SUM(A1:A9)", "-5", ""]


@pytest.mark.parametrize("text", FORMULA_LIKE)
def test_csv_text_that_looks_like_a_formula_gets_one_apostrophe(text):
    content = b"".join(csv_chunks([Column(text)], [[text]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline=""))) == [["'" + text], ["'" + text]]


@given(st.text(alphabet="'=+-@\t\r a1\n"))
def test_what_protects_a_text_is_taken_off_again(text):
    assert unprotect(protect(text)) == text


@given(st.lists(st.text(alphabet="'=+-@,;\t\"\n aҚ1", min_size=1).filter(str.strip), min_size=2, max_size=6))
def test_our_reader_gives_back_what_our_csv_holds(texts):
    target = io.BytesIO()
    write_csv(target, [Column("one"), Column("two")], [[text, "x"] for text in texts])
    with read_csv(target) as table:
        assert [row.cells[0] for row in table.rows] == texts


def test_our_reader_gives_back_what_our_workbook_holds():
    target = io.BytesIO()
    texts = [*FORMULA_LIKE[:5], "two\nlines", "ҚР ё «»", "_x0041_ literal", "'quoted"]
    write_xlsx(target, [Sheet("x", [Column("t"), Column("n", "number")], [[text, 5] for text in texts])])
    with read_table(target, name="x.xlsx") as table:
        rows = list(table.rows)
    assert [row.cells for row in rows] == [[text, "5"] for text in texts]
    assert [row.numbers for row in rows] == [frozenset({1})] * len(texts)
    assert table.problems == []


def test_json_holds_objects_by_key_with_cyrillic_readable():
    target = io.BytesIO()
    write_json(
        target, COLUMNS, ROWS, head={"totals": {"received": 194}, "as_of": datetime.date(2014, 10, 30)}
    )
    assert "Қазақстан" in target.getvalue().decode()
    found = json.loads(target.getvalue())
    assert found["totals"] == {"received": 194}
    assert found["as_of"] == "2014-10-30"
    assert found["rows"][0] == {
        "reference": {"text": "KAZ-2-124.26", "url": "https://example.org/r/KAZ-2-124.26/"},
        "text": "Қазақстан, «медиа»",
        "evidence": 3,
        "day": "2014-10-30",
    }


def test_every_kind_of_value_has_a_form_in_every_format():
    values = [True, None, Decimal("1.5"), float("nan"), ["a", "b"], datetime.time(3, 4), 10**15, "\x00\x0b"]
    columns = [Column(str(index)) for index in range(len(values))]
    aware = datetime.datetime(2014, 10, 30, 12, 0, tzinfo=datetime.UTC)
    for row in (values, [aware] * len(values)):
        assert workbook_of(Sheet("x", columns, [row])).worksheets[0].max_row == 2
        assert b"".join(csv_chunks(columns, [row]))
        assert json.loads(b"".join(json_chunks(columns, [row])))["rows"]


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def rows(count):
        return ((Link(f"KAZ-{n}", ""), "text " * 20, n, None) for n in range(count))

    def peak(write):
        tracemalloc.start()
        write()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    def write(count):
        with (tmp_path / "out").open("wb") as target:
            write_csv(target, COLUMNS, rows(count))
            write_json(target, COLUMNS, rows(count))
        write_xlsx(tmp_path / "out.xlsx", [Sheet("x", COLUMNS, rows(count))], tmpdir=tmp_path)

    write(10)
    assert peak(lambda: write(8_000)) < peak(lambda: write(2_000)) * 1.5
