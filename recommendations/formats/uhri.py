"""Annotations of OHCHR's Universal Human Rights Index: what its spreadsheet, its JSON export and tables made of them
say alike.

An annotation is a passage of a document with its labels. Recommendations become entries; concerns, observations and
what belongs to no State are left out, and a note says how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.formats.entries import Answer, Entry, FromState, Wanted
from recommendations.formats.joining import joined
from recommendations.formats.markup import language_of, mend_words, plain_text
from recommendations.formats.numbering import split_number
from recommendations.formats.recommending import recommending_states, states_in, unknown_closing
from recommendations.formats.uhri_labels import iso_date, session_and_cycle
from recommendations.words.clean import fold_label

SOURCE = "uhri"

_UPR = frozenset({"upr", "universal periodic review", "universal periodic review (upr)", "upr working group"})
# A committee's documents begin with its letters.
_COMMITTEES = {
    "CCPR": "CCPR",
    "E/C.12": "CESCR",
    "CERD": "CERD",
    "CEDAW": "CEDAW",
    "CAT/OP": "SPT",
    "CAT": "CAT",
    "CRC": "CRC",
    "CMW": "CMW",
    "CRPD": "CRPD",
    "CED": "CED",
}
_LISTED = 10
# Of labels that a file makes up by itself so many are counted apart.
_MOST_KINDS = 50


@dataclass
class Annotation:
    """One annotation in the file's own words; lists hold one label each.

    ``paragraph`` is empty where the number opens the text; ``lists_all`` False where a row names one recommending
    State of several.
    """

    number: int
    paragraph: str = ""
    lists_all: bool = True
    identifier: str = ""
    types: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    symbol: str = ""
    text: str = ""
    published: str = ""
    themes: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    sdgs: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    cycle: str = ""
    positions: list[str] = field(default_factory=list)
    recommending: list[str] = field(default_factory=list)


class Annotations:
    """Turns annotations into entries, and counts what was left out; ``notes`` is complete when all were read."""

    def __init__(self, wanted: Wanted):
        self._wanted = wanted
        self._others = Counter[str]()
        self._elsewhere = 0
        self._unknown = Counter[str]()
        self._without = {name: _Rows() for name in ("state", "symbol", "text", "body", "paragraph")}
        self._joined = 0

    def entries(self, annotations: Iterable[Annotation]) -> Iterator[Entry]:
        """One entry for each recommendation and State; passages of one paragraph are put together."""
        return joined(self._each(annotations), self._count_joined)

    def _count_joined(self, entry: Entry) -> None:
        self._joined += 1

    def is_elsewhere(self, countries: list[str]) -> bool:
        """Whether a record is on other States than the chosen one; it is counted, and nothing else of it matters."""
        if not countries or any(map(self._wanted.is_of_state, countries)):
            return False
        self._elsewhere += 1
        for label in countries:
            if not self._wanted.knows_state(label) and (
                label[:80] in self._unknown or len(self._unknown) < _MOST_KINDS
            ):
                self._unknown[label[:80]] += 1
        return True

    def _each(self, annotations: Iterable[Annotation]) -> Iterator[Entry]:
        for annotation in annotations:
            if not annotation.countries:
                self._without["state"].add(annotation.number)
                continue
            if self.is_elsewhere(annotation.countries) or not self._is_recommendation(annotation):
                continue
            entry = self._entry(annotation)
            if entry is None:
                continue
            for state in filter(self._wanted.is_of_state, annotation.countries):
                yield _of_state(entry, state, is_only=len(annotation.countries) == 1)

    def notes(self) -> list[str]:
        """What was left out, a sentence each."""
        found = []
        if self._elsewhere:
            found.append(
                ngettext(
                    "%(count)s record on another State was left out.",
                    "%(count)s records on other States were left out.",
                    self._elsewhere,
                )
                % {"count": self._elsewhere}
            )
        if self._unknown:
            labels = ", ".join(f"“{label}” ({count})" for label, count in self._unknown.most_common(_LISTED))
            found.append(
                _("Left out because their State is not known here: %(labels)s.") % {"labels": labels}
            )
        if self._others:
            labels = ", ".join(f"{label or '–'} ({count})" for label, count in self._others.most_common())
            found.append(_("Left out because they are no recommendations: %(labels)s.") % {"labels": labels})
        reasons = {
            "state": _("Left out because no State is named: %(rows)s."),
            "symbol": _("Left out because the document's symbol is missing: %(rows)s."),
            "text": _("Left out because the text is missing: %(rows)s."),
            "body": _("Left out because the recommending body is missing: %(rows)s."),
            "paragraph": _("Left out because no paragraph number stands in the text: %(rows)s."),
        }
        for reason, rows in self._without.items():
            if rows.count:
                found.append(reasons[reason] % {"rows": rows})
        if self._joined:
            found.append(
                ngettext(
                    "%(count)s record was joined with another of the same paragraph.",
                    "%(count)s records were joined with others of the same paragraph.",
                    self._joined,
                )
                % {"count": self._joined}
            )
        return found

    def _is_recommendation(self, annotation: Annotation) -> bool:
        kinds = [fold_label(kind) for kind in annotation.types]
        if any(kind.startswith("recommendation") for kind in kinds):
            return True
        if not kinds and _is_upr(annotation):
            return True
        kind = annotation.types[0][:80] if annotation.types else ""
        self._others[kind if len(self._others) < _MOST_KINDS or kind in self._others else "…"] += 1
        return False

    def _entry(self, annotation: Annotation) -> Entry | None:
        body = _body(annotation)
        text = plain_text(annotation.text)
        for reason, value in (("text", text), ("symbol", annotation.symbol), ("body", body)):
            if not value:
                self._without[reason].add(annotation.number)
                return None
        language = language_of(text)
        if language == "en":
            text = mend_words(text)
        is_upr = body == "UPR"
        number, rest = split_number(text) if is_upr else _number_below_heading(text)
        paragraph = annotation.paragraph or number
        if paragraph == number:
            text = rest
        session, cycle = session_and_cycle([*annotation.sessions, annotation.cycle])
        # A recommendation of a review is looked for by its words; a committee's paragraph needs its number.
        if not paragraph and not (is_upr and session and annotation.identifier):
            self._without["paragraph"].add(annotation.number)
            return None
        entry = Entry(
            annotation.number,
            body="" if is_upr else body,
            symbol=annotation.symbol,
            published_on=iso_date(annotation.published),
            session=session if is_upr else None,
            cycle=cycle if is_upr else None,
            paragraph=paragraph,
            texts=[(language, "official", text)],
            themes=annotation.themes,
            groups=annotation.groups,
            sdgs=annotation.sdgs,
        )
        if annotation.identifier:
            entry.identifiers.append((SOURCE, annotation.identifier))
        if len(annotation.bodies) > 1:
            entry.doubts.append(
                _("The record names several bodies: %(bodies)s.")
                % {"bodies": ", ".join(annotation.bodies[:_LISTED])}
            )
        if is_upr:
            entry.answers = _answers(annotation.positions)
            self._add_recommending(entry, annotation, text)
        return entry

    def _add_recommending(self, entry: Entry, annotation: Annotation, text: str) -> None:
        """The States that the text names, in its order, then those that only their column names."""
        knows = self._wanted.knows_state
        named = recommending_states(text, knows)
        listed: list[str] = []
        for label in annotation.recommending:
            listed += [label] if knows(label) else (states_in(label, knows) or [label])
        listed = list({fold_label(label): label for label in listed}.values())
        entry.recommending = _both(named, listed)
        if annotation.lists_all and named and listed and len(named) != len(listed):
            entry.doubts.append(
                _("The text names %(named)s recommending States, their column %(listed)s.")
                % {"named": len(named), "listed": len(listed)}
            )
        closing = "" if named or listed else unknown_closing(text, knows)
        if closing:
            entry.doubts.append(
                _("The text closes with “%(name)s”, which is no State known here.") % {"name": closing[:80]}
            )


# --- One annotation -------------------------------------------------------------------------------------------------


def _is_upr(annotation: Annotation) -> bool:
    if annotation.bodies:
        return any(fold_label(body) in _UPR for body in annotation.bodies)
    return bool(annotation.sessions or annotation.positions or annotation.recommending)


def _body(annotation: Annotation) -> str:
    """ "UPR", the body as named, or the committee that the document's symbol tells."""
    if _is_upr(annotation):
        return "UPR"
    if annotation.bodies:
        return annotation.bodies[0]
    symbol = annotation.symbol.upper()
    return next((code for begin, code in _COMMITTEES.items() if symbol.startswith(f"{begin}/")), "")


def _number_below_heading(text: str) -> tuple[str, str]:
    """A committee's paragraph: its number may stand below the heading that the annotation begins with."""
    number, rest = split_number(text)
    if number:
        return number, rest
    lines = text.split("\n")
    for place, line in enumerate(lines[1:4], start=1):
        number, rest = split_number(line)
        if number and "." not in number and all(len(heading) <= 200 for heading in lines[:place]):
            return number, "\n".join([*lines[:place], rest, *lines[place + 1 :]])
    return "", text


def _answers(positions: list[str]) -> list[Answer]:
    words = list({fold_label(position): position for position in positions}.values())
    if {fold_label(word) for word in words} == {"supported", "noted"}:
        words = ["Supported/Noted"]
    return [Answer(word, is_stated=False) for word in words]


def _both(named: list[FromState], listed: list[str]) -> list[FromState]:
    known = {fold_label(state.label) for state in named}
    return named + [FromState(label) for label in listed if fold_label(label) not in known]


def _of_state(entry: Entry, state: str, *, is_only: bool) -> Entry:
    """The entry for one of the record's States; an identifier that several share is nobody's."""
    if is_only:
        entry.state = state
        return entry
    copied: dict[str, Any] = {
        name: list(value) if isinstance(value, list) else value for name, value in vars(entry).items()
    }
    return Entry(**copied | {"state": state, "identifiers": []})


class _Rows:
    """Rows that were left out: the first by number, the others counted."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, number: int) -> None:
        self.count += 1
        if self.count <= _LISTED:
            self._first.append(str(number))

    def __str__(self) -> str:
        shown = ", ".join(self._first)
        if self.count > _LISTED:
            return _("rows %(rows)s and %(count)s more") % {"rows": shown, "count": self.count - _LISTED}
        return ngettext("row %(rows)s", "rows %(rows)s", self.count) % {"rows": shown}
