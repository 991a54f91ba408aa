"""Rows of a very long XLSX sheet, read as a stream. Runs in the sandbox's child.

calamine holds a whole sheet in memory, which the full export of OHCHR's index does not allow: here only the texts that
cells share are held, as bytes, and one batch of rows.
"""

import datetime
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from recommendations.formats.parsers import zips
from recommendations.formats.sandbox import Refused

_BATCH = 500
_MOST_PROBLEMS = 100
_CHUNK = 256 * 1024
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
_LAST = re.compile(r":[A-Z]{1,3}(\d{1,7})\Z")
# "_x000D_" is a control sign that XML cannot hold.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# The formats of dates that every workbook knows without saying; others are told by their letters.
_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
_DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)
_NO_LETTERS = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.|_.|\*.")


def rows(
    archive: zipfile.ZipFile,
    sheets: list[tuple[str, str]],
    *,
    names: list[str],
    most_rows: int,
    most_columns: int,
    longest_cell: int,
) -> Iterator[dict[str, Any]]:
    """What ``xlsx.rows`` gives, of the first of these (name, member) that holds anything.

    Formulas and errors come with the batch of their rows ("not_values"); "total" is how many rows the sheet says it
    has, 0 where it does not.
    """
    shared = _Shared(archive, longest_cell)
    dates, epoch = _date_styles(archive), _epoch(archive)
    for name, member in sheets:
        reading = _Sheet(shared, dates, epoch, most_rows, most_columns, longest_cell)
        batches = _batches(archive, member, reading)
        first = next(batches, None)
        if first is None:
            continue
        yield {"sheet": name, "sheets": names, "not_values": [], "more": False, "total": reading.total}
        yield first
        yield from batches
        return
    raise Refused("empty")


def _batches(archive: zipfile.ZipFile, member: str, reading: "_Sheet") -> Iterator[dict[str, Any]]:
    parser = _parser(reading.start, reading.end, reading.text)
    for chunk in _chunks(archive, member):
        _feed(parser, chunk)
        if len(reading.rows) >= _BATCH:
            yield reading.taken()
    _feed(parser, b"", final=True)
    if reading.rows or reading.has_more:
        yield reading.taken() | {"more": reading.has_more}


class _Sheet:
    """Collects rows while a sheet is parsed."""

    def __init__(
        self,
        shared: "_Shared",
        dates: frozenset[int],
        epoch: datetime.datetime,
        most_rows: int,
        most_columns: int,
        longest_cell: int,
    ):
        self._shared, self._dates, self._epoch = shared, dates, epoch
        self._most_rows, self._most_columns, self._longest = most_rows, most_columns, longest_cell
        self.total = 0
        self.rows: list[list[Any]] = []
        self._long: list[tuple[int, int]] = []
        self._not_values: list[tuple[str, int, int]] = []
        self._told = 0
        self._number, self._column = 0, -1
        self._cells: list[str] = []
        self._numbers: list[int] = []
        self._kind, self._style = "", 0
        self._parts: list[str] = []
        self._length = 0
        self._is_formula = self._inside = self._phonetic = False

    @property
    def has_more(self) -> bool:
        """Whether there are more formulas and errors than are told."""
        return self._told > _MOST_PROBLEMS

    def taken(self) -> dict[str, Any]:
        """The rows so far, which are forgotten here."""
        found = {"rows": self.rows, "long": self._long[:_MOST_PROBLEMS], "not_values": self._not_values}
        self.rows, self._long, self._not_values = [], [], []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        if name == "c":
            place = _PLACE.match(attributes.get("r", ""))
            self._column = _index(place[1]) if place else self._column + 1
            self._kind = attributes.get("t", "n")
            style = attributes.get("s", "")
            self._style = int(style) if style.isdecimal() else 0
            self._parts, self._length, self._is_formula = [], 0, False
        elif name in ("v", "t"):
            self._inside = not self._phonetic
        elif name == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdecimal() and len(number) < 9 else self._number + 1
            self._column, self._cells, self._numbers = -1, [], []
            if self._number > self._most_rows + 1:
                raise Refused("too_many_rows", most=self._most_rows)
        elif name == "f":
            self._is_formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "dimension":
            last = _LAST.search(attributes.get("ref", ""))
            self.total = int(last[1]) if last else 0

    def text(self, data: str) -> None:
        """Characters."""
        if self._inside and self._length <= self._longest:
            self._parts.append(data)
            self._length += len(data)

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.rpartition(":")[2]
        if name in ("v", "t"):
            self._inside = False
        elif name == "c":
            self._end_cell()
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and any(self._cells):
            self.rows.append([self._number, self._cells, self._numbers])

    def _end_cell(self) -> None:
        if self._is_formula or self._kind == "e":
            self._told += 1
            if self._told <= _MOST_PROBLEMS:
                code = "formula" if self._is_formula else "error"
                self._not_values.append((code, self._number, self._column))
        text = "".join(self._parts)
        if not text or self._kind == "e":
            return
        if self._column >= self._most_columns:
            raise Refused("too_many_columns", count=self._column + 1, most=self._most_columns)
        value = self._value(text)
        if len(value) > self._longest:
            value = value[: self._longest]
            self._long.append((self._number, self._column))
        cells = self._cells
        if len(cells) <= self._column:
            cells.extend([""] * (self._column + 1 - len(cells)))
        cells[self._column] = value

    def _value(self, text: str) -> str:
        kind = self._kind
        if kind == "s":
            return self._shared.get(text)
        if kind in ("inlineStr", "str"):
            return _unescaped(text)
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind == "d":
            return text.removesuffix("Z").removesuffix("T00:00:00")
        if self._style in self._dates:
            return _as_date(text, self._epoch)
        self._numbers.append(self._column)
        return _as_number(text)


class _Shared:
    """The texts that cells share, one after the other in one piece of bytes."""

    def __init__(self, archive: zipfile.ZipFile, longest: int):
        self._bytes = bytearray()
        self._ends = array("Q")
        member = next(
            (name for name in archive.namelist() if name.lower().endswith("/sharedstrings.xml")), None
        )
        if member is not None:
            self._read(archive, member, longest)

    def get(self, number: str) -> str:
        """The text of that number."""
        place = int(number) if number.isdecimal() and len(number) < 12 else -1
        if not 0 <= place < len(self._ends):
            raise Refused("damaged")
        begin = self._ends[place - 1] if place else 0
        return self._bytes[begin : self._ends[place]].decode()

    def _read(self, archive: zipfile.ZipFile, member: str, longest: int) -> None:
        parts: list[str] = []
        length, inside, phonetic = 0, False, False

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal length, inside, phonetic
            name = name.rpartition(":")[2]
            if name == "t":
                inside = not phonetic
            elif name == "si":
                parts.clear()
                length = 0
            elif name == "rPh":
                phonetic = True

        def text(data: str) -> None:
            nonlocal length
            if inside and length <= longest:
                parts.append(data)
                length += len(data)

        def end(name: str) -> None:
            nonlocal inside, phonetic
            name = name.rpartition(":")[2]
            if name == "t":
                inside = False
            elif name == "si":
                self._bytes += _unescaped("".join(parts)).encode("utf-8", "replace")
                self._ends.append(len(self._bytes))
            elif name == "rPh":
                phonetic = False

        parser = _parser(start, end, text)
        for chunk in _chunks(archive, member):
            _feed(parser, chunk)
        _feed(parser, b"", final=True)


# --- Values ---------------------------------------------------------------------------------------------------------


def _index(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _as_number(text: str) -> str:
    """A number as a person would type it: 41983 for what is stored as 4.1983E4."""
    if text.isdecimal():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _as_date(text: str, epoch: datetime.datetime) -> str:
    try:
        moment = epoch + datetime.timedelta(days=float(text))
    except (ValueError, OverflowError):
        return text
    return moment.date().isoformat() if moment.time() == datetime.time() else moment.isoformat(" ", "seconds")


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The numbers of the cell formats that show dates."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    formats, styles = set(_DATES), []
    for element in zips.parse_member(archive, "xl/styles.xml").iter():
        name = element.tag.rpartition("}")[2]
        if name == "numFmt" and _DATE_LETTERS.search(_NO_LETTERS.sub("", element.get("formatCode", ""))):
            formats.add(_number(element.get("numFmtId", "")))
        elif name == "cellXfs":
            styles = [_number(each.get("numFmtId", "")) for each in element]
    return frozenset(place for place, number in enumerate(styles) if number in formats)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _epoch(archive: zipfile.ZipFile) -> datetime.datetime:
    for element in zips.parse_member(archive, "xl/workbook.xml").iter():
        if element.tag.endswith("}workbookPr") and element.get("date1904") in ("1", "true"):
            return datetime.datetime(1904, 1, 1)  # noqa: DTZ001  a sheet's dates have no zone
    return datetime.datetime(1899, 12, 30)  # noqa: DTZ001


# --- XML ------------------------------------------------------------------------------------------------------------


def _parser(start: Callable[..., None], end: Callable[..., None], text: Callable[[str], None]) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _no_doctype
    return parser


def _no_doctype(*_about: object) -> None:
    raise Refused("damaged")


def _feed(parser: Any, chunk: bytes, *, final: bool = False) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError:
        raise Refused("damaged") from None


def _chunks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    try:
        with archive.open(member) as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk
    except zips.DAMAGED:
        raise Refused("damaged") from None
