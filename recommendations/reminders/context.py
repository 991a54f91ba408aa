"""What every page shows of reminders: how many are unread."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from recommendations.reminders.models import Notification


def unread(request: HttpRequest) -> dict[str, Any]:
    """The context processor: counted only where a template asks for it, and once.

    A function, which templates call: a number that is made lazily cannot be reckoned with, as Russian plurals do.
    """
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"unread_notifications": 0}

    @cache
    def count() -> int:
        return Notification.objects.visible_to(person).filter(read_at=None).count()

    return {"unread_notifications": count}
