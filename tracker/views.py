"""The two pages that belong to the site and to no capability."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
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
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Takes `language` (and `next`, where to go on): for a signed-in person for good, else in a cookie."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        get_user_model()._default_manager.filter(pk=request.user.pk).update(language=language)
    return set_language(request)
