"""How we decide: the method in force, and each edition that rounds stand under."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_list_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recommendations.assessments.method_editions import is_in_force, number_in_force
from recommendations.assessments.method_text import MethodText, text_in_force
from recommendations.assessments.models import MethodEdition, Round
from recommendations.organisations import closing
from recommendations.vocabulary import Audience


def open_with_the_public_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page for everybody who signed in, and for everybody else while the public pages are open."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated and (not settings.PUBLIC_PAGES or closing.is_closed()):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return login_not_required(require_safe(guarded))


@open_with_the_public_pages
def method(request: HttpRequest) -> HttpResponse:
    """The definitions, the rules and the workflow in force, from the code itself."""
    return _page(request, text_in_force(_language()), number_in_force(), in_force=True)


@open_with_the_public_pages
def method_edition(request: HttpRequest, number: str) -> HttpResponse:
    """One edition as it was kept, with the rounds that stand under it."""
    edition = MethodEdition.objects.visible_to(Audience.PUBLIC).filter(number=number).first()
    if edition is None:
        # Rounds opened before editions were kept name a number only.
        get_list_or_404(Round.objects.visible_to(Audience.PUBLIC), method_edition=number)
        return redirect("method")
    said = edition.text.get(_language()) or edition.text["en"]
    return _page(request, said, edition.number, in_force=is_in_force(edition))


def _page(request: HttpRequest, said: MethodText, number: str, *, in_force: bool) -> HttpResponse:
    signed_in = request.user.is_authenticated
    reader = request.user if signed_in else Audience.PUBLIC
    return render(
        request,
        "dashboard/method.html",
        {
            "frame": "base.html" if signed_in else "public/base.html",
            "said": said,
            "number": number,
            "in_force": in_force,
            "editions": MethodEdition.objects.visible_to(Audience.PUBLIC),
            # A round's own page is for those who signed in.
            "rounds": Round.objects.visible_to(reader).filter(method_edition=number) if signed_in else (),
        },
    )


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]
