"""Turns the addresses in the environment (database, broker, mail) into what Django and Celery want to be told."""

from pathlib import Path
from typing import Any

from tracker import impatience
from tracker.environment import SettingError, split_url, unquoted

DATABASES = ("sqlite", "postgres", "postgresql")
BROKERS = ("filesystem", "redis", "rediss", "amqp", "amqps")
MAIL = ("file", "console", "smtp", "smtps", "smtp+tls")

# WAL with synchronous=FULL loses nothing on a power cut and lets readers read while one writes; temporary tables
# stay in memory, so that no part of a confidential row reaches a temporary file.
SQLITE_START = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA foreign_keys=ON;
PRAGMA temp_store=MEMORY;
PRAGMA cache_size=-32000;
PRAGMA mmap_size=268435456;
"""


def database(url: str, *, base_dir: Path, statement_seconds: int, connections: int) -> dict[str, Any]:
    """Django's settings of one database. A relative SQLite path counts from `base_dir`."""
    parts, query = split_url(url)
    if parts.scheme == "sqlite":
        # sqlite:///var/x.sqlite3 is relative, sqlite:////srv/x.sqlite3 absolute.
        path = unquoted(parts.path[1:])
        if parts.netloc or not path:
            raise SettingError(
                "DATABASE_URL: an SQLite address is sqlite:///FILE, or sqlite:////FOLDER/FILE."
            )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": base_dir / path,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "init_command": SQLITE_START,
                # Takes the write lock at the start, so that two writers wait for each other instead of failing.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    name = unquoted(parts.path[1:])
    if not name:
        raise SettingError(
            "DATABASE_URL: the address names no database; it is postgres://USER:PASSWORD@HOST/NAME."
        )
    limits = {
        "statement_timeout": statement_seconds * 1000,
        "lock_timeout": 5000,
        "idle_in_transaction_session_timeout": 60000,
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquoted(parts.username),
        "PASSWORD": unquoted(parts.password),
        "HOST": unquoted(parts.hostname) or query.pop("host", ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": impatience.pool(statement_seconds, connections),
            "connect_timeout": impatience.CONNECT,
            "tcp_user_timeout": 5000,
            "options": " ".join(f"-c {limit}={value}" for limit, value in limits.items()),
            **query,
        },
    }


def broker_options(url: str, *, folder: Path) -> dict[str, Any]:
    """Celery's transport options for a broker. `folder` is private and holds the messages of the embedded one."""
    scheme = split_url(url)[0].scheme
    if scheme == "filesystem":
        for part in ("queue", "control"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            # Both ends of the queue are the same folder: whoever asks writes where the worker reads.
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "store_processed": False,
            "polling_interval": 0.1,
        }
    if scheme in {"redis", "rediss"}:
        return {
            # A doorbell that was not answered rings again after this time. Rung twice does no harm: the Job table
            # decides who works.
            "visibility_timeout": 120,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "socket_keepalive": True,
        }
    return {"connect_timeout": 2, "read_timeout": 5, "write_timeout": 5, "confirm_publish": True}


def mail(url: str, *, folder: Path) -> dict[str, Any]:
    """Django's EMAIL_… settings. `folder` is where mail is kept as files when no server is named."""
    parts, _query = split_url(url)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file":
        path = Path(unquoted(parts.path)) if parts.path.strip("/") else folder
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(path),
        }
    if not parts.hostname:
        raise SettingError(
            "EMAIL_URL: the address names no mail server; it is smtp://USER:PASSWORD@HOST:PORT."
        )
    usual_port = {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or usual_port,
        "EMAIL_HOST_USER": unquoted(parts.username),
        "EMAIL_HOST_PASSWORD": unquoted(parts.password),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 10,
    }
