"""Which of the things to be told each person may see: asked of the visibility rules, for many people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recommendations.access.visibility import EVERYTHING, NOTHING, visible
from recommendations.organisations.models import User


@dataclass(frozen=True)
class Colleague:
    """Somebody with these roles in that organisation and nothing of her own: what she sees, all of them see."""

    roles: frozenset[str]
    organisation_id: int | None
    pk: int = 0  # nobody
    is_authenticated: bool = True
    is_active: bool = True


def visible_ids(model: Any, ids: set[int], person: User) -> set[int]:
    """Of these rows the ones the person may see now."""
    return set(model.objects.visible_to(person).filter(pk__in=ids).values_list("pk", flat=True))


def seen_by(model: Any, wanted: Mapping[int, set[int]], people: Mapping[int, User]) -> dict[int, set[int]]:
    """For each person (by id) those of the rows wanted for her that she may see.

    Rows that everybody sees need no query. Of the others it asks once for each organisation and set of roles, and
    singly only where a person's own authorship or admission could make the difference.
    """
    seen: dict[int, set[int]] = {}
    groups: dict[Colleague, list[int]] = defaultdict(list)
    for person in wanted:
        one = people[person]
        groups[Colleague(frozenset(one.roles), one.organisation_id)].append(person)
    for colleague, members in groups.items():
        rule = visible(model, people[members[0]])
        if rule is EVERYTHING or rule is NOTHING:
            seen |= {person: set(wanted[person]) if rule is EVERYTHING else set() for person in members}
            continue
        ids = set().union(*(wanted[person] for person in members))
        common = set(
            model._base_manager.filter(visible(model, colleague), pk__in=ids).values_list("pk", flat=True)
        )
        for person in members:
            rest = wanted[person] - common
            own = visible_ids(model, rest, people[person]) if rest else set()
            seen[person] = (wanted[person] & common) | own
    return seen
