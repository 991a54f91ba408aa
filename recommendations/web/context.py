"""What every page's frame shows: the ways through the product, the person's settings, the languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# The columns of the person that say a role; what one may do on a page is asked by the page itself.
READERS = frozenset({"is_editor", "is_reviewer", "is_coordinator", "is_observer"})
MEMBERS = frozenset({"is_editor", "is_reviewer", "is_coordinator"})
REVIEWING = frozenset({"is_reviewer", "is_coordinator"})
COORDINATING = frozenset({"is_coordinator"})
ADMINISTERING = frozenset({"is_administrator"})
ANYBODY = READERS | ADMINISTERING
# Each language in its own words, so that it is found whatever the page's language is.
OWN_NAMES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}

# name of the address, words, who is shown it
MAIN = (
    ("my_work", _("My work"), ANYBODY),
    ("recommendation_list", _("Recommendations"), READERS),
    ("cycle_list", _("Cycles"), READERS),
    ("evidence_list", _("Evidence"), READERS),
    ("indicator_list", _("Indicators"), READERS),
    ("review_queue", _("Review queue"), REVIEWING),
)
MORE = (
    ("calendar", _("Calendar"), READERS),
    ("assessment_list", _("Assessments"), READERS),
    ("source_list", _("Protected sources"), MEMBERS),
    ("submission_list", _("Submissions"), READERS),
    ("fact_sheet_list", _("Fact sheets"), READERS),
    ("edition_list", _("Editions"), READERS),
    ("link_list", _("Share links"), MEMBERS),
    ("colleagues", _("Colleagues"), COORDINATING),
    ("caution_list", _("Legal risk"), COORDINATING),
    ("freeze_list", _("Freeze a colleague"), MEMBERS),
    ("rule_list", _("Rules of reminders"), COORDINATING),
    ("import_list", _("Imports"), COORDINATING),
    ("export_list", _("Exports"), READERS),
    ("people_list", _("People"), ADMINISTERING),
    ("organisation_list", _("Organisations"), ADMINISTERING),
    ("audit_log", _("Audit log"), ADMINISTERING),
    ("mail_folder", _("Mail folder"), ADMINISTERING),
    ("everything", _("Export everything"), ADMINISTERING),
    ("site_close", _("Close the site"), COORDINATING | ADMINISTERING),
    ("site_status", _("State of the site"), ADMINISTERING),
    ("delivery_list", _("Mails sent"), ADMINISTERING),
    ("method", _("How we decide"), ANYBODY),
)
PERSON = (
    ("notification_list", _("Notifications")),
    ("profile", _("Profile and settings")),
    ("mfa_index", _("Signing in safely")),
    ("account_change_password", _("Password")),
    ("usersessions_list", _("Where you are signed in")),
)


@dataclass(frozen=True)
class Way:
    """One link of the navigation."""

    url: str
    words: Any
    current: bool


def nav(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `nav` is worked out only where a template asks for it."""
    return {"nav": SimpleLazyObject(lambda: frame(request))}


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's data: ways shown by role, settings of the person, languages to choose from."""
    person = getattr(request, "user", None)
    signed_in = bool(person and person.is_authenticated)
    roles = {column for column in ANYBODY if getattr(person, column, False)} if signed_in else set()
    theme = getattr(person, "theme", "auto")
    return {
        "signed_in": signed_in,
        "main": ways(request, [entry[:2] for entry in MAIN if roles & entry[2]]),
        "more": ways(request, [entry[:2] for entry in MORE if roles & entry[2]]),
        "person": ways(request, PERSON) if signed_in else [],
        "theme": theme if theme in ("light", "dark") else "",
        "single_keys": signed_in and getattr(person, "single_keys", False),
        "search_url": address("recommendation_list") if roles & READERS else "",
        "language_url": address("set_language"),
        "languages": [(code, OWN_NAMES.get(code, name)) for code, name in settings.LANGUAGES],
        "language": get_language() or settings.LANGUAGE_CODE,
        "csrf": SimpleLazyObject(lambda: get_token(request)),
        "here": request.get_full_path() if request.method == "GET" else "/",
    }


def ways(request: HttpRequest, entries: Any) -> list[Way]:
    """The links; the longest address that begins the page's own is the current one."""
    found = [(address(name), words) for name, words in entries]
    best = max((url for url, _words in found if url and begins(request.path, url)), key=len, default=None)
    return [Way(url=url, words=words, current=url == best) for url, words in found if url]


def begins(path: str, url: str) -> bool:
    """Whether a page lies under an address; My work is only itself."""
    return path == url if url == "/" else path.startswith(url)


def address(name: str) -> str:
    """The address of that name, or nothing where the site has no such page (public pages only, a switched-off part)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
