"""Writing a dump: every table from one moment, every file, the dictionary, and last of all the manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

from recommendations.audit import anchors, verify_audit
from recommendations.exports.everything import dictionary, verify
from recommendations.exports.everything.files import STORED, copy_files
from recommendations.exports.everything.tables import (
    LEFT_OUT,
    LEFT_OUT_BESIDE,
    LEFT_OUT_COLUMNS,
    Table,
    tables,
)

BATCH = 500
PRODUCT = "upr-tracker"

README = """Everything of a UPR tracker, as it was on {made_at} (product version {version}).

tables/NAME.jsonl      each table, one row a line as JSON: exact
tables/NAME.csv        the same rows for a spreadsheet program; nothing and an empty text are both an empty cell
data-dictionary.html   what each table and column means; data-dictionary.json says the same to a program
files/evidence/        originals of evidence as received, by their SHA-256
files/imports/         the UN's files as received
files/exports/         exports as far as they are kept
manifest.json          every file with size, SHA-256 and number of rows; what was left out on purpose, and why
manifest.sha256        the SHA-256 of the manifest
verify.py              reads all of it back: python3 verify.py
verify_audit.py        follows the audit log alone: python3 verify_audit.py
anchors/               signed lines that say, day by day, how far the log went, and the key to check them with

The audit log stands in recommendations_event (who, what, when) and recommendations_eventdetail. Each event carries
the hash of the one before it; verify_audit.py follows the chain and names the event that was changed, moved or removed.

This folder holds everything, restricted evidence too. Keep it as you would keep the evidence itself.
"""

Report = Callable[[int, int], None]


class CannotWrite(Exception):
    """The dump cannot be written there; the message says why."""


class _Written:
    """A file on its way into the dump: hashed and counted while it is written."""

    def __init__(self, stream: IO[bytes]):
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> None:
        self._stream.write(content)
        self._digest.update(content)
        self.size += len(content)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Dump:
    def __init__(self, folder: Path, report: Report | None):
        self.folder = folder
        self.files: list[dict[str, Any]] = []
        self.missing: list[dict[str, Any]] = []
        self._report = report
        self._done = 0
        self._total = 0

    @contextmanager
    def writing(self, path: str, **more: Any) -> Iterator[_Written]:
        """A file of the dump; its line of the manifest is written when it is whole."""
        target = self.folder / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as stream:
            written = _Written(stream)
            yield written
            stream.flush()
            os.fsync(stream.fileno())
        self.files.append({"path": path, "size": written.size, "sha256": written.sha256, **more})

    def text(self, path: str, content: str) -> None:
        """A small file."""
        with self.writing(path) as stream:
            stream.write(content.encode())

    def table(self, table: Table, connection: Any) -> None:
        """Both files of a table, in one pass over its rows."""
        names = [column.name for column in table.columns]
        kinds = [column.kind for column in table.columns]
        counts: dict[str, Any] = {}
        rows = table.rows(connection)
        path = f"tables/{table.name}"
        with self.writing(f"{path}.jsonl") as lines, self.writing(f"{path}.csv") as cells:
            cells.write("\ufeff".encode())
            cells.write(_csv([names]))
            count = 0
            while batch := list(islice(rows, BATCH)):
                lines.write("".join(_line(names, row) for row in batch).encode())
                cells.write(_csv([list(map(verify.cell, row, kinds)) for row in batch]))
                count += len(batch)
                self._tell(len(batch))
            counts["rows"] = count
        for entry in self.files[-2:]:
            entry.update(counts)

    def copied(self, path: str, size: int, sha256: str) -> None:
        """A file that was copied into the dump."""
        self.files.append({"path": path, "size": size, "sha256": sha256})

    def copy(self) -> None:
        """The files that the tables name."""
        for entry in copy_files(self.folder, self.copied):
            if entry:
                self.missing.append(entry)
            self._tell(1)

    def expect(self, found: list[Table]) -> None:
        """Count beforehand what there is to do, for the progress."""
        models = [table.model for table in found] + list(STORED)
        self._total = sum(model._base_manager.count() for model in models) if self._report else 0

    def _tell(self, count: int) -> None:
        self._done += count
        if self._report:
            self._report(self._done, max(self._done, self._total))


def export_everything(folder: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Write a complete dump into a new folder and return its manifest.

    All tables are those of one moment, whatever is written meanwhile. Until the last byte is written the folder is
    called ``FOLDER.partial`` and has no manifest. Raises ``CannotWrite``; nothing is left then.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists():
        raise CannotWrite(f"{folder} is there already; give a folder that is not.")
    try:
        partial.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise CannotWrite(
            f"{partial} is there: a dump is being written, or one was interrupted. Remove it if none is."
        ) from None
    except OSError as fault:
        raise CannotWrite(f"{partial} could not be made: {fault.strerror}.") from fault
    try:
        manifest = _write(partial, report)
        partial.rename(folder)
    except OSError as fault:
        shutil.rmtree(partial, ignore_errors=True)
        raise CannotWrite(f"{folder} could not be written: {fault.strerror}. Nothing was kept.") from fault
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def _write(folder: Path, report: Report | None) -> dict[str, Any]:
    dump = _Dump(folder, report)
    dump.expect(tables())
    with _one_moment() as connection:
        at = datetime.now(UTC)
        applied = [list(one) for one in MigrationRecorder(connection).applied_migrations()]
        for table in tables():
            dump.table(table, connection)
    dump.copy()
    found = dictionary.data_dictionary()
    dump.text(verify.DICTIONARY, _json(found))
    dump.text("data-dictionary.html", dictionary.page(found))
    for program in (verify, verify_audit):
        path = Path(str(program.__file__))
        dump.text(path.name, path.read_text(encoding="utf-8"))
    if lines := verify_audit.lines_of(anchors.anchor_file()):
        dump.text(verify_audit.ANCHOR_FILE, "".join(lines))
        dump.text(verify_audit.KEY_FILE, anchors.public_key() + "\n")
    manifest = {
        "format": verify.FORMAT,
        "version": verify.VERSION,
        "made_at": at.isoformat(timespec="seconds"),
        "product": {"name": PRODUCT, "version": product_version()},
        "database": connections[DEFAULT_DB_ALIAS].vendor,
        "migrations": sorted(applied),
        "left_out": [
            {"what": what, "why": why}
            for what, why in (LEFT_OUT | LEFT_OUT_COLUMNS | LEFT_OUT_BESIDE).items()
        ],
        "missing_files": dump.missing,
        "files": dump.files,
    }
    dump.text("README.txt", README.format(made_at=manifest["made_at"], version=product_version()))
    content = _json(manifest).encode()
    for name, data in (
        (verify.SEAL, f"{hashlib.sha256(content).hexdigest()}  {verify.MANIFEST}\n".encode()),
        (verify.MANIFEST, content),
    ):
        with (folder / name).open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    return manifest


@contextmanager
def _one_moment() -> Iterator[Any]:
    """A connection that sees the database as it is now, until it is closed, and keeps nobody from writing."""
    current = connections[DEFAULT_DB_ALIAS]
    if current.in_atomic_block:
        # The caller's own transaction is the moment.
        yield current
        return
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # Not Django's own transaction, which would take the lock for writing. The first question is the moment.
                cursor.execute("BEGIN DEFERRED")
                cursor.execute("SELECT COUNT(*) FROM django_migrations")
        else:
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                    cursor.execute(f"SET LOCAL {limit} = 0")
        yield connection
    finally:
        if connection.connection is not None:
            connection.connection.rollback()
        connection.close()


def product_version() -> str:
    """The version of the product, as its project file says."""
    for line in (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("version = "):
            return line.partition("=")[2].strip(' "')
    return ""


def _line(names: list[str], row: list[Any]) -> str:
    return json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
