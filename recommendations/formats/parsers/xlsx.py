"""Rows of an XLSX sheet as text; formulas and error values are pointed out. Runs in the sandbox's child."""

import datetime
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import python_calamine

from recommendations.formats.parsers import xlsx_long, zips
from recommendations.formats.sandbox import Refused

# Beyond so many bytes a sheet is not held in memory.
LONG = 80 * zips.MEBIBYTE
_BATCH = 500
_MOST_PROBLEMS = 100
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# The strict flavour of the format has namespaces of its own.
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

# calamine gives a formula's last value and nothing at all for an error (#REF!): both are told apart here.
_SIGNS_OF_NO_VALUE = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"', b"t='e'")
_ERROR_TYPE = re.compile(rb"""\bt=["']e["']""")
_CELL_OR_FORMULA = re.compile(rb"<(?:\w+:)?(?:c(?P<attributes>\s[^>]*)?>|(?P<formula>f)[\s>/])")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_CHUNK = 1024 * 1024
_LONGEST_TAG = 4096

Cell = str | int | float | bool | datetime.date | datetime.time | datetime.datetime | datetime.timedelta


Place = tuple[int | None, int | None]
Finding = tuple[str, int | None, int | None]


def rows(
    source: IO[bytes], *, sheet: str | None, most_rows: int, most_columns: int, longest_cell: int
) -> Iterator[dict[str, Any]]:
    """First what the sheet is, then batches of its rows.

    The first value is ``{"sheet", "sheets", "not_values": [["formula" or "error", row, column
    index]], "more"}``; each later one
    ``{"rows": [[number, [text, …], [index of each number cell, …]], …], "long": [[row, column index], …]}``.
    Rows without any content are left out; numbers count from 1 as the spreadsheet program does.
    """
    archive = zips.open_archive(source, largest=zips.LARGEST_STREAM)
    if zips.office_kind(archive) != "xlsx":
        raise Refused("no_workbook")
    if zips.unpacked_size(archive) > LONG:
        yield from _long_rows(archive, sheet, most_rows, most_columns, longest_cell)
        return
    found, visible = opened_sheet(source, sheet, most_rows=most_rows, most_columns=most_columns)
    not_values = _not_values(archive, found.name)
    yield {
        "sheet": found.name,
        "sheets": visible,
        "not_values": not_values[:_MOST_PROBLEMS],
        "more": len(not_values) > _MOST_PROBLEMS,
    }
    yield from batches(found, longest_cell)


def _long_rows(
    archive: zipfile.ZipFile, sheet: str | None, most_rows: int, most_columns: int, longest_cell: int
) -> Iterator[dict[str, Any]]:
    """The same as a stream; formulas and errors come with the rows they stand in."""
    sheets = zips.visible_sheets(archive)
    names = [name for name, _member in sheets]
    if sheet is not None and sheet not in names:
        raise Refused("no_such_sheet", sheet=sheet, sheets=", ".join(names))
    yield from xlsx_long.rows(
        archive,
        [each for each in sheets if sheet in (None, each[0])],
        names=names,
        most_rows=most_rows,
        most_columns=most_columns,
        longest_cell=longest_cell,
    )


def opened_sheet(
    source: IO[bytes], sheet: str | None, *, most_rows: int, most_columns: int
) -> tuple[Any, list[str]]:
    """The first visible sheet that holds anything, or the one named, and the names of all visible ones."""
    source.seek(0)
    try:
        workbook = python_calamine.load_workbook(source)
    except python_calamine.PasswordError:
        raise Refused("encrypted") from None
    except python_calamine.CalamineError:
        raise Refused("damaged") from None
    visible = [
        each.name
        for each in workbook.sheets_metadata
        if each.typ == python_calamine.SheetTypeEnum.WorkSheet
        and each.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    if sheet is not None and sheet not in visible:
        raise Refused("no_such_sheet", sheet=sheet, sheets=", ".join(visible))
    for name in [sheet] if sheet is not None else visible:
        found = _sheet(workbook, name)
        if found.start is not None:
            break
    else:
        raise Refused("empty")
    if found.end[1] >= most_columns:
        raise Refused("too_many_columns", count=found.end[1] + 1, most=most_columns)
    if found.end[0] >= most_rows + 1:
        raise Refused("too_many_rows", most=most_rows)
    return found, visible


def _sheet(workbook: python_calamine.CalamineWorkbook, name: str) -> Any:
    try:
        return workbook.get_sheet_by_name(name)
    except python_calamine.CalamineError:
        raise Refused("damaged") from None


def batches(sheet: Any, longest_cell: int) -> Iterator[dict[str, Any]]:
    """Some hundred rows at a time, as ``rows`` describes them."""
    # calamine's rows begin in row 1, but in the first column that holds anything.
    first_column = sheet.start[1]
    margin = [""] * first_column
    batch: list[list[Any]] = []
    long: list[tuple[int, int]] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = margin + [_text(cell) for cell in cells]
        if not any(texts):
            continue
        numbers = [first_column + index for index, cell in enumerate(cells) if type(cell) in (int, float)]
        for index, text in enumerate(texts):
            if len(text) > longest_cell:
                texts[index] = text[:longest_cell]
                long.append((number, index))
        batch.append([number, texts, numbers])
        if len(batch) == _BATCH:
            yield {"rows": batch, "long": long[:_MOST_PROBLEMS]}
            batch, long = [], []
    if batch:
        yield {"rows": batch, "long": long[:_MOST_PROBLEMS]}


def _text(cell: Cell) -> str:
    """A cell as a person would type it: 124.26, 2014-10-30, TRUE."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _not_values(archive: zipfile.ZipFile, sheet: str) -> list[Finding]:
    """Where the sheet holds formulas and errors, in its order; stops soon after the most that are told."""
    found: list[Finding] = []
    place: Place = (None, None)
    rest = b""
    try:
        with archive.open(_member_of(archive, sheet)) as member:
            while (chunk := member.read(_CHUNK)) and len(found) <= _MOST_PROBLEMS:
                text = rest + chunk
                # A tag cut in two by the end of a chunk is read with the next one.
                cut = text.rfind(b"<", -_LONGEST_TAG)
                if cut < 0:
                    cut = len(text)
                rest = text[cut:]
                place = _look(text[:cut], place, found)
        _look(rest, place, found)
    except zips.DAMAGED:
        raise Refused("damaged") from None
    return found


def _look(text: bytes, place: Place, found: list[Finding]) -> Place:
    """Adds to ``found``; gives the place of the last cell, whose formula may come with the next chunk."""
    if not any(sign in text for sign in _SIGNS_OF_NO_VALUE):
        last = text.rfind(b"<c ")
        match = _PLACE.search(text, last) if last >= 0 else None
        return _place_of(match) if match else place
    for tag in _CELL_OR_FORMULA.finditer(text):
        if tag["formula"]:
            if found and found[-1] == ("error", *place):
                found.pop()
            found.append(("formula", *place))
            continue
        attributes = tag["attributes"] or b""
        match = _PLACE.search(attributes)
        place = _place_of(match) if match else (None, None)
        if _ERROR_TYPE.search(attributes):
            found.append(("error", *place))
    return place


def _place_of(match: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return int(match[2]), column - 1


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The archive's member that holds a sheet: workbook.xml names a relation, its .rels file the member."""
    main = "xl/workbook.xml"
    for relation in zips.parse_member(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            main = relation.get("Target", "").lstrip("/")
    folder, name = posixpath.split(main)
    wanted = None
    for element in zips.parse_member(archive, main).iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            wanted = element.get(_RELATION) or element.get(_STRICT_RELATION)
    for relation in zips.parse_member(archive, posixpath.join(folder, "_rels", f"{name}.rels")):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    raise Refused("damaged")
