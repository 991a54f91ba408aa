"""How long a process waits for PostgreSQL's answer, and how it finds the way back after an outage.

PostgreSQL itself ends a statement that takes too long; one that hangs, or is cut off, ends nothing. So whoever asked
looks at the clock too. See decision 07.
"""

from __future__ import annotations

import time
from typing import Any, Self

import psycopg
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool

AFTER_THE_SERVER = (
    0.5  # seconds: PostgreSQL may end a statement first, which says more than that it is silent
)
LOOK = 1.0  # seconds for the pool's question whether a connection that lay idle is alive
POOL = 3.0  # seconds a page waits for a connection; with LOOK and the page that says so it stays below five
CONNECT = 3  # seconds for a new connection; whole ones, as libpq counts
BACK_WITHIN = 2.0  # seconds for which a connection that was refused is tried again
BETWEEN = 0.2  # seconds between two tries


class Impatient(psycopg.Connection[Any]):
    """A connection that is closed, with an OperationalError, where its server keeps silent for too long."""

    # Seconds; set by those_who_wait().
    patience = 300.0

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Connect, again and again for a moment: a database that is started anew refuses for a second or two.

        The pool by itself would wait 1, 2, 4, 8 … seconds between its tries, while people wait for their pages.
        """
        until = time.monotonic() + BACK_WITHIN
        while True:
            try:
                return super().connect(conninfo, **options)
            except psycopg.OperationalError:
                if time.monotonic() + BETWEEN > until:
                    raise
            time.sleep(BETWEEN)

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; `timeout` (seconds) is for those who wait for nothing in particular, as for a notice."""
        if timeout is not None:
            return super().wait(gen, interval=interval, timeout=timeout)
        try:
            return super().wait(gen, interval=interval, timeout=self.patience)
        except psycopg.errors._WaitTimeout:
            # An answer that comes later must not be taken for the answer to another question.
            self.pgconn.finish()
            seconds = f"{self.patience:g}"
        raise psycopg.OperationalError(f"the database has not answered for {seconds} s")

    def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        """Django asks through cursors; what comes here without words is the pool's look at an idle connection."""
        if query != "":
            return super().execute(query, *args, **options)
        patience, self.patience = self.patience, min(LOOK, self.patience)
        try:
            return super().execute(query, *args, **options)
        except psycopg.OperationalError:
            # What broke this one broke its neighbours: the pool would find them out one by one, and wait 1, 2, 4 …
            # seconds between two of them.
            if isinstance(self._pool, ConnectionPool):
                self._pool.drain()
            raise
        finally:
            self.patience = patience


def those_who_wait(statement_seconds: int) -> type[Impatient]:
    """The class of connections for a process whose statements may take so many seconds."""

    class Waiting(Impatient):
        patience = statement_seconds + AFTER_THE_SERVER

    return Waiting


def pool(statement_seconds: int, connections: int) -> dict[str, Any]:
    """What Django is to tell psycopg's pool."""
    return {
        "min_size": 1,
        "max_size": connections,
        "timeout": POOL,
        # Trying again is done above, without gaps; whoever asks later begins anew, at once.
        "reconnect_timeout": BETWEEN,
        "connection_class": those_who_wait(statement_seconds),
    }
