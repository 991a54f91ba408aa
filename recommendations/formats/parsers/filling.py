"""Writes into cells of a Word document's tables and leaves every other byte as it is. Runs in the sandbox's child.

The order comes in front of the document: eight digits for its length, then JSON
``{"cells": {row: [[[text, is bold], …], …]}, "columns": {table: grid column}, "new": {table: header row or 0},
"title": title of a new column, "language": "en-GB"}``. What a cell holds already stays in front of what is written.
"""

import base64
import io
import json
import re
from collections.abc import Iterator
from typing import IO, Any
from xml.sax.saxutils import escape

from recommendations.formats.parsers import repacking, word
from recommendations.formats.parsers.word import Body, Cell, Row
from recommendations.formats.parsers.zips import MEBIBYTE
from recommendations.formats.sandbox import Refused

_LARGEST = 64 * MEBIBYTE
_CHUNK = 768 * 1024
# A new column takes this share of the table; the others make room.
_SHARE = 0.3
_WIDTH = 3000
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(rb"<([^\s/>]+)")

Paragraphs = list[list[tuple[str, bool]]]
Edit = tuple[int, int, bytes]


def fill(source: IO[bytes]) -> Iterator[str]:
    """The document with the cells filled, as base64 in pieces."""
    order = json.loads(source.read(int(source.read(8))))
    package = source.read(_LARGEST + 1)
    if len(package) > _LARGEST:
        raise Refused("too_large_unpacked")
    archive, main = word.open_document(io.BytesIO(package))
    content = word.read_part(archive, main)
    body = word.read_body(content)
    filled = spliced(content, _Filling(content, body, order).edits())
    packed = repacking.with_member(package, main, filled)
    for start in range(0, len(packed), _CHUNK):
        yield base64.b64encode(packed[start : start + _CHUNK]).decode()


def spliced(content: bytes, edits: list[Edit]) -> bytes:
    """The content with each span replaced; what stands between them is copied byte for byte."""
    parts: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits):
        if start < at:
            raise Refused("damaged")
        parts += [content[at:start], new]
        at = end
    return b"".join([*parts, content[at:]])


class _Filling:
    def __init__(self, content: bytes, body: Body, order: dict[str, Any]):
        # Places were counted in bytes of what the parser took for UTF-8.
        if content[:2] in (b"\xff\xfe", b"\xfe\xff") or not _is_utf8(content):
            raise Refused("unusual")
        self.content = content
        self.body = body
        self.cells: dict[str, Paragraphs] = order["cells"]
        self.columns: dict[str, int] = order["columns"]
        self.new: dict[str, int] = order["new"]
        self.title: str = order["title"]
        self.language: str = order["language"]
        # Without a prefix in the document ours is declared where it is used.
        self.prefix = body.prefix or "w"
        self.declared = "" if body.prefix else f' xmlns:w="{_namespace(content)}"'

    def edits(self) -> list[Edit]:
        """What is to be changed, in no order."""
        found: list[Edit] = []
        for row in self.body.rows:
            paragraphs = self.cells.get(str(row.number), [])
            table = str(row.table)
            if table in self.new:
                found += self._with_new_cell(row, paragraphs, is_header=self.new[table] == row.number)
            elif paragraphs and table in self.columns:
                cell = next(
                    (c for c in row.cells if c.column <= self.columns[table] < c.column + c.span), None
                )
                if cell is not None:
                    found += self._written(cell, paragraphs, _look(row))
        for table in self.new:
            found += self._narrowed(int(table))
        return found

    # --- a cell that is there ---------------------------------------------------------------------------------------

    def _written(self, cell: Cell, paragraphs: Paragraphs, look: tuple[dict[str, str], str]) -> list[Edit]:
        if not cell.paragraphs:
            raise Refused("damaged")
        last = cell.paragraphs[-1]
        properties = self._properties(cell)
        if any(paragraph.has_text for paragraph in cell.paragraphs):
            new = "".join(self._paragraph(runs, properties, look) for runs in paragraphs)
            return [(last.end, last.end, new.encode())]
        first = cell.paragraphs[0]
        inside = "".join(self._run(*run, look) for run in paragraphs[0])
        more = "".join(self._paragraph(runs, properties, look) for runs in paragraphs[1:])
        whole = self.content[first.start : first.end]
        if whole.endswith(b"/>"):
            name = _NAME.match(whole)
            assert name is not None
            end = f">{inside}</{name[1].decode()}>{more}"
            return [(first.end - 2, first.end, end.encode())]
        closing = first.start + whole.rfind(b"</")
        return [
            (closing, closing, inside.encode()),
            *([(first.end, first.end, more.encode())] if more else []),
        ]

    def _properties(self, cell: Cell) -> str:
        span = cell.paragraphs[0].properties if cell.paragraphs else None
        return self.content[span[0] : span[1]].decode() if span else ""

    # --- a column that is not there -----------------------------------------------------------------------------------

    def _with_new_cell(self, row: Row, paragraphs: Paragraphs, *, is_header: bool) -> list[Edit]:
        last = row.cells[-1] if row.cells else None
        if last is None:
            return []
        columns = len(self.body.grids[row.table])
        if last.span_tag and len(row.cells) == 1 and last.span >= columns:
            # A row over the whole width goes on over the new column.
            start, end = last.span_tag
            return [(start, end, _with_number(self.content[start:end], b"val", last.span + 1))]
        found: list[Edit] = []
        share = 1 - _SHARE
        for cell in row.cells:
            (start, end), width = cell.width or ((0, 0), None)
            if width:
                narrower = _with_number(self.content[start:end], b"w", round(width * share))
                found.append((start, end, narrower))
        look = _look(row)
        if is_header:
            paragraphs = [[(self.title, True)]]
        properties = self._properties(last)
        inside = "".join(self._paragraph(runs, properties, look) for runs in paragraphs or [[]])
        tag = f"{self.prefix}:tc"
        cell_xml = f"<{tag}{self.declared}>{self._about_new(last, row.table)}{inside}</{tag}>"
        closing = row.start + self.content[row.start : row.end].rfind(b"</")
        return [*found, (closing, closing, cell_xml.encode())]

    def _about_new(self, last: Cell, table: int) -> str:
        """The properties of the cell beside it, where they are only a look; the width is our own."""
        width = self._new_width(table)
        if last.properties and last.width and last.span == 1 and not last.merge:
            start, end = last.properties
            (begin, behind), _known = last.width
            tag = _with_number(self.content[begin:behind], b"w", width)
            return (self.content[start:begin] + tag + self.content[behind:end]).decode()
        name = self.prefix
        return f'<{name}:tcPr><{name}:tcW {name}:w="{width}" {name}:type="dxa"/></{name}:tcPr>'

    def _new_width(self, table: int) -> int:
        widths = [width for _tag, width in self.body.grids[table] if width]
        return sum(widths) - sum(round(width * (1 - _SHARE)) for width in widths) or _WIDTH

    def _narrowed(self, table: int) -> list[Edit]:
        grid = self.body.grids.get(table, [])
        found: list[Edit] = []
        for (start, end), width in grid:
            new = _with_number(self.content[start:end], b"w", round((width or _WIDTH) * (1 - _SHARE)))
            if (start, end) == grid[-1][0]:
                more = _with_number(self.content[start:end], b"w", self._new_width(table))
                # Tags of a grid are empty; one that is closed apart is closed behind the new one.
                new = new + more if new.endswith(b"/>") else new + _closing(new) + more
            found.append((start, end, new))
        return found

    # --- text ---------------------------------------------------------------------------------------------------------

    def _paragraph(
        self, runs: list[tuple[str, bool]], properties: str, look: tuple[dict[str, str], str]
    ) -> str:
        tag = f"{self.prefix}:p"
        return f"<{tag}{self.declared}>{properties}{''.join(self._run(*run, look) for run in runs)}</{tag}>"

    def _run(self, text: str, is_bold: bool, look: tuple[dict[str, str], str]) -> str:
        name = self.prefix
        fonts, size = look
        about = ""
        if fonts:
            given = "".join(f' {name}:{key}="{escape(value, _QUOTES)}"' for key, value in fonts.items())
            about += f"<{name}:rFonts{given}/>"
        if is_bold:
            about += f"<{name}:b/>"
        if size:
            about += f'<{name}:sz {name}:val="{size}"/><{name}:szCs {name}:val="{size}"/>'
        if self.language:
            about += f'<{name}:lang {name}:val="{escape(self.language, _QUOTES)}"/>'
        words = escape(_NO_XML.sub("", text))
        return (
            f"<{name}:r{self.declared}><{name}:rPr>{about}</{name}:rPr>"
            f'<{name}:t xml:space="preserve">{words}</{name}:t></{name}:r>'
        )


_QUOTES = {'"': "&quot;"}
_FACES = {"ascii": ("hAnsi", "cs"), "asciiTheme": ("hAnsiTheme", "cstheme")}


def _look(row: Row) -> tuple[dict[str, str], str]:
    """The font and size of a row's text; a font that is given for Latin letters only is ours for all."""
    cell = next((cell for cell in row.cells if cell.fonts or cell.size), None)
    if cell is None:
        return {}, ""
    fonts = {}
    for face, others in _FACES.items():
        if face in cell.fonts:
            fonts[face] = cell.fonts[face]
            fonts |= {other: cell.fonts.get(other, cell.fonts[face]) for other in others}
    return fonts, cell.size


def _with_number(tag: bytes, attribute: bytes, number: int) -> bytes:
    return re.sub(rb"""(\b%s\s*=\s*["'])[0-9]+""" % attribute, rb"\g<1>%d" % number, tag, count=1)


def _closing(tag: bytes) -> bytes:
    name = _NAME.match(tag)
    return b"</" + name[1] + b">" if name else b""


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    head = content[:200].lower()
    return b"encoding" not in head.split(b"?>")[0] or b"utf-8" in head or b"us-ascii" in head


def _namespace(content: bytes) -> str:
    found = re.search(rb"""xmlns\s*=\s*["']([^"']*wordprocessingml[^"']*)["']""", content)
    if found is None:
        raise Refused("unusual")
    return found[1].decode()
