import datetime
import io

import openpyxl
import pytest

from recommendations.formats.parsers import xlsx as parsers_xlsx
from recommendations.formats.problems import FileProblem, column_letter
from recommendations.formats.tabular import TableLimits, read_csv, read_table, read_xlsx

RUSSIAN = "абзац;текст;государства\n95.1;Прекратить блокировку сайтов без решения суда;Испания\n"
KAZAKH = (
    "тармақ;мәтін\n95.1;азаптаудан қорғау құқығын қамтамасыз ету\n95.2;Әйелдер мен балалардың құқықтары\n"
)
ENGLISH = "paragraph,text\n95.1,“Ratify” the Convention – the State’s duty (Côte d’Ivoire)\n"


def csv_rows(content: bytes, **options):
    with read_csv(io.BytesIO(content), **options) as table:
        rows = list(table.rows)
    return table, rows


def xlsx(fill) -> io.BytesIO:
    workbook = openpyxl.Workbook()
    fill(workbook)
    target = io.BytesIO()
    workbook.save(target)
    return target


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (RUSSIAN, "utf-32"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "mac_cyrillic"),
        (KAZAKH, "utf-8"),
        (KAZAKH, "kz1048"),
        (KAZAKH, "utf-16"),
        (ENGLISH, "cp1252"),
        (ENGLISH, "mac_roman"),
        (ENGLISH, "utf-8"),
    ],
)
def test_the_encoding_is_found_from_the_content(text, encoding):
    expected = [line.split(";" if ";" in text else ",")[1] for line in text.splitlines()]
    table, rows = csv_rows(text.encode(encoding))
    assert [table.header[1], *(row.cells[1] for row in rows)] == expected


@pytest.mark.parametrize("content", [b"a,b\nIt\x92s,x\n", b"a,b\nx,\xe4\xe0\n\xf5,y\n\xd8,z\n"])
def test_an_encoding_that_could_be_two_is_asked_for_and_not_guessed(content):
    with pytest.raises(FileProblem, match="CSV UTF-8"):
        csv_rows(content)


def test_an_encoding_that_is_told_is_used_and_a_wrong_one_is_named_with_its_row():
    _, rows = csv_rows(b"a,b\nIt\x92s,x\n", encoding="cp1252")
    assert rows[0].cells[0] == "It’s"
    with pytest.raises(FileProblem, match="utf-8 throughout"):
        csv_rows(b"a,b\n1,2\n3,\xff\n", encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_also_where_cells_hold_the_others(delimiter):
    content = (
        delimiter.join(["a", "b", "c"])
        + "\n"
        + delimiter.join(['"x, y; z\tw"', '"two\nlines"', '"say ""no"""'])
    )
    table, rows = csv_rows(content.encode())
    assert table.delimiter == delimiter
    assert rows[0].cells == ["x, y; z\tw", "two\nlines", 'say "no"']


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_and_rows_are_numbered_as_a_spreadsheet_shows_them(end):
    content = end.join(["", "a,b", '1,"two', 'lines"', "", "3,4", ""])
    table, rows = csv_rows(content.encode())
    assert table.header_row == 2
    assert [(row.number, row.cells[0]) for row in rows] == [(3, "1"), (5, "3")]


def test_rows_are_as_wide_as_the_header_and_a_value_beyond_it_is_a_problem():
    table, rows = csv_rows(b"a,b,\n1\n1,2,\n1,2,,x\n")
    assert table.header == ["a", "b"]
    assert [row.cells for row in rows] == [["1", ""], ["1", "2"], ["1", "2"]]
    assert [(problem.row, problem.column) for problem in table.problems] == [(4, "D")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b",,\n,,\n", "empty"),
        (b"<html><table><tr><td>x</td></tr></table>", "web_page"),
        (b"\xef\xbb\xbf<!-- x --> <!DOCTYPE html><p>", "web_page"),
        (b"%PDF-1.7\n", "other_kind"),
        (b"\x89PNG\r\n\x1a\n", "other_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "other_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT_CUR".encode("utf-16-le"), "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 not really", "damaged"),
        (b"a\x00b\x01\x02\x03,\x00\x00\x00", "not_text"),
        (b'a,b\n1,"never closed\n2,3\n', "quotes"),
        (b'a,b\n"1" x,2\n', "quotes"),
        (b"a,b\n" + b"x" * 3_000_000, "long_line"),
        (b'a,b\n"' + b"x\n" * 200_000 + b'",2\n', "long_line"),
        (b",".join(b"c%d" % n for n in range(300)) + b"\n", "too_many_columns"),
    ],
)
def test_a_file_that_is_no_table_gets_its_own_sentence(content, code):
    with pytest.raises(FileProblem) as refused, read_table(io.BytesIO(content)) as table:
        list(table.rows)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "is_xlsx"), [("x.xlsx", False), ("X.XLS", False), ("x.csv", True), ("x.txt", True)]
)
def test_a_name_that_says_something_else_than_the_content_is_refused(name, is_xlsx):
    content = xlsx(lambda book: book.active.append(["a", "b"])) if is_xlsx else io.BytesIO(b"a,b\n1,2\n")
    with pytest.raises(FileProblem, match=r"name ends in"), read_table(content, name=name):
        pass


def test_a_row_problem_names_its_place_in_a_sentence():
    with pytest.raises(FileProblem) as refused:
        csv_rows(b'a,b\n1,2\n3,"4" 5\n')
    assert refused.value.row == 3
    assert str(refused.value).startswith("Row 3: The quotation marks do not match")


def test_too_many_rows_stop_the_reading():
    with pytest.raises(FileProblem, match="more than 3 rows"):
        csv_rows(b"a\n1\n2\n3\n4\n", limits=TableLimits(rows=3))
    with pytest.raises(FileProblem, match="more than 3 rows"):
        book = xlsx(lambda book: [book.active.append(["x"]) for _ in range(5)])
        with read_xlsx(book, limits=TableLimits(rows=3)) as table:
            list(table.rows)


def test_a_cell_too_long_is_cut_and_named():
    long = "x" * 50_000
    table, rows = csv_rows(f"a,b\n1,{long}\n".encode())
    assert len(rows[0].cells[1]) == 32_767
    assert [(problem.row, problem.column, problem.code) for problem in table.problems] == [
        (2, "b", "long_cell")
    ]


def test_a_workbook_gives_text_numbers_and_dates_as_a_person_would_type_them():
    def fill(book):
        book.active.append(["paragraph", "text", "date", "flag", "n", "time"])
        book.active.append(
            [
                95.1,
                "x",
                datetime.date(2014, 10, 30),
                True,
                7,
                datetime.datetime.fromisoformat("2014-10-30 09:30"),
            ]
        )

    with read_xlsx(xlsx(fill)) as table:
        rows = list(table.rows)
    assert rows[0].cells == ["95.1", "x", "2014-10-30", "TRUE", "7", "2014-10-30 09:30:00"]
    assert rows[0].numbers == {0, 4}


def test_a_table_that_begins_further_down_and_right_keeps_its_row_numbers():
    def fill(book):
        book.active["C4"], book.active["D4"] = "a", "b"
        book.active["C6"], book.active["D6"] = "1", "2"

    with read_xlsx(xlsx(fill)) as table:
        rows = list(table.rows)
    assert (table.header_row, table.header) == (4, ["", "", "a", "b"])
    assert [(row.number, row.cells) for row in rows] == [(6, ["", "", "1", "2"])]
    assert table.column_name(0) == "A"


def test_formulas_and_error_values_are_named_with_row_and_column():
    def fill(book):
        book.active.append(["paragraph", "text"])
        book.active.append(["=1+1", "x"])
        book.active.append(["95.1", "=A2"])
        book.active.append(["#REF!", "x"])

    with read_xlsx(xlsx(fill)) as table:
        rows = list(table.rows)
    assert [(each.row, each.column, each.code) for each in table.problems] == [
        (2, "paragraph", "formula"),
        (3, "text", "formula"),
        (4, "paragraph", "error"),
    ]
    assert "Paste its value" in table.problems[0].message
    assert len(rows) == 3


def test_formulas_far_down_a_large_sheet_are_found_at_their_place():
    def fill(book):
        book.active.append(["a", "b"])
        for number in range(2, 6_000):
            book.active.append([f"text {number} " * 20, number if number != 5_555 else "=1+1"])

    with read_xlsx(xlsx(fill)) as table:
        assert len(list(table.rows)) == 5_998
    assert [(each.row, each.column) for each in table.problems] == [(5_555, "b")]


def test_a_sheet_full_of_formulas_lists_the_first_hundred_and_says_so():
    with read_xlsx(
        xlsx(lambda book: [book.active.append(["a"] if not n else ["=1"]) for n in range(200)])
    ) as table:
        list(table.rows)
    assert len(table.problems) == 101
    assert table.problems[-1].code == "more_formulas"


def test_the_first_visible_sheet_with_content_is_read_or_the_one_named():
    def fill(book):
        book.active.title = "Empty"
        hidden = book.create_sheet("Hidden")
        hidden.append(["h"])
        hidden.sheet_state = "hidden"
        book.create_sheet("First").append(["f"])
        book.create_sheet("Second").append(["s"])

    with read_xlsx(xlsx(fill)) as table:
        assert (table.sheet, table.sheets, table.header) == ("First", ["Empty", "First", "Second"], ["f"])
    with read_xlsx(xlsx(fill), sheet="Second") as table:
        assert table.header == ["s"]
    with (
        pytest.raises(FileProblem, match=r"no sheet “Third”\. Its sheets: Empty, First, Second"),
        read_xlsx(xlsx(fill), sheet="Third"),
    ):
        pass


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")]
)
def test_columns_have_the_letters_of_a_spreadsheet(index, letters):
    assert column_letter(index) == letters


@pytest.mark.parametrize("chunk", [7, 64, 1000])
def test_a_formula_is_found_wherever_the_reading_cuts_the_sheet(chunk, monkeypatch):
    def fill(book):
        book.active.append(["paragraph", "text", "note"])
        for number in range(40):
            book.active.append(
                [f"95.{number}", "=1+1" if number % 3 else "x", "#REF!" if number % 5 else "y"]
            )

    book = xlsx(fill)
    limits = {"sheet": None, "most_rows": 100, "most_columns": 9, "longest_cell": 99}
    whole = next(parsers_xlsx.rows(book, **limits))["not_values"]
    assert len(whole) == 58
    monkeypatch.setattr(parsers_xlsx, "_CHUNK", chunk)
    assert next(parsers_xlsx.rows(book, **limits))["not_values"] == whole
