"""What every page says while the site is closed."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from recommendations.organisations.closing import is_closed


def closed(request: HttpRequest) -> dict[str, Any]:
    """The context processor: asked only for whoever is signed in, and only where a template asks."""
    person = getattr(request, "user", None)
    return {"site_is_closed": SimpleLazyObject(is_closed) if person and person.is_authenticated else False}
