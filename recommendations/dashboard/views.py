"""Read-only pages across capabilities: My work, the audit log, the mail folder."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from recommendations.access.visibility import MEMBER_ROLES, roles_of
from recommendations.dashboard import my_work as work
from recommendations.dashboard.now import order_of_lists, reviews_now
from recommendations.organisations.services import note_visit


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for the person who signed in."""
    person: Any = request.user
    now = timezone.now()
    seen = note_visit(person, now=now)
    today = timezone.localdate(now)
    is_member = bool(roles_of(person) & MEMBER_ROLES)
    reviews = reviews_now(person, today) if is_member else []
    return render(
        request,
        "dashboard/my_work.html",
        {
            "reviews": reviews,
            "lists": order_of_lists(reviews),
            "to_write": work.to_write(person),
            "to_review": work.to_review(person),
            "to_publish": work.to_publish(person),
            "to_translate": work.to_translate(person),
            "to_check": work.to_check(person),
            "consents": work.consents_to_renew(person, today),
            "dates": work.dates_ahead(person, today),
            "changes": work.changes_since(person, seen),
            "seen": seen,
            "today": today,
            "rounds": work.rounds_at_a_glance(person),
            "is_member": is_member,
        },
    )
