"""From an entry of a UN file to a typed record: its words resolved, every problem with row and column.

A reader gives a file's own words (``formats.entries``); what they stand for is decided here, for all formats alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.catalogue.references import PARAGRAPH, SYMBOL
from recommendations.formats.entries import Answer, Claim, Entry
from recommendations.imports import official
from recommendations.imports.asking import BODY, ISSUE, REVIEWED
from recommendations.imports.parsed import LONGEST_TEXT, Parsed, add_goal, goal_of
from recommendations.imports.terms import Names, Terms, Unknown, choice
from recommendations.vocabulary import ClaimKind, PositionKind, TextKind, TextLanguage
from recommendations.words.clean import clean_line, clean_text, fold_label

# How a field is called where the file has no title for it.
TITLES = {
    "state": gettext_lazy("State under review"),
    "body": gettext_lazy("Recommending body"),
    "symbol": gettext_lazy("Document symbol"),
    "cycle": gettext_lazy("Cycle"),
    "session": gettext_lazy("Session"),
    "paragraph": gettext_lazy("Paragraph"),
    "texts": gettext_lazy("Text"),
    "recommending": gettext_lazy("Recommending States"),
    "answers": gettext_lazy("Position"),
    "claims": gettext_lazy("State claim"),
    "themes": gettext_lazy("Themes"),
    "groups": gettext_lazy("Affected groups"),
    "sdgs": gettext_lazy("SDGs"),
    "issues": gettext_lazy("Issues"),
}
_MOST_KNOWN = 50_000
# What the columns of the database hold.
_LONGEST_SOURCE, _LONGEST_VALUE, _LONGEST_LOCATOR = 30, 100, 60


class Entering:
    """Turns entries into records; ``complain(message, row, column)`` is told what is wrong."""

    def __init__(self, terms: Terms, titles: Mapping[str, str], complain: Callable[..., None]):
        self.terms = terms
        self.titles = {name: str(title) for name, title in TITLES.items()} | dict(titles)
        self._complain = complain
        self._today = timezone.localdate()
        self._entry = Entry(0)
        self._faulty = False
        # Whether nobody knows yet whom the entry is about, so that it cannot be placed.
        self._waits = False
        # Lists of labels repeat from entry to entry: each is worked out once.
        self._known: dict[tuple[str, tuple[str, ...]], tuple[int, ...]] = {}

    def read(self, entry: Entry) -> Parsed | None:
        """The entry's record; None where a problem was told, or where it waits for an answer or is left out."""
        self._entry, self._faulty, self._waits = entry, False, False
        parsed = Parsed(entry.number, place=clean_line(entry.place)[:100])
        parsed.doubts = [clean_text(doubt)[:500] for doubt in entry.doubts]
        parsed.identifiers = self._identifiers(entry)
        self._read_place(entry, parsed)
        self._read_texts(entry, parsed)
        self._read_recommending(entry, parsed)
        for answer in entry.answers:
            self._read_answer(answer, parsed)
        for claim in entry.claims:
            self._read_claim(claim, parsed)
        self._read_terms(entry, parsed)
        return None if self._faulty or self._waits else parsed

    def problem(self, column: str, message: str) -> None:
        """Tell what is wrong in that field of the entry."""
        self._faulty = True
        place = clean_line(self._entry.place)[:100]
        if place:
            message = _("%(place)s: %(message)s") % {"place": place, "message": message}
        self._complain(message, self._entry.number, self.titles.get(column, column))

    def _identifiers(self, entry: Entry) -> list[tuple[str, str]]:
        found = []
        for source, value in entry.identifiers:
            value = clean_line(value)
            if value and len(source) <= _LONGEST_SOURCE and len(value) <= _LONGEST_VALUE:
                found.append((source, value))
        return list(dict.fromkeys(found))

    def _read_place(self, entry: Entry, parsed: Parsed) -> None:
        label = clean_line(entry.state)
        if label:
            parsed.state = self._named("state", REVIEWED, self.terms.states, label)
        body = _without_dash(entry.body)
        if body:
            found = self._named("body", BODY, self.terms.bodies, body)
            parsed.body = self.terms.body_codes[found] if found is not None else ""
        parsed.symbol = self._symbol("symbol", entry.symbol)
        parsed.published_on = self._date("symbol", entry.published_on)
        parsed.cycle = self._number("cycle", entry.cycle, 99)
        parsed.session = self._number("session", entry.session, 999)
        paragraph = clean_line(entry.paragraph).rstrip(".")
        if paragraph and not PARAGRAPH.match(paragraph):
            self.problem(
                "paragraph",
                _("“%(cell)s” is no paragraph number. Expected one such as 124.26.")
                % {"cell": paragraph[:80]},
            )
        parsed.paragraph = paragraph

    def _number(self, column: str, number: int | None, most: int) -> int | None:
        if number is not None and not 1 <= number <= most:
            message = _("“%(cell)s” is no number from 1 to %(most)s.")
            self.problem(column, message % {"cell": str(number)[:80], "most": most})
            return None
        return number

    def _symbol(self, column: str, symbol: str) -> str:
        cell = clean_line(symbol).removesuffix(".")
        if cell and (len(cell) > 60 or not SYMBOL.fullmatch(cell)):
            message = _("“%(cell)s” is no document symbol. Expected one such as A/HRC/28/10.")
            self.problem(column, message % {"cell": cell[:80]})
            return ""
        return cell

    def _read_texts(self, entry: Entry, parsed: Parsed) -> None:
        taken = set()
        for language, kind, text in entry.texts:
            text = clean_text(text, entities=True)
            if not text:
                continue
            if language not in TextLanguage.values or kind not in TextKind.values:
                raise ValueError(f"a reader gave a text of unknown language or kind: {language}, {kind}")
            if len(text) > LONGEST_TEXT:
                message = _("The text has %(count)s characters; at most %(most)s can be kept.")
                self.problem("texts", message % {"count": len(text), "most": LONGEST_TEXT})
            elif (language, kind) in taken:
                self.problem("texts", _("There are two texts in this language in one row."))
            else:
                taken.add((language, kind))
                parsed.texts.append((language, kind, text))
        if not parsed.texts and not self._faulty:
            self.problem("texts", _("The text is missing."))

    def _read_recommending(self, entry: Entry, parsed: Parsed) -> None:
        found: dict[int, tuple[int | None, str]] = {}
        for one in entry.recommending:
            category = one.category
            if category is not None and not 1 <= category <= 5:
                message = _("“%(cell)s” is no action category. Expected 1 to 5.")
                self.problem("recommending", message % {"cell": str(category)[:80]})
                return
            wording = clean_text(one.wording, entities=True)[:LONGEST_TEXT]
            for state in self._all("recommending", self.terms.states, _without_dash(one.label)):
                # Named twice in one recommendation, a State keeps both of its wordings.
                known, before = found.get(state, (None, ""))
                words = "\n".join(dict.fromkeys(part for part in (before, wording) if part))
                found[state] = (known if known is not None else category, words)
        parsed.recommending = [(state, category, wording) for state, (category, wording) in found.items()]

    def _read_answer(self, answer: Answer, parsed: Parsed) -> None:
        words = _without_dash(answer.words)
        if not words:
            return
        kind = self.terms.positions.get(fold_label(words)) or official.position_in_report(words)
        if kind is None:
            self._tell_choice("answers", _("position"), words, PositionKind.values)
            return
        symbol, locator = self._symbol("answers", answer.symbol), clean_line(answer.locator)
        day = self._date("answers", answer.on)
        if not answer.is_stated:
            parsed.is_loose = True
        parsed.positions.append(
            (str(kind), symbol, locator[:_LONGEST_LOCATOR], day, "", clean_text(answer.quote)[:LONGEST_TEXT])
        )

    def _read_claim(self, claim: Claim, parsed: Parsed) -> None:
        kind = self.terms.claims.get(fold_label(claim.kind))
        if kind is None:
            self._tell_choice("claims", _("State claim"), claim.kind, ClaimKind.values)
            return
        parsed.claims.append(
            (
                str(kind),
                self._symbol("claims", claim.symbol),
                clean_line(claim.locator)[:_LONGEST_LOCATOR],
                clean_text(claim.quote)[:LONGEST_TEXT],
            )
        )

    def _date(self, column: str, cell: str) -> str | None:
        if not cell:
            return None
        try:
            day = date.fromisoformat(cell[:10])
        except ValueError:
            message = _("“%(cell)s” is no date. Expected one such as 2015-03-19.")
            self.problem(column, message % {"cell": cell[:80]})
            return None
        if day > self._today:
            self.problem(column, _("“%(cell)s” lies in the future.") % {"cell": cell[:80]})
            return None
        return day.isoformat()

    def _read_terms(self, entry: Entry, parsed: Parsed) -> None:
        themes = list(self._listed("themes", self.terms.themes, entry.themes))
        groups = list(self._listed("groups", self.terms.groups, entry.groups))
        for label in entry.issues:
            named, concerned = self._issue(label)
            themes += named
            groups += concerned
        parsed.themes = [pk for pk in dict.fromkeys(themes) if pk not in self.terms.ignored_themes]
        parsed.groups = list(dict.fromkeys(groups))
        for cell in entry.sdgs:
            label = _without_dash(cell)
            found = goal_of(label, self.terms) if label else None
            if found is not None:
                add_goal(parsed, found)
            elif label:
                message = _(
                    "“%(cell)s” is no goal or target. Expected a number from 1 to 17, or one such as 16.10."
                )
                self.problem("sdgs", message % {"cell": label[:80]})

    def _issue(self, label: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The themes and groups that an issue of UPR Info's names: it may be a theme, a group, or both."""
        label = _without_dash(label)
        if not label:
            return (), ()
        groups = self.terms.groups.find(label) if self.terms.groups.knows(label) else ()
        if groups and not self.terms.themes.knows(label):
            return (), groups
        return self._all("issues", self.terms.themes, label), groups

    def _listed(self, column: str, names: Names, labels: Iterable[str]) -> tuple[int, ...]:
        """All that a list of labels stands for, each once, in order."""
        key = column, tuple(labels)
        found = self._known.get(key)
        if found is None:
            before, self._faulty, asked = self._faulty, False, self.terms.asking.count
            cleaned = [label for label in map(_without_dash, key[1]) if label]
            found = tuple(dict.fromkeys(pk for label in cleaned for pk in self._all(column, names, label)))
            is_known = not self._faulty and asked == self.terms.asking.count
            if is_known and len(self._known) < _MOST_KNOWN:
                self._known[key] = found
            self._faulty = self._faulty or before
        return found

    def _all(self, column: str, names: Names, label: str) -> tuple[int, ...]:
        try:
            return names.find(label)
        except Unknown as fault:
            kind = ISSUE if column == "issues" else names.kind
            if not self._asks(kind, label):
                self.problem(column, str(fault))
            return ()

    def _named(self, column: str, kind: str, names: Names, label: str) -> int | None:
        """The one term without which an entry has no place: where it is asked after, or left out, the entry waits."""
        if self.terms.asking.leaves_out(kind, label):
            self._waits = True
            return None
        try:
            found = names.find(label)
        except Unknown as fault:
            if self._asks(kind, label):
                self._waits = True
            else:
                self.problem(column, str(fault))
            return None
        return found[0] if found else None

    def _asks(self, kind: str, label: str) -> bool:
        return self.terms.asking.takes(kind, label, self._entry.number, clean_line(self._entry.place)[:100])

    def _tell_choice(self, column: str, what: str, label: str, expected: Any) -> None:
        try:
            choice(what, label, {}, expected)
        except Unknown as fault:
            self.problem(column, str(fault))


def _without_dash(label: str) -> str:
    """A label on one line, without the dash that lists put in front."""
    return clean_line(label, entities=True).removeprefix("- ").strip()
