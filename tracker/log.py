"""How a line of the log looks, and what the log leaves out."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from recommendations.jobs.tracing import current

# What may stand in a line by no accident either: mail addresses, passwords in addresses of servers, keys of access.
PRIVATE = (
    (re.compile(r"(?<=://)[^\s/@]+:[^\s/@]+(?=@)"), "…"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "(a mail address)"),
    (re.compile(r"(?i)(bearer\s+|(?:sessionid|csrftoken|password|token|secret)\w*[=:]\s*)[^\s&,;]+"), r"\1…"),
)


class Discreet(logging.Filter):
    """Takes out of a record what people wrote and where they went: exceptions' words, addresses of pages, secrets.

    Libraries log the repr of an exception or the path of a request; both hold what somebody typed or a token.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, with less in it."""
        page = page_of(record)
        if isinstance(record.args, tuple):
            record.args = tuple(discreet(one, page) for one in record.args)
        elif isinstance(record.args, dict):
            # Celery's own record of a task that failed.
            told = {"exc", "traceback", "args", "kwargs"}
            record.args = {
                key: "…" if key in told else discreet(value, page) for key, value in record.args.items()
            }
        text = record.getMessage()
        for pattern, instead in PRIVATE:
            text = pattern.sub(instead, text)
        record.msg, record.args = text.replace("\r", " ").replace("\n", " "), None
        return True


def discreet(value: Any, page: str) -> Any:
    """An argument of a line: of an exception its kind, of the address of a page the page's pattern."""
    if isinstance(value, BaseException):
        return type(value).__name__
    if page and isinstance(value, str) and value.startswith("/"):
        return page
    return value


def page_of(record: logging.LogRecord) -> str:
    """The pattern of the page a record speaks of; nothing where it speaks of none."""
    request = getattr(record, "request", None)
    if request is None:
        return ""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(no page of this site)"


def frames(fault: BaseException | None) -> str:
    """A traceback without the exceptions' words: where it happened and of what kind it was."""
    lines: list[str] = []
    while fault is not None:
        here = traceback.format_tb(fault.__traceback__) + [
            f"{type(fault).__module__}.{type(fault).__name__}\n"
        ]
        lines[:0] = here
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        if fault is not None:
            lines.insert(0, "which led to:\n")
    return "".join(lines).rstrip("\n")


class Wordless(logging.Formatter):
    """What both forms of the log share: tracebacks that hold no word of anybody, except while developing."""

    def formatException(self, ei: Any) -> str:
        """Where and of what kind; with DEBUG also the words."""
        return super().formatException(ei) if settings.DEBUG else frames(ei[1])


class Line(Wordless):
    """For people: when, how grave, from where, of which request or job, what."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}:{of} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """The line; the numbers of request and job stand before the words."""
        record.of = "".join(f" [{name} {number}]" for name, number in current().items())
        return super().format(record)


class Json(Wordless):
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
        "filters": {
            "refusals": {"()": lambda: without_traceback_of_a_refusal},
            "discreet": {"()": "tracker.log.Discreet"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["discreet"]}
        },
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
