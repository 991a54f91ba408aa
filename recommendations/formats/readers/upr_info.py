"""UPR Info's export of its database (XLS, CSV): one row for each recommending State, without paragraph or symbol.

Two headers occur: ``To, To-Rgrp, …, Session`` and ``SuR, Rgrp, Org, …, Session``, the latter with names twice. Rows
of one State under review and session that say the same in words and answer are one recommendation of several
States. What only sounds alike stays apart: "Consider ratifying …" and "Ratify …" ask for different things, and of
37 such pairs in three reviews 29 were paragraphs of their own (docs/decisions/23-matching-by-likeness.md).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.entries import Answer, Entry, FromState, Reading, Sample, Shape, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Row, Table, read_table

CODE = "upr_info"
LABEL = gettext_lazy("UPR Info's database export (XLS, CSV)")
SHAPES: tuple[Shape, ...] = ("xls", "csv", "xlsx")

# What the columns are called in the two exports.
_TITLES = {
    "state": ("to", "sur"),
    "text": ("text", "recommendation"),
    "from": ("from", "rs"),
    "response": ("response",),
    "action": ("action",),
    "issues": ("issue", "issues"),
    "session": ("session",),
}
# Regional groups and organisations: known, and not needed here. Their names stand twice in one of the exports.
_NOT_READ = frozenset({"torgrp", "toorg", "fromrgrp", "fromorg", "rgrp", "org"})
_UNKNOWN_STATE = "(unknown)"
# UPR Info's answers that are none: no position is recorded for them.
_NO_ANSWER = frozenset({"", "no response", "general response", "no clear response"})
_PLEDGE = "voluntary pledge"
_WORDS = re.compile(r"\w+")


class _Line(NamedTuple):
    """One row, as read."""

    number: int
    text: str
    sender: str
    response: str
    action: int | None
    issues: tuple[str, ...]


@dataclass
class _Review:
    """The rows on one State at one session."""

    state: str
    session: int
    lines: list[_Line] = field(default_factory=list)


def recognises(sample: Sample) -> bool:
    """Whether the table has the columns of one of the exports."""
    if sample.shape not in SHAPES:
        return False
    header = next((row for row in sample.header if any(cell.strip() for cell in row)), [])
    return set(_TITLES) == set(_places(header)) and {_folded(title) for title in header} & _NOT_READ != set()


@contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    """The entries, State by State and session by session, each in the order of its first row."""
    with read_table(source, name=name) as table:
        places = _places_of(table)
        reading = Reading(CODE, iter(()), titles={what: table.column_name(at) for what, at in places.items()})
        # What the pipeline calls these fields of an entry.
        reading.titles |= {
            "texts": reading.titles["text"],
            "recommending": reading.titles["from"],
            "answers": reading.titles["response"],
        }
        reading.entries = _Rows(table, places, reading, wanted).entries()
        yield reading


def _folded(title: str) -> str:
    return "".join(sign for sign in title.casefold() if sign.isalnum())


def _places(header: list[str]) -> dict[str, int]:
    """In which cell each field stands."""
    folded = [_folded(title) for title in header]
    found = {}
    for what, titles in _TITLES.items():
        at = next((index for index, title in enumerate(folded) if title in titles), None)
        if at is not None:
            found[what] = at
    return found


def _places_of(table: Table) -> dict[str, int]:
    places = _places(table.header)
    missing = [titles[0] for what, titles in _TITLES.items() if what not in places]
    if missing:
        message = _("There is no column “%(name)s”. Expected the columns of UPR Info's export: %(names)s.")
        names = "To, Text, From, Response, Action, Issue, Session"
        raise FileProblem(
            message % {"name": missing[0].capitalize(), "names": names}, table.header_row, missing[0]
        )
    for index, title in enumerate(table.header):
        known = next((what for what, titles in _TITLES.items() if _folded(title) in titles), None)
        if known is not None and places[known] != index:
            raise FileProblem(
                _("This column stands twice; leave one of the two."),
                table.header_row,
                table.column_name(index),
            )
    return places


class _Rows:
    """Checks the rows of the table and sorts them by State and session."""

    def __init__(self, table: Table, places: dict[str, int], reading: Reading, wanted: Wanted):
        self._table = table
        self._places = places
        self._reading = reading
        self._wanted = wanted
        self._others = 0
        self._pledges = 0

    def entries(self) -> Iterator[Entry]:
        """State by State, session by session: in the file one may be torn apart."""
        found: dict[tuple[str, int], _Review] = {}
        for row in self._table.rows:
            self._sort_in(row, found)
        self._reading.problems.extend(self._table.problems)
        if self._others:
            message = _("%(count)s rows concern other States and were left out.")
            self._reading.notes.append(message % {"count": self._others})
        if self._pledges:
            message = _("%(count)s rows are voluntary pledges, not recommendations; they were left out.")
            self._reading.notes.append(message % {"count": self._pledges})
        rows = joined = 0
        for key in sorted(found):
            review = found.pop(key)
            rows += len(review.lines)
            entries = list(_joined(review))
            joined += len(entries)
            yield from entries
        if joined < rows:
            message = _(
                "%(rows)s rows are %(count)s recommendations: those with the same words and answer are one."
            )
            self._reading.notes.append(message % {"rows": rows, "count": joined})

    def _sort_in(self, row: Row, found: dict[tuple[str, int], _Review]) -> None:
        state = self._cell(row, "state")
        if state and self._wanted.knows_state(state) and not self._wanted.is_of_state(state):
            self._others += 1
            return
        response = self._cell(row, "response")
        if response.casefold() == _PLEDGE:
            self._pledges += 1
            return
        faults = len(self._reading.problems)
        if not state:
            self._problem(row, "state", _("The State under review is missing."))
        elif not self._wanted.knows_state(state):
            self._problem(row, "state", _("“%(cell)s” is no State known here.") % {"cell": state[:80]})
        session = self._number(row, "session", most=999)
        if session is None:
            message = _("“%(cell)s” is no number of a session. Expected one such as 20.")
            self._problem(row, "session", message % {"cell": self._cell(row, "session")[:80]})
        action = self._number(row, "action", most=5)
        if action is None and self._cell(row, "action"):
            message = _("“%(cell)s” is no action category. Expected 1 to 5.")
            self._problem(row, "action", message % {"cell": self._cell(row, "action")[:80]})
        text = row.cells[self._places["text"]].strip()
        if not text:
            self._problem(row, "text", _("The text is missing."))
        sender = self._cell(row, "from")
        if sender.casefold() == _UNKNOWN_STATE:
            sender = ""
        if len(self._reading.problems) > faults or session is None:
            return
        issues = tuple(filter(None, (issue.strip() for issue in self._cell(row, "issues").split(","))))
        review = found.setdefault((state, session), _Review(state, session))
        review.lines.append(_Line(row.number, text, sender, response, action, issues))

    def _cell(self, row: Row, what: str) -> str:
        # The export writes some signs as HTML does: &#40;Unknown&#41;.
        return " ".join(html.unescape(row.cells[self._places[what]]).split())

    def _number(self, row: Row, what: str, *, most: int) -> int | None:
        digits = self._cell(row, what).removesuffix(".0")
        if digits.isascii() and digits.isdecimal() and len(digits) < 4 and 1 <= int(digits) <= most:
            return int(digits)
        return None

    def _problem(self, row: Row, what: str, message: str) -> None:
        self._reading.problems.append(FileProblem(message, row.number, self._reading.titles[what]))


def _words(text: str) -> str:
    """A text's words alone, without case, signs and blanks between them."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", html.unescape(text)).casefold()))


def _joined(review: _Review) -> Iterator[Entry]:
    """One entry for rows that say the same and were answered the same."""
    found: dict[tuple[str, str], Entry] = {}
    for line in review.lines:
        key = _words(line.text), line.response.casefold()
        entry = found.get(key)
        if entry is None:
            entry = found[key] = Entry(
                number=line.number,
                state=review.state,
                session=review.session,
                texts=[("en", "paraphrase", line.text)],
                answers=[] if key[1] in _NO_ANSWER else [Answer(line.response, is_stated=False)],
            )
        if line.sender and all(line.sender != known.label for known in entry.recommending):
            entry.recommending.append(FromState(line.sender, line.action))
        entry.issues.extend(issue for issue in line.issues if issue not in entry.issues)
    yield from found.values()
