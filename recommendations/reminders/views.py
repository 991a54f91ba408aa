"""One's notifications in the product."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recommendations.reminders.models import Notification
from recommendations.reminders.sentences import sentence
from recommendations.web.pages import paged


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """What the person was told, the unread first; `?unread=1` shows only these."""
    mine = Notification.objects.visible_to(request.user)
    unread = mine.filter(read_at=None).count()
    only_unread = request.GET.get("unread") == "1"
    rows = mine.filter(read_at=None) if only_unread else mine
    pager = paged(request, rows.order_by("-created_at", "-pk"))
    return render(
        request,
        "reminders/notification_list.html",
        {
            "rows": [(row, sentence(row.kind, row.params)) for row in pager.items],
            "pager": pager,
            "unread": unread,
            "only_unread": only_unread,
        },
    )


@require_POST
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    row = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    if row.read_at is None:
        Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=timezone.now())
    return redirect(row.url or "notification_list")


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    Notification.objects.visible_to(request.user).filter(read_at=None).update(read_at=timezone.now())
    return redirect("notification_list")
