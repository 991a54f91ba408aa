"""Why a recommendation was found: the passage that holds the words asked for, and in which text it stands.

Looks where the search looks (``overview/search.py``) and nowhere else; all of it is seen by whoever sees the
recommendation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from recommendations.catalogue.models import (
    DemandText,
    Recommendation,
    RecommendationText,
    RecommendingState,
    ReferenceAlias,
)
from recommendations.vocabulary import TextKind, TextLanguage
from recommendations.words.stems import LANGUAGES, found_in, query_terms

MOST = 3
_BEFORE, _PASSAGE = 60, 200

Piece = tuple[str, bool]  # a part of a text, and whether it is one of the words asked for


@dataclass(frozen=True, slots=True)
class Found:
    """One passage: where it stands, in words, its language, and its parts."""

    where: str
    language: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    where: str
    language: str
    text: str


def why_found(ids: Sequence[int], query: str, shown: dict[int, str]) -> dict[int, tuple[Found, ...]]:
    """For each recommendation at most three passages that together hold the words of ``query``.

    ``shown`` are the texts that the list shows already, by recommendation: they are looked at first. Five queries
    however many recommendations; none for a query of small words.
    """
    terms = query_terms(query)
    if not terms or not ids:
        return {}
    texts = _texts_of(ids)
    found = {}
    for pk in ids:
        first = shown.get(pk, "")
        ordered = sorted(texts[pk], key=lambda one: one.text != first)
        found[pk] = tuple(_passages(ordered, terms))
    return found


def marked(text: str, query: str, language: str) -> tuple[Piece, ...]:
    """The whole text in parts, the words that ``query`` asks for marked."""
    return tuple((part, bool(hits)) for part, hits in found_in(text, query_terms(query), language))


def _passages(texts: list[_Text], terms: list[tuple[str, ...]]) -> Iterator[Found]:
    missing = set(range(len(terms)))
    told = 0
    for one in texts:
        parts = found_in(one.text, terms, one.language)
        held = {term for _part, hits in parts for term in hits}
        if held & missing:
            yield Found(one.where, one.language, _around(parts, missing))
            missing -= held
            told += 1
        if not missing or told == MOST:
            return


def _around(parts: list[tuple[str, frozenset[int]]], wanted: set[int]) -> tuple[Piece, ...]:
    """The parts about the first word that is wanted, cut between words, with … where something is left out."""
    first = next(place for place, (_part, hits) in enumerate(parts) if hits & wanted)
    start, length = first, 0
    while start and length + len(parts[start - 1][0]) <= _BEFORE:
        start -= 1
        length += len(parts[start][0])
    end = first + 1
    length += len(parts[first][0])
    while end < len(parts) and length + len(parts[end][0]) <= _PASSAGE:
        length += len(parts[end][0])
        end += 1
    pieces: list[Piece] = [(part, bool(hits)) for part, hits in parts[start:end]]
    return (*([("… ", False)] if start else []), *pieces, *([(" …", False)] if end < len(parts) else []))


def _texts_of(ids: Sequence[int]) -> dict[int, list[_Text]]:
    """What each recommendation is found by, in the order in which a reader is told of it."""
    found: dict[int, list[_Text]] = defaultdict(list)
    own: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    rows = RecommendationText.objects.filter(recommendation__in=ids)
    for pk, *rest in rows.values_list("recommendation_id", "language", "kind", "text"):
        own[pk].append((rest[0], rest[1], rest[2]))
    for pk, texts in own.items():
        official = any(kind == TextKind.OFFICIAL for _language, kind, _text in texts)
        for language, kind, text in texts:
            if kind != TextKind.PARAPHRASE or not official:
                found[pk].append(_Text(_in_language(str(TextKind(kind).label), language), language, text))
    demands = DemandText.objects.filter(demand__recommendation__in=ids).order_by("demand__letter", "pk")
    for pk, letter, language, text in demands.values_list(
        "demand__recommendation_id", "demand__letter", "language", "text"
    ):
        where = _in_language(_("Demand (%(letter)s)") % {"letter": letter}, language)
        found[pk].append(_Text(where, language, text))
    made = RecommendingState.objects.filter(recommendation__in=ids).select_related("state")
    for row in made.order_by("order", "pk"):
        found[row.recommendation_id] += _names(pgettext("of a recommendation", "Made by"), row.state)
        if row.wording:
            where = _("Wording of %(state)s") % {"state": row.state}
            found[row.recommendation_id].append(_Text(where, "en", row.wording))
    known = Recommendation.objects.filter(pk__in=ids).select_related("state", "document")
    for recommendation in known.prefetch_related("themes"):
        pk = recommendation.pk
        for theme in recommendation.themes.all():
            found[pk] += _names(_("Theme"), theme)
        found[pk] += _names(_("State under review"), recommendation.state)
        found[pk].append(_Text(_("Reference"), "en", recommendation.reference))
        found[pk].append(_Text(_("Document"), "en", recommendation.document.symbol))
    for pk, reference in ReferenceAlias.objects.filter(recommendation__in=ids).values_list(
        "recommendation_id", "reference"
    ):
        found[pk].append(_Text(_("Earlier reference"), "en", reference))
    return found


def _names(where: str, term: Any) -> list[_Text]:
    """The names of a term, the one in the reader's language first."""
    texts = [_Text(where, language, getattr(term, f"name_{language}")) for language in LANGUAGES]
    return sorted((one for one in texts if one.text), key=lambda one: one.text != term.name)


def _in_language(where: str, language: str) -> str:
    known = dict(TextLanguage.choices)
    return f"{where} ({known.get(language, language)})"
