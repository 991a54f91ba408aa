"""Secret addresses of calendars: made, read, ended; the address itself is shown once."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from recommendations.audit.log import record
from recommendations.organisations.closing import is_closed
from recommendations.organisations.models import CalendarFeed
from recommendations.organisations.tokens import token_hash


@transaction.atomic
def make_feed(person: Any, *, cycle: str = "", at: datetime | None = None) -> tuple[CalendarFeed, str]:
    """A new address for the person's dates (of one cycle); the old one of the same kind ends. Gives feed and token."""
    at = at or timezone.now()
    for old in CalendarFeed.objects.select_for_update().filter(owner=person, cycle=cycle, ended_at=None):
        end_feed(old, by=person, at=at)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(owner=person, cycle=cycle, token_hash=token_hash(token), made_at=at)
    record("feed.made", feed, by=person, at=at)
    return feed, token


@transaction.atomic
def end_feed(feed: CalendarFeed, *, by: Any, at: datetime | None = None) -> None:
    """The address answers nobody from now on; ending twice changes nothing."""
    at = at or timezone.now()
    if CalendarFeed.objects.filter(pk=feed.pk, ended_at=None).update(ended_at=at):
        record("feed.ended", feed, by=by, at=at)


def end_feeds_of(person: Any, *, by: Any, at: datetime | None = None) -> int:
    """End all of a person's addresses, as when her access ends. Returns how many."""
    feeds = list(CalendarFeed.objects.filter(owner=person, ended_at=None))
    for feed in feeds:
        end_feed(feed, by=by, at=at)
    return len(feeds)


def feed_of(token: str, *, today: date) -> CalendarFeed | None:
    """The feed of that address, with the day it was read kept; None where it is unknown or ended, or all are closed."""
    if is_closed():
        return None
    feed = (
        CalendarFeed.objects.filter(token_hash=token_hash(token), ended_at=None, owner__is_active=True)
        .select_related("owner")
        .first()
    )
    if feed is not None and feed.read_on != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_on=today)
    return feed
