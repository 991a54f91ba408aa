"""Writing many rows at once: one function for the caller, two bodies, one for each database.

Values are given as the database's driver takes them (``moment`` and ``document`` turn times and JSON into that);
constraints and foreign keys are checked by the database as for every other row.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append rows; ``columns`` are names of columns (not of fields) in the order of the values."""
    if not rows:
        return
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"COPY {table} ({names}) FROM STDIN"
            # COPY is the driver's own, past Django: its faults become Django's here.
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def update(
    model: type[models.Model], columns: Sequence[str], key: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Set ``columns`` of the rows found by ``key``: each row of values holds the columns', then the key's."""
    if not rows:
        return
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(name)} = %s" for name in columns)
    where = " AND ".join(f"{quote(name)} = %s" for name in key)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {where}", rows)


def next_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """So many keys that no row has and none will get by itself, in order; call it inside the transaction."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # The writer's lock is held: nobody else takes a key meanwhile, and inserting them moves the counter.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return range(first, first + count)


def moment(at: datetime) -> Any:
    """A time as the column holds it."""
    return at if connection.vendor == "postgresql" else str(at.astimezone(UTC).replace(tzinfo=None))


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def document(value: Any) -> str:
    """A value as a JSON column holds it."""
    # Most changes and doubts of a large file are none.
    return "[]" if value == [] else _as_json(value)


def refresh_statistics(tables: Iterable[type[models.Model]]) -> None:
    """Let the database count anew what its planner believes about these tables (ANALYZE)."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Some thousand rows of each index tell as much as all of them, in a blink.
            cursor.execute("PRAGMA analysis_limit=2000")
        # Vacuumed, a new table of PostgreSQL is counted from its indexes alone; that cannot be done in a transaction.
        is_vacuumed = connection.vendor == "postgresql" and not connection.in_atomic_block
        for model in tables:
            verb = "VACUUM (ANALYZE)" if is_vacuumed else "ANALYZE"
            cursor.execute(f"{verb} {quote(model._meta.db_table)}")


class Turns:
    """Leaves others a turn at writing between the transactions of long work."""

    # SQLite gives its lock to whoever asks next, and those who wait ask every 0.1 s at the longest.
    WORK, PAUSE = 2.0, 0.11

    def __init__(self) -> None:
        self._since = time.monotonic()

    def between(self) -> None:
        """Call it outside of transactions: after some work others get their turn."""
        if connection.vendor == "sqlite" and time.monotonic() - self._since > self.WORK:
            time.sleep(self.PAUSE)
            self._since = time.monotonic()
