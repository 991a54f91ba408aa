"""Who wants to know that recommendations changed: the search index and other copies register here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple


class Content(NamedTuple):
    """What one recommendation is found by."""

    reference: str
    symbol: str
    state: int
    # (language, kind, text) of the recommendation, (language, text) of its demands.
    texts: list[tuple[str, str, str]]
    demands: list[tuple[str, str]]
    # (State, its own wording or "")
    recommending: list[tuple[int, str]]
    themes: list[int]
    # Earlier references.
    aliases: list[str]


Listener = Callable[[list[int], Mapping[int, Content]], object]

# Filled when the product starts, by capabilities that stand above this one. Each is called with ids of
# recommendations whose texts, themes, States or position changed, inside the transaction that changed them.
CHANGED: list[Listener] = []


def changed(ids: Iterable[int], *, new: Mapping[int, Content] | None = None) -> None:
    """Tell everyone who registered that these recommendations changed.

    ``new`` holds those that were made just now, by id: who writes thousands knows what is in them, so that nobody
    need read them again.
    """
    found = [*ids, *(new or ())]
    if found:
        for tell in CHANGED:
            tell(found, new or {})
