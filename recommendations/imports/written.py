"""What a run wrote, read from its traces: the recommendations it made, those it changed, what it added besides."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q

from recommendations.catalogue.models import Recommendation
from recommendations.imports.models import ImportRun
from recommendations.imports.traces import Change, Row, parts

# So many ranges of keys are asked for in one query.
_MOST_RANGES = 50
_OWNERS = {field.model._meta.label: field.attname for field in parts()}
_OWNERS[Recommendation._meta.label] = "id"


@dataclass
class Part:
    """What the run wrote of one State in one transaction."""

    # [first, last] of the keys of new recommendations, ascending
    created: list[list[int]] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    # (table, key) of cycles and documents that were added, in order
    made: list[tuple[str, int]] = field(default_factory=list)
    followed: list[int] = field(default_factory=list)
    # table → the last key in it when the transaction ended
    last: dict[str, int] = field(default_factory=dict)

    def among_created(self, name: str) -> Iterator[Q]:
        """Conditions on a key (``name``) that hold for the new recommendations, some ranges in each."""
        for start in range(0, len(self.created), _MOST_RANGES):
            wanted = Q()
            for first, last in self.created[start : start + _MOST_RANGES]:
                wanted |= Q(**{f"{name}__gte": first, f"{name}__lte": last})
            yield wanted


@dataclass
class Written:
    """All that a run wrote."""

    parts: list[Part] = field(default_factory=list)
    # table → keys of rows that were added to recommendations that were there before
    added: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def created(self) -> list[list[int]]:
        """[first, last] of the keys of all new recommendations, ascending."""
        return _joined([one for part in self.parts for one in part.created])

    @cached_property
    def changed(self) -> set[int]:
        """The keys of the recommendations that were there before and were changed."""
        return {key for part in self.parts for key in part.changed}

    @property
    def count(self) -> int:
        """How many recommendations are new."""
        return sum(last - first + 1 for first, last in self.created)

    def has_created(self, key: int) -> bool:
        """Whether the run recorded the recommendation of this key."""
        place = bisect_right(self.created, key, key=lambda one: one[0]) - 1
        return place >= 0 and key <= self.created[place][1]

    def keys(self, size: int) -> Iterator[list[int]]:
        """The keys of all new recommendations, so many at a time."""
        for first, last in self.created:
            for start in range(first, last + 1, size):
                yield list(range(start, min(start + size, last + 1)))


def read(run: ImportRun) -> Written:
    """What the run wrote, by keys; what it changed is read one trace at a time (``changes``)."""
    written, part = Written(), Part()
    for content in _contents(run, "pk"):
        if "last" in content:
            part.created = _joined(part.created)
            part.made = [(label, key) for label, key in content["made"]]
            part.followed, part.last = content["followed"], content["last"]
            written.parts.append(part)
            part = Part()
            continue
        part.created.extend(content["created"])
        for label, key, before, after in content["changed"]:
            owner = owner_of(label, after or before)
            if owner is None:
                continue
            part.changed.add(owner)
            if before is None:
                written.added[label].add(key)
    return written


def changes(run: ImportRun) -> Iterator[list[Change]]:
    """What the run changed row by row, a thousand recommendations at a time, the last first."""
    for content in _contents(run, "-pk"):
        if content.get("changed"):
            yield [(label, key, before, after) for label, key, before, after in content["changed"]]


def owner_of(label: str, row: Row) -> int | None:
    """The key of the recommendation to which a row of the catalogue belongs; None for a document."""
    return row[_OWNERS[label]] if label in _OWNERS else None


def _contents(run: ImportRun, order: str) -> Iterator[dict[str, Any]]:
    # One may hold a thousand rows twice: few at a time, so that memory stays flat.
    yield from run.traces.order_by(order).values_list("content", flat=True).iterator(chunk_size=2)


def _joined(ranges: list[list[int]]) -> list[list[int]]:
    found: list[list[int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(last, found[-1][1])
        else:
            found.append([first, last])
    return found
