"""Full-text search of recommendations: the same stems, and so the same hits, on SQLite and PostgreSQL.

``matching`` filters and ranks; ``reindex`` writes the index for recommendations that changed. Stems are made in Python
(``words/stems.py``), because neither database knows Kazakh; what the databases do better, looking them up, sits behind
these two functions with a body for each.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connections, models, router, transaction
from django.db.models import F, FloatField, Func, QuerySet, Value

from recommendations.catalogue.index import Content
from recommendations.catalogue.models import (
    DemandText,
    Recommendation,
    RecommendationText,
    RecommendingState,
    ReferenceAlias,
    State,
    Theme,
)
from recommendations.overview.models import SearchEntry
from recommendations.vocabulary import TextKind
from recommendations.words.stems import LANGUAGES, query_terms, stems

# Ranking reads every hit. Of so many none is "the best" any more, and they come in the catalogue's order.
MOST_RANKED = 20_000
_CHUNK = 2_000
_MOST_TOKENS = 20_000
_LONGEST_TOKEN = 100
_LONGEST_QUERY = 500
_TABLE = SearchEntry._meta.db_table


def matching(queryset: QuerySet[Recommendation], query: str) -> QuerySet[Recommendation]:
    """The recommendations of ``queryset`` that hold every word of ``query``, annotated with ``rank`` (more is better).

    Words are found in any form, in English, Russian and Kazakh; references (``KAZ-2-124.26``), paragraphs and symbols
    are found as they are. A query of small words only ("in the") filters nothing. Put in order with ``best_first``.
    """
    terms = query_terms(query[:_LONGEST_QUERY])
    if not terms:
        return queryset.annotate(rank=Value(0.0, output_field=FloatField()))
    vendor = connections[queryset.db].vendor
    asked = _QUERY[vendor](terms)
    return queryset.filter(search_entry__stems__matches=asked).annotate(rank=_RANK[vendor](asked))


def best_first(rows: QuerySet[Any], total: int) -> QuerySet[Any]:
    """The rows of ``matching`` in order, the best first; of very many (``total``) in the catalogue's order."""
    return rows.order_by("order_key") if total > MOST_RANKED else rows.order_by("-rank", "order_key")


def reindex(recommendation_ids: Iterable[int], new: Mapping[int, Content] | None = None) -> int:
    """Writes the index of these recommendations anew, in the caller's transaction if there is one; returns how many.

    Takes ids in any number and a fixed number of queries for each 2,000 of them. An id without a recommendation loses
    its entry. What ``new`` holds is taken from there instead of the database, and has no entry yet.
    """
    new = new or {}
    ids = iter(recommendation_ids)
    names = _Names()
    written = 0
    while chunk := list(islice(ids, _CHUNK)):
        with transaction.atomic(using=_database()):
            earlier = [pk for pk in chunk if pk not in new]
            contents = {
                **{pk: new[pk] for pk in chunk if pk in new},
                **(_contents(earlier) if earlier else {}),
            }
            entries = list(_entries(contents, names))
            _WRITE[connections[_database()].vendor](earlier, entries)
        written += len(entries)
    if written >= _CHUNK and connections[_database()].vendor == "postgresql":
        # A GIN index takes many rows eight times faster through its list of pending ones; searches read that list
        # from end to end, so it must not stay.
        with connections[_database()].cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [f"{_TABLE}_stems"])
    return written


def reindex_all() -> int:
    """Writes the whole index anew and lets the database tidy it; returns how many recommendations it holds.

    In steps of 2,000, so that others write meanwhile; every search finds all there is at any moment.
    """
    written = reindex(list(Recommendation._base_manager.order_by("pk").values_list("pk", flat=True)))
    connection = connections[_database()]
    with connection.cursor() as cursor:
        known = Recommendation._meta.db_table
        cursor.execute(f"DELETE FROM {_TABLE} WHERE rowid NOT IN (SELECT id FROM {known})")
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {_TABLE}({_TABLE}) VALUES ('optimize')")
        else:
            cursor.execute(f"ANALYZE {_TABLE}")
    return written


# --- What a recommendation is found by ----------------------------------------------------------------------------


class _Names:
    """The stems of terms' names in three languages, each made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], int], list[str]] = {}

    def load(self, model: Any, ids: set[int]) -> None:
        missing = [pk for pk in ids if (model, pk) not in self._known]
        if not missing:
            return
        fields = [f"name_{language}" for language in LANGUAGES]
        for pk, *names in model._base_manager.filter(pk__in=missing).values_list("pk", *fields):
            self._known[model, pk] = [
                token
                for language, name in zip(LANGUAGES, names, strict=True)
                for token in _stems_of_name(name, language)
            ]

    def of(self, model: type[models.Model], pk: int) -> list[str]:
        return self._known.get((model, pk), [])


@functools.lru_cache(maxsize=2_000)
def _stems_of_name(name: str, language: str) -> tuple[str, ...]:
    return tuple(stems(name, language))


def _contents(ids: list[int]) -> dict[int, Content]:
    rows = list(
        Recommendation._base_manager.filter(**_among("pk", ids)).values_list(
            "pk", "reference", "document__symbol", "state_id"
        )
    )
    texts = _grouped(RecommendationText, ids, "recommendation", "language", "kind", "text")
    demands = _grouped(DemandText, ids, "demand__recommendation", "language", "text")
    recommending = _grouped(RecommendingState, ids, "recommendation", "state", "wording")
    aliases = _grouped(ReferenceAlias, ids, "recommendation", "reference")
    themes = _grouped(Recommendation.themes.through, ids, "recommendation", "theme")
    return {
        pk: Content(
            reference,
            symbol,
            state,
            texts=texts[pk],
            demands=demands[pk],
            recommending=recommending[pk],
            themes=[theme for (theme,) in themes[pk]],
            aliases=[alias for (alias,) in aliases[pk]],
        )
        for pk, reference, symbol, state in rows
    }


def _entries(contents: Mapping[int, Content], names: _Names) -> Iterator[tuple[int, list[str]]]:
    found = contents.values()
    states = {made_by for content in found for made_by, _ in content.recommending}
    names.load(State, states | {content.state for content in found})
    names.load(Theme, {theme for content in found for theme in content.themes})
    for pk, content in contents.items():
        tokens = stems(" ".join([content.reference, content.symbol, *content.aliases]))
        official = any(kind == TextKind.OFFICIAL for _, kind, _ in content.texts)
        for language, kind, text in content.texts:
            # As on the page: no paraphrase beside an official text.
            if kind != TextKind.PARAPHRASE or not official:
                tokens += stems(text, language)
        for language, text in content.demands:
            tokens += stems(text, language)
        for made_by, wording in content.recommending:
            tokens += names.of(State, made_by)
            if wording:
                tokens += stems(wording)
        for theme in content.themes:
            tokens += names.of(Theme, theme)
        tokens += names.of(State, content.state)
        if len(tokens) > _MOST_TOKENS or max(map(len, tokens)) > _LONGEST_TOKEN:
            tokens = [token[:_LONGEST_TOKEN] for token in tokens[:_MOST_TOKENS]]
        yield pk, tokens


def _among(field: str, ids: list[int]) -> dict[str, Any]:
    """The lookup for rows of these recommendations; an import gives keys without a gap, which two bounds name."""
    if ids and max(ids) - min(ids) + 1 == len(set(ids)):
        return {f"{field}__gte": min(ids), f"{field}__lte": max(ids)}
    return {f"{field}__in": ids}


def _grouped(model: Any, ids: list[int], owner: str, *fields: str) -> dict[int, list[Any]]:
    """The fields of a model's rows by the recommendation they belong to."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = model._base_manager.filter(**_among(owner, ids)).order_by("pk")
    for row in rows.values_list(owner, *fields):
        found[row[0]].append(row[1:])
    return found


# --- What each database does in its own way ------------------------------------------------------------------------

Terms = Sequence[tuple[str, ...]]
Entries = list[tuple[int, list[str]]]


def _database() -> str:
    return router.db_for_write(SearchEntry)


def _fts5_query(terms: Terms) -> str:
    # Tokens hold letters, digits and -./ only; quoted, none is taken for an operator.
    return " AND ".join("(" + " OR ".join(f'"{token}"' for token in term) + ")" for term in terms)


def _tsquery(terms: Terms) -> str:
    return " & ".join("(" + " | ".join(f"'{token}'" for token in term) + ")" for term in terms)


def _fts5_rank(asked: str) -> Any:
    # bm25, which FTS5 gives as a negative number: the less, the better.
    return Func(F("search_entry__rank"), template="-%(expressions)s", output_field=FloatField())


def _ts_rank(asked: str) -> Any:
    # 1: a long text is not better for holding a word more often.
    return Func(
        F("search_entry__stems"),
        Value(asked),
        template="ts_rank(%(expressions)s::tsquery, 1)",
        output_field=FloatField(),
    )


def _write_fts5(earlier: list[int], entries: Entries) -> None:
    with connections[_database()].cursor() as cursor:
        if earlier:
            cursor.executemany(f"DELETE FROM {_TABLE} WHERE rowid = %s", [(pk,) for pk in earlier])
        cursor.executemany(
            f"INSERT INTO {_TABLE}(rowid, stems) VALUES (%s, %s)",
            [(pk, " ".join(tokens)) for pk, tokens in entries],
        )


def _write_tsvector(earlier: list[int], entries: Entries) -> None:
    with connections[_database()].cursor() as cursor:
        if earlier:
            cursor.execute(f"DELETE FROM {_TABLE} WHERE rowid = ANY(%s)", [earlier])
        cursor.execute(
            f"INSERT INTO {_TABLE}(rowid, stems) SELECT entry.pk, entry.stems::tsvector "
            "FROM unnest(%s::bigint[], %s::text[]) AS entry(pk, stems)",
            [[pk for pk, _ in entries], [_tsvector(tokens) for _, tokens in entries]],
        )


def _tsvector(tokens: list[str]) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    for place, token in enumerate(tokens, 1):
        places[token].append(str(place))
    return " ".join(f"'{token}':{','.join(found)}" for token, found in places.items())


_QUERY: dict[str, Callable[[Terms], str]] = {"sqlite": _fts5_query, "postgresql": _tsquery}
_RANK: dict[str, Callable[[str], Any]] = {"sqlite": _fts5_rank, "postgresql": _ts_rank}
_WRITE: dict[str, Callable[[list[int], Entries], None]] = {
    "sqlite": _write_fts5,
    "postgresql": _write_tsvector,
}
