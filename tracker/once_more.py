"""Asks once more for a page whose connection to the database broke, so that a restart fails no reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from tracker.errors import Away

View = Callable[[HttpRequest], HttpResponseBase]

READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
SOON = (
    1.0  # seconds: a reader who has waited longer for the first answer is not made to wait for a second one
)


def reads_once_more(get_response: View) -> View:
    """Answers a GET or HEAD anew where the database went away under it, soon, and before anything was written."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        written: list[str] = []

        def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            if not sql.lstrip(" (\n").startswith(READS):
                written.append(sql)
            return execute(sql, *rest)

        began = time.monotonic()
        with connection.execute_wrapper(look):
            response = get_response(request)
        if not isinstance(response, Away) or written or time.monotonic() - began > SOON:
            return response
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        # Nothing that the first try found or noted is taken over.
        return get_response(type(request)(request.environ))  # type: ignore[attr-defined,call-arg]

    return middleware
