"""The beginning of a workbook or Word document: enough to tell what it is. Runs in the sandbox's child.

A workbook of 100 MB is not unpacked for its header: sheets and documents are parsed only as far as they are needed.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

import python_calamine

from recommendations.formats.parsers import zips
from recommendations.formats.sandbox import Refused

_CHUNK = 64 * 1024
_LONGEST_CELL = 2_000
_LETTERS = re.compile(r"[A-Z]+")


class _Enough(Exception):
    """Ends the parsing of a member whose beginning is known."""


def office(source: IO[bytes], *, rows: int, columns: int, characters: int) -> Iterator[dict[str, Any]]:
    """Yields {"shape": "xlsx" or "docx", "header": rows of cells, "text": text outside of tables}.

    Refuses what is damaged, encrypted, bursting, carries macros or is another archive.
    """
    archive = zips.open_archive(source, largest=zips.LARGEST_STREAM)
    kind = zips.office_kind(archive)
    if kind == "xlsx":
        yield {"shape": kind, "header": _first_rows(archive, rows, columns), "text": ""}
    elif kind == "docx":
        header, text = _beginning(archive, rows, columns, characters)
        yield {"shape": kind, "header": header, "text": text}
    else:
        raise Refused("archive")


def old_workbook(source: IO[bytes], *, rows: int, columns: int) -> Iterator[dict[str, Any]]:
    """The same of an .xls workbook: the first rows of its first sheet that holds anything."""
    try:
        workbook = python_calamine.load_workbook(source)
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.start is not None:
                found = sheet.to_python(nrows=rows)
                cells = [[str(cell)[:_LONGEST_CELL] for cell in row[:columns]] for row in found]
                yield {"shape": "xls", "header": cells, "text": ""}
                return
    except python_calamine.PasswordError:
        raise Refused("encrypted") from None
    except python_calamine.CalamineError:
        raise Refused("damaged") from None
    raise Refused("empty")


def _first_rows(archive: zipfile.ZipFile, rows: int, columns: int) -> list[list[str]]:
    """The first rows of the first visible sheet that holds anything."""
    for _name, member in zips.visible_sheets(archive):
        cells = _cells(archive, member, rows, columns)
        wanted = {
            int(value) for row in cells for kind, value in row.values() if kind == "s" and value.isdecimal()
        }
        shared = _shared(archive, wanted) if wanted else {}
        found = []
        for row in cells:
            line = [""] * (max(row, default=-1) + 1)
            for column, (kind, value) in row.items():
                line[column] = shared.get(int(value), "") if kind == "s" and value.isdecimal() else value
            found.append(line)
        if any(any(line) for line in found):
            return found
    raise Refused("empty")


def _parse(archive: zipfile.ZipFile, member: str, parser: Any) -> None:
    """Feed a member to the parser until it has enough."""
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.buffer_text = True
    try:
        with archive.open(member) as opened:
            while chunk := opened.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _Enough:
        return
    except (*zips.DAMAGED, expat.ExpatError):
        raise Refused("damaged") from None


def _no_doctype(*_about: object) -> None:
    raise Refused("damaged")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _cells(
    archive: zipfile.ZipFile, member: str, rows: int, columns: int
) -> list[dict[int, tuple[str, str]]]:
    """For each of the first rows: column index → (type of the cell, its value)."""
    found: list[dict[int, tuple[str, str]]] = []
    parts: list[str] = []
    at, kind, inside = -1, "", False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal at, kind, parts, inside
        name = _local(name)
        if name == "row":
            if len(found) >= rows:
                raise _Enough
            found.append({})
            at = -1
        elif name == "c":
            place = _LETTERS.match(attributes.get("r", ""))
            at = _index(place[0]) if place else at + 1
            kind, parts = attributes.get("t", ""), []
        elif name in ("v", "t"):
            inside = True

    def end(name: str) -> None:
        nonlocal inside
        name = _local(name)
        if name in ("v", "t"):
            inside = False
        elif name == "c" and found and 0 <= at < columns and parts:
            found[-1][at] = kind, "".join(parts)[:_LONGEST_CELL]

    def text(data: str) -> None:
        if inside:
            parts.append(data[:_LONGEST_CELL])

    parser = _parser(start, end, text)
    _parse(archive, member, parser)
    return found


def _index(letters: str) -> int:
    column = 0
    for letter in letters[:3]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _shared(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """The shared strings of these numbers."""
    found: dict[int, str] = {}
    parts: list[str] = []
    number, last, inside = -1, max(wanted), False

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal number, parts, inside
        name = _local(name)
        if name == "si":
            number += 1
            if number > last:
                raise _Enough
            parts = []
        elif name == "t":
            inside = number in wanted

    def end(name: str) -> None:
        nonlocal inside
        name = _local(name)
        if name == "t":
            inside = False
        elif name == "si" and number in wanted:
            found[number] = "".join(parts)[:_LONGEST_CELL]

    def text(data: str) -> None:
        if inside:
            parts.append(data[:_LONGEST_CELL])

    member = next((name for name in archive.namelist() if name.lower().endswith("/sharedstrings.xml")), None)
    if member is None:
        raise Refused("damaged")
    _parse(archive, member, _parser(start, end, text))
    return found


def _beginning(
    archive: zipfile.ZipFile, rows: int, columns: int, characters: int
) -> tuple[list[list[str]], str]:
    """The first rows of the document's tables, and the beginning of what stands outside of them."""
    table: list[list[str]] = []
    text: list[str] = []
    parts: list[str] = []
    depth, length = 0, 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, parts
        name = _local(name)
        if name == "tbl":
            depth += 1
        elif name == "tr" and depth == 1:
            table.append([])
        elif name == "tc" and depth == 1:
            parts = []
        elif name in ("tab", "br", "cr"):
            parts.append(" ")

    def end(name: str) -> None:
        nonlocal depth, length, parts
        name = _local(name)
        if name == "tbl":
            depth -= 1
        elif name == "tc" and depth == 1 and table and len(table[-1]) < columns:
            table[-1].append("".join(parts).strip()[:_LONGEST_CELL])
            parts = []
        elif name == "p":
            if depth:
                parts.append("\n")
            else:
                text.append("".join(parts))
                length += len(text[-1]) + 1
                parts = []
        if len(table) > rows and length >= characters:
            raise _Enough

    def characters_of(data: str) -> None:
        if len(parts) < 5_000:
            parts.append(data[:_LONGEST_CELL])

    member = "word/document.xml"
    for relation in zips.parse_member(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            member = relation.get("Target", "").lstrip("/")
    _parse(archive, member, _parser(start, end, characters_of))
    return table[:rows], "\n".join(text)[:characters]


def _parser(start: Callable[..., None], end: Callable[..., None], text: Callable[[str], None]) -> Any:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser
