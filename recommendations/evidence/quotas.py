"""How much one person may send in: files and bytes within a day, and files on their way at the same time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.evidence.models import EvidenceCopy, EvidenceFile, Upload
from recommendations.evidence.words import CopyKind

MEBIBYTE = 1024 * 1024
MOST_ON_THEIR_WAY = 10


def refusal(by: Any, *, size: int) -> str | None:
    """Why this person may not send so many bytes more now, or None."""
    since = timezone.now() - timedelta(hours=24)
    sent = EvidenceFile.objects.filter(received_by=by, received_at__gt=since)
    redacted = EvidenceCopy.objects.filter(kind=CopyKind.REDACTED, made_by=by, made_at__gt=since)
    waiting = Upload.objects.filter(owner=by)
    totals = [
        rows.aggregate(count=Count("pk"), total=Sum("size"))  # type: ignore[attr-defined]
        for rows in (sent, redacted, waiting)
    ]
    if sum(each["count"] for each in totals) >= settings.UPLOAD_DAY_FILES:
        return _("You have sent %(most)s files within a day, as many as one may. Go on tomorrow.") % {
            "most": settings.UPLOAD_DAY_FILES
        }
    if sum(each["total"] or 0 for each in totals) + size > settings.UPLOAD_DAY_MB * MEBIBYTE:
        return _("With this file you would have sent more than %(most)s MB within a day. Go on tomorrow.") % {
            "most": settings.UPLOAD_DAY_MB
        }
    return None


def refusal_to_begin(by: Any, *, size: int) -> str | None:
    """Why this person may not begin to send a file of so many bytes in pieces, or None."""
    if Upload.objects.filter(owner=by).count() >= MOST_ON_THEIR_WAY:
        return _("%(most)s files of yours are on their way. Finish one, or give one up.") % {
            "most": MOST_ON_THEIR_WAY
        }
    return refusal(by, size=size)
