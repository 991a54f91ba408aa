"""What every answer of the site has in common: headers, privacy, and the language of who asked."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.views.defaults import page_not_found

from recommendations.jobs.tracing import tracing

View = Callable[[HttpRequest], HttpResponseBase]

# Powers of the browser that no page here uses: switched off, so that injected code cannot use them either.
NO_POWERS = ", ".join(
    f"{power}=()"
    for power in (
        "accelerometer",
        "attribution-reporting",
        "autoplay",
        "bluetooth",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "usb",
        "window-management",
        "xr-spatial-tracking",
    )
)


# What a proxy may call a request; anything else is not taken over into our log.
REQUEST_NUMBER = re.compile(r"[0-9A-Za-z-]{8,64}")


def numbered_requests(get_response: View) -> View:
    """Gives each request a number, which its answer carries and the lines of the log name."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        number = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        if not REQUEST_NUMBER.fullmatch(number):
            number = secrets.token_hex(8)
        with tracing(request=number):
            response = get_response(request)
        response.headers["X-Request-ID"] = number
        return response

    return middleware


# Where robots may look once the site has opened its public pages.
OPEN_TO_ROBOTS = ("/public/", "/robots.txt")


def response_headers(get_response: View) -> View:
    """Adds the security headers that Django has no setting for, and keeps answers out of caches and search engines."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", NO_POWERS)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        headers.setdefault("Origin-Agent-Cluster", "?1")
        headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        # Static files and the few open pages say how long they hold; whatever says nothing is kept by nobody.
        headers.setdefault("Cache-Control", "private, no-store")
        if not (settings.PUBLIC_PAGES and request.path_info.startswith(OPEN_TO_ROBOTS)):
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return middleware


def compressed_pages(get_response: View) -> View:
    """Sends pages compressed: most weigh a sixth then. Files and exports are compressed in themselves.

    Django adds a random length to each answer, so that its size gives away no secret that stands beside typed text.
    """
    compress = GZipMiddleware(get_response).process_response

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html"):
            return compress(request, response)
        return response

    return middleware


def no_null_character(get_response: View) -> View:
    """Takes the null character out of addresses: no text holds it, and PostgreSQL refuses a question that does."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            raise BadRequest("an address with a null character")
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\x00" in query:
            # Something else that nothing is called stands for it, so that the question finds nothing.
            request.META["QUERY_STRING"] = query.replace("%00", "%EF%BF%BD").replace("\x00", "%EF%BF%BD")
        return get_response(request)

    return middleware


def private_pages(get_response: View) -> View:
    """Keeps what a signed-in person saw out of every cache, and has the browser forget it when she signs out."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        came_signed_in = request.user.is_authenticated
        response = get_response(request)
        private = came_signed_in or request.user.is_authenticated
        if private and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        if came_signed_in and not request.user.is_authenticated:
            response.headers.setdefault("Clear-Site-Data", '"cache", "storage"')
        return response

    return middleware


def own_language(get_response: View) -> View:
    """Answers a signed-in person in the language and the time zone she chose, whatever the browser prefers."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(getattr(request.user, "time_zone", None)):
            return get_response(request)

    return middleware


def what_went_meanwhile(get_response: View) -> View:
    """Answers 404 where what somebody was writing on went in the same moment, such as with an import taken back.

    The database alone can tell when two people are that close; nothing of hers was saved then.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, fault: Exception) -> HttpResponseBase | None:
        if isinstance(fault, IntegrityError) and "foreign key" in str(fault).casefold():
            return page_not_found(request, fault)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
