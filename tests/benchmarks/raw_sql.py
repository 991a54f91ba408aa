"""The list's questions in plain SQL, written by hand: what the pages are measured against.

They give the same answers as the page: the count, the page's rows with all their lists, and the counts beside every
filter, each with all filters but its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

R = "recommendations_recommendation"
SEARCH = "recommendations_search"
PAGE = 50


@dataclass
class Selection:
    """A selection as conditions on `r`, by the name of their filter, and the words that are searched for."""

    conditions: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)
    search: tuple[str, list[Any]] | None = None

    def where(self, *, without: str = "") -> tuple[str, list[Any]]:
        """The conditions joined, with their values."""
        parts = [part for name, part in self.conditions.items() if name != without]
        if self.search:
            parts.append(self.search)
        if not parts:
            return "1 = 1", []
        return " AND ".join(text for text, _ in parts), [value for _, values in parts for value in values]


def one_of(table: str, column: str, keys: list[int]) -> tuple[str, list[Any]]:
    """The condition that a recommendation has one of these terms."""
    places = ", ".join(["%s"] * len(keys))
    return f"r.id IN (SELECT recommendation_id FROM {table} WHERE {column} IN ({places}))", keys


def holds(asked: str) -> tuple[str, list[Any]]:
    """The condition of a search, in the database's own language."""
    match = "stems MATCH %s" if connection.vendor == "sqlite" else "stems @@ %s::tsquery"
    return f"r.id IN (SELECT rowid FROM {SEARCH} WHERE {match})", [asked]


def ask(statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def count(selection: Selection) -> int:
    """How many recommendations."""
    where, values = selection.where()
    return ask(f"SELECT count(*) FROM {R} r WHERE {where}", values)[0][0]


def page(selection: Selection, *, offset: int = 0) -> list[tuple[Any, ...]]:
    """One page's rows in the order of the catalogue, with their texts, States, terms, ratings and evidence."""
    where, values = selection.where()
    ids = ask(
        f"SELECT r.id FROM {R} r WHERE {where} ORDER BY r.order_key LIMIT {PAGE} OFFSET {offset}", values
    )
    return rows_of([pk for (pk,) in ids])


def best(asked: str) -> list[tuple[Any, ...]]:
    """The fifty that fit a search best."""
    if connection.vendor == "sqlite":
        ids = ask(
            f"SELECT r.id FROM {SEARCH} s JOIN {R} r ON r.id = s.rowid WHERE s.stems MATCH %s "
            f"ORDER BY s.rank, r.order_key LIMIT {PAGE}",
            [asked],
        )
    else:
        ids = ask(
            f"SELECT r.id FROM {SEARCH} s JOIN {R} r ON r.id = s.rowid WHERE s.stems @@ %s::tsquery "
            f"ORDER BY ts_rank(s.stems, %s::tsquery, 1) DESC, r.order_key LIMIT {PAGE}",
            [asked, asked],
        )
    return rows_of([pk for (pk,) in ids])


def rows_of(ids: list[int]) -> list[tuple[Any, ...]]:
    """What the page shows of these recommendations."""
    places = ", ".join(["%s"] * len(ids)) or "NULL"
    heads = ask(
        "SELECT r.id, r.reference, r.paragraph, r.position, r.position_on, c.key, d.symbol, t.name_en "
        f"FROM {R} r JOIN recommendations_document d ON d.id = r.document_id "
        "LEFT JOIN recommendations_reviewcycle c ON c.id = r.cycle_id "
        f"LEFT JOIN recommendations_theme t ON t.id = r.lead_theme_id WHERE r.id IN ({places})",
        ids,
    )
    for statement in (
        f"SELECT recommendation_id, language, kind, text FROM {R}text WHERE recommendation_id IN ({places})",
        "SELECT m.recommendation_id, s.name_en FROM recommendations_recommendingstate m "
        f'JOIN recommendations_state s ON s.id = m.state_id WHERE m.recommendation_id IN ({places}) ORDER BY m."order"',
        f"SELECT l.recommendation_id, t.name_en FROM {R}_themes l JOIN recommendations_theme t ON t.id = l.theme_id "
        f"WHERE l.recommendation_id IN ({places})",
        f"SELECT l.recommendation_id, t.name_en FROM {R}_groups l "
        "JOIN recommendations_affectedgroup t ON t.id = l.affectedgroup_id "
        f"WHERE l.recommendation_id IN ({places})",
        f"SELECT l.recommendation_id, t.number FROM {R}_goals l JOIN recommendations_goal t ON t.id = l.goal_id "
        f"WHERE l.recommendation_id IN ({places})",
        "SELECT i.recommendation_id, s.rating, s.differs, s.spread FROM recommendations_compliancestatus s "
        "JOIN recommendations_rounditem i ON i.id = s.item_id "
        f"WHERE i.is_current AND s.audience = 'coalition' AND i.recommendation_id IN ({places})",
        "SELECT i.recommendation_id, r.status, a.cutoff_on, o.short_name FROM recommendations_rounditem i "
        "LEFT JOIN recommendations_itemrating r ON r.item_id = i.id AND r.demand_id IS NULL "
        "LEFT JOIN recommendations_assessment a ON a.id = r.assessment_id "
        "LEFT JOIN recommendations_organisation o ON o.id = i.organisation_id "
        f"WHERE i.is_current AND i.recommendation_id IN ({places})",
        "SELECT l.recommendation_id, count(DISTINCT l.evidence_id) FROM recommendations_evidencelink l "
        "JOIN recommendations_evidence e ON e.id = l.evidence_id AND e.confidentiality <> 'restricted' "
        f"WHERE l.recommendation_id IN ({places}) GROUP BY l.recommendation_id",
    ):
        ask(statement, ids)
    return heads


def facets(selection: Selection) -> dict[str, list[tuple[Any, ...]]]:
    """The counts beside every value of every filter."""
    found = {}
    for name, column in (
        ("state", "state_id"),
        ("cycle", "cycle_id"),
        ("position", "position"),
        ("body", "body_id"),
    ):
        where, values = selection.where(without=name)
        found[name] = ask(f"SELECT r.{column}, count(*) FROM {R} r WHERE {where} GROUP BY r.{column}", values)
    for name, table, column in (
        ("theme", f"{R}_themes", "theme_id"),
        ("group", f"{R}_groups", "affectedgroup_id"),
        ("goal", f"{R}_goals", "goal_id"),
        ("recommending", "recommendations_recommendingstate", "state_id"),
    ):
        where, values = selection.where(without=name)
        found[name] = ask(
            f"SELECT l.{column}, count(*) FROM {table} l JOIN {R} r ON r.id = l.recommendation_id "
            f"WHERE {where} GROUP BY l.{column}",
            values,
        )
    where, values = selection.where()
    items = f"recommendations_rounditem i JOIN {R} r ON r.id = i.recommendation_id"
    found["rating"] = ask(
        "SELECT s.rating, s.differs, count(*) FROM recommendations_compliancestatus s "
        f"JOIN {items.replace(' i JOIN', ' i ON i.id = s.item_id JOIN', 1)} "
        f"WHERE s.audience = 'coalition' AND i.is_current AND {where} GROUP BY s.rating, s.differs",
        values,
    )
    found["status"] = ask(
        "SELECT q.status, count(DISTINCT i.recommendation_id) FROM recommendations_itemrating q "
        f"JOIN {items.replace(' i JOIN', ' i ON i.id = q.item_id JOIN', 1)} "
        f"WHERE i.is_current AND q.demand_id IS NULL AND {where} GROUP BY q.status",
        values,
    )
    found["organisation"] = ask(
        f"SELECT i.organisation_id, i.assignee_id, count(*) FROM {items} WHERE i.is_current AND {where} "
        "GROUP BY i.organisation_id, i.assignee_id",
        values,
    )
    found["evidence"] = ask(
        "SELECT count(DISTINCT l.recommendation_id) FROM recommendations_evidencelink l "
        "JOIN recommendations_evidence e ON e.id = l.evidence_id AND e.confidentiality <> 'restricted' "
        f"JOIN {R} r ON r.id = l.recommendation_id WHERE {where}",
        values,
    )
    return found


def positions_by_cycle() -> list[tuple[Any, ...]]:
    """How many recommendations of each cycle got which answer, over everything."""
    return ask(f"SELECT cycle_id, position, count(*) FROM {R} GROUP BY cycle_id, position")
