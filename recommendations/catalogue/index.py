"""Who wants to know that recommendations changed: the search index and other copies register here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

# Filled when the product starts, by capabilities that stand above this one. Each is called with ids of
# recommendations whose texts, themes, States or position changed, inside the transaction that changed them.
CHANGED: list[Callable[[list[int]], object]] = []


def changed(ids: Iterable[int]) -> None:
    """Tell everyone who registered that these recommendations changed."""
    found = list(ids)
    if found:
        for tell in CHANGED:
            tell(found)
