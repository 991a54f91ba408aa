"""Devices in words, and which of them a person has signed in on before."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.organisations.models import KnownDevice
from recommendations.organisations.tokens import token_hash

# What stands in the browser's own name for itself, the more particular first: many claim to be Chrome and Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
# A cookie without meaning elsewhere; the server keeps its hash only. After a year unseen a device is new again.
COOKIE = "__Host-device" if settings.PRODUCTION else "device"
REMEMBERED = timedelta(days=365)


def in_words(user_agent: str) -> str:
    """What people call the device, such as "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")


def is_known(person: Any, request: HttpRequest) -> bool:
    """Whether this person signed in on this device before; it counts as seen now."""
    token = request.COOKIES.get(COOKIE, "")
    now = timezone.now()
    known = KnownDevice.objects.filter(
        user=person, token_hash=token_hash(token), seen_at__gt=now - REMEMBERED
    )
    return bool(token) and bool(known.update(seen_at=now))


def remember(person: Any, response: HttpResponse) -> None:
    """From now on this device is known."""
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    KnownDevice.objects.filter(user=person, seen_at__lte=now - REMEMBERED).delete()
    KnownDevice.objects.create(user=person, token_hash=token_hash(token), seen_at=now)
    response.set_cookie(
        COOKIE,
        token,
        max_age=REMEMBERED,
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )


def forget_all(person: Any) -> None:
    """Every device is new again."""
    KnownDevice.objects.filter(user=person).delete()
