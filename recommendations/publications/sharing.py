"""Share links: made for what everybody may have, opened and logged without a trace of who opens, ended."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.organisations.closing import is_closed
from recommendations.organisations.ending import ends
from recommendations.organisations.models import User
from recommendations.organisations.tokens import token_hash
from recommendations.publications import editions
from recommendations.publications.models_editions import Edition
from recommendations.publications.models_sharing import ShareLink
from recommendations.vocabulary import Audience
from recommendations.workflow.engine import Refused

MOST_DAYS = 366


def refusal(edition: Edition, *, by: Any) -> str | None:
    """Why this person may not share it, or None: what is shared is what everybody may have."""
    reason = policy.refusal(by, "link.share")
    if reason:
        return reason
    if not _is_public(edition):
        return _("Only a frozen edition for the public can be shared.")
    if editions.blocked([edition]):
        return _("This edition is no longer handed out.")
    return None


def _is_public(edition: Edition) -> bool:
    return Edition.objects.visible_to(Audience.PUBLIC).filter(pk=edition.pk).exists()


@transaction.atomic
def make_link(
    edition: Edition, *, by: Any, days: int | None = None, note: str = "", at: datetime | None = None
) -> tuple[ShareLink, str]:
    """A new link that expires after ``days`` (a setting says how many by default); gives it and its token, once."""
    at = at or timezone.now()
    reason = refusal(edition, by=by)
    if reason:
        raise Refused(reason)
    days = settings.SHARE_LINK_DAYS if days is None else days
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("A link lives from one day to %(most)s days.") % {"most": MOST_DAYS})
    token = secrets.token_urlsafe(32)
    link = ShareLink.objects.create(
        owner=by,
        edition=edition,
        token_hash=token_hash(token),
        note=note.strip()[:150],
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    record("link.made", link, by=by, detail={"edition": edition.key, "days": days}, at=at)
    return link, token


def end_link(link: ShareLink, *, by: Any, at: datetime | None = None) -> None:
    """The address answers nobody from now on; ending twice changes nothing."""
    at = at or timezone.now()
    if ShareLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
        record("link.ended", link, by=by, at=at)


@ends("share_links")
def end_links_of(person: User, *, by: Any, at: datetime) -> int:
    """All links that she made answer nobody."""
    links = list(ShareLink.objects.filter(owner=person, ended_at=None, expires_at__gt=at))
    for link in links:
        end_link(link, by=by, at=at)
    return len(links)


def link_of(token: str, *, at: datetime | None = None) -> ShareLink | None:
    """The link of that address; None where it is unknown, over, its owner's account closed, or all are closed."""
    if is_closed():
        return None
    link = (
        ShareLink.objects.filter(
            token_hash=token_hash(token),
            ended_at=None,
            expires_at__gt=at or timezone.now(),
            owner__is_active=True,
        )
        .select_related("edition__round__cycle__state", "edition__before", "edition__renews")
        .first()
    )
    return link if link is not None and _is_public(link.edition) else None


@transaction.atomic
def opened(link: ShareLink, *, what: str, at: datetime | None = None) -> None:
    """Note that it was opened, and what of it: not by whom, nor from where."""
    at = at or timezone.now()
    ShareLink.objects.filter(pk=link.pk).update(openings=F("openings") + 1, last_opened_at=at)
    record("link.opened", link, by=None, detail={"what": what}, at=at)
