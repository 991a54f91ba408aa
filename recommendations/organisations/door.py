"""What lies between signing in and the pages: who must set up a second factor first opens nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from recommendations.organisations import second_factor

# In the session: that this person was found to have all that is demanded of her.
SET_UP = "second_factor_set_up"
# Where the three steps lie, and what must work on the way.
OPEN_ON_THE_WAY = frozenset(
    {
        "second_factor",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_logout",
    }
)


def second_factor_first(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Middleware: leads whoever lacks a demanded second factor to setting it up, from wherever she wants to go."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if not second_factor.demanded_of(request.user) or request.session.get(SET_UP) == request.user.pk:
            return None
        if second_factor.is_set_up(request.user):
            request.session[SET_UP] = request.user.pk
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in OPEN_ON_THE_WAY:
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("second_factor")})
        return redirect("second_factor")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def look_again(request: HttpRequest) -> None:
    """Something about her factors changed: the next page asks anew whether all is there."""
    request.session.pop(SET_UP, None)
