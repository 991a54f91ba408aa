"""Rows that their source numbered but that name no paragraph, such as some of UHRI's: what they mean among those here.

They add to a recommendation that is here and make none: without a paragraph it would have neither number nor place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from recommendations.imports.difference import references_of
from recommendations.imports.likely import Candidate, offered, surest
from recommendations.imports.parsed import Parsed
from recommendations.words.likeness import comparable


@dataclass
class Met:
    """What a row means: a reference with how alike their words are, or the key and candidates for a person."""

    key: str
    choice: str
    reference: str = ""
    score: float | None = None
    candidates: list[tuple[str, float]] = field(default_factory=list)


def meet(row: Parsed, code: str, official: Sequence[Candidate], choices: Mapping[str, str]) -> Met:
    """What the row means among the official recommendations of its cycle, by identifier, choice, or sure likeness."""
    key = f"{code}-{':'.join(row.identifiers[0])}"
    met = Met(key, choices.get(key, ""))
    met.reference = next(iter(references_of(row.identifiers).values()), "")
    if met.reference:
        return met
    if any(one.reference == met.choice for one in official):
        met.reference = met.choice
        return met
    words = comparable(row.texts[0][2])
    made: list[int | None] = [state for state, _category, _wording in row.recommending]
    states = made or [None]
    sure = [surest(words, state, official) for state in states]
    found = {one.candidate.reference: one.score for one in sure if one is not None}
    if None not in sure and len(found) == 1:
        ((met.reference, met.score),) = found.items()
        return met
    best: dict[str, float] = {}
    for state in states:
        for candidate, score in offered(words, state, official):
            best[candidate.reference] = max(score, best.get(candidate.reference, 0.0))
    met.candidates = sorted(best.items(), key=lambda one: (-one[1], one[0]))
    return met


def onto(row: Parsed, met: Met, *, is_answered: bool) -> Parsed:
    """The row as what it adds to the recommendation that it means: labels, its identifier, an answer where none is."""
    return replace(
        row,
        reference=met.reference,
        symbol="",
        texts=[],
        recommending=[],
        positions=[] if is_answered else row.positions,
        match={"score": met.score},
        is_extra=True,
    )
