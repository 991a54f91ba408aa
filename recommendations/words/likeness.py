"""How alike two texts are: for matching imported rows to records, and for "did you mean …?"."""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from rapidfuzz import fuzz, process

from recommendations.words.clean import clean_line, fold_label

Key = TypeVar("Key", bound=Hashable)

# What stands around a recommendation in the UN's files and is no part of its wording: its number at the
# start, the recommending States and the final mark at the end.
_NUMBER_IN_FRONT = re.compile(r"^(?:recommendation no\. ?)?\d{1,3}(?:\.\d{1,3})*\.?\s+", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w\s]+")


def comparable(text: str) -> str:
    """A recommendation's wording without number, States behind it, case, punctuation and blanks."""
    text = _NUMBER_IN_FRONT.sub("", clean_line(text, entities=True))
    text = _without_brackets_behind(text) or text
    # "To ratify" and "Ratify": reports differ in it from cycle to cycle, and from those who copy them.
    return " ".join(_SIGNS.sub(" ", fold_label(text)).split()).removeprefix("to ")


def _without_brackets_behind(text: str) -> str:
    """The text before the brackets that close it; a bracket may hold another: (Iran (Islamic Republic of))."""
    text = text.rstrip(" ;.,")
    while text.endswith(")"):
        depth, place = 0, len(text)
        while place and (depth or place == len(text)):
            place -= 1
            depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth:
            break
        text = text[:place].rstrip()
    return text


def ratio(one: str, other: str) -> float:
    """How alike two wordings are that went through ``comparable``, from 0.0 to 1.0."""
    return fuzz.ratio(one, other) / 100


def likeness(one: str, other: str) -> float:
    """How alike two wordings are, from 0.0 (nothing in common) to 1.0 (the same but for case and signs)."""
    return fuzz.ratio(comparable(one), comparable(other)) / 100


def most_alike(
    text: str, candidates: Mapping[Key, str], *, at_least: float = 0.9
) -> tuple[Key, float] | None:
    """The candidate whose wording is most like ``text``, or None when none reaches ``at_least``.

    None also when two different candidates are equally like: a guess between them would be a coin toss.
    Candidates' texts are compared as given: pass them through ``comparable`` once, not for every row.
    """
    found = process.extract(
        comparable(text), candidates, scorer=fuzz.ratio, score_cutoff=at_least * 100, limit=2
    )
    if not found or (len(found) > 1 and found[0][1] == found[1][1]):
        return None
    _, score, key = found[0]
    return key, score / 100


def nearest(label: str, candidates: Iterable[str], *, limit: int = 3, at_least: float = 0.65) -> list[str]:
    """Up to ``limit`` candidates that a person may have meant by ``label``, the likeliest first.

    Candidates far behind the likeliest are left out: a poor suggestion beside a good one only distracts.
    """
    choices = list(dict.fromkeys(candidates))
    folded = fold_label(label)
    if not folded:
        return []
    found = process.extract(
        folded,
        [fold_label(choice) for choice in choices],
        # WRatio finds a short label inside a long one ("Iran"); two or three letters are inside anything.
        scorer=fuzz.WRatio if len(folded) > 3 else fuzz.ratio,
        score_cutoff=at_least * 100,
        limit=limit * 3,
    )
    found = [hit for hit in found if hit[1] >= found[0][1] - 15]
    found.sort(key=lambda hit: (-hit[1], -fuzz.ratio(folded, fold_label(choices[hit[2]])), choices[hit[2]]))
    return [choices[index] for _, _, index in found[:limit]]
