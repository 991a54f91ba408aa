"""The digest: one quiet mail a day to whoever has something unread, and none where nothing is due.

A digest is written with its job and with what it tells (``Notification.in_digest``) in one transaction; the job sends
it, outside any transaction, and notes that it left. Between the mail server's answer and that note lies the border
at which a killed worker makes a mail go twice: the second one has the same Message-ID and tells the same things.
"""

from __future__ import annotations

import logging
import smtplib
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext

from recommendations.assessments.models import Assessment
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.organisations.models import User
from recommendations.reminders.models import Digest, Notification
from recommendations.reminders.seeing import visible_ids
from recommendations.reminders.sentences import mailed_sentence
from recommendations.vocabulary import AssessmentStatus, JobState, ReminderChannel, ReminderKind
from recommendations.web.many import among

logger = logging.getLogger(__name__)

JOB = "reminders.digest"
STOP = "reminders.stop"
# With the growing waits a little less than a day: the next day's digest takes over what was given up.
ATTEMPTS = 28
LONGEST_DIGEST = 40
# So many people's digests are made in one transaction: a kill costs little, and other writers wait little.
AT_ONCE, BATCH = 100, 300
# What happens to a person's own work, beside the rules: one choice for all of it.
NEWS = "news"
# The state of its assessment in which such a word calls for something, or is news; nobody is sent what is settled.
HOLDS_WHILE = {
    "assessment.submitted": AssessmentStatus.SUBMITTED,
    ReminderKind.WAITING_REVIEW: AssessmentStatus.SUBMITTED,
    "assessment.returned": AssessmentStatus.RETURNED,
    ReminderKind.RETURNED_DRAFT: AssessmentStatus.RETURNED,
    "assessment.approved": AssessmentStatus.APPROVED,
}
# What is older has been waiting in the product for so long that a mail makes no difference.
STILL_NEW = timedelta(days=30)


def make_digests(*, now: datetime) -> list[Job]:
    """A digest and the job that sends it for each person whose hour has come and who has something to be told of."""
    waiting = _untold().filter(
        created_at__gt=now - STILL_NEW, recipient__is_active=True, recipient__wants_digest=True
    )
    due = []
    for person in User.objects.filter(pk__in=waiting.values("recipient")):
        slot = slot_of(person, now)
        if slot is not None and not is_away(person, now):
            due.append((person, slot))
    made = []
    for start in range(0, len(due), AT_ONCE):
        made += _make(due[start : start + AT_ONCE], now)
    return made


def slot_of(person: User, now: datetime) -> date | None:
    """The day of the digest that is due to the person now, in her time zone; None before its hour.

    A weekly one is due from its day on until it is sent: a machine that was off that day sends it the day after.
    """
    local = now.astimezone(zoneinfo.ZoneInfo(person.time_zone))
    if local.hour < person.digest_hour:
        return None
    if person.digest_weekday is None:
        return local.date()
    return local.date() - timedelta(days=(local.weekday() - person.digest_weekday) % 7)


def is_away(person: User, now: datetime) -> bool:
    """Whether the person asked for no mail for the time being."""
    today = now.astimezone(zoneinfo.ZoneInfo(person.time_zone)).date()
    return person.away_until is not None and today <= person.away_until


def _untold() -> QuerySet[Notification]:
    """Unread notifications that are in no mail, or in one that was given up."""
    return Notification.objects.filter(
        Q(in_digest=None) | Q(in_digest__sent_at=None, in_digest__job__state=JobState.FAILED), read_at=None
    )


def _wanted(person: User, kind: str, *channels: str) -> bool:
    return person.channel(kind if kind in ReminderKind.values else NEWS) in channels


def _make(due: list[tuple[User, date]], now: datetime) -> list[Job]:
    """Their digests; singly where another run has just made one of them."""
    try:
        with transaction.atomic():
            return _make_together(due, now)
    except IntegrityError:
        if len(due) == 1:
            return []
        return [job for one in due for job in _make([one], now)]


def _make_together(due: list[tuple[User, date]], now: datetime) -> list[Job]:
    """None for those who have one of that day or later, and none that would be empty."""
    people = [person.pk for person, _slot in due]
    last = dict(
        Digest.objects.filter(recipient__in=people, is_single=False)
        .values_list("recipient")
        .annotate(last=Max("on"))
        .order_by()
    )
    rows: dict[int, list[Notification]] = defaultdict(list)
    for row in _untold().filter(recipient__in=people, created_at__gt=now - STILL_NEW):
        rows[row.recipient_id].append(row)
    made = []
    for person, slot in due:
        tells = [
            row.pk
            for row in rows[person.pk]
            # What could not be mailed at once goes with the next digest.
            if _wanted(person, row.kind, ReminderChannel.DIGEST)
            or (row.in_digest_id and _wanted(person, row.kind, ReminderChannel.AT_ONCE))
        ]
        if tells and not (person.pk in last and last[person.pk] >= slot):
            name = message_id("digest", person, slot)
            made.append((Digest(recipient=person, on=slot, message_id=name), tells))
    return _to_be_sent(made)


def mail_at_once(told: Iterable[tuple[Notification, User]], now: datetime) -> list[Job]:
    """A mail of its own for each thing, written with it; none while the person is away or wants no mail."""
    today = timezone.localdate(now)
    made = []
    for row, person in told:
        if person.wants_digest and not is_away(person, now):
            name = message_id(f"one.{row.pk}", person, today)
            made.append((Digest(recipient=person, on=today, is_single=True, message_id=name), [row.pk]))
    return _to_be_sent(made)


def single_mails() -> list[Job]:
    """The jobs of mails for one thing whose time has come."""
    due = Digest.objects.filter(is_single=True, sent_at=None, job__in=queue.due()).select_related("job")
    return [digest.job for digest in due if digest.job]


def _to_be_sent(made: list[tuple[Digest, list[int]]]) -> list[Job]:
    """Write the digests, which notifications each tells, and their jobs; as many queries for one as for many."""
    if not made:
        return []
    digests = Digest.objects.bulk_create([digest for digest, _rows in made])
    told = [Notification(pk=row, in_digest=digest) for digest, rows in made for row in rows]
    Notification.objects.bulk_update(told, ["in_digest"], batch_size=BATCH)
    jobs = queue.enqueue_all(JOB, [({"digest": digest.pk}, f"{JOB}:{digest.pk}") for digest in digests])
    for digest, job in zip(digests, jobs, strict=True):
        digest.job = job
    Digest.objects.bulk_update(digests, ["job"], batch_size=BATCH)
    return jobs


def message_id(what: str, person: User, day: date) -> str:
    """The name under which mail servers know it: the same for a repeat."""
    return f"<{what}.{person.pk}.{day:%Y%m%d}@{settings.MAIL_DOMAIN}>"


@queue.handler(JOB, called=gettext_lazy("A mail of reminders"), attempts=ATTEMPTS)
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
    if not (person.is_active and person.wants_digest) or is_away(person, timezone.now()):
        return []
    rows = [
        row
        for row in Notification.objects.visible_to(person)
        .filter(in_digest=digest, read_at=None)
        .order_by("created_at", "pk")
        if _wanted(person, row.kind, ReminderChannel.DIGEST, ReminderChannel.AT_ONCE)
    ]
    subjects: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.subject_kind and row.subject_id is not None:
            subjects[row.subject_kind].add(row.subject_id)
    seen: dict[str, set[Any]] = {
        kind: visible_ids(apps.get_model("recommendations", kind), ids, person)
        for kind, ids in subjects.items()
    }
    return _that_still_hold(
        [row for row in rows if not row.subject_kind or row.subject_id in seen[row.subject_kind]]
    )


def _that_still_hold(rows: list[Notification]) -> list[Notification]:
    """Without what was true of an assessment when it was told and is so no longer, and its latest word only."""
    about = {row.subject_id for row in rows if row.kind in HOLDS_WHILE}
    status = dict(Assessment.objects.filter(pk__in=among(filter(None, about))).values_list("pk", "status"))
    holding = [
        row
        for row in rows
        if row.kind not in HOLDS_WHILE or status.get(row.subject_id or 0) == HOLDS_WHILE[row.kind]
    ]
    last = {row.subject_id: row.pk for row in holding if row.kind in HOLDS_WHILE}
    return [row for row in holding if row.kind not in HOLDS_WHILE or last[row.subject_id] == row.pk]


def stop_address(person: User) -> str:
    """Where one click, without a sign-in, ends these mails; it says nothing about the person."""
    return settings.SITE_URL + reverse("mail_stop", args=[signing.dumps(person.pk, salt=STOP)])


def _mail(person: User, rows: list[Notification], count: int, message_id: str) -> EmailMultiAlternatives:
    """The digest in the person's language: one line and one link each, and how to have fewer."""
    with translation.override(person.language):
        context = {
            "name": person.name,
            "lines": [
                (mailed_sentence(row.kind, row.params), settings.SITE_URL + row.url if row.url else "")
                for row in rows
            ],
            "more": count - len(rows),
            "site": settings.SITE_URL,
            "stop": stop_address(person),
        }
        mail = EmailMultiAlternatives(
            subject=ngettext("%(n)d reminder", "%(n)d reminders", count) % {"n": count},
            body=render_to_string("emails/digest.txt", context),
            to=[person.email],
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                # One click in the mail program ends these mails (RFC 8058).
                "List-Unsubscribe": f"<{stop_address(person)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        mail.attach_alternative(render_to_string("emails/digest.html", context), "text/html")
    return mail
