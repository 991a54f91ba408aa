"""A real site with the demonstration, for browser tests: its processes, its database, and how to reset it."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from psycopg import sql

from recommendations.jobs.models import Job
from recommendations.organisations.models import User

READY_WITHIN = 300
JOBS_DONE_WITHIN = 120


class Site:
    """Served by the same processes as `make run` starts, on the kind of database the suite runs on."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.mail = folder / "mail"
        self.evidence = folder / "evidence"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.on_postgres = connection.vendor == "postgresql"
        if self.on_postgres:
            self.database = f"test_upr_site_{os.getpid()}"
            self._admin(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))
            address = _postgres_address(self.database)
        else:
            self.database = str(folder / "tracker.sqlite3")
            address = f"sqlite:///{quote(self.database)}"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "TRACKER_ENV": "local",
            "DATA_DIR": str(folder),
            "DATABASE_URL": address,
            "PORT": str(self.port),
            "SITE_URL": self.url,
            # One key for both, so that a test can sign people in.
            "SECRET_KEY": settings.SECRET_KEY,
            **more,
        }
        self.log = folder / "site.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.browser"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()
        # A copy of a job half done would never get done: its worker is gone after each reset.
        with self.as_default_database():
            self.wait_for_jobs()
        self._keep_clean_copy()

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command on this site; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def as_default_database(self) -> Iterator[None]:
        """Within, the models of the test read and write this site's database."""
        described = connections.databases["default"]
        before = described["NAME"]
        connection.close()
        described["NAME"] = connection.settings_dict["NAME"] = self.database
        try:
            yield
        finally:
            connection.close()
            described["NAME"] = connection.settings_dict["NAME"] = before

    def session_of(self, person: User) -> str:
        """The session key of a person who has signed in."""
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        assert session.session_key is not None
        return session.session_key

    def wait_for_jobs(self) -> None:
        """Until the worker has nothing left to do."""
        deadline = time.monotonic() + JOBS_DONE_WITHIN
        while Job.objects.filter(state__in=("waiting", "running")).exists():
            left = Job.objects.exclude(state="done").values_list("name", "key", "state", "attempts")
            assert time.monotonic() < deadline, f"jobs are left over: {list(left)}"
            time.sleep(0.1)

    def reset(self) -> None:
        """Set database and files back to the demonstration as it was loaded."""
        connection.close()
        shutil.rmtree(self.evidence)
        shutil.copytree(f"{self.evidence}.clean", self.evidence)
        if self.on_postgres:
            # The next copy was made while the test ran: the site is without a database for a moment only.
            self._next_copy.result()
            name, used, following = (
                sql.Identifier(f"{self.database}{end}") for end in ("", "_used", "_next")
            )
            self._admin(
                *self._without_connections(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(name, used),
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(following, name),
                )
            )
            self._next_copy = self._aside.submit(self._make_next_copy)
        else:
            _copy(f"{self.database}.clean", self.database)

    def stop(self) -> None:
        """End its processes and remove its database."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        if self.on_postgres:
            self._aside.shutdown()
            for end in ("", "_used", "_next", "_clean"):
                name = sql.Identifier(f"{self.database}{end}")
                self._admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _keep_clean_copy(self) -> None:
        self.evidence.mkdir(mode=0o700, exist_ok=True)
        shutil.copytree(self.evidence, f"{self.evidence}.clean")
        if self.on_postgres:
            name, clean = sql.Identifier(self.database), sql.Identifier(f"{self.database}_clean")
            self._admin(
                *self._without_connections(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(clean, name)),
                sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(name),
            )
            self._aside = ThreadPoolExecutor(max_workers=1)
            self._next_copy = self._aside.submit(self._make_next_copy)
        else:
            _copy(self.database, f"{self.database}.clean")

    def _without_connections(self, *statements: sql.Composed) -> Sequence[sql.Composed]:
        """The statements, in a moment without any other connection: the pools connect again by themselves."""
        return (
            sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(self.database)),
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(self.database)
            ),
            *statements,
        )

    def _make_next_copy(self) -> None:
        used, following, clean = (
            sql.Identifier(f"{self.database}{end}") for end in ("_used", "_next", "_clean")
        )
        self._admin(
            sql.SQL("DROP DATABASE IF EXISTS {}").format(used),
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(following, clean),
        )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"the site did not start:\n{self.log.read_text(errors='replace')[-4000:]}"
                )
            time.sleep(0.2)

    def _admin(self, *statements: sql.Composed) -> None:
        with psycopg.connect(_postgres_address("postgres"), autocommit=True) as server:
            for statement in statements:
                server.execute(statement)


def _postgres_address(database: str) -> str:
    described = connection.settings_dict
    secret = f":{quote(described['PASSWORD'])}" if described["PASSWORD"] else ""
    user = f"{quote(described['USER'])}{secret}@" if described["USER"] else ""
    port = f":{described['PORT']}" if described["PORT"] else ""
    return f"postgres://{user}{described['HOST']}{port}/{database}"


def _copy(source: str, target: str) -> None:
    """Copy an SQLite database over another, which may be in use."""
    read = sqlite3.connect(source, timeout=20)
    write = sqlite3.connect(target, timeout=20)
    try:
        read.backup(write)
    finally:
        read.close()
        write.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
