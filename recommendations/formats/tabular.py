"""Tables that people send: CSV, XLSX and old XLS, read as numbered rows of text, one row at a time.

``read_table`` looks at the content, not at the name, and gives a ``Table``; wrong files raise ``FileProblem``, wrong
cells are collected in ``Table.problems`` while the rows are read.
"""

import contextlib
import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, NamedTuple

from recommendations.formats import sandbox
from recommendations.formats.encodings import NotText, Unsure, detect_encoding
from recommendations.formats.problems import FileProblem, column_letter, problem
from recommendations.formats.table_messages import MESSAGES

# Our exports put an apostrophe before text that a spreadsheet would take for a formula (``spreadsheet.py``).
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_KINDS = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".tab")
_DELIMITERS = ",;\t"
_LARGE = 10 * 1024 * 1024
_MOST_FORMULAS = 100
_LONGEST_LINE = 1_000_000


class Row(NamedTuple):
    """One row: its ``number`` as a spreadsheet program shows it, its cells as text, one for each header cell.

    ``numbers`` holds the indexes of cells that the file stores as numbers: there 95.10 has become 95.1.
    """

    number: int
    cells: list[str]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TableLimits:
    """The most that a table may hold."""

    rows: int = 400_000
    columns: int = 200
    cell: int = 32_767
    child: sandbox.Limits = sandbox.Limits(memory=768 * 1024 * 1024, seconds=60)


@dataclass
class Table:
    """A header and the rows below it. ``rows`` can be read once; ``problems`` is complete when it was."""

    format: str
    header: list[str]
    header_row: int
    rows: Iterator[Row]
    problems: list[FileProblem] = field(default_factory=list)
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    # How many rows there will be about, 0 where the file does not say.
    total: int = 0

    def column_name(self, index: int) -> str:
        """The column's title; its letter where the header has none."""
        title = self.header[index].strip() if index < len(self.header) else ""
        return title or column_letter(index)


@contextlib.contextmanager
def read_table(
    source: Path | IO[bytes],
    *,
    name: str = "",
    sheet: str | None = None,
    encoding: str | None = None,
    limits: TableLimits = TableLimits(),
) -> Iterator[Table]:
    """Opens a CSV, XLSX or XLS file by its content. ``name`` is what the sender called it.

    Raises ``FileProblem`` at the start and, where reading on makes no sense, while rows are read.
    """
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        name = (name or getattr(source, "name", "") or "").lower()
        ending = Path(str(name)).suffix
        kind = _kind_of(opened)
        if kind in ("xlsx", "xls"):
            if ending in _TEXT_ENDINGS:
                raise problem(MESSAGES, "name_says_csv", ending=ending, right=f".{kind}")
            yield stack.enter_context(read_workbook(opened, kind, sheet=sheet, limits=limits))
        else:
            if ending.startswith(".xls"):
                raise problem(MESSAGES, "name_says_xlsx", ending=ending)
            yield stack.enter_context(read_csv(opened, encoding=encoding, limits=limits))


@contextlib.contextmanager
def read_csv(
    source: IO[bytes], *, encoding: str | None = None, limits: TableLimits = TableLimits()
) -> Iterator[Table]:
    """A CSV file, its encoding and delimiter found from its content."""
    if encoding is None:
        try:
            encoding = detect_encoding(source)
        except Unsure:
            raise problem(MESSAGES, "unsure_encoding") from None
        except NotText:
            raise problem(MESSAGES, "not_text") from None
    try:
        delimiter = _delimiter(_as_text(source, encoding))
        numbered = _csv_rows(_as_text(source, encoding), delimiter, encoding, limits)
        header = _header(numbered, limits)
        table = Table("csv", header.cells, header.number, iter(()), encoding=encoding, delimiter=delimiter)
        table.rows = _rows(table, numbered, limits)
        yield table
    except UnicodeError:
        raise problem(MESSAGES, "wrong_letters", encoding=encoding) from None


def read_xlsx(
    source: Path | IO[bytes], *, sheet: str | None = None, limits: TableLimits = TableLimits()
) -> contextlib.AbstractContextManager[Table]:
    """The first visible sheet of an XLSX workbook that holds anything, or the one named ``sheet``."""
    return read_workbook(source, "xlsx", sheet=sheet, limits=limits)


@contextlib.contextmanager
def read_workbook(
    source: Path | IO[bytes], kind: str, *, sheet: str | None = None, limits: TableLimits = TableLimits()
) -> Iterator[Table]:
    """A sheet of a workbook of that ``kind``, "xlsx" or "xls"."""
    values = sandbox.stream(
        f"recommendations.formats.parsers.{kind}:rows",
        source,
        limits=_child_limits(source, limits),
        sheet=sheet,
        most_rows=limits.rows,
        most_columns=limits.columns,
        longest_cell=limits.cell,
    )
    with contextlib.closing(values), _sentences():
        about = next(values)
        long_cells: list[tuple[int, int]] = []
        findings: list[tuple[str, int | None, int | None]] = [tuple(one) for one in about["not_values"]]
        numbered = _xlsx_rows(values, long_cells, findings)
        header = _header(numbered, limits)
        table = Table(
            kind, header.cells, header.number, iter(()), sheet=about["sheet"], sheets=about["sheets"]
        )
        table.total = about.get("total", 0)
        if about["more"]:
            findings.append(("more_formulas", None, len(findings)))
        _tell(table, findings)
        table.rows = _telling(table, _rows(table, numbered, limits, long_cells), findings)
        yield table


def _child_limits(source: Path | IO[bytes], limits: TableLimits) -> sandbox.Limits:
    """Ten times as long for a workbook that is large as it lies there, not only once it is unpacked."""
    if isinstance(source, Path):
        size = source.stat().st_size
    else:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
    return replace(limits.child, seconds=limits.child.seconds * 10) if size > _LARGE else limits.child


def protect(text: str) -> str:
    """Text as CSV holds it: one apostrophe before what a spreadsheet program would take for a formula."""
    return "'" + text if text and text[0] in "=+-@\t\r'" and re.match(r"'*[=+\-@\t\r]", text) else text


def unprotect(text: str) -> str:
    """The opposite of ``protect``."""
    return text[1:] if text[:1] == "'" and _PROTECTED.match(text) else text


def _kind_of(source: IO[bytes]) -> str:
    """ "xlsx", "xls" or "csv" by the first bytes; everything that is none of them raises its own sentence."""
    source.seek(0)
    head = source.read(4096)
    source.seek(0)
    if not head.strip():
        raise problem(MESSAGES, "empty")
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(_OLE):
        # A compound file: an old workbook, an encrypted one, or something else; the parser tells them apart.
        return "xls"
    if head.startswith(_OTHER_KINDS):
        raise problem(MESSAGES, "other_kind")
    if is_web_page(head):
        raise problem(MESSAGES, "web_page")
    return "csv"


def is_web_page(head: bytes) -> bool:
    """Whether a file begins as a web page does, whatever its name says."""
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if bare.startswith((b"\xff\xfe", b"\xfe\xff")):
        bare = bare.replace(b"\x00", b"")[2:]
    return _HTML.match(bare) is not None


def _as_text(source: IO[bytes], encoding: str) -> IO[str]:
    source.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Borrowed(source)), encoding=encoding, newline="")


class _Borrowed(io.RawIOBase):
    """The caller's file under a text wrapper, which would close it when it goes away."""

    def __init__(self, source: IO[bytes]):
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._source.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _delimiter(text: IO[str]) -> str:
    lines = []
    for _number in range(20):
        line = text.readline(_LONGEST_LINE)
        if not line:
            break
        lines.append(line)
    return delimiter_of(lines)


def delimiter_of(lines: list[str]) -> str:
    """The sign that cuts the first rows into the same number of cells, more than one if possible."""
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        with contextlib.suppress(csv.Error):
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(row)]
            width = len(rows[0]) if rows else 0
            alike = sum(len(row) == width for row in rows) / len(rows) if rows else 0
            score = width + alike if width > 1 else 0
            if score > most:
                best, most = delimiter, score
    return best


def _csv_rows(text: IO[str], delimiter: str, encoding: str, limits: TableLimits) -> Iterator[Row]:
    number = 0
    reader = csv.reader(_lines(text, lambda: number + 1), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            code = "long_line" if "limit" in str(error) else "quotes"
            raise problem(MESSAGES, code, number + 1) from None
        except UnicodeError:
            raise problem(MESSAGES, "wrong_letters", number + 1, encoding=encoding) from None
        number += 1
        if number > limits.rows + 1:
            raise problem(MESSAGES, "too_many_rows", most=limits.rows)
        if any(cells):
            yield Row(number, [unprotect(cell) for cell in cells])


def _lines(text: IO[str], row: Any) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise problem(MESSAGES, "long_line", row())
        yield line


def _xlsx_rows(
    values: Iterator[Any],
    long_cells: list[tuple[int, int]],
    findings: list[tuple[str, int | None, int | None]],
) -> Iterator[Row]:
    for batch in values:
        # A long sheet tells its formulas and errors with their rows.
        findings.extend(tuple(one) for one in batch.get("not_values", ()))
        if batch.get("more"):
            findings.append(("more_formulas", None, _MOST_FORMULAS))
        long_cells.extend((row, column) for row, column in batch["long"])
        for number, cells, numbers in batch["rows"]:
            yield Row(number, cells, frozenset(numbers))


def _telling(
    table: Table, rows: Iterator[Row], findings: list[tuple[str, int | None, int | None]]
) -> Iterator[Row]:
    for row in rows:
        if findings:
            _tell(table, findings)
        yield row
    _tell(table, findings)


def _tell(table: Table, findings: list[tuple[str, int | None, int | None]]) -> None:
    """Turn cells that hold no values into the table's problems."""
    for code, row, column in findings:
        if code == "more_formulas":
            table.problems.append(problem(MESSAGES, code, count=column))
        else:
            where = None if column is None else table.column_name(column)
            table.problems.append(problem(MESSAGES, code, row, where))
    findings.clear()


def _header(numbered: Iterator[Row], limits: TableLimits) -> Row:
    header = next((row for row in numbered if any(cell.strip() for cell in row.cells)), None)
    if header is None:
        raise problem(MESSAGES, "empty")
    cells = [" ".join(cell.split()) for cell in header.cells]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > limits.columns:
        raise problem(MESSAGES, "too_many_columns", count=len(cells), most=limits.columns)
    return header._replace(cells=cells)


def _rows(
    table: Table,
    numbered: Iterator[Row],
    limits: TableLimits,
    long_cells: list[tuple[int, int]] | None = None,
) -> Iterator[Row]:
    """Rows as wide as the header; what is wrong with a cell goes to the table's problems."""
    width = len(table.header)
    with _sentences():
        for number, cells, numbers in numbered:
            while long_cells:
                row, column = long_cells.pop(0)
                table.problems.append(_long_cell(table, row, column, limits))
            if len(cells) > width:
                extra = next((index for index, cell in enumerate(cells[width:], width) if cell.strip()), None)
                if extra is not None:
                    table.problems.append(problem(MESSAGES, "more_cells", number, column_letter(extra)))
                cells = cells[:width]
            elif len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            if table.format == "csv":
                for index, cell in enumerate(cells):
                    if len(cell) > limits.cell:
                        table.problems.append(_long_cell(table, number, index, limits))
                        cells[index] = cell[: limits.cell]
            yield Row(number, cells, numbers)


def _long_cell(table: Table, row: int, column: int, limits: TableLimits) -> FileProblem:
    return problem(MESSAGES, "long_cell", row, table.column_name(column), most=limits.cell)


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """The child's answers as sentences for the person who sent the file."""
    try:
        yield
    except sandbox.Refused as refusal:
        raise problem(MESSAGES, refusal.code, **refusal.values) from None
    except sandbox.Died as death:
        raise problem(MESSAGES, death.reason) from None
