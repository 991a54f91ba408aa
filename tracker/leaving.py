"""The quick exit: signs out, has the browser forget the site, and leads to a page that nobody wonders about."""

from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

PATH = "/leave/"
AWAY = "/away/"
EVERYTHING = '"cache", "cookies", "storage"'


# A form that has grown too old must hold nobody up here. What another site could do with this address is little:
# its POST comes without the session's cookie (SameSite), so it signs nobody out.
@login_not_required
@csrf_exempt
@require_POST
def quick_exit(request: HttpRequest) -> HttpResponse:
    """Sign out and lead away, whatever the state of the form, the session and the database."""
    try:
        if request.user.is_authenticated:
            get_adapter().logout(request)
    except DatabaseFault:
        pass  # her browser forgets the session all the same
    return forgotten()


def forgotten() -> HttpResponseRedirect:
    """The answer that takes cookies, cache and storage from the browser and leads to the page away."""
    response = HttpResponseRedirect(AWAY)
    response.status_code = 303
    response.headers["Clear-Site-Data"] = EVERYTHING
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
        response.delete_cookie(name)
    return response


@login_not_required
@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """A page without a word of ours that goes on to the target at once.

    The form's own answer cannot lead to another site: browsers hold a form to the policy's `form-action` through every
    redirection, and a target that redirects would leave the person where she was.
    """
    target = settings.QUICK_EXIT_URL
    response = render(request, "away.html", {"target": target, "name": urlsplit(target).hostname})
    response.headers["Refresh"] = f"0; url={target}"
    return response
