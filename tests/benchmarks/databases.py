"""The databases of a run: made for it, and gone after it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


def postgres_server() -> str:
    """The address of a PostgreSQL server whose user may make databases, without a database's name."""
    return os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432").rstrip("/")


def unreachable() -> str:
    """Why no PostgreSQL can be measured; empty when it can."""
    try:
        psycopg.connect(f"{postgres_server()}/postgres", connect_timeout=3).close()
    except psycopg.Error as fault:
        return str(fault).strip().splitlines()[0]
    return ""


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new, empty database."""
    if kind == SQLITE:
        yield f"sqlite:///{quote(str(folder / 'bench.sqlite3'))}"
        return
    name = f"upr_bench_{os.getpid()}"
    _on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{postgres_server()}/{name}"
    finally:
        for each in (name, f"{name}_raw"):
            _on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(each)))


def copy_for_raw(kind: str, name: str) -> str:
    """A copy of a database nobody uses: same tables, same indexes. Returns the copy's name."""
    copy = f"{name}_raw" if kind == POSTGRESQL else name.removesuffix(".sqlite3") + "_raw.sqlite3"
    drop_copy(kind, copy)
    if kind == POSTGRESQL:
        _on_server(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(name))
        )
    else:
        source, target = sqlite3.connect(name), sqlite3.connect(copy)
        source.backup(target)
        source.close()
        target.close()
    return copy


def drop_copy(kind: str, copy: str) -> None:
    """Remove the copy again."""
    if kind == POSTGRESQL:
        _on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        return
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(copy + ending).unlink()


def _on_server(statement: sql.Composed) -> None:
    with psycopg.connect(f"{postgres_server()}/postgres", autocommit=True) as server:
        server.execute(statement)
