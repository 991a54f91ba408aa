"""The layout of OHCHR's thematic lists: which column holds what, what opens a section, which row is a recommendation.

OHCHR has changed the layout with every cycle. What stays: a table whose header names a recommendation, a position and
themes; rows over the whole width that open a section; the source of the position below the text. Whoever reads a list
and whoever fills its last column take their rows from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from recommendations.formats import sandbox
from recommendations.formats.numbering import split_number
from recommendations.formats.problems import FileProblem, problem

MESSAGES = {
    "no_document": _("The file is an archive, not a Word document. Expected OHCHR's list as .docx."),
    "encrypted": _("The document is protected with a password. Save it without one and send it again."),
    "macros": _("The document contains macros. Save it as a Word document without macros (.docx)."),
    "damaged": _("The document is damaged. Open it in Word, save it anew as .docx and send that file."),
    "too_large_unpacked": _("The document is far larger inside than a list can be. It was not opened."),
    "too_many_cells": _(
        "The document's tables have more than %(most)s cells. That is no list of one review."
    ),
    "memory": _("The document needs more memory than a list should. Save it anew as .docx and send that."),
    "time": _("Reading the document took too long. Save it anew as .docx and send that."),
    "crash": _("The document could not be read. Open it in Word, save it anew as .docx and send that file."),
    "no_list": _(
        "The document holds no list of recommendations. Expected a table whose header names at least "
        "“Recommendation”, “Position” and a list of themes."
    ),
    "no_rows": _("The table holds no recommendation below its header."),
    "long_cell": _("A cell of this row holds more than 32,767 characters. Expected a recommendation."),
}

TEXT, STATES, POSITION, THEMES, SDGS, COMMENTS = "text", "states", "position", "themes", "sdgs", "comments"
# The first that matches a title is its field. OHCHR's titles of four generations, and what may become of them.
_TITLES = (
    (COMMENTS, re.compile(r"assessment|comments?\b|level of implementation|implementation status")),
    (TEXT, re.compile(r"recommendations?\b")),
    (STATES, re.compile(r"recommending\b|states?/s\b")),
    (POSITION, re.compile(r"positions?\b|response\b")),
    (SDGS, re.compile(r"(?:relevant |related )?(?:sdgs?|sustainable development goals?)\b")),
    (THEMES, re.compile(r"(?:full list of |human rights |relevant )*(?:themes?|rights|affected|issues)\b")),
)
_SECTION = re.compile(r"(?:themes?|rights? or areas?|rights?|areas?|topics?)\s*:\s*", re.IGNORECASE)
_SOURCE = re.compile(r"\b(?:source\s+of\s+(?:the\s+)?positions?|comments?)\s*:", re.IGNORECASE)
_LIMITS = sandbox.Limits(memory=512 * 1024 * 1024, seconds=40)
_LONGEST_SECTION = 300


@dataclass
class Layout:
    """A table's columns: field → grid column, and the titles as they stand there; ``header`` is the header's row."""

    columns: dict[str, int]
    titles: dict[str, str]
    header: int


@dataclass
class ListRow:
    """A row that holds a recommendation. ``values`` is the text of each field, merged cells with their text;
    ``merged`` names the fields whose cell begins in a row above."""

    number: int
    table: int
    place: str
    section: str
    paragraph: str
    text: str
    source: str
    values: dict[str, str]
    merged: frozenset[str] = frozenset()


@dataclass
class ThematicList:
    """A whole document: its rows, what stands around its tables, the layout of each table, rows without a number."""

    rows: list[ListRow] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    layouts: dict[int, Layout] = field(default_factory=dict)
    unnumbered: list[ListRow] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def columns_of(cells: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Field → grid column for a header's cells; {} for any other row."""
    found: dict[str, int] = {}
    for column, title in cells:
        folded = " ".join(title.casefold().split())
        name = next((name for name, pattern in _TITLES if pattern.match(folded)), "")
        if name and len(folded) < 100:
            found.setdefault(name, column)
    return found if {TEXT, POSITION, THEMES} <= found.keys() else {}


def load(source: Path | IO[bytes]) -> ThematicList:
    """The list in a Word document. Raises ``FileProblem`` for a file that is none."""
    values = sandbox.stream("recommendations.formats.parsers.word:blocks", source, limits=_LIMITS)
    try:
        about = next(values)
        found = arranged(block for batch in values for block in batch["blocks"])
    except sandbox.Refused as refusal:
        raise problem(MESSAGES, refusal.code, **refusal.values) from None
    except sandbox.Died as death:
        raise problem(MESSAGES, death.reason) from None
    finally:
        values.close()
    found.lines = [*about["around"], *found.lines]
    found.problems += [problem(MESSAGES, "long_cell", row) for row in about["long"]]
    if not found.layouts:
        raise problem(MESSAGES, "no_list")
    if not found.rows and not found.unnumbered:
        raise problem(MESSAGES, "no_rows")
    return found


def arranged(blocks: Iterable[Any]) -> ThematicList:
    """Paragraphs and rows, as ``parsers.word.blocks`` gives them, as a list."""
    return _Arranging().over(blocks)


class _Arranging:
    def __init__(self) -> None:
        self.found = ThematicList()
        self.section = ""
        self.layout: Layout | None = None
        self.table = self.first_row = 0
        # Text of the cell that is merged downwards, by grid column.
        self.above: dict[int, str] = {}

    def over(self, blocks: Iterable[Any]) -> ThematicList:
        for block in blocks:
            if isinstance(block, str):
                self._paragraph(block.strip())
            else:
                self._row(*block)
        if len(self.found.layouts) == 1:
            # "table 2, row 5" says nothing where there is one table.
            for row in [*self.found.rows, *self.found.unnumbered]:
                row.place = ""
        return self.found

    def _paragraph(self, line: str) -> None:
        opened = _SECTION.match(line)
        if opened:
            self.section = line[opened.end() :].strip()
        elif not self.found.rows:
            self.found.lines.append(line)

    def _row(self, table: int, number: int, cells: list[list[Any]]) -> None:
        if table != self.table:
            self.table, self.first_row, self.above = table, number, {}
        texts = list(self._texts(cells))
        columns = columns_of([(column, text) for column, _span, text, _merged in texts])
        if columns:
            titles = {
                name: " ".join(text.split())
                for name, at in columns.items()
                for column, _span, text, _merged in texts
                if column == at
            }
            self.layout = Layout(columns, titles, number)
            self.found.layouts.setdefault(table, self.layout)
            return
        filled = [text for _column, _span, text, _merged in texts if text.strip()]
        if self.layout is None:
            self.found.lines += filled
            return
        self.found.layouts.setdefault(table, Layout(self.layout.columns, self.layout.titles, 0))
        if len(filled) == 1 and filled[0] == texts[0][2] and self._opens_section(filled[0], len(texts)):
            return
        self._recommendation(table, number, texts)

    def _opens_section(self, text: str, cells: int) -> bool:
        text = text.strip()
        opened = _SECTION.match(text)
        if opened is None and (cells > 1 or split_number(text)[0] or len(text) > _LONGEST_SECTION):
            return False
        self.section = " ".join(text[opened.end() if opened else 0 :].split())
        return True

    def _texts(self, cells: list[list[Any]]) -> Iterator[tuple[int, int, str, bool]]:
        """Grid column, span and text of each cell; of one merged with the cell above the text that stands there."""
        for column, span, merge, text in cells:
            if merge == "continue":
                yield column, span, self.above.get(column, ""), True
                continue
            if merge == "restart":
                self.above[column] = text
            else:
                self.above.pop(column, None)
            yield column, span, text, False

    def _recommendation(self, table: int, number: int, texts: list[tuple[int, int, str, bool]]) -> None:
        assert self.layout is not None
        values: dict[str, str] = {}
        merged = set()
        for name, at in self.layout.columns.items():
            for column, span, text, is_merged in texts:
                if column <= at < column + span:
                    values[name] = text
                    if is_merged:
                        merged.add(name)
        cell = values.get(TEXT, "")
        source = _SOURCE.search(cell)
        words = cell[: source.start()] if source else cell
        paragraph, text = split_number(words)
        row = ListRow(
            number=number,
            table=table,
            place=str(_("table %(table)s, row %(row)s"))
            % {"table": table, "row": number - self.first_row + 1},
            section=self.section,
            paragraph=paragraph,
            text=" ".join(text.split()),
            source=" ".join(cell[source.start() :].split()) if source else "",
            values=values,
            merged=frozenset(merged),
        )
        if paragraph and row.text:
            self.found.rows.append(row)
        elif row.text and any(values.get(name, "").strip() for name in (POSITION, THEMES)):
            self.found.unnumbered.append(row)
        elif any(value.strip() for value in values.values()):
            self.found.left_out.append(number)


# --- What the document is about -----------------------------------------------------------------------------------

_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
_WORDS |= {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_CYCLE = re.compile(
    r"\b(?:([1-9])(?:st|nd|rd|th)?|(first|second|third|fourth|fifth|sixth))[\s-]+(?:UPR\s+|review\s+)?cycle\b"
    r"|\bcycle[\s:]+(?:no\.?\s*)?(?:([1-9])|(I{1,3}|IV|VI?))\b",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"\b([1-9][0-9]?)(?:st|nd|rd|th)?[\s-]+(?:UPR\s+|working group\s+)*session\b"
    r"|\bsession[\s:]+(?:no\.?\s*)?([1-9][0-9]?)\b",
    re.IGNORECASE,
)
_NAME_OF_FILE = re.compile(r"(?<![A-Za-z])UPR[\s_-]?([1-9][0-9])(?![0-9])")
_OF_STATE = re.compile(r"\b(?:UPR|review|recommendations|list)\s*(?:of|on|for|to|:|-|–|—)\s+", re.IGNORECASE)
_SYMBOL = re.compile(r"\bA/[A-Z0-9][A-Za-z0-9.]*(?:/[0-9]+)+(?:/(?:Add|Corr|Rev)\.\s?[0-9]+)*")
_REPORT = re.compile(r"A/HRC/[0-9]+/[0-9]+(?:/Rev\.[0-9]+)?")
_PLACE = re.compile(r"\bpara(?:graph)?s?\b[.\s]*([0-9][0-9.–, -]*[0-9]|[0-9]+)", re.IGNORECASE)
_LOCATOR = 60


@dataclass(frozen=True)
class About:
    """What a list says of itself; "" and None where it does not."""

    state: str = ""
    cycle: int | None = None
    session: int | None = None
    symbol: str = ""


def about(found: ThematicList, knows_state: Callable[[str], bool], *, name: str = "") -> About:
    """State, cycle, session and report, from headers, footers and title lines; the report also from the sources of
    the positions, since its addendum is named by it; the session also from the file's name."""
    lines = _title_lines(found)
    cycle = next((match for match in map(_CYCLE.search, lines) if match), None)
    session = next((match for match in map(_SESSION.search, lines) if match), None)
    session = session or _NAME_OF_FILE.search(name)
    return About(
        state=next((state for state in (_state_in(line, knows_state) for line in lines) if state), ""),
        cycle=_value(cycle),
        session=_value(session),
        symbol=report_of(found),
    )


def report_of(found: ThematicList) -> str:
    """The symbol of the report whose recommendations are listed; "" where nothing says it."""
    return _report_in(_title_lines(found)) or _report_in([row.source for row in found.rows])


def _title_lines(found: ThematicList) -> list[str]:
    lines = [part for line in found.lines for part in re.split(r"[\t\n]+", line) if part.strip()]
    return [line for line in lines if len(line) < _LONGEST_SECTION][:300]


def source_of(words: str) -> tuple[str, str]:
    """(symbol, locator) from words such as "Source of Position: A/HRC/43/15/Add.1 - Para.3": the locator is written as
    everywhere here, "para. 3"; other words about the place are kept."""
    words = _SOURCE.sub("", words, count=1).strip()
    symbol = _SYMBOL.search(words)
    if symbol is None:
        return "", words[:_LOCATOR]
    rest = words[symbol.end() :]
    places = list(_PLACE.finditer(rest))
    if places:
        return _tidy(symbol[0]), f"para. {places[-1][1].strip(' .,')}"[:_LOCATOR]
    return _tidy(symbol[0]), rest.strip(" .,;:-–—")[:_LOCATOR]


def _tidy(symbol: str) -> str:
    return re.sub(r"\s", "", symbol).rstrip(".")


def _value(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    word = next(group for group in match.groups() if group)
    return int(word) if word.isdecimal() else _WORDS[word.casefold()]


def _state_in(line: str, knows_state: Callable[[str], bool]) -> str:
    """The State that a title names: the longest name behind "UPR of", else a part of the line that is one."""
    parts = [line[match.end() :] for match in _OF_STATE.finditer(line)]
    for part in parts:
        ends = [match.start() for match in re.finditer(r"\s*(?:\s[-–—]|[,(:;]|$)", part)]
        names = [part[:end].strip() for end in reversed(ends)]
        # A bracket may belong to the name: Iran (Islamic Republic of).
        names += [part[: match.end()].strip() for match in re.finditer(r"\)", part)][:1]
        for name in sorted(names, key=len, reverse=True):
            for label in (name, re.sub(r"^the\s+", "", name, flags=re.IGNORECASE)):
                if len(label) > 3 and knows_state(label):
                    return label
    for piece in re.split(r"\s[-–—]\s|[,():;]", line):
        label = piece.strip()
        if len(label) > 3 and knows_state(label):
            return label
    return ""


def _report_in(lines: list[str]) -> str:
    """The report that most of the symbols belong to, as itself or by an addendum."""
    counts: dict[str, int] = {}
    for line in lines:
        symbol = _SYMBOL.search(line)
        report = _REPORT.match(_tidy(symbol[0])) if symbol else None
        if report:
            counts[report[0]] = counts.get(report[0], 0) + 1
    return max(counts, key=lambda one: counts[one]) if counts else ""
