"""From a row of a table to a typed record: every cell checked, every problem with its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.catalogue.references import PARAGRAPH, SYMBOL
from recommendations.formats.tabular import Row
from recommendations.imports import official
from recommendations.imports.asking import ISSUE, STATE
from recommendations.imports.parsed import LONGEST_TEXT, Parsed, add_goal, goal_of
from recommendations.imports.terms import Terms, Unknown, choice
from recommendations.vocabulary import ClaimKind, PositionKind, TextKind, TextLanguage
from recommendations.words.clean import clean_line, clean_text, fold_label

_SEVERAL = re.compile(r"[;\n]")
_REFERENCE = re.compile(r"([A-Z]{3})-(?:[A-Z]+-)?[0-9]+-[0-9A-Za-z.()]+\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00)?)?\Z")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\Z")


_LONGEST_LABEL = 200


def _clean(cell: str) -> str:
    return _clean_label(cell) if len(cell) <= _LONGEST_LABEL else clean_line(cell)


@lru_cache(maxsize=20_000)
def _clean_label(cell: str) -> str:
    # The same States, symbols and labels stand in row after row.
    return clean_line(cell)


class Reader:
    """Reads rows of one table: ``places`` says in which cell each known column stands."""

    def __init__(
        self, places: Mapping[str, int], titles: list[str], terms: Terms, complain: Callable[..., None]
    ):
        self.terms = terms
        self.places = dict(places)
        self.titles = {name: titles[index] for name, index in places.items()}
        self._complain = complain
        self._today = timezone.localdate()
        self._row = Row(0, [])
        # Lists of labels repeat from row to row: each spelling is worked out once.
        self._known_lists: dict[tuple[str, str], list[int]] = {}

    def read(self, row: Row) -> Parsed | None:
        """The row's record; None where a problem was found and told."""
        self._row, self._faulty = row, False
        parsed = Parsed(row.number)
        self._read_place(parsed)
        self._read_texts(parsed)
        self._read_recommending(parsed)
        self._read_positions(parsed)
        self._read_claims(parsed)
        self._read_terms(parsed)
        return None if self._faulty else parsed

    def problem(self, column: str, message: str) -> None:
        """Tell what is wrong in this row's cell of that column."""
        self._faulty = True
        self._complain(message, self._row.number, self.titles.get(column, column))

    def _cell(self, column: str) -> str:
        index = self.places.get(column)
        if index is None:
            return ""
        cell = self._row.cells[index]
        return _clean(cell) if cell else ""

    def _has(self, column: str) -> bool:
        index = self.places.get(column)
        return index is not None and bool(self._row.cells[index].strip())

    def _several(self, column: str) -> list[str]:
        index = self.places.get(column)
        if index is None or not self._row.cells[index]:
            return []
        found = (_clean(part).removeprefix("- ") for part in _SEVERAL.split(self._row.cells[index]))
        return [part for part in found if part]

    def _number(self, column: str, *, most: int) -> int | None:
        cell = self._cell(column)
        if not cell:
            return None
        digits = cell.removesuffix(".0")
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 6 or not 1 <= int(digits) <= most:
            self.problem(
                column, _("“%(cell)s” is no number from 1 to %(most)s.") % {"cell": cell[:80], "most": most}
            )
            return None
        return int(digits)

    def _read_place(self, parsed: Parsed) -> None:
        parsed.reference = self._cell("reference").upper() if "reference" in self.places else ""
        # Letters behind a paragraph are small in the documents.
        parsed.reference = re.sub(r"(?<=[0-9])[A-Z]+", lambda found: found[0].lower(), parsed.reference)
        if parsed.reference and not _REFERENCE.match(parsed.reference):
            self.problem(
                "reference",
                _("“%(cell)s” is no reference. Expected one such as KAZ-2-124.26.")
                % {"cell": parsed.reference[:80]},
            )
        parsed.cycle = self._number("cycle", most=99)
        parsed.session = self._number("session", most=999)
        state = self._cell("state")
        if state:
            parsed.state = self._find("state", self.terms.states, state)
        parsed.symbol = self._symbol("symbol")
        cell = self._cell("paragraph").rstrip(".")
        if "paragraph" in self.places and self.places["paragraph"] in self._row.numbers and "." in cell:
            self.problem(
                "paragraph",
                _(
                    "This cell is stored as a number, where 95.1 and 95.10 are the same. Format the column as text."
                ),
            )
        elif cell and not PARAGRAPH.match(cell):
            self.problem(
                "paragraph",
                _("“%(cell)s” is no paragraph number. Expected one such as 124.26.") % {"cell": cell[:80]},
            )
        elif not cell and not parsed.reference:
            self.problem("paragraph", _("The paragraph is missing. Expected a number such as 124.26."))
        parsed.paragraph = cell

    def _symbol(self, column: str) -> str:
        cell = self._cell(column).removesuffix(".")
        if cell and (len(cell) > 60 or not SYMBOL.fullmatch(cell)):
            self.problem(
                column,
                _("“%(cell)s” is no document symbol. Expected one such as A/HRC/28/10.")
                % {"cell": cell[:80]},
            )
            return ""
        return cell

    def _read_texts(self, parsed: Parsed) -> None:
        kind = (
            self._choice("text_kind", self.terms.text_kinds, TextKind, gettext_lazy("kind of text"))
            or TextKind.OFFICIAL
        )
        language = (
            self._choice("language", self.terms.languages, TextLanguage, gettext_lazy("language")) or "en"
        )
        for column, code in (("text", language), ("text_ru", "ru"), ("text_kk", "kk")):
            index = self.places.get(column)
            if index is None:
                continue
            text = clean_text(self._row.cells[index])
            if len(text) > LONGEST_TEXT:
                self.problem(
                    column,
                    _("The text has %(count)s characters; at most %(most)s can be kept.")
                    % {"count": len(text), "most": LONGEST_TEXT},
                )
            elif text and any(code == other for other, _kind, _text in parsed.texts):
                self.problem(column, _("There are two texts in this language in one row."))
            elif text:
                parsed.texts.append((code, str(kind), text))
        if (
            not parsed.texts
            and not parsed.reference
            and not any(self._has(name) for name in ("text", "text_ru", "text_kk"))
        ):
            self.problem("text", _("The text is missing."))

    def _read_recommending(self, parsed: Parsed) -> None:
        states = self._listed("recommending_states", self.terms.states)
        categories = self._several("action_category")
        if len(categories) == 1 and "," in categories[0]:
            categories = [part.strip() for part in categories[0].split(",")]
        numbers: list[int | None] = []
        for cell in categories:
            found = cell.removesuffix(".0")
            if found not in ("1", "2", "3", "4", "5"):
                self.problem(
                    "action_category",
                    _("“%(cell)s” is no action category. Expected 1 to 5.") % {"cell": cell[:80]},
                )
                return
            numbers.append(int(found))
        if len(numbers) == 1:
            numbers *= len(states)
        if numbers and states and len(numbers) != len(states):
            self.problem(
                "action_category",
                _(
                    "There are %(given)s action categories for %(states)s States. Expected one, or one for each State."
                )
                % {"given": len(numbers), "states": len(states)},
            )
            return
        if not numbers:
            numbers = [None] * len(states)
        parsed.recommending = [(state, numbers[place], "") for place, state in enumerate(states)]

    def _read_positions(self, parsed: Parsed) -> None:
        known = self.terms.positions
        kind = self._choice("position", known, PositionKind, gettext_lazy("position"))
        symbol = self._symbol("position_document")
        if kind:
            day = self._date("position_date")
            parsed.positions.append((kind, symbol, self._cell("position_paragraph")[:60], day, "", ""))
        elif symbol:
            self.problem("position", _("There is a document of the position, but no position."))
        if "wg_report_position" not in self.places and "final_position" not in self.places:
            return
        words = self._cell("wg_report_position")
        first = official.position_in_report(words) if words else None
        if words and first is None:
            self._tell_choice("wg_report_position", words, _("position"))
        locator = official.report_locator(parsed.paragraph)
        if first:
            parsed.positions.append((first, "", locator, None, "", ""))
        claim = official.claim_in_report(words)
        if claim:
            parsed.claims.append((claim, "", official.claim_locator(parsed.symbol, parsed.paragraph), ""))
        final = self._choice("final_position", known, PositionKind, gettext_lazy("position"))
        if final is None:
            return
        symbol, place, note = official.source_of(self._cell("final_position_source"))
        if symbol == parsed.symbol:
            symbol = ""
        if final != first or symbol:
            parsed.positions.append(
                (final, symbol, (place or ("" if symbol else locator))[:60], None, note, "")
            )

    def _read_claims(self, parsed: Parsed) -> None:
        kind = self._choice("claim", self.terms.claims, ClaimKind, gettext_lazy("State claim"))
        symbol = self._symbol("claim_document")
        if kind:
            parsed.claims.append((kind, symbol, self._cell("claim_paragraph")[:60], ""))
        elif symbol:
            self.problem("claim", _("There is a document of the claim, but no claim."))

    def _read_terms(self, parsed: Parsed) -> None:
        parsed.themes = self._listed("themes", self.terms.themes)
        parsed.groups = self._listed("groups", self.terms.groups)
        # An issue of UPR Info's may name a theme, a group, or both.
        for label in self._several("uprinfo_issues"):
            if not self.terms.themes.knows(label) and self.terms.groups.knows(label):
                parsed.groups += self._all("uprinfo_issues", self.terms.groups, label)
                continue
            parsed.themes += self._all("uprinfo_issues", self.terms.themes, label)
            if self.terms.groups.knows(label):
                parsed.groups += self._all("uprinfo_issues", self.terms.groups, label)
        parsed.themes = [pk for pk in dict.fromkeys(parsed.themes) if pk not in self.terms.ignored_themes]
        parsed.groups = list(dict.fromkeys(parsed.groups))
        for cell in self._several("sdgs"):
            self._read_goal(parsed, cell)

    def _read_goal(self, parsed: Parsed, cell: str) -> None:
        found = goal_of(cell, self.terms)
        if found is None:
            self.problem(
                "sdgs",
                _("“%(cell)s” is no goal or target. Expected a number from 1 to 17, or one such as 16.10.")
                % {"cell": cell[:80]},
            )
            return
        add_goal(parsed, found)

    def _listed(self, column: str, names: Any) -> list[int]:
        """All that a list of labels stands for, each once, in order."""
        index = self.places.get(column)
        if index is None or not self._row.cells[index]:
            return []
        cell = self._row.cells[index]
        known = self._known_lists.get((column, cell))
        if known is None:
            before, self._faulty, asked = self._faulty, False, self.terms.asking.count
            labels = _joined(self._several(column), names)
            known = list(dict.fromkeys(pk for label in labels for pk in self._all(column, names, label)))
            is_known = not self._faulty and asked == self.terms.asking.count
            if is_known and len(self._known_lists) < 50_000:
                self._known_lists[column, cell] = known
            self._faulty = self._faulty or before
        return list(known)

    def _all(self, column: str, names: Any, label: str) -> tuple[int, ...]:
        try:
            return names.find(label)
        except Unknown as unknown:
            # A State's name in our own table is put right there.
            kind = ISSUE if column == "uprinfo_issues" else names.kind
            if kind == STATE or not self.terms.asking.takes(kind, label, self._row.number):
                self.problem(column, str(unknown))
            return ()

    def _find(self, column: str, names: Any, label: str) -> int | None:
        found = self._all(column, names, label)
        return found[0] if found else None

    def _choice(
        self, column: str, known: Mapping[str, str], words: type[TextChoices], what: Any
    ) -> str | None:
        cell = self._cell(column)
        if not cell:
            return None
        try:
            return known.get(fold_label(cell)) or choice(str(what), cell, known, words.values)
        except Unknown as unknown:
            self.problem(column, str(unknown))
            return None

    def _tell_choice(self, column: str, cell: str, what: str) -> None:
        try:
            choice(what, cell, {}, PositionKind.values)
        except Unknown as unknown:
            self.problem(column, str(unknown))

    def _date(self, column: str) -> str | None:
        cell = self._cell(column)
        if not cell:
            return None
        day = _as_date(cell)
        if day is None:
            self.problem(
                column, _("“%(cell)s” is no date. Expected one such as 2015-03-19.") % {"cell": cell[:80]}
            )
            return None
        if day > self._today:
            self.problem(column, _("“%(cell)s” lies in the future.") % {"cell": cell[:80]})
            return None
        return day.isoformat()


def _joined(parts: list[str], names: Any) -> list[str]:
    """The labels of a list; some of OHCHR's labels hold the sign that separates labels."""
    if len(parts) < 2:
        return parts
    labels, place = [], 0
    while place < len(parts):
        # Few labels hold the sign; only behind the beginning of one of them it is worth looking further.
        end = min(place + 4, len(parts)) if names.begins(parts[place]) else place + 1
        while end > place + 1 and not names.knows("; ".join(parts[place:end])):
            end -= 1
        labels.append("; ".join(parts[place:end]))
        place = end
    return labels


def _as_date(cell: str) -> date | None:
    found = _DATE.match(cell)
    parts = found.groups() if found else None
    if parts is None:
        found = _DAY_FIRST.match(cell)
        parts = found.groups()[::-1] if found else None
    if parts is None:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
