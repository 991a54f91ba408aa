"""What every page shows of reminders: how many are unread."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from recommendations.reminders.models import Notification


def unread(request: HttpRequest) -> dict[str, Any]:
    """The context processor: counted only where a template asks for it."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"unread_notifications": 0}

    def count() -> int:
        return Notification.objects.visible_to(person).filter(read_at=None).count()

    return {"unread_notifications": SimpleLazyObject(count)}
