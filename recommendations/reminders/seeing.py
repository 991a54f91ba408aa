"""Which of the things to be told each person may see: asked of the visibility rules, for many people at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from recommendations.access.visibility import EVERYTHING, NOTHING, visible
from recommendations.organisations.models import User
from recommendations.web.many import among

# Person and row of each pair, out of one parameter.
PAIRS = {
    "sqlite": "SELECT json_extract(value, '$[0]') AS person, json_extract(value, '$[1]') AS anchor FROM json_each(%s)",
    "postgresql": (
        "SELECT (value->>0)::bigint AS person, (value->>1)::bigint AS anchor "
        "FROM jsonb_array_elements(%s::jsonb) AS value"
    ),
}


@dataclass(frozen=True)
class Anybody:
    """Somebody with these roles. By itself without an organisation and with nothing of her own: what such a person
    sees, all with these roles see.
    """

    roles: frozenset[str]
    organisation_id: Any = None
    pk: Any = 0  # nobody
    is_authenticated: bool = True
    is_active: bool = True


def visible_ids(model: Any, ids: set[int], person: User) -> set[int]:
    """Of these rows the ones the person may see now."""
    return set(model.objects.visible_to(person).filter(pk__in=among(ids)).values_list("pk", flat=True))


def seen_by(model: Any, wanted: Mapping[int, set[int]], people: Mapping[int, User]) -> dict[int, set[int]]:
    """For each person (by id) those of the rows wanted for her that she may see.

    Rows that everybody sees need no query. Of the others it asks twice for each set of roles, however many people
    have it: for what all of them see, and for what each sees beyond, by her organisation, authorship or admission.
    """
    seen: dict[int, set[int]] = {}
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for person in wanted:
        groups[frozenset(people[person].roles)].append(person)
    for roles, members in groups.items():
        rule = visible(model, people[members[0]])
        if rule is EVERYTHING or rule is NOTHING:
            seen |= {person: set(wanted[person]) if rule is EVERYTHING else set() for person in members}
            continue
        ids = set().union(*(wanted[person] for person in members))
        common = set(
            model._base_manager.filter(visible(model, Anybody(roles)), pk__in=among(ids)).values_list(
                "pk", flat=True
            )
        )
        seen |= {person: wanted[person] & common for person in members}
        rest = [(person, row) for person in members for row in wanted[person] - common]
        for one, row in _beyond(model, roles, rest):
            seen[one].add(row)
    return seen


def _beyond(model: Any, roles: frozenset[str], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs of person and row of which the rule holds: one statement, in which the reader is a row of its own."""
    if not pairs:
        return []
    reader = Anybody(roles, RawSQL('"reader"."organisation_id"', []), RawSQL('"reader"."id"', []))
    rows = model._base_manager.filter(visible(model, reader), pk=RawSQL('"pair"."anchor"', []))
    inner, parameters = rows.values("pk").order_by().query.sql_with_params()
    table = connection.ops.quote_name(User._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "pair"."person", "pair"."anchor" FROM ({PAIRS[connection.vendor]}) AS "pair" '
            f'JOIN {table} AS "reader" ON "reader"."id" = "pair"."person" WHERE EXISTS ({inner})',
            [json.dumps(pairs), *parameters],
        )
        return cursor.fetchall()
