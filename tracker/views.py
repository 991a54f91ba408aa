"""The pages that belong to the site and to no capability."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the site serves. Asks nothing of the database, so that a slow one does not get the site restarted."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tells search engines to stay away; of an open site they may read the public pages and what these load."""
    lines = ["User-agent: *"]
    if settings.PUBLIC_PAGES:
        lines += ["Allow: /public/", "Allow: /static/"]
    lines += ["Disallow: /", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116), where the site names somebody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {half_a_year_after(timezone.now()):%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def half_a_year_after(now: datetime) -> datetime:
    """The first day of the seventh month from now: the page stays the same for a month, and never runs out."""
    months = now.year * 12 + now.month - 1 + 7
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Takes `language` (and `next`, where to go on): for a signed-in person for good, else in a cookie."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        get_user_model()._default_manager.filter(pk=request.user.pk).update(language=language)
    return set_language(request)
