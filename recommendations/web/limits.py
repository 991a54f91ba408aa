"""How often one person, and one address, may search and take out; counted in the cache that all processes share.

A count is of one minute or one hour by the clock, not of the last sixty seconds: at its turn twice as much can pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

View = Callable[[HttpRequest], HttpResponseBase]
# People of one office share an address.
PEOPLE_OF_AN_ADDRESS = 5

# Addresses that hand something out at any asking, and those that do so when a form is sent.
HANDED_OUT = frozenset(
    {"recommendation_export", "export_download", "everything_download", "import_template", "submission_file"}
    | {"state_sheet_file", "edition_file", "shared_file", "fact_sheet_file"}
    | {"evidence_file", "evidence_copy", "evidence_receipt", "evidence_with_custody"}
)
HANDED_OUT_ON_POST = frozenset(
    {"summary_export", "matrix_export", "export_retry", "export_renew", "everything", "field_sheets"}
)
# Pages besides `public_…` that open without sign-in.
OPEN_TO_STRANGERS = frozenset({"edition_detail", "shared"})
# Searches that no parameter `q` gives away.
SEARCHES = frozenset({"evidence_suggest", "assessment_proposal"})


@dataclass(frozen=True)
class Limit:
    """One kind of what is counted: the setting that says how much, and for how many seconds."""

    setting: str
    seconds: int


SEARCH = Limit("SEARCH_LIMIT", 60)
EXPORT = Limit("EXPORT_LIMIT", 3600)
PUBLIC = Limit("PUBLIC_LIMIT", 60)


def limits(get_response: View) -> View:
    """Answers 429, with the time from which on it goes again, to whoever asks for too much."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: HttpRequest, *_view: object) -> HttpResponse | None:
        limit = which(request)
        if limit is None:
            return None
        until = exceeded(request, limit)
        return None if until is None else too_many(request, until)

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def which(request: HttpRequest) -> Limit | None:
    """What a request counts as; most count as nothing."""
    name = request.resolver_match.url_name if request.resolver_match else None
    signed_in = request.user.is_authenticated
    if name in HANDED_OUT or (name in HANDED_OUT_ON_POST and request.method == "POST"):
        return EXPORT
    if signed_in and (name in SEARCHES or request.GET.get("q", "").strip()):
        return SEARCH
    if not signed_in and name and (name.startswith("public_") or name in OPEN_TO_STRANGERS):
        return PUBLIC
    return None


def exceeded(request: HttpRequest, limit: Limit) -> datetime | None:
    """Count a request; returns from when on it goes again where it is one too many."""
    most = getattr(settings, limit.setting)
    if not most:
        return None
    turn = int(timezone.now().timestamp()) // limit.seconds
    # What is counted must not tell later who asked from where.
    address = salted_hmac("limits", get_adapter().get_client_ip(request)).hexdigest()[:20]
    counted = [(address, most)]
    if request.user.is_authenticated:
        counted = [(str(request.user.pk), most), (address, most * PEOPLE_OF_AN_ADDRESS)]
    over = [
        who for who, allowed in counted if _count(f"{limit.setting}:{turn}:{who}", limit.seconds) > allowed
    ]
    if not over:
        return None
    return datetime.fromtimestamp((turn + 1) * limit.seconds, tz=timezone.get_current_timezone())


def _count(key: str, seconds: int) -> int:
    if cache.add(key, 1, timeout=seconds):
        return 1
    if connection.connection is None:
        # Django's cache says no more than that it could not: who waited for the database does not wait again.
        raise OperationalError("the database went away while it counted")
    try:
        return cache.incr(key)
    except ValueError:  # it ran out in between
        return 1


def too_many(request: HttpRequest, until: datetime) -> HttpResponse:
    """The page that says when to come again."""
    response = render(request, "429.html", {"again_at": until}, status=429)
    wait = (until - timezone.now()).total_seconds()
    response.headers["Retry-After"] = str(max(1, int(wait) + 1))
    return response
