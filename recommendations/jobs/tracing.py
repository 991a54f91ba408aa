"""Which request or job a line of the log belongs to: numbers only, nothing about a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request: ContextVar[str] = ContextVar("request", default="")
_job: ContextVar[str] = ContextVar("job", default="")


@contextmanager
def tracing(*, request: str | None = None, job: str | None = None) -> Iterator[None]:
    """Within, lines of the log carry these numbers."""
    set_now = [
        (variable, variable.set(value))
        for variable, value in ((_request, request), (_job, job))
        if value is not None
    ]
    try:
        yield
    finally:
        for variable, token in reversed(set_now):
            variable.reset(token)


def current() -> dict[str, str]:
    """The numbers of what is going on here: `request` and `job`, each only where there is one."""
    return {name: value for name, value in (("request", _request.get()), ("job", _job.get())) if value}
