"""Tables that leave: XLSX, CSV and JSON from columns and an iterator of rows, in flat memory.

A row is a sequence of values, one for each column. Text stays text: XLSX strings are never formulas, and CSV text that
a spreadsheet program would take for one gets an apostrophe, which our own reader takes off (``tabular.unprotect``).
"""

import csv
import datetime
import io
import itertools
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from recommendations.formats.tabular import protect

Kind = Literal["text", "long_text", "number", "percent", "date", "datetime", "link"]

_WIDTHS: dict[str, int] = {
    "text": 24,
    "long_text": 70,
    "number": 12,
    "percent": 10,
    "date": 12,
    "datetime": 18,
    "link": 18,
}
_BATCH = 1000
# What Excel can hold; XlsxWriter leaves a longer cell or a link too many out without a word.
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_576
_MOST_LINKS = 65_530
_LONGEST_ADDRESS = 2_079
_LONGEST_SHEET_NAME = 31
_CUT = "…"


class Link(NamedTuple):
    """A cell that shows ``text`` and leads to ``address``; CSV shows the text, JSON gives both."""

    text: str
    address: str


@dataclass(frozen=True)
class Column:
    """A column: its title as on the screen, what its cells are, and its name in JSON (else the title)."""

    title: str
    kind: Kind = "text"
    key: str = ""
    width: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook. ``note`` stands above the header where it is given."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str = ""


def csv_chunks(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A CSV file in pieces: UTF-8 with the mark that makes Excel read Cyrillic, commas, CR LF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([protect(column.title) for column in columns])
    rows = iter(rows)
    while True:
        writer.writerows([_csv_cell(value) for value in row] for row in itertools.islice(rows, _BATCH))
        text = buffer.getvalue()
        if not text:
            return
        yield text.encode("utf-8", "replace")
        buffer.seek(0)
        buffer.truncate()


def write_csv(target: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Writes what ``csv_chunks`` gives."""
    target.writelines(csv_chunks(columns, rows))


def json_chunks(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    head: dict[str, Any] | None = None,
    rows_key: str = "rows",
) -> Iterator[bytes]:
    """A JSON file in pieces: the values of ``head``, then the rows as objects by column key."""
    keys = [column.key or column.title for column in columns]
    opening = "".join(f"{_json(key)}: {_json(value)},\n" for key, value in (head or {}).items())
    yield f"{{\n{opening}{_json(rows_key)}: [".encode()
    separator = "\n"
    rows = iter(rows)
    while batch := list(itertools.islice(rows, _BATCH)):
        objects = [_json(dict(zip(keys, row, strict=True))) for row in batch]
        yield (separator + ",\n".join(objects)).encode("utf-8", "replace")
        separator = ",\n"
    yield b"\n]\n}\n"


def write_json(
    target: IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    head: dict[str, Any] | None = None,
    rows_key: str = "rows",
) -> None:
    """Writes what ``json_chunks`` gives."""
    target.writelines(json_chunks(columns, rows, head=head, rows_key=rows_key))


def write_xlsx(
    target: Path | IO[bytes],
    sheets: Iterable[Sheet],
    *,
    title: str = "",
    author: str = "",
    language: str = "",
    tmpdir: Path | None = None,
) -> None:
    """A workbook with frozen headers, filters, widths and links; memory does not grow with the rows.

    A text longer than Excel's 32,767 characters is cut and ends in "…"; rows beyond Excel's limit go on in a sheet
    "name (2)". ``tmpdir`` is where the sheets lie until they are zipped (the system's folder if not given).
    """
    options: dict[str, Any] = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
        "nan_inf_to_errors": False,
    }
    if tmpdir is not None:
        options["tmpdir"] = str(tmpdir)
    with xlsxwriter.Workbook(os.fspath(target) if isinstance(target, Path) else target, options) as workbook:
        workbook.set_properties({"title": title, "author": author, "comments": "", "language": language})
        formats = _formats(workbook)
        taken: set[str] = set()
        for sheet in sheets:
            _write_sheet(workbook, sheet, formats, taken)
        if not taken:
            workbook.add_worksheet()


def _write_sheet(
    workbook: xlsxwriter.Workbook, sheet: Sheet, formats: dict[str, Format], taken: set[str]
) -> None:
    rows = iter(sheet.rows)
    for part in itertools.count(1):
        worksheet = workbook.add_worksheet(_sheet_name(sheet.name, part, taken))
        header = 0
        if sheet.note:
            worksheet.write_string(0, 0, _cut(sheet.note), formats["note"])
            header = 2
        for index, column in enumerate(sheet.columns):
            worksheet.set_column(index, index, column.width or _WIDTHS[column.kind])
        for index, column in enumerate(sheet.columns):
            worksheet.write_string(header, index, _cut(column.title), formats["header"])
        links = 0
        number = header
        for number, row in enumerate(itertools.islice(rows, _MOST_ROWS - header - 1), header + 1):
            for index, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                links += _write_cell(worksheet, number, index, column.kind, value, formats, links)
        if sheet.columns:
            worksheet.freeze_panes(header + 1, 1 if len(sheet.columns) > 1 else 0)
            worksheet.autofilter(header, 0, max(number, header), len(sheet.columns) - 1)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(header)
        following = next(rows, None)
        if following is None:
            return
        rows = itertools.chain([following], rows)


def _write_cell(
    worksheet: Worksheet,
    row: int,
    column: int,
    kind: Kind,
    value: Any,
    formats: dict[str, Format],
    links: int,
) -> int:
    """Writes one cell by the type of its value; gives 1 where it became a link."""
    if value is None or value == "":
        return 0
    if isinstance(value, Link):
        if value.address and links < _MOST_LINKS and len(value.address) <= _LONGEST_ADDRESS:
            worksheet.write_url(row, column, value.address, formats["link"], string=_cut(value.text))
            return 1
        value = value.text
    if isinstance(value, datetime.datetime):
        worksheet.write_datetime(row, column, value, formats["datetime"])
    elif isinstance(value, datetime.date):
        worksheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        worksheet.write_number(row, column, value, formats["percent" if kind == "percent" else "number"])
    else:
        worksheet.write_string(
            row, column, _cut(_plain(value)), formats["long_text" if kind == "long_text" else "text"]
        )
    return 0


def _formats(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    return {
        "header": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "note": workbook.add_format({"italic": True}),
        "text": workbook.add_format({**top, "text_wrap": True, "num_format": "@"}),
        "long_text": workbook.add_format({**top, "text_wrap": True}),
        "number": workbook.add_format(top),
        "percent": workbook.add_format({**top, "num_format": "0%"}),
        "date": workbook.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"}),
        "datetime": workbook.add_format({**top, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        "link": workbook.add_format({**top, "font_color": "#1155AA", "underline": 1}),
    }


def _sheet_name(name: str, part: int, taken: set[str]) -> str:
    """A name Excel accepts: none of []:*?/\\, no apostrophe at the ends, 31 characters, each once."""
    base = "".join(" " if sign in "[]:*?/\\" else sign for sign in name).strip(" '") or "Sheet"
    for number in itertools.count(part):
        suffix = f" ({number})" if number > 1 else ""
        candidate = base[: _LONGEST_SHEET_NAME - len(suffix)].strip(" '") + suffix
        if candidate.casefold() not in taken and candidate.casefold() != "history":
            taken.add(candidate.casefold())
            return candidate
    raise AssertionError("counting never ends")


def _cut(text: str) -> str:
    # Excel counts UTF-16 units; a text of that many characters beyond the basic plane is twice as long.
    if len(text) * 2 <= _LONGEST_CELL or len(text.encode("utf-16-le", "replace")) // 2 <= _LONGEST_CELL:
        return text
    cut = text.encode("utf-16-le", "replace")[: (_LONGEST_CELL - 1) * 2].decode("utf-16-le", "ignore")
    return cut + _CUT


def _csv_cell(value: Any) -> Any:
    if type(value) is str:
        return protect(value)
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, Link):
        return protect(value.text)
    return protect(_plain(value))


def _plain(value: Any) -> str:
    """A value as text where no cell type fits: yes as TRUE, dates in ISO form, lists one entry a line."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset) and not isinstance(value, Link):
        return "\n".join(str(each) for each in value)
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(_for_json(value), ensure_ascii=False)


def _for_json(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Link):
        return {"text": value.text, "url": value.address}
    if isinstance(value, dict):
        return {str(key): _for_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_for_json(each) for each in value]
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    return _plain(value)
