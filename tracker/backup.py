"""A plain copy of a site, database and files, beside its data: what an upgrade falls back on.

It lies unencrypted on the same disk: a step back for the next hour, no safeguard against loss or seizure.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

DATABASE, FILES, ABOUT = "database", "uploads", "about.json"


class CannotBackUp(Exception):
    """A backup or its return is not possible; the message says why."""


def make(folder: Path | None = None) -> Path:
    """Copy database and files into a new folder; returns it. What is unfinished is removed."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = folder or settings.DATA_DIR / "backups" / stamp
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        target.mkdir(mode=0o700)
        _copy_database(target / DATABASE)
        uploads = Path(settings.MEDIA_ROOT)
        if uploads.is_dir():
            shutil.copytree(uploads, target / FILES, copy_function=_link_or_copy)
        about = {"version": settings.VERSION, "database": connection.vendor, "made": stamp}
        (target / ABOUT).write_text(json.dumps(about))
    except (OSError, sqlite3.Error) as fault:
        shutil.rmtree(target, ignore_errors=True)
        raise CannotBackUp(f"The backup could not be made in {target}: {fault}.") from fault
    except CannotBackUp:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return target


def bring_back(folder: Path) -> None:
    """Set database and files back to a backup; what came in since then is gone."""
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text())
    except (OSError, ValueError):
        raise CannotBackUp(f"{folder} holds no finished backup.") from None
    if about["database"] != connection.vendor:
        raise CannotBackUp(f"The backup is of {about['database']}; this site runs on {connection.vendor}.")
    connections.close_all()
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(folder / DATABASE)) as kept,
            closing(sqlite3.connect(_sqlite_path(), timeout=20)) as site,
        ):
            kept.backup(site)
    else:
        _postgres_back(folder / DATABASE)
    if (folder / FILES).is_dir():
        # Files are never changed once they are here: only what is missing has to come back.
        shutil.copytree(folder / FILES, settings.MEDIA_ROOT, copy_function=_if_missing, dirs_exist_ok=True)


def _copy_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(_sqlite_path(), timeout=20)) as site,
            closing(sqlite3.connect(target)) as copy,
        ):
            site.backup(copy)
        target.chmod(0o600)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _postgres_back(dump: Path) -> None:
    """In one transaction, so that a restore that fails leaves what was there."""
    script = dump.with_suffix(".sql")
    try:
        _run("pg_restore", "--no-owner", f"--file={script}", str(dump), connects=False)
        anew = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
        # The dump makes the schema itself where it was changed; else it is the one of the line above.
        kept = script.read_text().replace("CREATE SCHEMA public;", "")
        script.write_text(anew + "\n" + kept)
        _run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}")
    finally:
        script.unlink(missing_ok=True)


def environment_of() -> dict[str, str]:
    """The environment in which PostgreSQL's programs find the site's database."""
    described = connection.settings_dict
    named = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return dict(os.environ) | {key: str(described[name]) for key, name in named.items() if described[name]}


def _run(program: str, *arguments: str, connects: bool = True) -> None:
    environment = environment_of() if connects else dict(os.environ)
    try:
        done = subprocess.run(
            [program, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise CannotBackUp(f"{program} is missing (on Debian: apt-get install postgresql-client).") from None
    if done.returncode:
        raise CannotBackUp(f"{program} failed: {done.stderr.strip()[-500:]}")


def _sqlite_path() -> str:
    return str(connection.settings_dict["NAME"])


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _if_missing(source: str, target: str) -> None:
    if not os.path.exists(target):
        _link_or_copy(source, target)
