"""A backup as one file, sealed with age to a key that the server does not have, and the way back from it.

It holds the database, the files as they lie on the disk (sealed to the vault's key) and, last, a manifest with the
hash of each, the number of rows of each table and the head of the log. The keys are apart: see the custodians' sheets.
No clear byte touches the disk on the way out: the database streams from pg_dump, or from SQLite's own copy in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from django.conf import settings
from django.db import connection, connections

from recommendations.formats import sealing
from tracker.backup import CannotBackUp, environment_of

FORMAT = 1
FOLDERS = ("evidence", "imports", "exports", "editions", "uploads", "anchors")
# Half received, half made, or held by a process: nothing of it is worth keeping.
PASSING = ("incoming", ".making-", ".receiving-", "part-")
PIECE = 8 * 1024 * 1024
RECIPIENT_FILE = "backup.recipient"
_HEAD = "SELECT * FROM recommendations_chainhead"


def recipient() -> pyrage.x25519.Recipient:
    """The public half of the backup key: of the settings, or as the custodians' sheets left it in the data folder."""
    written = settings.BACKUP_RECIPIENT
    kept = Path(settings.DATA_DIR) / RECIPIENT_FILE
    if not written and kept.is_file():
        written = kept.read_text().strip()
    if not written:
        raise CannotBackUp(
            "There is no backup key yet: manage.py make_custodian_sheets makes it, or BACKUP_RECIPIENT names its "
            "public half (age1…)."
        )
    try:
        return pyrage.x25519.Recipient.from_str(written)
    except pyrage.RecipientError:
        raise CannotBackUp("BACKUP_RECIPIENT is no public key of age (age1…).") from None


def write(target: Path) -> dict[str, Any]:
    """Write a backup to ``target``, which must not be there yet; returns its manifest. Leaves nothing half written."""
    to = recipient()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
            pipe = sealing.Sealing(opened, [to])
            try:
                writing: Any = _Writing(pipe)
                with tarfile.open(fileobj=writing, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                    manifest = _fill(archive)
                pipe.finish()
            finally:
                pipe.stop()
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, target)
    except FileExistsError:
        raise CannotBackUp(f"{target} is there already.") from None
    except OSError as fault:
        raise CannotBackUp(f"The backup could not be written to {target}: {fault}.") from fault
    finally:
        draft.unlink(missing_ok=True)
    return manifest


class _Writing:
    """What tarfile writes to."""

    def __init__(self, pipe: sealing.Sealing) -> None:
        self._pipe = pipe

    def write(self, piece: bytes) -> int:
        self._pipe.write(piece)
        return len(piece)


def _fill(archive: tarfile.TarFile) -> dict[str, Any]:
    files: list[dict[str, Any]] = []
    with _snapshot() as (pieces, facts):
        digest, size = hashlib.sha256(), 0
        for number, piece in enumerate(pieces):
            digest.update(piece)
            size += len(piece)
            _add(archive, f"database/{number:06}", piece)
    files.append({"path": "database", "size": size, "sha256": digest.hexdigest()})
    for folder in FOLDERS:
        for path in sorted((Path(settings.DATA_DIR) / folder).rglob("*")):
            name = path.relative_to(settings.DATA_DIR).as_posix()
            if any(part.startswith(PASSING) for part in Path(name).parts) or path.suffix == ".lock":
                continue
            if path.is_file() and (entry := _add_file(archive, path, name)):
                files.append(entry)
    manifest = {
        "format": FORMAT,
        "version": settings.VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connection.vendor,
        **facts,
        "files": files,
    }
    _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
    return manifest


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any] | None:
    """One file; None where it went meanwhile (an export that was taken back)."""
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        return None
    with opened:
        member = tarfile.TarInfo(name)
        member.size, member.mode = os.fstat(opened.fileno()).st_size, 0o600
        reading = _Hashing(opened)
        archive.addfile(member, reading)  # type: ignore[arg-type]
    return {"path": name, "size": member.size, "sha256": reading.digest.hexdigest()}


class _Hashing:
    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def _snapshot() -> Iterator[tuple[Iterator[bytes], dict[str, Any]]]:
    """The database as it stands at one moment, in pieces, with its numbers of rows at that moment."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=20)) as site:
            site.isolation_level = None
            site.execute("BEGIN")
            tables = [
                name
                for (name,) in site.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if not name.startswith("sqlite_")
            ]
            rows = {name: site.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
            facts = {"rows": rows, "log_head": _plain(site.execute(_HEAD).fetchone())}
            content = memoryview(site.serialize())
            yield (bytes(content[at : at + PIECE]) for at in range(0, len(content), PIECE)), facts
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            rows = {}
            for name in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT count(*) FROM "{name}"')
                rows[name] = cursor.fetchone()[0]
            cursor.execute(_HEAD)
            facts = {"rows": rows, "log_head": _plain(cursor.fetchone())}
            yield _pg_dump(snapshot), facts
        finally:
            cursor.execute("ROLLBACK")


def _pg_dump(snapshot: str) -> Iterator[bytes]:
    command = ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}"]
    with _started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while piece := process.stdout.read(PIECE):
            yield piece
        _ended(process, "pg_dump")


# --- The way back ---------------------------------------------------------------------------------------------------


def bring_back(source: Path, identity: str) -> dict[str, Any]:
    """Restore a backup into an empty place, and compare everything with its manifest; returns the manifest.

    Raises ``CannotBackUp`` where the place is not empty, the key does not fit, or anything differs.
    """
    _require_empty()
    try:
        ring = sealing.Keyring((identity.strip(),))
        if not sealing.is_sealed_to(source, ring):
            raise CannotBackUp(f"This key does not open {source}. Nothing was changed.")
        stream = sealing.opened(source.open("rb"), ring)
    except sealing.Unreadable:
        raise CannotBackUp(f"{source} is damaged or cut off. Nothing was changed.") from None
    except OSError as fault:
        raise CannotBackUp(f"{source} cannot be read: {fault}. Nothing was changed.") from fault
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with stream, tarfile.open(fileobj=stream, mode="r|") as archive, _Database() as database:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    continue
                if member.name.startswith("database/"):
                    database.take(content.read())
                elif member.name == "manifest.json":
                    manifest = json.loads(content.read())
                    database.finish(manifest["database"])
                else:
                    found[member.name] = _put(content, member.name)
            found["database"] = database.size, database.digest.hexdigest()
    except (OSError, tarfile.TarError, ValueError, sqlite3.Error) as fault:
        raise CannotBackUp(f"{source} is damaged or cut off: {fault}.") from fault
    if manifest is None:
        raise CannotBackUp(f"{source} is cut off: its manifest is missing.")
    differing = differences(manifest, found)
    if differing:
        raise CannotBackUp("What was restored is not what was kept: " + "; ".join(differing[:20]) + ".")
    return manifest


def differences(manifest: dict[str, Any], found: dict[str, tuple[int, str]]) -> list[str]:
    """Where files, rows or the head of the log are not those of the manifest."""
    told = {entry["path"]: (entry["size"], entry["sha256"]) for entry in manifest["files"]}
    differing = [
        f"{path} is missing" if path not in found else f"{path} differs"
        for path, expected in told.items()
        if found.get(path) != expected
    ]
    differing += [f"{path} is not in the manifest" for path in found.keys() - told.keys()]
    with connection.cursor() as cursor:
        for table, rows in manifest["rows"].items():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            if (there := cursor.fetchone()[0]) != rows:
                differing.append(f"{table} has {there} rows instead of {rows}")
        cursor.execute(_HEAD)
        if _plain(cursor.fetchone()) != manifest["log_head"]:
            differing.append("the log ends elsewhere")
    return differing


def _require_empty() -> None:
    for folder in FOLDERS:
        if any(path.is_file() for path in (Path(settings.DATA_DIR) / folder).rglob("*")):
            raise CannotBackUp(
                f"{Path(settings.DATA_DIR) / folder} holds files: a backup is restored into an empty place. "
                "Nothing was changed."
            )
    with connection.cursor() as cursor:
        if "recommendations_user" not in connection.introspection.table_names(cursor):
            return
        cursor.execute("SELECT count(*) FROM recommendations_user")
        if cursor.fetchone()[0]:
            raise CannotBackUp(
                "The database holds people: a backup is restored into an empty one. Nothing was changed."
            )


def _put(content: IO[bytes], name: str) -> tuple[int, str]:
    target = Path(settings.DATA_DIR) / name
    if target.resolve().parts[: len(Path(settings.DATA_DIR).resolve().parts)] != (
        Path(settings.DATA_DIR).resolve().parts
    ) or not name.startswith(FOLDERS):
        raise CannotBackUp(f"{name} leads out of the data folder.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as writing:
        while piece := content.read(1024 * 1024):
            digest.update(piece)
            size += len(piece)
            writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())
    if name.startswith("evidence/"):
        target.chmod(0o400)
    return size, digest.hexdigest()


class _Database:
    """Takes the database's pieces: SQLite's file in its place, PostgreSQL's by pg_restore in one transaction."""

    def __init__(self) -> None:
        self.digest, self.size = hashlib.sha256(), 0
        self._process: subprocess.Popen[bytes] | None = None
        self._draft: Path | None = None
        self._writing: IO[bytes] | None = None

    def __enter__(self) -> _Database:
        connections.close_all()
        if connection.vendor == "sqlite":
            place = Path(str(connection.settings_dict["NAME"]))
            self._draft = place.with_name(f"{place.name}.restoring")
            self._writing = open(os.open(self._draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")
        else:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
            connections.close_all()
            name = str(connection.settings_dict["NAME"])
            command = [
                "pg_restore",
                "--no-owner",
                "--single-transaction",
                "--exit-on-error",
                f"--dbname={name}",
            ]
            self._process = _begun(command, stdin=subprocess.PIPE)
            self._writing = self._process.stdin
        return self

    def take(self, piece: bytes) -> None:
        self.digest.update(piece)
        self.size += len(piece)
        assert self._writing is not None
        try:
            self._writing.write(piece)
        except BrokenPipeError:
            assert self._process is not None
            _ended(self._process, "pg_restore")

    def finish(self, vendor: str) -> None:
        """All pieces came: the database has its place."""
        if vendor != connection.vendor:
            raise CannotBackUp(f"The backup is of {vendor}; this site runs on {connection.vendor}.")
        assert self._writing is not None
        self._writing.close()
        if self._process is not None:
            _ended(self._process, "pg_restore")
        elif self._draft is not None:
            place = Path(str(connection.settings_dict["NAME"]))
            for left in ("-wal", "-shm"):
                place.with_name(place.name + left).unlink(missing_ok=True)
            os.replace(self._draft, place)

    def __exit__(self, *_fault: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stderr):
                if pipe is not None and not pipe.closed:
                    pipe.close()
        if self._writing is not None and not self._writing.closed:
            self._writing.close()
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)


@contextmanager
def _started(command: list[str], **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = _begun(command, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _begun(command: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    given: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE} | pipes
    try:
        process: subprocess.Popen[bytes] = subprocess.Popen(command, env=environment_of(), **given)
        return process
    except FileNotFoundError:
        raise CannotBackUp(
            f"{command[0]} is missing (on Debian: apt-get install postgresql-client)."
        ) from None


def _ended(process: subprocess.Popen[bytes], name: str) -> None:
    told = process.stderr.read() if process.stderr is not None else b""
    if process.wait():
        raise CannotBackUp(f"{name} failed: {told.decode(errors='replace').strip()[-500:]}")


def _plain(row: Any) -> list[str] | None:
    return None if row is None else [str(value) for value in row]
