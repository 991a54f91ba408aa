"""A fresh confirmation before dangerous acts: "is it still you?", answered with a password or a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    is_reauthentication_required,
)
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import urlencode

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def confirmed_recently(request: HttpRequest) -> bool:
    """Whether she confirmed within the last five minutes, in this session, that it is she."""
    return request.user.is_authenticated and did_recently_reauthenticate(request)


def demand(request: HttpRequest) -> None:
    """Lead to the question unless it was answered lately; afterwards what was sent here goes on by itself.

    Called after the right was checked and the form found good: nobody is asked for what is refused afterwards. What
    goes on is answered at the question's address, so a form that may come back names its own: ``request.path``.
    """
    if confirmed_recently(request):
        return
    if request.headers.get("HX-Request"):
        raise ImmediateHttpResponse(_answer_for_htmx(request))
    raise ReauthenticationRequired()


def demand_for_factors(request: HttpRequest) -> None:
    """The question before a change of one's own factors, as allauth asks it on its own pages."""
    if is_reauthentication_required(request, app="allauth.mfa"):
        demand(request)


def fresh_confirmation(view: View | None = None, *, reading: bool = False) -> Any:
    """The same for a whole view: demanded where something changes, with ``reading`` also where it is only read."""

    def decorate(inner: View) -> View:
        @wraps(inner)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if reading or request.method not in SAFE:
                demand(request)
            return inner(request, *args, **kwargs)

        return cast(View, asked)

    return decorate(view) if view is not None else decorate


def _answer_for_htmx(request: HttpRequest) -> HttpResponse:
    """A fragment cannot ask: the whole page goes to the question, and comes back to where she was."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    question = methods[0]["url"] if methods else resolve_url("account_login")
    here = request.headers.get("HX-Current-URL", "").removeprefix(f"{request.scheme}://{request.get_host()}")
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = f"{question}?{urlencode({'next': here or request.get_full_path()})}"
    return answer
