"""Rows that name no paragraph meet what is here: by the source's words, the State that made it, and the session.

UPR Info's rows are such rows. Each of a recommendation's States is looked for by itself: rows with the same words may
be paragraphs of their own, and one paragraph may hold several wordings. What is found becomes a row on that
recommendation; what is not goes to a person where official paragraphs are here, and becomes a provisional
recommendation where there are none (``catalogue.provisional``).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.utils.translation import ngettext

from recommendations.catalogue import provisional
from recommendations.imports import unnumbered
from recommendations.imports.adopting import is_bare
from recommendations.imports.likely import Candidate, held_in_cycle, offered, surest
from recommendations.imports.models import ImportRun
from recommendations.imports.parsed import Parsed
from recommendations.imports.places import Places
from recommendations.imports.terms import Terms
from recommendations.words.likeness import comparable

# What a person may decide about a row besides naming a recommendation.
IS_NEW, LEAVE_OUT = "new", "out"


@dataclass
class _Part:
    """One State's part of a row: what is looked for."""

    row: Parsed
    words: str
    state: int | None
    category: int | None
    identifier: str
    found: Candidate | None = None
    score: float | None = None


@dataclass
class _Place:
    """What is here of one State and cycle."""

    code: str
    cycle: int
    candidates: list[Candidate]
    next_number: int | None = None
    by_identifier: dict[str, Candidate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_identifier = {value: one for one in self.candidates for value in one.identifiers}
        self.official = [one for one in self.candidates if not one.is_provisional]
        self.provisional = [one for one in self.candidates if one.is_provisional]

    def number(self) -> int:
        """The next number in UPR Info's list."""
        if self.next_number is None:
            self.next_number = provisional.next_number(self.code, self.cycle)
        self.next_number += 1
        return self.next_number - 1


class Matching:
    """Meets the rows of one file; ``choices`` are a person's: the key of a row → a reference, "new" or "out"."""

    def __init__(self, terms: Terms, places: Places, choices: Mapping[str, str]):
        self._terms = terms
        self._places = places
        self._choices = choices
        self._last: tuple[int, int, int] | None = None
        self._left_out = 0
        self._other_answers = 0
        # Rows without a paragraph that nothing here answers to.
        self._without_place = 0
        self._extra: list[Parsed] = []
        self._last_held: _Place | None = None

    def met(self, rows: Iterable[Parsed | None]) -> Iterator[Parsed | None]:
        """The rows, those without a paragraph placed; rows of one State and session stand together in the file."""
        for place, group in groupby(rows, key=self._place_of):
            if place is None:
                yield from group
            else:
                found = list(group)
                yield from self._met(place, [row for row in found if row is not None])
                yield from (row for row in found if row is None)
        yield from self._extra

    def notes(self) -> list[str]:
        """What the person should know about the rows that were met."""
        notes = []
        if self._left_out:
            notes.append(
                ngettext(
                    "%(count)s row is left out, as somebody decided.",
                    "%(count)s rows are left out, as somebody decided.",
                    self._left_out,
                )
                % {"count": self._left_out}
            )
        if self._without_place:
            notes.append(
                ngettext(
                    "%(count)s row has no paragraph number and is no recommendation that is here; it is left out. "
                    "Load the report of its review first.",
                    "%(count)s rows have no paragraph number and are no recommendations that are here; they are left "
                    "out. Load the reports of their reviews first.",
                    self._without_place,
                )
                % {"count": self._without_place}
            )
        if self._other_answers:
            notes.append(
                ngettext(
                    "The file reads the State's answer to %(count)s recommendation otherwise than recorded here from "
                    "the documents; what is recorded stays.",
                    "The file reads the State's answer to %(count)s recommendations otherwise than recorded here from "
                    "the documents; what is recorded stays.",
                    self._other_answers,
                )
                % {"count": self._other_answers}
            )
        return notes

    def _place_of(self, row: Parsed | None) -> tuple[int, int, int] | None:
        """State, cycle and session of a row that is to be met by its words; None for every other.

        A faulty row (None) parts no rows that stand together.
        """
        if row is not None:
            self._last = self._place_of_row(row)
        return self._last

    def _place_of_row(self, row: Parsed) -> tuple[int, int, int] | None:
        if row.reference or row.paragraph or row.body or not row.texts:
            return None
        # With a document but no paragraph only a row that its source numbered can be met, and met again.
        if row.symbol and not row.identifiers:
            return None
        state = row.state or (self._places.state.pk if self._places.state else None)
        cycle = row.cycle or (provisional.cycle_of_session(row.session) if row.session else None)
        if state is None or cycle is None:
            return None
        session = row.session or self._places.session_of(self._terms.state_codes[state], cycle)
        return (state, cycle, session) if session else None

    def _met(self, place: tuple[int, int, int], rows: list[Parsed]) -> Iterator[Parsed]:
        state, cycle, session = place
        code = self._terms.state_codes[state]
        held = self._held(code, cycle)
        undecided: list[Parsed] = []
        unmet: list[_Part] = []
        met: list[_Part] = []
        taken: set[str] = set()
        for row in rows:
            row.state, row.cycle, row.session = state, cycle, session
            if row.identifiers:
                self._unnumbered(row, held)
                continue
            parts = self._parts(row, code, taken)
            for part in parts:
                self._look_for(part, held)
            open_parts = [part for part in parts if part.found is None]
            met += [part for part in parts if part.found is not None]
            if not open_parts:
                continue
            choice = self._choices.get(open_parts[0].identifier, "")
            chosen = next((one for one in held.official if one.reference == choice), None)
            if chosen is not None:
                for part in open_parts:
                    part.found = chosen
                met += open_parts
            elif choice == LEAVE_OUT:
                self._left_out += 1
            elif choice == IS_NEW or not held.official:
                unmet += open_parts
            else:
                undecided.append(self._undecided(row, open_parts, held))
        yield from self._onto_known(met, held, session)
        yield from self._provisional(unmet, held, session)
        yield from undecided

    def _held(self, code: str, cycle: int) -> _Place:
        """What is here of that cycle; rows of one cycle may stand apart in a file."""
        if self._last_held is None or (self._last_held.code, self._last_held.cycle) != (code, cycle):
            self._last_held = _Place(code, cycle, held_in_cycle(f"{code}-{cycle}", self._terms))
        return self._last_held

    def _unnumbered(self, row: Parsed, held: _Place) -> None:
        """A row with its source's own identifier and no paragraph: it adds to what is here, after all others."""
        met = unnumbered.meet(row, held.code, held.official, self._choices)
        if met.reference:
            answered = any(one.reference == met.reference and one.position for one in held.candidates)
            self._extra.append(unnumbered.onto(row, met, is_answered=answered))
        elif met.choice == LEAVE_OUT:
            self._left_out += 1
        elif held.official and met.choice != IS_NEW:
            self._extra.append(replace(row, match={"key": met.key, "candidates": met.candidates}))
        else:
            self._without_place += 1

    def _parts(self, row: Parsed, code: str, taken: set[str]) -> list[_Part]:
        words = comparable(row.texts[0][2])
        digest = hashlib.sha256(words.encode()).hexdigest()[:16]
        parts = []
        senders: Sequence[tuple[int | None, int | None, str]] = row.recommending or [(None, None, "")]
        for state, category, _wording in senders:
            sender = self._terms.state_codes[state] if state is not None else ""
            identifier = f"{code}-{row.session}-{sender}-{digest}"
            # The same words of the same State, answered twice: an identifier belongs to one recommendation.
            first, times = identifier, 1
            while identifier in taken:
                times += 1
                identifier = f"{first}-{times}"
            taken.add(identifier)
            parts.append(_Part(row, words, state, category, identifier))
        return parts

    def _look_for(self, part: _Part, held: _Place) -> None:
        known = held.by_identifier.get(part.identifier)
        if known is not None and not known.is_provisional:
            part.found = known
            return
        sure = surest(part.words, part.state, held.official)
        if sure is not None:
            part.found, part.score = sure

    def _undecided(self, row: Parsed, parts: list[_Part], held: _Place) -> Parsed:
        """A row that a person decides on, with what she may choose from."""
        best: dict[str, float] = {}
        for part in parts:
            for candidate, score in offered(part.words, part.state, held.official):
                best[candidate.reference] = max(score, best.get(candidate.reference, 0.0))
        return replace(
            row,
            recommending=[one for one in row.recommending if one[0] in {part.state for part in parts}],
            match={
                "key": parts[0].identifier,
                "candidates": sorted(best.items(), key=lambda one: (-one[1], one[0])),
            },
        )

    def _onto_known(self, parts: list[_Part], held: _Place, session: int) -> Iterator[Parsed]:
        """One row for each recommendation that was found, whatever the number of rows that speak of it."""
        code = held.code
        same = _same(parts, held)
        by_reference: dict[str, list[_Part]] = {}
        for part in parts:
            assert part.found is not None
            by_reference.setdefault(part.found.reference, []).append(part)
        for reference, own in by_reference.items():
            known = own[0].found
            assert known is not None
            rows = _rows(own)
            self._other_answers += bool(known.position) and any(
                kind != known.position for row in rows for kind, *_rest in row.positions
            )
            scores = [part.score for part in own if part.score is not None]
            yield Parsed(
                rows[0].number,
                state=rows[0].state,
                reference=reference,
                cycle=rows[0].cycle,
                session=rows[0].session,
                texts=[] if known.whole else rows[0].texts,
                recommending=_completed(known, own, several=len(rows) > 1),
                positions=[] if known.position else _from_list(rows[0], code, session),
                themes=_together(row.themes for row in rows),
                groups=_together(row.groups for row in rows),
                identifiers=_free(own, held, same, reference),
                place=rows[0].place,
                match={"score": min(scores) if scores else None},
                absorbs=sorted(one for one, owner in same.items() if owner == reference),
            )

    def _provisional(self, parts: list[_Part], held: _Place, session: int) -> Iterator[Parsed]:
        """The rows that nothing official answers to: known ones of UPR Info's list, or new ones."""
        symbol = provisional.document_name(held.code, session)
        by_row: dict[int, list[_Part]] = {}
        for part in parts:
            by_row.setdefault(part.row.number, []).append(part)
        by_words = {(one.whole, one.position): one for one in held.provisional}
        for own in by_row.values():
            row = own[0].row
            answer = row.positions[0][0] if row.positions else ""
            known = next(
                (
                    held.by_identifier[part.identifier]
                    for part in own
                    if part.identifier in held.by_identifier
                ),
                by_words.get((own[0].words, answer)),
            )
            yield replace(
                row,
                reference=known.reference if known else "",
                symbol="" if known else symbol,
                paragraph="" if known else provisional.paragraph_of(held.number()),
                recommending=_completed(known, own, several=False, adds=True)
                if known
                else [one for one in row.recommending if one[0] in {part.state for part in own}],
                positions=[] if known and known.position else _from_list(row, held.code, session),
                texts=[] if known and known.whole else row.texts,
                identifiers=_identifiers(own),
            )


def _rows(parts: Iterable[_Part]) -> list[Parsed]:
    """The rows of these parts, each once."""
    return list({part.row.number: part.row for part in parts}.values())


def _from_list(row: Parsed, code: str, session: int) -> list[Any]:
    """The answers of a row as what they are: UPR Info's own reading, with its list as their document."""
    symbol = provisional.document_name(code, session)
    return [(kind, symbol, *rest) for kind, _symbol, *rest in row.positions]


def _same(parts: Iterable[_Part], held: _Place) -> dict[str, str]:
    """Provisional references whose rows were found to mean an official recommendation, and nobody works with.

    Where their rows mean several, the one that most of them mean.
    """
    meant: dict[str, Counter[str]] = defaultdict(Counter)
    for part in parts:
        known = held.by_identifier.get(part.identifier)
        if known is not None and known.is_provisional and part.found is not None:
            meant[known.reference][part.found.reference] += 1
    keys = {one.reference: one.pk for one in held.provisional}
    return {
        reference: found.most_common(1)[0][0]
        for reference, found in meant.items()
        if is_bare(keys[reference])  # type: ignore[arg-type]
    }


def _free(
    parts: Iterable[_Part], held: _Place, same: Mapping[str, str], reference: str
) -> list[tuple[str, str]]:
    """The identifiers of these parts that no other recommendation keeps."""
    free = []
    for source, value in _identifiers(parts):
        known = held.by_identifier.get(value)
        if known is None or not known.is_provisional or same.get(known.reference) == reference:
            free.append((source, value))
    return free


def _together(lists: Iterable[list[int]]) -> list[int]:
    return list(dict.fromkeys(pk for one in lists for pk in one))


def _identifiers(parts: Iterable[_Part]) -> list[tuple[str, str]]:
    return [(provisional.SOURCE, part.identifier) for part in parts]


def _completed(
    known: Candidate, parts: list[_Part], *, several: bool, adds: bool = False
) -> list[tuple[int, int | None, str]]:
    """The States of a known recommendation with what the rows say of them: action category, and their own wording
    where ``several`` rows speak of one paragraph. States are added only where the list of them is UPR Info's own."""
    said = {part.state: part for part in reversed(parts) if part.state is not None}
    found = []
    for state, category, wording in known.recommending:
        part = said.pop(state, None)
        if part is not None:
            category = part.category if part.category is not None else category
            if several and not wording:
                wording = part.row.texts[0][2]
        found.append((state, category, wording))
    if adds:
        found += [(state, part.category, "") for state, part in reversed(said.items())]
    return found


def choices_of(run: ImportRun) -> dict[str, str]:
    """What people decided about rows, in this run and in earlier ones: a row has the same key in every export."""
    found: dict[str, str] = {}
    earlier = ImportRun.objects.filter(pk__lt=run.pk).exclude(choices={})
    for choices in (*earlier.order_by("pk").values_list("choices", flat=True), run.choices):
        found |= choices
    return found
