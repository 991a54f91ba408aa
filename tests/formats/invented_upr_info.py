"""A small workbook in the shape of UPR Info's old export (BIFF8); nothing in it was ever recommended."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Sequence

NAME = "invented-export.xls"

HEADER = [
    "SuR",
    "Rgrp",
    "Org",
    "Recommendation",
    "RS",
    "Rgrp",
    "Org",
    "Response",
    "Action",
    "Issue",
    "Session",
]
HEADER_CSV = ["To", "To-Rgrp", "To-Org", "Text", "From", "From-Rgrp", "From-Org", "Response", "Action"] + [
    "Issue",
    "Session",
]


def line(
    text: str,
    *,
    to: str = "Kazakhstan",
    sender: str = "Norway",
    response: str = "Accepted",
    action: int | str = 4,
    issue: str = "Freedom of the press",
    session: int | str = 20,
) -> list[int | str]:
    """One row of the export."""
    return [to, "Asia", "OIC, CIS", text, sender, "WEOG", "OECD", response, action, issue, session]


ROWS = [
    line("Invented text: adopt a law on invented matters"),
    line("Invented text: adopt a law on invented matters", sender="Spain", action=5),
    line("Invented text: consider adopting a law on invented matters", sender="Spain", action=3),
    line("Invented text: the press’s freedom is to be invented", response="Noted", issue="Children"),
]


def make() -> bytes:
    """The export as a workbook."""
    return workbook([HEADER, *ROWS])


def make_csv(
    rows: Sequence[Sequence[int | str]] = ROWS, *, header: Sequence[str] = HEADER_CSV, end: str = "\r\n"
) -> str:
    """The export as a table of text."""
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator=end).writerows([header, *rows])
    return target.getvalue()


def workbook(rows: Sequence[Sequence[int | str]]) -> bytes:
    """A BIFF8 workbook of one sheet: a stream of records in a compound file, as [MS-XLS] and [MS-CFB] lay it out."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    codepage = _record(0x0042, struct.pack("<H", 1200))
    end = _record(0x000A, b"")
    name = b"Sheet1"
    place = len(start) + len(codepage) + 4 + 8 + len(name) + len(end)
    globals_ = (
        start + codepage + _record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name) + end
    )
    cells = b"".join(
        _cell(row, column, value) for row, line in enumerate(rows) for column, value in enumerate(line)
    )
    width = max((len(line) for line in rows), default=0)
    sheet = (
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
        + _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
        + cells
        + end
    )
    return _compound_file(globals_ + sheet)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _cell(row: int, column: int, value: int | str) -> bytes:
    if isinstance(value, int):
        return _record(0x0203, struct.pack("<HHHd", row, column, 15, value))
    text = value.encode("utf-16-le")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 15, len(text) // 2, 1) + text)


def _compound_file(stream: bytes) -> bytes:
    sector = 512
    # Streams under 4,096 bytes would lie in a stream of their own.
    stream = stream.ljust(max(4096, -(-len(stream) // sector) * sector), b"\x00")
    count = len(stream) // sector
    fats = 1
    while fats * 128 < count + fats + 1:
        fats += 1
    chain = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, *([0xFFFFFFFD] * fats)]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(fats * sector, b"\xff")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\x00")
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\x00" * 6
        + struct.pack("<IIIIIIIII", 0, fats, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    places = struct.pack(f"<{fats}I", *range(count + 1, count + 1 + fats))
    header = (header + places).ljust(sector, b"\xff")
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 0, len(stream))
    return header + stream + directory.ljust(sector, b"\x00") + table


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + b"\x00" * 36
        + struct.pack("<IQ", first, size)
    )
