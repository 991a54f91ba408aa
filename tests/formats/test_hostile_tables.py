"""Files made to hurt: the answer is a sentence, soon, and this process does not grow."""

import io
import random
import resource
import time
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.formats import sandbox
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import TableLimits, read_table

MEBIBYTE = 1024 * 1024
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>%s</sheetData></worksheet>'


def workbook(rows=(("a", "b"), ("1", "2"))) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, data)
    return target.getvalue()


def with_sheet(rows: str) -> bytes:
    return with_member(workbook(), "xl/worksheets/sheet1.xml", (SHEET % rows).encode())


def refusal(content: bytes, name: str = "", **limits) -> FileProblem:
    with (
        pytest.raises(FileProblem) as refused,
        read_table(io.BytesIO(content), name=name, limits=TableLimits(**limits)) as table,
    ):
        for _ in table.rows:
            pass
    return refused.value


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_bomb_that_announces_its_size_is_not_opened():
    bomb = with_member(workbook(), "xl/worksheets/sheet1.xml", b" " * (60 * MEBIBYTE))
    assert len(bomb) < 100_000
    began = time.perf_counter()
    assert refusal(bomb).code == "too_large_unpacked"
    assert time.perf_counter() - began < 3


def test_a_bomb_of_one_far_cell_kills_the_child_and_not_us():
    bomb = with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="300000"><c r="GR300000"><v>1</v></c></row>'
    )
    assert len(bomb) < 24_000
    before = memory()
    began = time.perf_counter()
    assert refusal(bomb, child=sandbox.Limits(memory=64 * MEBIBYTE, seconds=10)).code == "memory"
    assert time.perf_counter() - began < 3
    assert memory() - before < 30 * MEBIBYTE


def test_a_bomb_below_the_suspicious_ratio_dies_of_its_memory_limit():
    row = '<row r="%d"><c t="inlineStr"><is><t>x</t></is></c><c t="b"><v>1</v></c></row>'
    bomb = with_sheet("".join(row % number for number in range(1, 150_000)))
    assert len(bomb) < MEBIBYTE
    assert refusal(bomb, child=sandbox.Limits(memory=2 * MEBIBYTE, seconds=10)).code == "memory"


def test_a_child_that_thinks_too_long_is_ended():
    began = time.perf_counter()
    with pytest.raises(sandbox.Died) as died:
        slow = with_sheet(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"/></row>' * 20_000
        )
        sandbox.run(
            "recommendations.formats.parsers.xlsx:rows",
            io.BytesIO(slow),
            limits=sandbox.Limits(seconds=0),
            sheet=None,
            most_rows=10**7,
            most_columns=9,
            longest_cell=9,
        )
    assert died.value.reason == "time"
    assert time.perf_counter() - began < 5


def test_a_hundred_thousand_columns_are_refused():
    assert refusal(b",".join([b"x"] * 100_000) + b"\n1,2\n").code == "too_many_columns"
    cells = "".join(f'<c r="{letters}1"><v>1</v></c>' for letters in ("A", "XFD"))
    assert refusal(with_sheet(f'<row r="1">{cells}</row>')).code == "too_many_columns"


def test_a_cell_of_ten_megabytes_is_refused_or_cut_and_named():
    assert refusal(b"a,b\n1," + b"x" * 10 * MEBIBYTE + b"\n").code == "long_line"
    assert refusal(b'a,b\n1,"' + b"x\n" * 5 * MEBIBYTE + b'"\n').code == "long_line"
    cell = '<c r="B2" t="inlineStr"><is><t>%s</t></is></c>'
    header = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
    letters = "".join(random.Random(1).choices("abcdefgh", k=10 * MEBIBYTE))
    book = with_sheet(f'{header}<row r="2">{cell % letters}</row>')
    with read_table(io.BytesIO(book)) as table:
        rows = list(table.rows)
    assert [(each.row, each.column, each.code) for each in table.problems] == [(2, "b", "long_cell")]
    assert len(rows[0].cells[1]) == 32_767


def test_macros_are_refused_whatever_the_name_says():
    assert refusal(with_member(workbook(), "xl/vbaProject.bin", b"x")).code == "macros"
    types = zipfile.ZipFile(io.BytesIO(workbook())).read("[Content_Types].xml").decode()
    enabled = types.replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    )
    assert refusal(with_member(workbook(), "[Content_Types].xml", enabled.encode())).code == "macros"


def test_an_encrypted_archive_is_refused():
    content = bytearray(workbook())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refusal(bytes(content)).code == "encrypted"


def test_an_archive_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(target.getvalue()).code == "no_workbook"


def test_entities_that_multiply_are_refused():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Types>&b;</Types>'
    assert refusal(with_member(workbook(), "[Content_Types].xml", laughs)).code == "damaged"


def read_or_refuse(content: bytes, name: str = "") -> None:
    try:
        with read_table(io.BytesIO(content), name=name) as table:
            for row in table.rows:
                assert len(row.cells) == len(table.header)
        assert all(str(each) for each in table.problems)
    except FileProblem as refused:
        if not str(refused):
            raise


CSV_START = 'абзац,text,"States"\n95.1,"Ratify, ""all""",Spain; Peru\n\'=1+1,,\n'
EDITS = st.lists(
    st.tuples(
        st.integers(0, 10**6), st.sampled_from(["insert", "delete", "set"]), st.binary(min_size=1, max_size=4)
    ),
    max_size=12,
)


def mutated(content: bytes, edits) -> bytes:
    result = bytearray(content)
    for place, act, data in edits:
        at = place % (len(result) + 1)
        if act == "insert":
            result[at:at] = data
        elif act == "delete":
            del result[at : at + len(data)]
        else:
            result[at : at + len(data)] = data
    return bytes(result)


@given(EDITS, st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-be"]))
def test_no_mutation_of_a_csv_gives_an_unhandled_error(edits, encoding):
    read_or_refuse(mutated(CSV_START.encode(encoding), edits))


@given(st.binary(max_size=300))
def test_no_bytes_at_all_give_an_unhandled_error(content):
    read_or_refuse(content)


BOOK = workbook([("paragraph", "text"), ("95.1", "=1+1"), (95.1, "x" * 500)])
MEMBERS = {
    name: zipfile.ZipFile(io.BytesIO(BOOK)).read(name)
    for name in zipfile.ZipFile(io.BytesIO(BOOK)).namelist()
}


@settings(max_examples=40, deadline=None)
@given(EDITS)
def test_no_mutation_of_a_workbook_gives_an_unhandled_error(edits):
    read_or_refuse(mutated(BOOK, edits))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(MEMBERS)), EDITS)
def test_no_mutation_inside_a_workbook_gives_an_unhandled_error(name, edits):
    read_or_refuse(with_member(BOOK, name, mutated(MEMBERS[name], edits)))


def test_a_small_workbook_is_answered_within_a_third_of_a_second():
    times = []
    for _ in range(3):
        began = time.perf_counter()
        read_or_refuse(BOOK)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.3
