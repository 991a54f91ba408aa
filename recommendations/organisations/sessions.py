"""How long a sign-in lasts, when its person was last there, and how it is ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.audit.log import record

# In the session, as seconds since 1970: when it began, and when its person was last there.
BEGAN, SEEN = "began_at", "seen_at"
# So often at most it is written down that she is there: a page does not cost a write.
NOTED_EVERY = 60


@receiver(user_logged_in)
def begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """A sign-in begins."""
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()


def began_within(request: HttpRequest, time: timedelta) -> bool:
    """Whether this sign-in is that fresh."""
    began = request.session.get(BEGAN)
    return began is not None and timezone.now().timestamp() - began < time.total_seconds()


def limited_sessions(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Middleware: ends a sign-in after the idle and the longest time, whatever the browser keeps."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            over = _over(request, timezone.now())
            if over:
                person = request.user
                logout(request)
                record("person.timed_out", person, by=None)
                messages.info(request, over)
        return get_response(request)

    return middleware


def end(person: Any, sessions: Iterable[UserSession], *, by: Any) -> int:
    """End these sign-ins of a person; how many there were."""
    count = 0
    with transaction.atomic():
        for session in sessions:
            session.end()
            count += 1
        if count:
            record("person.sessions_ended", person, by=by, detail={"count": count})
    return count


def end_all_of(person: Any, *, by: Any, but: str | None = None) -> int:
    """End every sign-in of a person, or all but the one of this key."""
    return end(person, UserSession.objects.filter(user=person).exclude(session_key=but or ""), by=by)


def _over(request: HttpRequest, now: datetime) -> str:
    """Why this sign-in is over, or nothing; notes that she is here."""
    session, moment = request.session, now.timestamp()
    began, seen = session.setdefault(BEGAN, moment), session.setdefault(SEEN, moment)
    if moment - began >= settings.SESSION_HOURS * 3600:
        return _("You were signed out: a sign-in lasts %(hours)s hours at most.") % {
            "hours": settings.SESSION_HOURS
        }
    if moment - seen >= settings.SESSION_IDLE_MINUTES * 60:
        minutes = settings.SESSION_IDLE_MINUTES
        return ngettext(
            "You were signed out: nothing happened for %(minutes)s minute.",
            "You were signed out: nothing happened for %(minutes)s minutes.",
            minutes,
        ) % {"minutes": minutes}
    # A part of a page that reloads by itself is no sign that anybody is there.
    by_itself = request.method == "GET" and bool(request.headers.get("HX-Request"))
    if moment - seen >= NOTED_EVERY and not by_itself:
        session[SEEN] = moment
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)
    return ""
