"""A very long sheet is read as a stream, and says the same as a short one that is read whole."""

import contextlib
import datetime
import io
import random
import zipfile

import openpyxl
import pytest
import xlsxwriter

from recommendations.formats.parsers import xlsx, zips
from recommendations.formats.sandbox import Refused
from recommendations.formats.tabular import read_table
from tests.formats import invented_uhri_xlsx as invented
from tests.formats.test_hostile_tables import with_member

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def answers(content: bytes, *, sheet=None, most_rows=1000, most_columns=50, longest_cell=100):
    """Header values and rows, as the parser gives them, put together from all batches."""
    found = list(
        xlsx.rows(
            io.BytesIO(content),
            sheet=sheet,
            most_rows=most_rows,
            most_columns=most_columns,
            longest_cell=longest_cell,
        )
    )
    about, batches = found[0], found[1:]
    return {
        "sheet": about["sheet"],
        "sheets": about["sheets"],
        "not_values": [tuple(one) for source in found for one in source.get("not_values", ())],
        "more": any(source.get("more") for source in found),
        # Empty cells behind the last are the stream's to leave out.
        "rows": [
            [number, _shorn(cells), numbers] for batch in batches for number, cells, numbers in batch["rows"]
        ],
        "long": [place for batch in batches for place in batch["long"]],
    }


def _shorn(cells):
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def both(monkeypatch, content: bytes, **options):
    """The answers of both ways, or the codes of their refusals."""
    found = []
    for limit in (10**12, -1):
        monkeypatch.setattr(xlsx, "LONG", limit)
        try:
            found.append(answers(content, **options))
        except Refused as refusal:
            found.append((refusal.code, refusal.values))
    return found


def by_openpyxl():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Invented"
    sheet.append(["text", "number", "date", "moment", "yes", "more"])
    sheet.append(
        [
            "Қазақстан & “Spain”",
            124.26,
            datetime.date(2014, 10, 30),
            datetime.datetime(2014, 10, 30, 12, 5),  # noqa: DTZ001  cells have no zone
            True,
        ]
    )
    sheet.append([None, 5, None, None, False])
    sheet.append([])
    sheet.append(["x" * 150, 1e20, 0.1 + 0.2, -3.0, "", " "])
    sheet["H9"] = "far"
    book.create_sheet("Second").append(["other"])
    hidden = book.create_sheet("Hidden")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def by_xlsxwriter(**options):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Invented")
        bold, day = (
            book.add_format({"bold": True}),
            book.add_format({"num_format": '[$-409]d" of "mmmm yyyy;@'}),
        )
        sheet.write_rich_string(0, 0, "one ", bold, "two", " three")
        sheet.write_datetime(1, 1, datetime.date(2014, 10, 30), day)
        sheet.write_string(2, 2, "a\rb _x000D_ \t c")
        sheet.write_number(3, 3, 41_983)
        sheet.write_boolean(4, 4, True)
        sheet.write_string(5, 5, "the same")
        sheet.write_string(6, 5, "the same")
    return target.getvalue()


def shifted():
    """Rows and cells without places, and phonetic signs."""
    rows = (
        '<row><c t="inlineStr"><is><t>one</t></is></c><c><v>2</v></c></row>'
        '<row r="5"><c r="C5" t="inlineStr"><is><r><t>th</t></r><r><t>ree</t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh></is></c></row>'
        '<row><c t="str"><v>four</v></c><c t="b"><v>0</v></c><c t="d"><v>2014-10-30T00:00:00</v></c></row>'
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return with_member(invented.make(), "xl/worksheets/sheet1.xml", sheet.encode())


@pytest.mark.parametrize(
    "content",
    [
        invented.make(),
        invented.make(one_line=True, dates="real"),
        by_openpyxl(),
        by_xlsxwriter(),
        by_xlsxwriter(constant_memory=True),
        by_xlsxwriter(date_1904=True),
        shifted(),
    ],
)
def test_both_ways_say_the_same(monkeypatch, content):
    whole, streamed = both(monkeypatch, content)
    assert streamed == whole
    assert streamed["rows"]


def test_a_sheet_is_found_by_its_name(monkeypatch):
    for name in ("Second", "Hidden", "None"):
        whole, streamed = both(monkeypatch, by_openpyxl(), sheet=name)
        assert streamed == whole


def test_formulas_and_errors_are_told_with_their_places(monkeypatch):
    book = openpyxl.Workbook()
    for number in range(120):
        book.active.append([f"row {number}", "=1+1", None])
    target = io.BytesIO()
    book.save(target)
    sheet = '<row r="200"><c r="A200" t="e"><v>#REF!</v></c><c r="B200"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(target) as archive:
        old = archive.read("xl/worksheets/sheet1.xml").replace(b"</sheetData>", sheet.encode())
    content = with_member(target.getvalue(), "xl/worksheets/sheet1.xml", old)
    whole, streamed = both(monkeypatch, content)
    assert streamed["not_values"] == whole["not_values"]
    assert streamed["not_values"][:2] == [("formula", 1, 1), ("formula", 2, 1)]
    assert streamed["more"] is whole["more"] is True


@pytest.mark.parametrize("options", [{"most_rows": 3}, {"most_columns": 4}])
def test_more_than_may_be_is_refused(monkeypatch, options):
    whole, streamed = both(monkeypatch, by_openpyxl(), **options)
    assert whole[0] == streamed[0]
    assert streamed[0] in ("too_many_rows", "too_many_columns")


@pytest.mark.parametrize(
    ("member", "data", "code"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet", "damaged"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>', "damaged"),
        ("xl/sharedStrings.xml", b"<sst><si><t>only one</t></si></sst>", "damaged"),
        ("xl/sharedStrings.xml", b"no xml", "damaged"),
        (
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode(),
            "empty",
        ),
    ],
)
def test_damaged_parts_are_refused(monkeypatch, member, data, code):
    monkeypatch.setattr(xlsx, "LONG", -1)
    with pytest.raises(Refused) as refused:
        answers(with_member(invented.make(), member, data))
    assert refused.value.code == code


def test_any_damage_is_refused_or_read(monkeypatch):
    monkeypatch.setattr(xlsx, "LONG", -1)
    luck = random.Random(5)
    with zipfile.ZipFile(io.BytesIO(invented.make())) as archive:
        sheet, strings = archive.read("xl/worksheets/sheet1.xml"), archive.read("xl/sharedStrings.xml")
    for _time in range(150):
        member, data = luck.choice([("xl/worksheets/sheet1.xml", sheet), ("xl/sharedStrings.xml", strings)])
        broken = bytearray(data)
        for _place in range(luck.randint(1, 3)):
            broken[luck.randrange(len(broken))] = luck.randrange(256)
        with contextlib.suppress(Refused):
            answers(with_member(invented.make(), member, bytes(broken)))


def test_a_sheet_too_long_for_memory_is_read_through_the_child():
    """Seven times as much as is held at once, once unpacked, in a file of some hundred kilobytes."""
    text = "".join(random.Random(1).choices("abcdefgh ", k=30_000))
    rows = f'<row><c t="inlineStr"><is><t>{text}</t></is></c><c><v>1</v></c></row>' * 2999
    rows += "<row><c><v>1</v></c><c><f>1+1</f><v>2</v></c></row>"
    sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:B3000"/><sheetData>{rows}</sheetData></worksheet>'
    content = with_member(invented.make(), "xl/worksheets/sheet1.xml", sheet.encode())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert zips.unpacked_size(archive) > xlsx.LONG
    with read_table(io.BytesIO(content)) as table:
        assert table.total == 3000
        numbers = [one.number for one in table.rows]
    assert numbers == list(range(2, 3001))
    [told] = table.problems
    assert (told.code, told.row, told.column) == ("formula", 3000, "1")
