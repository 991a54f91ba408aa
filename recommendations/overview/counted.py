"""Counts that were counted already: kept by this process until the log tells that something happened.

Whoever changes anything writes an event in the same transaction (``audit.log``), so the hash of the last event says of
which state of the data a count is true. An import writes its one event at the end: until then the number of rows in
the selection, which is part of every key, tells the States apart that are in already.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from recommendations.audit.models import ChainHead

MOST = 4_000
# Reference data are loaded without an event: a changed name of a theme is shown after so many seconds at the latest.
SECONDS = 120.0

_kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
_lock = threading.Lock()


def stamp() -> str:
    """What changes whenever something changed; empty while nothing was ever logged, and then nothing is kept."""
    return ChainHead.objects.values_list("hash", flat=True).filter(number__gt=0).first() or ""


def once(key: tuple[Hashable, ...], count: Callable[[], Any]) -> Any:
    """What ``count`` gives, or gave under this key; the key begins with a stamp."""
    if not key[0]:
        return count()
    now = time.monotonic()
    with _lock:
        found = _kept.get(key)
        if found is not None and now - found[0] < SECONDS:
            _kept.move_to_end(key)
            return found[1]
    counted = count()
    with _lock:
        _kept[key] = now, counted
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return counted


def forget() -> None:
    """Count everything anew."""
    with _lock:
        _kept.clear()
