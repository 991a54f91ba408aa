"""The digest: one quiet mail a day to whoever has something unread, and none where nothing is due.

A digest is written with its job and with what it tells (``Notification.in_digest``) in one transaction; the job sends
it, outside any transaction, and notes that it left. Between the mail server's answer and that note lies the border
at which a killed worker makes a mail go twice: the second one has the same Message-ID and tells the same things.
"""

from __future__ import annotations

import logging
import smtplib
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.organisations.models import User
from recommendations.reminders.models import Digest, Notification
from recommendations.reminders.rules import visible_ids
from recommendations.reminders.sentences import sentence
from recommendations.vocabulary import JobState

logger = logging.getLogger(__name__)

JOB = "reminders.digest"
# With the growing waits a little less than a day: the next day's digest takes over what was given up.
ATTEMPTS = 28
LONGEST_DIGEST = 40
# What is older has been waiting in the product for so long that a mail makes no difference.
STILL_NEW = timedelta(days=30)


def make_digests(*, now: datetime) -> list[Job]:
    """A digest and the job that sends it for each person who has something to be told of; at most one a day."""
    today = timezone.localdate(now)
    waiting = _untold().filter(
        created_at__gt=now - STILL_NEW, recipient__is_active=True, recipient__wants_digest=True
    )
    people = User.objects.filter(pk__in=waiting.values("recipient")).exclude(
        digests__in=Digest.objects.filter(on=today)
    )
    made = (_make(person, today, now) for person in people)
    return [job for job in made if job is not None]


def _untold() -> QuerySet[Notification]:
    """Unread notifications that are in no digest, or in one that was given up."""
    return Notification.objects.filter(
        Q(in_digest=None) | Q(in_digest__sent_at=None, in_digest__job__state=JobState.FAILED), read_at=None
    )


@transaction.atomic
def _make(person: User, today: date, now: datetime) -> Job | None:
    """The person's digest of the day; None where it would be empty, or where another run has just made it."""
    rows = [
        row.pk
        for row in _untold().filter(recipient=person, created_at__gt=now - STILL_NEW)
        if row.kind not in person.digest_off
    ]
    if not rows:
        return None
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    digest, made = Digest.objects.get_or_create(
        recipient=person, on=today, defaults={"message_id": f"<digest.{person.pk}.{today:%Y%m%d}@{host}>"}
    )
    if not made:
        return None
    Notification.objects.filter(pk__in=rows).update(in_digest=digest)
    job = queue.enqueue(JOB, {"digest": digest.pk}, key=f"{JOB}:{digest.pk}")
    Digest.objects.filter(pk=digest.pk).update(job=job)
    return job


@queue.handler(JOB, attempts=ATTEMPTS)
def send_digest(work: queue.Work) -> queue.Effects | None:
    """Send one digest: what is still unread, still visible to the person, and still wanted."""
    digest = (
        Digest.objects.select_related("recipient").filter(pk=work.payload["digest"], sent_at=None).first()
    )
    if digest is None:
        return None
    rows = _still_of_use(digest)
    if not rows:
        return None
    try:
        _mail(digest.recipient, rows[:LONGEST_DIGEST], len(rows), digest.message_id).send()
    except smtplib.SMTPRecipientsRefused as fault:
        # The answer names the address, which belongs in no log.
        code = max((code for code, _words in fault.recipients.values()), default=0)
        reason = f"the mail server refuses the address ({code})"
        raise (queue.GiveUp if code >= 500 else queue.TryAgain)(reason) from None
    except OSError as fault:  # the mail server's other faults and the connection's
        raise queue.TryAgain(f"the mail server could not be reached ({type(fault).__name__})") from None

    logger.info("digest %s was taken by the mail server", digest.pk)

    def effects() -> dict[str, int]:
        Digest.objects.filter(pk=digest.pk).update(sent_at=Now())
        return {"told": len(rows)}

    return effects


def _still_of_use(digest: Digest) -> list[Notification]:
    person = digest.recipient
    if not (person.is_active and person.wants_digest):
        return []
    rows = [
        row
        for row in Notification.objects.visible_to(person)
        .filter(in_digest=digest, read_at=None)
        .order_by("created_at", "pk")
        if row.kind not in person.digest_off
    ]
    subjects: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.subject_kind and row.subject_id is not None:
            subjects[row.subject_kind].add(row.subject_id)
    seen: dict[str, set[Any]] = {
        kind: visible_ids(apps.get_model("recommendations", kind), ids, person)
        for kind, ids in subjects.items()
    }
    return [row for row in rows if not row.subject_kind or row.subject_id in seen[row.subject_kind]]


def _mail(person: User, rows: list[Notification], count: int, message_id: str) -> EmailMultiAlternatives:
    """The digest in the person's language: one line and one link each, and how to have fewer."""
    with translation.override(person.language):
        context = {
            "name": person.name,
            "lines": [
                (sentence(row.kind, row.params), settings.SITE_URL + row.url if row.url else "")
                for row in rows
            ],
            "more": count - len(rows),
            "site": settings.SITE_URL,
        }
        mail = EmailMultiAlternatives(
            subject=ngettext("%(n)d reminder", "%(n)d reminders", count) % {"n": count},
            body=render_to_string("emails/digest.txt", context),
            to=[person.email],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("emails/digest.html", context), "text/html")
    return mail
