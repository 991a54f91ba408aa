"""Which recommendation a row means that names no paragraph: judged by its words and the State that made it.

The threshold and what it was measured on stand in docs/decisions/23-matching-by-likeness.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from recommendations.catalogue import provisional
from recommendations.catalogue.models import (
    Recommendation,
    RecommendationIdentifier,
    RecommendationText,
    RecommendingState,
)
from recommendations.formats.recommending import split_wordings
from recommendations.imports.terms import Terms
from recommendations.vocabulary import TextKind
from recommendations.words.clean import fold_label
from recommendations.words.likeness import comparable, ratio

# At least so alike, and so much more than the next one, is the same recommendation, where the same State made it.
SAFE = 0.95
AHEAD = 0.02
# Without a State to go by only the very same words count.
SAME = 0.995
# What a person is offered to choose from.
OFFERED = 0.50
MOST_OFFERED = 5


class Likely(NamedTuple):
    """A candidate with its score, 0 to 1."""

    candidate: Candidate
    score: float


@dataclass
class Candidate:
    """A recommendation that is here, or in the file, with what a row is compared with."""

    reference: str
    pk: int | None = None
    document: str = ""
    position: str = ""
    # (State, action category, wording) in order
    recommending: list[tuple[int, int | None, str]] = field(default_factory=list)
    whole: str = ""
    # Words of some of its States alone.
    wordings: list[tuple[frozenset[int], str]] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)

    @property
    def states(self) -> frozenset[int]:
        """The States that made it."""
        return frozenset(state for state, _category, _wording in self.recommending)

    @property
    def is_provisional(self) -> bool:
        """Whether it is known from UPR Info's list alone."""
        return provisional.is_list(self.document)

    def say(self, text: str, terms: Terms) -> None:
        """Take the text into the comparison: whole, and in the wordings of its States."""
        self.whole = comparable(text)
        for wording, labels in split_wordings(text, terms.states.knows):
            states = frozenset(pk for label in labels for pk in terms.states.ids.get(fold_label(label), ()))
            self.wordings.append((states, comparable(wording)))
        for state, _category, wording in self.recommending:
            for line in wording.split("\n") if wording else ():
                self.wordings.append((frozenset({state}), comparable(line)))

    def likeness(self, words: str, state: int | None) -> float:
        """How alike this and a row's words are: as a whole, or as that State put it."""
        theirs = [wording for states, wording in self.wordings if state in states]
        texts = [self.whole, *(theirs or [wording for _states, wording in self.wordings])]
        return max(ratio(words, text) for text in texts)


def ranked(words: str, state: int | None, candidates: Iterable[Candidate]) -> list[Likely]:
    """The candidates with their scores, the likeliest first."""
    scored = [Likely(candidate, candidate.likeness(words, state)) for candidate in candidates]
    return sorted(scored, key=lambda one: (-one.score, one.candidate.reference))


def surest(words: str, state: int | None, candidates: Iterable[Candidate]) -> Likely | None:
    """The candidate that is meant beyond doubt; None where there is none or more than one may be."""
    candidates = list(candidates)
    if not words:
        return None
    if state is not None:
        own = ranked(words, state, [one for one in candidates if state in one.states])
        if own and own[0].score >= SAFE:
            return own[0] if _is_ahead(own, AHEAD) else None
        # The source of those without any State gave none.
        candidates = [one for one in candidates if not one.states]
    found = ranked(words, state, candidates)
    return found[0] if found and found[0].score >= SAME and _is_ahead(found, AHEAD) else None


def offered(words: str, state: int | None, candidates: Iterable[Candidate]) -> list[Likely]:
    """What a person may choose from: the likeliest, those that the same State made before others of that score."""
    found = [one for one in ranked(words, state, candidates) if one.score >= OFFERED]
    found.sort(key=lambda one: -(one.score + (0.1 if state in one.candidate.states else 0)))
    return found[:MOST_OFFERED]


def _is_ahead(found: list[Likely], by: float) -> bool:
    return len(found) < 2 or found[0].score - found[1].score >= by


def held_in_cycle(key: str, terms: Terms) -> list[Candidate]:
    """The recommendations of a cycle that is here, by its key; four queries."""
    found: dict[int, Candidate] = {}
    rows = Recommendation.objects.filter(cycle__key=key).order_by("order_key")
    for pk, reference, document, position in rows.values_list(
        "pk", "reference", "document__symbol", "position"
    ):
        found[pk] = Candidate(reference, pk, document, position)
    if not found:
        return []
    mine = {"recommendation__cycle__key": key}
    made = RecommendingState.objects.filter(**mine).order_by("order", "pk")
    for pk, state, category, wording in made.values_list(
        "recommendation_id", "state_id", "action_category", "wording"
    ):
        found[pk].recommending.append((state, category, wording))
    texts: dict[int, dict[str, str]] = defaultdict(dict)
    english = RecommendationText.objects.filter(**mine, language="en")
    for pk, kind, text in english.values_list("recommendation_id", "kind", "text"):
        texts[pk][kind] = text
    for pk, kinds in texts.items():
        found[pk].say(next(kinds[kind] for kind in TextKind.values if kind in kinds), terms)
    identifiers = RecommendationIdentifier.objects.filter(**mine, source=provisional.SOURCE)
    for pk, value in identifiers.values_list("recommendation_id", "value"):
        found[pk].identifiers.append(value)
    return list(found.values())
