"""How often each value stands in a selection of recommendations: for several filters in one statement.

The selection is worked out once and kept for the length of the statement; asked filter by filter, the database would
search and filter anew for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from recommendations.catalogue.models import Recommendation, RecommendingState

# Values that stand in the recommendation's own row, and those that stand in rows of their own.
_OWN = {"state": "state_id", "cycle": "cycle_id", "body": "body_id", "position": "position"}
_LINKED: dict[str, tuple[Any, str]] = {
    "theme": (Recommendation.themes.through, "theme_id"),
    "group": (Recommendation.groups.through, "affectedgroup_id"),
    "goal": (Recommendation.goals.through, "goal_id"),
    "recommending": (RecommendingState, "state_id"),
}
NAMES = frozenset((*_OWN, *_LINKED))


def tallies(rows: QuerySet[Recommendation], names: Iterable[str]) -> dict[str, dict[Any, int]]:
    """For each of the named filters how many of the rows have which value: a key, or the position's own word."""
    wanted = list(names)
    found: dict[str, dict[Any, int]] = {name: {} for name in wanted}
    try:
        chosen, values = rows.values("pk", *_OWN.values()).query.sql_with_params()
    except EmptyResultSet:
        return found
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    everything = not rows.query.where
    parts = [_part(name, quote, everything) for name in wanted]
    statement = " UNION ALL ".join(parts)
    if everything:
        # Counting the whole tables is what their indexes are for.
        values = ()
    else:
        statement = f"WITH chosen AS MATERIALIZED ({chosen}) {statement}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for name, key, word, count in cursor.fetchall():
            found[name][word if key is None and name == "position" else key] = count
    return found


def _part(name: str, quote: Any, everything: bool) -> str:
    if name in _OWN:
        column = quote(_OWN[name])
        source = quote(Recommendation._meta.db_table) if everything else "chosen"
        key, word = ("CAST(NULL AS bigint)", column) if name == "position" else (column, "''")
        return f"SELECT '{name}', {key}, {word}, count(*) FROM {source} GROUP BY {column}"
    model, column = _LINKED[name][0], quote(_LINKED[name][1])
    chosen = "" if everything else " WHERE recommendation_id IN (SELECT pk FROM chosen)"
    return f"SELECT '{name}', {column}, '', count(*) FROM {quote(model._meta.db_table)}{chosen} GROUP BY {column}"
