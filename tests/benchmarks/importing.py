"""The import of everything, beside the raw load of the very rows it wrote into the same indexed tables."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from recommendations.catalogue.models import (
    Document,
    Position,
    Recommendation,
    RecommendationText,
    RecommendingState,
    ReviewCycle,
    StateClaim,
)
from recommendations.imports import runs
from recommendations.imports.difference import LISTS
from recommendations.imports.models import ImportRun
from recommendations.overview.models import SearchEntry
from recommendations.vocabulary import ImportState
from tests.benchmarks import databases
from tests.benchmarks.figures import MEGABYTES, RATE, SECONDS, Bar, Figure, busy_seconds
from tests.benchmarks.memory import Peak
from tracker.addresses import SQLITE_START

CHUNK = 20_000
# Parents first: the raw load keeps the foreign keys as every other writer does.
MODELS = (ReviewCycle, Document, Recommendation, RecommendationText, RecommendingState, Position, StateClaim)


def tables() -> list[tuple[str, list[str], str]]:
    """What an import writes into the catalogue, search index included: table, columns, and the column of its key.

    These rows the raw load writes as well. The plan's rows, the traces for taking back, the run and the log it does
    not: they are what the product keeps so that an import can be seen, confirmed and undone. Whoever only loads rows
    does without, so they count against the product.
    """
    through = [getattr(Recommendation, name).through for name in LISTS]
    found = [
        (model._meta.db_table, [field.column for field in model._meta.concrete_fields], "id")
        for model in (*MODELS, *through)
    ]
    return [*found, (SearchEntry._meta.db_table, ["rowid", "stems"], "rowid")]


def measure(kind: str, file: Path, rows: int) -> list[Figure]:
    """Import twice, load the raw rows once, and compare."""
    _let_go()
    name = str(connection.settings_dict["NAME"])
    copy = databases.copy_for_raw(kind, name)
    try:
        idle = busy_seconds()
        first, parts, waited, peak = _first_import(file, rows)
        busy = busy_seconds() - idle
        statistics = _statistics_are_fresh()
        before = _fingerprint()
        second = _again(file)
        unchanged = _fingerprint() == before
        written, raw = _raw_load(kind, name, copy)
    finally:
        databases.drop_copy(kind, copy)
    print(
        f"  {written:,} rows in {len(tables())} tables, {written / rows:.1f} for each recommendation",
        flush=True,
    )

    def figure(key: str, what: str, unit: str, value: float, **more: Any) -> Figure:
        return Figure(key, what, kind, unit, value, **more)

    return [
        figure(
            "import",
            "import of everything, recommendations",
            RATE,
            rows / first,
            raw=rows / raw,
            busy=rows / busy,
            bar=Bar(1500, 3, at_least=True),
            note=f"reading and planning {parts[0]:.0f} s, applying {parts[1]:.0f} s",
        ),
        figure(
            "import_again",
            "the same file again, nothing changed",
            SECONDS,
            second,
            bar=Bar(first),
            note="no catalogue row written" if unchanged else "CATALOGUE ROWS WRITTEN",
        ),
        figure("import_wait", "longest wait of another writer meanwhile", SECONDS, waited, bar=Bar(5)),
        figure("import_memory", "memory of the import", MEGABYTES, peak, bar=Bar(300)),
        figure(
            "import_statistics",
            "tables without fresh statistics after the import",
            "",
            float(statistics),
            bar=Bar(0),
        ),
    ]


def _let_go() -> None:
    """Close every connection: a database in use is not copied."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _first_import(file: Path, rows: int) -> tuple[float, tuple[float, float], float, float]:
    with _Neighbour() as neighbour, Peak() as peak:
        began = time.perf_counter()
        run = _planned(file)
        planned = time.perf_counter()
        if run.problems:
            raise SystemExit(f"the generated file has problems: {run.problems[:3]}")
        ImportRun.objects.filter(pk=run.pk).update(status=ImportState.APPLYING)
        run.refresh_from_db()
        runs.carry_out(run, by=None)
        ended = time.perf_counter()
    if Recommendation.objects.count() != rows or run.created != rows:
        raise SystemExit(f"{rows} rows were to be imported, {Recommendation.objects.count()} were")
    return ended - began, (planned - began, ended - planned), neighbour.longest, peak.most


def _again(file: Path) -> float:
    began = time.perf_counter()
    run = _planned(file)
    ImportRun.objects.filter(pk=run.pk).update(status=ImportState.APPLYING)
    run.refresh_from_db()
    runs.carry_out(run, by=None)
    taken = time.perf_counter() - began
    if run.unchanged != run.rows:
        raise SystemExit(f"of {run.rows} rows only {run.unchanged} were found unchanged")
    return taken


def _planned(file: Path) -> ImportRun:
    with file.open("rb") as stream:
        received = runs.receive_file(iter(lambda: stream.read(2**20), b""), name=file.name, by=None)
    return runs.do_plan(ImportRun.objects.create(file=received, status=ImportState.READING))


def _fingerprint() -> list[Any]:
    """What changes with every write to the catalogue: numbers of rows, keys, revisions, times."""
    with connection.cursor() as cursor:
        found = []
        for table, _columns, key in tables():
            cursor.execute(f"SELECT count(*), max({key}) FROM {table}")
            found.append(cursor.fetchone())
        cursor.execute("SELECT sum(revision), max(updated_at) FROM recommendations_recommendation")
        return [*found, cursor.fetchone()]


def _statistics_are_fresh() -> int:
    """How many of the written tables the planner knows nothing new of."""
    names = [table for table, _columns, _key in tables()[2:-1]]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        else:
            cursor.execute("SELECT relname FROM pg_class WHERE reltuples > 0")
        known = {row[0] for row in cursor.fetchall()}
    return len([name for name in names if name not in known])


# --- The raw load -------------------------------------------------------------------------------------------------


def _raw_load(kind: str, source: str, target: str) -> tuple[int, float]:
    """Copies the rows that the import added; returns their number and the seconds that writing alone took."""
    _let_go()
    load = _raw_sqlite if kind == databases.SQLITE else _raw_postgresql
    return load(source, target)


def _raw_sqlite(source: str, target: str) -> tuple[int, float]:
    read, write = sqlite3.connect(source), sqlite3.connect(target, isolation_level=None)
    write.executescript(SQLITE_START)
    rows, taken = 0, 0.0
    for table, columns, key in tables():
        names = ", ".join(f'"{column}"' for column in columns)
        (last,) = write.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()
        found = read.execute(f"SELECT {names} FROM {table} WHERE {key} > ? ORDER BY {key}", (last,))
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
        while chunk := found.fetchmany(CHUNK):
            began = time.perf_counter()
            write.execute("BEGIN IMMEDIATE")
            write.executemany(statement, chunk)
            write.execute("COMMIT")
            taken += time.perf_counter() - began
            rows += len(chunk)
    read.close()
    write.close()
    return rows, taken


def _raw_postgresql(source: str, target: str) -> tuple[int, float]:
    rows, taken = 0, 0.0
    server = databases.postgres_server()
    with (
        psycopg.connect(f"{server}/{source}") as read,
        psycopg.connect(f"{server}/{target}", autocommit=True) as write,
    ):
        for table, columns, key in tables():
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            last = write.execute(
                sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
                    sql.Identifier(key), sql.Identifier(table)
                )
            ).fetchone()[0]
            out = sql.SQL("COPY (SELECT {} FROM {} WHERE {} > {} ORDER BY {}) TO STDOUT").format(
                names, sql.Identifier(table), sql.Identifier(key), sql.Literal(last), sql.Identifier(key)
            )
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with read.cursor().copy(out) as found:
                for count, lines in _in_chunks(found):
                    began = time.perf_counter()
                    with write.cursor().copy(into) as copy:
                        copy.write(lines)
                    taken += time.perf_counter() - began
                    rows += count
    return rows, taken


def _in_chunks(lines: Any) -> Iterator[tuple[int, bytes]]:
    held: list[bytes] = []
    for line in lines:
        held.append(bytes(line))
        if len(held) == CHUNK:
            yield len(held), b"".join(held)
            held = []
    if held:
        yield len(held), b"".join(held)


# --- Somebody else, who writes meanwhile ---------------------------------------------------------------------------


class _Neighbour:
    """Another process that writes a row ten times a second; ``longest`` is the longest it had to wait."""

    def __enter__(self) -> _Neighbour:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.neighbour"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tracker.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it has begun
        return self

    def __exit__(self, *_fault: object) -> None:
        said, _errors = self._process.communicate(input="\n", timeout=60)
        self.longest = float(json.loads(said)["longest"])
