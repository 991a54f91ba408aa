"""Paragraphs and tables of a Word document, with the bytes where they stand. Runs in the sandbox's child.

Tables come as rows of cells with their place in the grid, so that merged cells can be told; the bytes are for whoever
fills cells (``filling``) and leaves everything else as it is.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from recommendations.formats.parsers import zips
from recommendations.formats.sandbox import Refused

MOST_CELLS = 100_000
_MOST_PARAGRAPHS = 100_000
_DEEPEST = 500
_LARGEST_PART = 64 * zips.MEBIBYTE
_LONGEST_CELL = 32_767
_LONGEST_PARAGRAPH = 20_000
_MOST_TEXT = 32 * zips.MEBIBYTE
_BATCH = 200

# The transitional and the strict flavour of the format.
_WORD = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
# What was taken out or moved away in a tracked change, and what stands in a frame beside the text.
_NOT_TEXT = frozenset({"del", "moveFrom", "txbxContent", "instrText", "rPrChange", "pPrChange"})
_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")

Span = tuple[int, int]


@dataclass
class Paragraph:
    """Where a paragraph stands; ``properties`` is its pPr, ``content`` whether it holds any text."""

    start: int
    end: int = 0
    properties: Span | None = None
    has_text: bool = False


@dataclass
class Cell:
    """A cell: its first grid column, how many it spans, its text.

    ``merge`` is "restart" for the first of cells merged down a column, "continue" for those below it, else "".
    """

    column: int
    start: int
    span: int = 1
    merge: str = ""
    text: str = ""
    end: int = 0
    properties: Span | None = None
    # Tags that say how wide the cell is: where, and the width (in twentieths of a point, else None).
    width: tuple[Span, int | None] | None = None
    span_tag: Span | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    # Attributes of the first run's rFonts, and its size in half points.
    fonts: dict[str, str] = field(default_factory=dict)
    size: str = ""


@dataclass
class Row:
    """A row of a table: ``table`` counts tables from 1, ``number`` the rows of the document's tables together."""

    table: int
    number: int
    start: int
    end: int = 0
    cells: list[Cell] = field(default_factory=list)
    is_deleted: bool = False


@dataclass
class Body:
    """What stands in the document's main part. ``blocks`` holds paragraphs as text and rows, in their order."""

    blocks: list[str | Row] = field(default_factory=list)
    # For each table the gridCol tags: where each stands and its width.
    grids: dict[int, list[tuple[Span, int | None]]] = field(default_factory=dict)
    prefix: str = ""
    long_cells: list[int] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """The rows of all tables."""
        return [block for block in self.blocks if isinstance(block, Row)]


def blocks(source: IO[bytes]) -> Iterator[dict[str, Any]]:
    """First ``{"around": [line, …], "long": [row, …]}`` with the title among the document's properties and the lines
    of headers and footers, then batches ``{"blocks": [text or [table, row, [[column, span, merge, text], …]], …]}``.

    Nested tables are text of their cell. Refuses what is no Word document, is damaged, too large, or carries macros.
    """
    archive, main = open_document(source)
    body = read_body(read_part(archive, main))
    yield {"around": _around(archive, main), "long": body.long_cells[:100]}
    batch: list[Any] = []
    for block in body.blocks:
        if isinstance(block, str):
            batch.append(block)
        elif not block.is_deleted:
            cells = [[cell.column, cell.span, cell.merge, cell.text] for cell in block.cells]
            batch.append([block.table, block.number, cells])
        if len(batch) == _BATCH:
            yield {"blocks": batch}
            batch = []
    yield {"blocks": batch}


def open_document(source: IO[bytes]) -> tuple[zipfile.ZipFile, str]:
    """The archive and the name of the document's main part; refuses other files."""
    archive = zips.open_archive(source)
    if zips.office_kind(archive) != "docx":
        raise Refused("no_document")
    for relation in zips.parse_member(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return archive, relation.get("Target", "").lstrip("/")
    raise Refused("damaged")


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of a part of the document."""
    return zips.read_member(archive, name, at_most=_LARGEST_PART)


def read_body(content: bytes) -> Body:
    """The paragraphs and tables of a main part, a header or a footer."""
    return _Walk(content).body


def _around(archive: zipfile.ZipFile, main: str) -> list[str]:
    """The document's title and the lines of its headers and footers."""
    lines: list[str] = []
    names = archive.namelist()
    if "docProps/core.xml" in names:
        for element in zips.parse_member(archive, "docProps/core.xml").iter():
            if element.tag.rpartition("}")[2] in {"title", "subject"} and element.text:
                lines.append(element.text)
    folder = posixpath.dirname(main)
    for name in sorted(names):
        if posixpath.dirname(name) == folder and re.match(
            r"(?:header|footer)\d*\.xml$", posixpath.basename(name)
        ):
            for block in read_body(read_part(archive, name)).blocks:
                lines += [block] if isinstance(block, str) else [cell.text for cell in block.cells]
    return [line.strip()[:_LONGEST_PARAGRAPH] for line in lines if line.strip()][:200]


class _Walk:
    """Goes through a part once and notes what stands where."""

    def __init__(self, content: bytes):
        self.body = Body()
        self._content = content
        self._path: list[str] = []
        self._tables = 0
        self._depth = 0
        self._row_number = 0
        self._cells = 0
        self._length = 0
        self._row: Row | None = None
        self._cell: Cell | None = None
        self._paragraph: Paragraph | None = None
        self._lines: list[str] = []
        self._line: list[str] = []
        self._skipped = 0
        self._in_text = 0
        self._before = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError):
            raise Refused("damaged") from None

    # --- where ----------------------------------------------------------------------------------------------------

    def _here(self) -> int:
        return self._parser.CurrentByteIndex

    def _tag(self) -> Span:
        """The start tag that is being read, from its first byte to behind its last."""
        start = self._here()
        found = _TAG.match(self._content, start)
        return start, found.end() if found else start

    def _behind(self) -> int:
        """The byte behind the element that ends here: behind its end tag, or behind the tag of an empty one."""
        here = self._here()
        if self._content[here : here + 2] != b"</" or self._begun_at == here:
            return here
        return self._content.find(b">", here) + 1

    # --- elements -------------------------------------------------------------------------------------------------

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        space, name, prefix = _parts(qualified)
        if len(self._path) > _DEEPEST:
            raise Refused("damaged")
        if self._is_no_text(space, name):
            self._skipped += 1
        self._path.append(name if space in _WORD else f"{space} {name}")
        if self._skipped or space not in _WORD:
            return
        start, end = self._tag()
        # An empty element's tag is its whole: its end is told where the tag ends.
        self._begun_at = end if self._content[end - 2 : end] == b"/>" else -1
        if name == "body":
            self.body.prefix = prefix
        elif name == "tbl":
            self._depth += 1
            if self._depth == 1:
                self._tables += 1
                self.body.grids[self._tables] = []
        elif self._depth <= 1:
            self._note(name, {_parts(key)[1]: value for key, value in attributes.items()}, (start, end))
        if name == "t":
            self._in_text += 1
        elif name in {"br", "cr"}:
            self._line.append("\n")
        elif name == "tab" and "tabs" not in self._path:
            self._line.append("\t")
        elif name == "noBreakHyphen":
            self._line.append("-")

    def _is_no_text(self, space: str, name: str) -> bool:
        """Whether an element holds what is no text of the document; a deleted row's mark holds nothing."""
        if name == "Fallback":
            return space == _COMPATIBILITY
        return space in _WORD and name in _NOT_TEXT and not (name == "del" and "trPr" in self._path)

    def _note(self, name: str, attributes: dict[str, str], tag: Span) -> None:
        """What is to be known of an element outside tables, or of a table that stands in no other."""
        parent = self._path[-2] if len(self._path) > 1 else ""
        if name == "gridCol" and self._depth and self._row is None:
            self.body.grids[self._tables].append((tag, _number(attributes.get("w"))))
        elif name == "tr" and self._depth:
            self._row_number += 1
            self._before = 0
            self._row = Row(self._tables, self._row_number, tag[0])
        elif self._row is not None and self._cell is None:
            if name == "gridBefore":
                self._before = min(_number(attributes.get("val")) or 0, 1000)
            elif name == "del" and parent == "trPr":
                self._row.is_deleted = True
            elif name == "tc":
                self._begin_cell(tag[0])
        elif self._cell is not None:
            self._note_in_cell(name, parent, attributes, tag)
        elif name == "p":
            self._begin_line()

    def _begin_cell(self, start: int) -> None:
        assert self._row is not None
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise Refused("too_many_cells", most=MOST_CELLS)
        last = self._row.cells[-1] if self._row.cells else None
        self._cell = Cell(last.column + last.span if last else self._before, start)
        self._lines = []
        self._row.cells.append(self._cell)

    def _note_in_cell(self, name: str, parent: str, attributes: dict[str, str], tag: Span) -> None:
        cell = self._cell
        assert cell is not None
        if name == "tcPr" and parent == "tc":
            cell.properties = tag
        elif parent == "tcPr":
            if name == "gridSpan":
                cell.span, cell.span_tag = max(1, min(_number(attributes.get("val")) or 1, 1000)), tag
            elif name == "vMerge":
                cell.merge = "restart" if attributes.get("val") == "restart" else "continue"
            elif name == "tcW":
                is_twips = attributes.get("type", "dxa") == "dxa"
                cell.width = tag, _number(attributes.get("w")) if is_twips else None
        elif name == "p" and parent in {"tc", "sdtContent", "customXml", "ins"}:
            self._paragraph = Paragraph(tag[0])
            cell.paragraphs.append(self._paragraph)
            self._begin_line()
        elif name == "pPr" and parent == "p" and self._paragraph is not None:
            self._paragraph.properties = tag
        elif parent == "rPr" and "pPr" not in self._path:
            if name == "rFonts" and not cell.fonts:
                cell.fonts = attributes
            elif name == "sz" and not cell.size:
                cell.size = attributes.get("val", "") if _number(attributes.get("val")) else ""

    def _end(self, qualified: str) -> None:
        space, name, _prefix = _parts(qualified)
        self._path.pop()
        if self._is_no_text(space, name):
            self._skipped -= 1
        elif self._skipped or space not in _WORD:
            return
        elif name == "t":
            self._in_text -= 1
        elif name == "tbl":
            self._depth -= 1
        elif name == "p":
            self._end_paragraph()
        elif self._depth == 1:
            self._end_in_table(name)
        self._begun_at = -1

    def _end_in_table(self, name: str) -> None:
        cell, parent = self._cell, self._path[-1] if self._path else ""
        if name == "pPr" and parent == "p" and self._paragraph and self._paragraph.properties:
            self._paragraph.properties = self._paragraph.properties[0], self._behind()
        elif name == "tcPr" and cell and cell.properties:
            cell.properties = cell.properties[0], self._behind()
        elif name == "tc" and cell:
            cell.end = self._behind()
            cell.text = "\n".join(self._lines).strip("\n")
            if len(cell.text) > _LONGEST_CELL:
                cell.text = cell.text[:_LONGEST_CELL]
                self.body.long_cells.append(self._row_number)
            self._cell = self._paragraph = None
        elif name == "tr" and self._row:
            self._row.end = self._behind()
            self.body.blocks.append(self._row)
            self._row = None

    def _begin_line(self) -> None:
        self._line = []

    def _end_paragraph(self) -> None:
        line = "".join(self._line)
        self._line = []
        self._length += len(line) + 1
        if self._length > _MOST_TEXT:
            raise Refused("too_large_unpacked")
        if self._cell is not None:
            self._lines.append(line)
            if self._paragraph is not None and self._depth == 1:
                self._paragraph.end = self._behind()
                self._paragraph.has_text = bool(line.strip())
        elif line.strip():
            if len(self.body.blocks) > _MOST_PARAGRAPHS + MOST_CELLS:
                raise Refused("too_large_unpacked")
            self.body.blocks.append(line[:_LONGEST_PARAGRAPH])

    def _characters(self, text: str) -> None:
        if self._in_text and not self._skipped:
            self._line.append(text)


def _parts(qualified: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix of a name as expat gives it."""
    parts = qualified.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else None


def _no_doctype(*_about: object) -> None:
    raise Refused("damaged")
