"""The vault's store: where bytes of evidence lie, sealed. What is derived from evidence lies here, too.

Who takes bytes in writes them to an ``Incoming`` piece by piece and then ``put``s it; who hands them out ``open``s
them. No function gives a path of clear bytes, since there is none.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import IO

from django.conf import settings

from recommendations.formats.storing import Incoming, Store

__all__ = ["STORE", "Incoming", "content", "folder", "incoming", "open", "put", "remove", "size"]


def folder() -> Path:
    """The vault's folder."""
    return Path(settings.DATA_DIR) / "evidence"


STORE = Store(folder)


def incoming(*, most_bytes: int | None = None) -> Incoming:
    """Begin a file: hashed as it comes, sealed from its first byte. Raises ``FileProblem`` where the disk does not."""
    return STORE.incoming(most_bytes=most_bytes)


def put(coming: Incoming) -> str:
    """Give a file its place and return ``stored_as``, for its row; within ``vault.all_or_nothing`` say it there."""
    return STORE.put(coming)


def open(stored_as: str) -> IO[bytes]:
    """The bytes as they came, in flat memory, from front to end. Raises ``OSError``, ``Unreadable`` is one."""
    return STORE.open(stored_as)


def content(stored_as: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    """The bytes as they came in memory that no disk sees, with a descriptor: for a parser in the sandbox."""
    return STORE.content(stored_as)


def remove(stored_as: str) -> None:
    """Remove a file; harmless when it is gone."""
    STORE.remove(stored_as)


def size(stored_as: str) -> int:
    """How many bytes it takes on the disk, sealed. Raises ``OSError`` where it is gone."""
    return STORE.size(stored_as)
