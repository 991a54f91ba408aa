"""Two pages for whoever signs in: what is given away when a device or the server is taken, and what not to put in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recommendations.access import policy


@require_safe
def what_a_seizure_gives_away(request: HttpRequest) -> HttpResponse:
    """For each thing that can be taken: what is read then, what is not, and what to do in the first minutes."""
    return render(request, "safety/seizure.html", _context(request))


@require_safe
def what_not_to_put_in(request: HttpRequest) -> HttpResponse:
    """What stays out of the product, and where it goes instead."""
    return render(request, "safety/keep_out.html", _context(request))


def _context(request: HttpRequest) -> dict[str, object]:
    """What differs from site to site, and from role to role."""
    return {
        "may_freeze": policy.may(request.user, "colleague.freeze"),
        "hours": settings.SESSION_COOKIE_AGE // 3600,
        "public_pages": settings.PUBLIC_PAGES,
    }
