"""Finding the recommendation a person means: by reference, by paragraph, or by words of its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from recommendations.catalogue.models import Demand, Recommendation
from recommendations.catalogue.texts import preferred_text

MOST_SUGGESTED = 8

_REFERENCE = re.compile(r"[A-Za-z]{3}-(?:[A-Za-z]+-)?[0-9]+-[0-9A-Za-z.()]+\Z")
_PARAGRAPH = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,5})*[A-Za-z]?\Z")
_DEMAND = re.compile(r"(?P<reference>.+?)\s*\((?P<letter>[a-z]{1,2})\)\Z")
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True)
class Target:
    """What a link points at: a recommendation, or one demand of it."""

    recommendation: Recommendation
    demand: Demand | None = None

    def __str__(self) -> str:
        letter = f"({self.demand.letter})" if self.demand else ""
        return f"{self.recommendation.reference}{letter}"


@dataclass
class Picked:
    """What a typed line means: the targets found, and what was not understood (words, unknown references)."""

    targets: list[Target] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Suggestion:
    """A recommendation, or a demand of it, to be ticked: the value that names it and its text."""

    value: str
    text: str
    language: str
    chosen: bool = False


def understand(line: str, *, reader: Any) -> Picked:
    """The recommendations that a line names: references divided by commas, ``KAZ-2-97.3(b)`` for a demand.

    A bare paragraph counts where only one recommendation has it.
    """
    picked = Picked()
    for part in re.split(r"[,;\n]+", line):
        said = part.strip()
        if not said:
            continue
        target = _find(said, reader)
        if target is None:
            picked.unknown.append(said)
        elif target not in picked.targets:
            picked.targets.append(target)
    return picked


def _find(said: str, reader: Any) -> Target | None:
    recommendation = _recommendation(said, reader)
    if recommendation is not None:
        return Target(recommendation)
    parted = _DEMAND.match(said)
    recommendation = _recommendation(parted["reference"], reader) if parted else None
    if recommendation is None or parted is None:
        return None
    demand = (
        Demand.objects.visible_to(reader)
        .filter(recommendation=recommendation, letter=parted["letter"])
        .first()
    )
    return Target(recommendation, demand) if demand else None


def _recommendation(said: str, reader: Any) -> Recommendation | None:
    rows = Recommendation.objects.visible_to(reader)
    if _REFERENCE.match(said):
        reference = Q(reference__iexact=said) | Q(old_references__reference__iexact=said)
        return rows.filter(reference).distinct().first()
    if _PARAGRAPH.match(said):
        found = list(rows.filter(paragraph__iexact=said)[:2])
        return found[0] if len(found) == 1 else None
    return None


def suggestions(line: str, *, reader: Any, chosen: Iterable[str] = ()) -> list[Suggestion]:
    """What to offer for ticking: first what is ticked already, then what fits the last part of the line."""
    kept = [target for value in chosen if (target := _find(value, reader)) is not None]
    taken = {str(target) for target in kept}
    said = re.split(r"[,;\n]+", line)[-1].strip()
    found: list[Recommendation] = []
    if said and (matching := _matching(said)) is not None:
        rows = Recommendation.objects.visible_to(reader).filter(matching)
        found = list(rows.in_order().prefetch_related("texts", "demands__texts")[:MOST_SUGGESTED])
    offered = [_suggestion(target, chosen=True) for target in kept]
    for recommendation in found:
        demands = list(recommendation.demands.all())
        for target in [Target(recommendation), *(Target(recommendation, demand) for demand in demands)]:
            if str(target) not in taken:
                offered.append(_suggestion(target))
    return offered


def _matching(said: str) -> Q | None:
    """The condition for a reference or paragraph that is begun, or for words that all stand in one text."""
    compact = said.replace(" ", "")
    if _REFERENCE.match(compact) or re.match(r"[A-Za-z]{3}-[A-Za-z0-9.-]*\Z", compact):
        return Q(reference__istartswith=compact)
    if _PARAGRAPH.match(compact.rstrip(".")):
        return Q(paragraph__istartswith=compact)
    words = _WORD.findall(said)
    if not words:
        return None
    matching = Q()
    for word in words[:6]:
        # SQLite folds the case of ASCII letters only, and endings change: a beginning in its usual spellings.
        begin = word.lower()[: max(4, len(word) - 2)]
        matching &= Q(texts__text__contains=begin) | Q(texts__text__contains=begin.capitalize())
    return Q(pk__in=Recommendation.objects.filter(matching).values("pk"))


def _suggestion(target: Target, *, chosen: bool = False) -> Suggestion:
    text = text_of(target)
    return Suggestion(str(target), text.text if text else "", text.language if text else "", chosen)


def text_of(target: Target) -> Any:
    """The text row to show for a target in the language of the pages, or None: of the demand where it is one.

    Reads the prefetched ``texts`` of both.
    """
    language = get_language() or "en"
    if target.demand is not None:
        texts = {row.language: row for row in target.demand.texts.all()}
        return texts.get(language[:2]) or texts.get("en") or next(iter(texts.values()), None)
    text, _fallback = preferred_text(target.recommendation, language)
    return text
