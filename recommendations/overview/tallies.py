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
    if rows.query.where:
        before = f"WITH chosen AS MATERIALIZED ({chosen}) "
        parts = [_part(name, quote) for name in wanted]
    else:
        values = ()
        before = (
            "WITH few AS MATERIALIZED (SELECT state_id, cycle_id, position, count(*) AS n "
            f"FROM {quote(Recommendation._meta.db_table)} GROUP BY state_id, cycle_id, position) "
        )
        parts = [_part_of_everything(name, quote) for name in wanted]
    statement = before + " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for name, key, word, count in cursor.fetchall():
            found[name][word if name == "position" else key] = count
    return found


def _part(name: str, quote: Any) -> str:
    if name in _OWN:
        key, word = _value(name)
        return f"SELECT '{name}', {key}, {word}, count(*) FROM chosen GROUP BY {_OWN[name]}"
    model, column = _LINKED[name]
    return (
        f"SELECT '{name}', {column}, '', count(*) FROM {quote(model._meta.db_table)} "
        f"WHERE recommendation_id IN (SELECT pk FROM chosen) GROUP BY {column}"
    )


def _part_of_everything(name: str, quote: Any) -> str:
    """Counting whole tables is what their indexes are for; one index holds State, cycle and position together."""
    if name in _LINKED or name == "body":
        model, column = _LINKED.get(name, (Recommendation, "body_id"))
        return f"SELECT '{name}', {column}, '', count(*) FROM {quote(model._meta.db_table)} GROUP BY {column}"
    key, word = _value(name)
    return f"SELECT '{name}', {key}, {word}, CAST(sum(n) AS bigint) FROM few GROUP BY {_OWN[name]}"


def _value(name: str) -> tuple[str, str]:
    return ("CAST(NULL AS bigint)", "position") if name == "position" else (_OWN[name], "''")
