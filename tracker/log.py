"""How a line of the log looks, and what the log leaves out."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from recommendations.jobs.tracing import current


class Line(logging.Formatter):
    """For people: when, how grave, from where, of which request or job, what."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}:{of} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """The line; the numbers of request and job stand before the words."""
        record.of = "".join(f" [{name} {number}]" for name, number in current().items())
        return super().format(record)


class Json(logging.Formatter):
    """For those who collect logs: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """`time`, `level`, `logger`, `process`, `message`; `request` and `job` where there is one; `traceback`."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **current(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def without_traceback_of_a_refusal(record: logging.LogRecord) -> bool:
    """Keep the line that says what was refused, drop the traceback: it tells nothing, and hides the real ones."""
    if record.levelno < logging.ERROR:
        record.exc_info = None
        record.exc_text = None
    return True


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, as lines or as JSON."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "tracker.log.Line"}, "json": {"()": "tracker.log.Json"}},
        "filters": {"refusals": {"()": lambda: without_traceback_of_a_refusal}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"filters": ["refusals"]},
            # Celery tells of each ring; what was done is told by the job.
            "celery": {"level": "WARNING"},
            # It warns of each connection to the embedded broker that it supposes the host name.
            "kombu.connection": {"level": "ERROR"},
            # SQL and its parameters hold what people wrote: never in the log, whatever the level.
            "django.db.backends": {"level": "INFO"},
        },
    }
