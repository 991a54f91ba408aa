"""A filled list is OHCHR's own: texts stand in the cells of the last column, and every other byte is as it was."""

import io
import re
import struct
import zipfile
from pathlib import Path

import docx
import pytest
from docx.table import _Cell

from recommendations.formats.entries import Wanted
from recommendations.formats.matrix import TITLE, fill_list
from recommendations.formats.parsers import repacking, word
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import thematic_list
from recommendations.formats.sandbox import Refused
from tests.formats import invented_thematic_list as invented
from tests.formats.invented_thematic_list import cell, package, row, table
from tests.formats.test_thematic_lists import TITLES

TEXT = [[("Not implemented.", True)], [("Invented reason <&> “қазақша” ", False), ("bold\x00", True)]]
SAID = "Not implemented.\nInvented reason <&> “қазақша” bold"


def filled(content: bytes, tmp_path: Path, cells=None, **asked) -> tuple[bytes, object]:
    source = tmp_path / "list.docx"
    source.write_bytes(content)
    target = io.BytesIO()
    returned = fill_list(source, target, cells={"140.7": TEXT} if cells is None else cells, **asked)
    return target.getvalue(), returned


def document_of(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml")


def outside_the_last_cells(content: bytes) -> list[bytes]:
    """The bytes of the document's main part between the last cells of its rows."""
    document = document_of(content)
    pieces, at = [], 0
    for one in word.read_body(document).rows:
        if len(one.cells) > 1:
            pieces.append(document[at : one.cells[-1].start])
            at = one.cells[-1].end
    return [*pieces, document[at:]]


def members(content: bytes) -> list[tuple[str, bytes]]:
    """Each member but the main part with its raw bytes, header included."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
        ends = [*sorted(info.header_offset for info in infos), archive.start_dir]
    return [
        (info.filename, content[info.header_offset : ends[ends.index(info.header_offset) + 1]])
        if info.filename != "word/document.xml"
        else (info.filename, (info.compress_type, info.date_time, info.external_attr))
        for info in infos
    ]


def texts(content: bytes) -> list[list[str]]:
    """The cells of the table as another library reads them, a merged one once."""
    table = docx.Document(io.BytesIO(content)).tables[0]
    return [[_Cell(cell, table).text for cell in line.tc_lst] for line in table._tbl.tr_lst]


@pytest.mark.parametrize("generation", ["third", "second"])
def test_only_cells_of_the_last_column_change(generation, tmp_path):
    content = invented.GENERATIONS[generation]()
    out, returned = filled(content, tmp_path, {"140.7": TEXT, "140.8": [], "140.12": TEXT}, language="en-GB")

    assert outside_the_last_cells(out) == outside_the_last_cells(content)
    assert members(out) == members(content)
    assert (returned.listed, returned.filled, returned.unknown) == (4, 2, ("140.13",))
    before, after = texts(content), texts(out)
    assert [line[:3] for line in after] == [line[:3] for line in before]
    # 140.7 stands in two sections and has its text in both; the cell of 140.8 was left as it is.
    by_number = [
        (line[0].split()[0].rstrip("."), line[-1].strip("\n")) for line in after if line[0][:3] == "140"
    ]
    assert by_number == [("140.7", SAID), ("140.8", ""), ("140.7", SAID), ("140.12", SAID), ("140.13", "")]
    untouched = [
        line for line in word.read_body(document_of(out)).rows if line.cells[0].text.startswith("140.8")
    ]
    original = [
        line for line in word.read_body(document_of(content)).rows if line.cells[0].text.startswith("140.8")
    ]
    assert (
        document_of(out)[untouched[0].start : untouched[0].end]
        == document_of(content)[original[0].start : original[0].end]
    )


def test_a_list_that_nothing_is_said_of_comes_back_byte_for_byte(tmp_path):
    out, returned = filled(invented.third(), tmp_path, {})
    assert document_of(out) == document_of(invented.third())
    assert (returned.filled, len(returned.unknown)) == (0, 4)


def test_the_text_takes_the_look_of_its_row(tmp_path):
    out, _ = filled(invented.third(), tmp_path, language="ru-RU")
    run = docx.Document(io.BytesIO(out)).tables[0].rows[2].cells[3].paragraphs[0].runs[0]
    assert (run.font.name, run.font.size.pt, run.bold) == ("Times New Roman", 10, True)
    # A font that the list names for Latin letters only serves Cyrillic ones as well.
    assert b'w:hAnsi="Times New Roman"' in document_of(out)
    assert b'<w:lang w:val="ru-RU"/>' in document_of(out)


def test_what_somebody_wrote_in_a_cell_stays_in_front(tmp_path):
    titles = (*TITLES, "Comments on level of implementation")
    rows = [
        row(*map(cell, titles), header=True),
        row(cell("1.1 Invented text (Spain);"), cell("Noted"), cell("- Health"), cell("Somebody's remark")),
        row(cell("1.2 Invented text (Spain);"), cell("Noted"), cell("- Health"), "<w:tc><w:p/></w:tc>"),
    ]
    content = package(table(rows))
    out, _ = filled(content, tmp_path, {"1.1": TEXT, "1.2": TEXT})
    assert [line[3] for line in texts(out)[1:]] == [f"Somebody's remark\n{SAID}", SAID]
    assert outside_the_last_cells(out) == outside_the_last_cells(content)


def test_cells_of_the_column_that_are_merged_hold_the_texts_of_all_their_rows(tmp_path):
    titles = (*TITLES, "Assessment")
    rows = [
        row(*map(cell, titles), header=True),
        row(cell("1.1 Invented text (Spain);"), cell("Noted"), cell("- Health"), cell(merge="restart")),
        row(cell("1.2 Invented text (Spain);"), cell("Noted"), cell("- Health"), cell(merge="continue")),
        row(cell("1.3 Invented (Spain);", merge="restart"), cell("Noted"), cell("- Health"), cell()),
        row(cell(merge="continue"), cell("Noted"), cell("- Education"), cell()),
    ]
    one, other, third = [[("One.", False)]], [[("Other.", False)]], [[("Third.", False)]]
    out, _ = filled(package(table(rows)), tmp_path, {"1.1": one, "1.2": other, "1.3": third})
    lines = [[c.text for c in line.cells] for line in word.read_body(document_of(out)).rows]
    assert [line[3] for line in lines[1:]] == ["One.\nOther.", "", "Third.", ""]


@pytest.mark.parametrize("generation", ["fourth", "oldest"])
def test_a_layout_without_the_column_gets_one(generation, tmp_path):
    content = invented.GENERATIONS[generation]()
    out, returned = filled(content, tmp_path)

    assert returned.has_new_column
    assert members(out) == members(content)
    lines = texts(out)
    assert lines[0][4] == TITLE
    assert [line[4] for line in lines if line[0].startswith("140.7")] == [SAID, SAID]
    assert [line[:4] for line in lines] == texts(content)
    # What is new taken out again, and widths and spans set aside, the document is the old one.
    body = word.read_body(document_of(out))
    assert sum(width for _tag, width in body.grids[1]) == 12_000
    assert len(body.grids[1]) == 5
    assert {sum(c.span for c in line.cells) for line in body.rows} == {5}
    document, at, kept = document_of(out), 0, b""
    for line in body.rows:
        if len(line.cells) > 1:
            kept += document[at : line.cells[-1].start]
            at = line.cells[-1].end
    kept += document[at:]
    spans = re.compile(rb'<w:gridCol w:w="\d+"/>|(?<=w:tcW w:w=")\d+|(?<=gridSpan w:val=")\d+')
    assert spans.sub(b"", kept) == spans.sub(b"", document_of(content))
    wanted = Wanted(knows_state=lambda label: label[:1].isupper())
    read = [list(_entries(each, wanted)) for each in (content, out)]
    assert read[0] == read[1]


def _entries(content: bytes, wanted: Wanted):
    with thematic_list.read(io.BytesIO(content), name="", wanted=wanted) as reading:
        yield from reading.entries


@pytest.mark.parametrize("prefix", ["ns0:", ""])
@pytest.mark.parametrize("generation", ["third", "fourth"])
def test_documents_with_other_prefixes_are_filled(prefix, generation, tmp_path):
    content = invented.GENERATIONS[generation]()
    document = re.sub(rb"(</?)w:", rb"\1" + prefix.encode(), document_of(content))
    if prefix:
        document = document.replace(b" w:", b" " + prefix.encode()).replace(b"xmlns:w=", b"xmlns:ns0=")
    else:
        document = document.replace(b"xmlns:w=", b'xmlns="%s" xmlns:w=' % word_namespace())
    other = repacking.with_member(content, "word/document.xml", document)
    out, _ = filled(other, tmp_path, language="en-GB")
    assert [line[-1] for line in texts(out) if line[0].startswith("140.7")] == [SAID, SAID]


def word_namespace() -> bytes:
    return b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_members_stay_as_they_were_packed():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("stored", b"one", zipfile.ZIP_STORED)
        archive.writestr("packed", b"two" * 100, zipfile.ZIP_DEFLATED)
        archive.writestr("last", b"three", zipfile.ZIP_DEFLATED)
        archive.comment = b"a remark"
    for name in ("stored", "packed"):
        with zipfile.ZipFile(
            io.BytesIO(repacking.with_member(stream.getvalue(), name, b"new" * 50))
        ) as changed:
            assert changed.testzip() is None
            assert changed.comment == b"a remark"
            expected = {"stored": b"one", "packed": b"two" * 100, "last": b"three"} | {name: b"new" * 50}
            assert {member: changed.read(member) for member in changed.namelist()} == expected
            assert changed.namelist() == list(expected)


class Unseekable(io.RawIOBase):
    """A stream that cannot go back, so that sizes come behind the data."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.data += piece
        return len(piece)


def test_sizes_behind_the_data_are_understood():
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("one", "two", "three"):
            archive.writestr(name, name * 20)
    with zipfile.ZipFile(io.BytesIO(repacking.with_member(bytes(stream.data), "two", b"new"))) as changed:
        assert changed.testzip() is None
        assert [changed.read(name) for name in changed.namelist()] == [b"one" * 20, b"new", b"three" * 20]
        # The sizes of what was replaced stand in front of it, and nothing behind it is announced any more.
        assert [info.flag_bits & 8 for info in changed.infolist()] == [8, 0, 8]


@pytest.mark.parametrize(
    ("package_of", "code"),
    [
        (lambda content: b"in front" + content, "unusual"),
        (lambda content: content[:-22], "damaged"),
        (lambda content: content[:-6] + struct.pack("<I", 0xFFFFFFFF) + content[-2:], "unusual"),
    ],
)
def test_archives_packed_in_unusual_ways_are_refused(package_of, code):
    with pytest.raises(Refused) as refused:
        repacking.with_member(package_of(invented.make()), "word/document.xml", b"")
    assert refused.value.code == code


def test_a_list_of_another_report_is_refused(tmp_path):
    with pytest.raises(FileProblem, match=r"of A/HRC/99/15\. Expected one of A/HRC/99/1"):
        filled(invented.third(), tmp_path, reports=["A/HRC/99/1", "A/HRC/99/1/Add.1"])


def test_a_document_in_another_encoding_is_refused_with_what_to_do(tmp_path):
    content = invented.third()
    document = document_of(content).decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    with pytest.raises(FileProblem, match="Open it in Word, save it anew"):
        filled(repacking.with_member(content, "word/document.xml", document), tmp_path)
