"""Where a person is signed in, and ending it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recommendations.organisations import devices, sessions


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Her sign-ins with device and time, the one she is using first."""
    person: Any = request.user
    rows = [
        {
            "pk": session.pk,
            "device": devices.in_words(session.user_agent),
            "ip": session.ip,
            "since": session.created_at,
            "seen": session.last_seen_at,
            "this_one": session.session_key == request.session.session_key,
        }
        for session in UserSession.objects.purge_and_list(person)
    ]
    rows.sort(key=lambda row: (row["this_one"], row["seen"]), reverse=True)
    others = sum(not row["this_one"] for row in rows)
    return render(request, "usersessions/usersession_list.html", {"rows": rows, "others": others})


@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one sign-in (``session``), all others (``do=others``), or all, this one with them (``do=all``)."""
    person: Any = request.user
    own = UserSession.objects.filter(user=person)
    here = request.session.session_key
    do = request.POST.get("do", "")
    if do == "all":
        sessions.end_all_of(person, by=person, but=here)
        get_adapter().logout(request)
        return redirect("account_login")
    if do == "others":
        sessions.end_all_of(person, by=person, but=here)
        messages.success(request, _("Everywhere else you are signed out."))
        return redirect("usersessions_list")
    number = request.POST.get("session", "")
    session = get_object_or_404(own, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    if session.session_key == here:
        get_adapter().logout(request)
        return redirect("account_login")
    sessions.end(person, [session], by=person)
    messages.success(request, _("That sign-in is ended."))
    return redirect("usersessions_list")
