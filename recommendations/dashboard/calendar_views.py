"""The calendar: all cycles on one line of time, the dates ahead, and addresses for calendar programs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recommendations.access import policy
from recommendations.catalogue.models import Milestone, ReviewCycle
from recommendations.charts import both_widths
from recommendations.charts.lanes import Lane, lanes
from recommendations.charts.lines import MilestoneMark
from recommendations.dashboard.dates import Day, as_events, days_of, find_day
from recommendations.dashboard.now import reviews_now
from recommendations.formats import ical
from recommendations.organisations import feeds
from recommendations.organisations.models import CalendarFeed
from recommendations.web.alphabet import InAlphabet

# A subscription keeps what lies a little behind, so that a calendar does not lose last week's meeting.
BEHIND = timedelta(days=120)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The page of dates; a feed's address that was just made is shown once."""
    policy.require(request.user, "content.read")
    today = timezone.localdate()
    cycles = _cycles(request)
    days = days_of(request.user, since=today)
    leading = {now.cycle.pk: now.phase for now in reviews_now(request.user, today)}
    return render(
        request,
        "dashboard/calendar.html",
        {
            "chart": _chart(cycles, today),
            "cycles": [(row, leading.get(row.pk)) for row in cycles],
            "months": [
                (month, list(rows)) for month, rows in groupby(days, key=lambda day: day.on.replace(day=1))
            ],
            "feeds": CalendarFeed.objects.visible_to(request.user).filter(ended_at=None),
            "made": request.session.pop("feed_made", ""),
            "today": today,
        },
    )


@require_POST
def feed_make(request: HttpRequest) -> HttpResponse:
    """A new secret address: of everything, or of one cycle."""
    policy.require(request.user, "content.read")
    key = request.POST.get("cycle", "")
    if key:
        get_object_or_404(ReviewCycle.objects.visible_to(request.user), key=key)
    _feed, token = feeds.make_feed(request.user, cycle=key)
    request.session["feed_made"] = settings.SITE_URL + reverse("calendar_feed", args=[token])
    return redirect(f"{reverse('calendar')}#feeds")


@require_POST
def feed_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The address answers nobody any more."""
    policy.require(request.user, "content.read")
    feeds.end_feed(get_object_or_404(CalendarFeed.objects.visible_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("The address answers nobody any more."))
    return redirect(f"{reverse('calendar')}#feeds")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads: titles and days of what the owner may see at this moment."""
    feed = feeds.feed_of(token, today=timezone.localdate())
    if feed is None or not policy.may(feed.owner, "content.read"):
        raise Http404
    person = feed.owner
    with translation.override(person.language), timezone.override(person.time_zone):
        # A calendar's name lies open on a telephone: it does not say what the dates are of.
        name = f"{_('Dates')} · {feed.cycle}" if feed.cycle else _("Dates")
        days = days_of(person, since=timezone.localdate() - BEHIND, cycle=feed.cycle)
        return _answer(days, person, name=name)


@require_safe
def calendar_day(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One date to be added to one's own calendar."""
    policy.require(request.user, "content.read")
    day = find_day(request.user, kind, pk)
    if day is None:
        raise Http404
    policy.require(request.user, "calendar.export")
    answer = _answer([day], request.user, name=day.title)
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{pk}.ics"'
    return answer


def _answer(days: list[Day], person: Any, *, name: str) -> HttpResponse:
    host = settings.SITE_URL.partition("://")[2] or "localhost"
    content = ical.calendar(
        as_events(days, site=settings.SITE_URL, host=host),
        name=name,
        time_zone=person.time_zone,
        language=person.language,
        now=timezone.now(),
    )
    return HttpResponse(content, content_type=ical.MIME)


def _cycles(request: HttpRequest) -> list[Any]:
    """The followed cycles, each with its ``dates``."""
    cycles: list[Any] = list(
        ReviewCycle.objects.visible_to(request.user)
        .filter(state__is_followed=True)
        .select_related("state", "session")
        .order_by(InAlphabet("state__name_en", "state__name_ru", "state__name_kk"), "number")
    )
    dates: dict[int, list[Milestone]] = {}
    found = Milestone.objects.visible_to(request.user).filter(cycle__in=cycles, cancelled_at=None)
    for row in found.order_by("on", "pk"):
        dates.setdefault(row.cycle_id, []).append(row)
    for cycle in cycles:
        cycle.dates = dates.get(cycle.pk, [])
    return cycles


def _chart(cycles: list[Any], today: date) -> str:
    rows = [
        Lane(
            cycle.key,
            tuple(
                MilestoneMark(
                    row.on,
                    row.label,
                    f"≈ {date_format(row.on, 'YEAR_MONTH_FORMAT')}"
                    if row.is_estimate
                    else date_format(row.on, "SHORT_DATE_FORMAT"),
                    row.is_estimate,
                )
                for row in cycle.dates
            ),
        )
        for cycle in cycles
    ]
    if not any(row.marks for row in rows):
        return ""
    return both_widths(
        lanes, rows, title=_("All cycles on one line of time"), today=today, today_shown=_("today"), wide=1080
    )
