"""The pages for what goes wrong before or beside a view: they say what happened and nothing of the inside."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from tracker import leaving

AGAIN_IN = 30  # seconds after which to ask again where the database is away


class Away(HttpResponse):
    """The page that says that the database is away."""


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what could not be read, 413 for what was too large to be read."""
    if isinstance(exception, RequestDataTooBig):
        return _page("413.html", 413)
    return _page("400.html", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is away. A quick exit leads away all the same."""
    if request.path_info == leaving.PATH:
        return leaving.forgotten()
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = Away(loader.get_template("503.html").render(), status=503)
        response.headers["Retry-After"] = str(AGAIN_IN)
        return response
    return _page("500.html", 500)


def _page(template: str, status: int) -> HttpResponse:
    """A page made without the request: nothing in it asks for the session, and so for the database."""
    return HttpResponse(loader.get_template(template).render(), status=status)
