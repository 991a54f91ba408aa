"""Telling people what is due: once each, in the product and in one quiet digest a day.

``dispatch(now=…)`` is what beat and the command both call. The ledger (``Delivery``) is written in the transaction
that writes the notification, unique by rule, anchor, anchor date, lead and recipient: two beats or a command beside
Celery do no harm. A digest is claimed before it is sent; a lapsed claim is taken again.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from recommendations.organisations.models import User
from recommendations.reminders.models import Delivery, Digest, Notification, ReminderRule
from recommendations.reminders.rules import DEFAULT_LEADS, FINDERS, Due, leads_due, visible_ids
from recommendations.reminders.sentences import sentence

logger = logging.getLogger(__name__)

DIGEST_HOUR = 7  # from this hour of the site's time zone on
CLAIM = timedelta(minutes=5)
LONGEST_DIGEST = 40


@dataclass
class Report:
    """What one run did: notifications made, digests sent, digests that failed, things no longer worth telling."""

    notifications: int = 0
    digests: int = 0
    failed: int = 0
    skipped: int = 0


def dispatch(*, now: datetime | None = None) -> Report:
    """Tell whoever is to be told by ``now`` (the present when not given); running it again tells nothing twice."""
    now = now or timezone.now()
    report = Report()
    today = timezone.localdate(now)
    for rule in ensure_rules():
        if rule.is_on:
            _tell(rule, today, now, report)
    if timezone.localtime(now).hour >= DIGEST_HOUR:
        send_digests(now=now, report=report)
    return report


def ensure_rules() -> list[ReminderRule]:
    """The rules, each made with its default leads where it is missing."""
    known = {rule.kind: rule for rule in ReminderRule.objects.all()}
    missing = [
        ReminderRule(kind=kind, leads=leads) for kind, leads in DEFAULT_LEADS.items() if kind not in known
    ]
    if missing:
        ReminderRule.objects.bulk_create(missing, ignore_conflicts=True)
        known = {rule.kind: rule for rule in ReminderRule.objects.all()}
    return [known[kind] for kind in DEFAULT_LEADS]


def _tell(rule: ReminderRule, today: date, now: datetime, report: Report) -> None:
    due = []
    for one in FINDERS[rule.kind](rule.leads, today):
        leads = leads_due(rule.leads, anchor_on=one.anchor_on, today=today)
        if leads and one.recipients:
            due.append((one, leads))
    if not due:
        return
    told = set(
        Delivery.objects.filter(rule=rule, anchor_id__in={one.anchor_id for one, _leads in due}).values_list(
            "anchor_kind", "anchor_id", "anchor_on", "lead", "recipient"
        )
    )
    seen = _what_each_may_see(due)
    for one, leads in due:
        for person in one.recipients:
            untold = [
                lead
                for lead in leads
                if (one.anchor_kind, one.anchor_id, one.anchor_on, lead, person) not in told
            ]
            if not untold or leads[-1] not in untold:
                # The nearest lead was told: earlier ones are of no use any more.
                continue
            if one.anchor_id not in seen[person, one.anchor_kind]:
                report.skipped += 1
                continue
            _once(rule, one, person, untold, now, report)


def _what_each_may_see(due: list[tuple[Due, list[int]]]) -> dict[tuple[int, str], set[int]]:
    anchors: dict[str, set[int]] = defaultdict(set)
    people: dict[str, set[int]] = defaultdict(set)
    for one, _leads in due:
        anchors[one.anchor_kind].add(one.anchor_id)
        people[one.anchor_kind].update(one.recipients)
    users = User.objects.in_bulk(set().union(*people.values()))
    return {
        (person, kind): visible_ids(apps.get_model("recommendations", kind), ids, users[person])
        for kind, ids in anchors.items()
        for person in people[kind]
        if person in users
    }


def _once(rule: ReminderRule, due: Due, person: int, leads: list[int], now: datetime, report: Report) -> None:
    """One notification for the nearest lead; the ledger says of the earlier ones that they need no telling."""
    try:
        with transaction.atomic():
            notification = Notification.objects.create(
                recipient_id=person,
                kind=rule.kind,
                params=due.params | {"anchor_on": due.anchor_on.isoformat()},
                url=due.url,
                subject_kind=due.anchor_kind,
                subject_id=due.anchor_id,
                created_at=now,
            )
            for lead in leads:
                Delivery.objects.create(
                    rule=rule,
                    anchor_kind=due.anchor_kind,
                    anchor_id=due.anchor_id,
                    anchor_on=due.anchor_on,
                    lead=lead,
                    recipient_id=person,
                    notification=notification if lead == leads[-1] else None,
                    made_at=now,
                )
    except IntegrityError:
        return  # another run told it at this very moment
    report.notifications += 1
    report.skipped += len(leads) - 1


def notify(
    *,
    recipients: Any,
    kind: str,
    url: str,
    params: dict[str, str],
    subject: Any = None,
    at: datetime | None = None,
) -> int:
    """Tell people at once of something that happened; called inside the transaction or job that made it happen."""
    made = Notification.objects.bulk_create(
        [
            Notification(
                recipient=person,
                kind=kind,
                params=params,
                url=url,
                subject_kind=subject._meta.object_name if subject is not None else "",
                subject_id=subject.pk if subject is not None else None,
                created_at=at or timezone.now(),
            )
            for person in recipients
        ]
    )
    return len(made)


def send_digests(*, now: datetime, report: Report) -> None:
    """One mail to each person who has something unread that no digest has told her of; at most one a day."""
    today = timezone.localdate(now)
    waiting = (
        Notification.objects.filter(
            read_at=None, in_digest=None, recipient__is_active=True, recipient__wants_digest=True
        )
        .filter(created_at__gt=now - timedelta(days=30))
        .values_list("recipient", flat=True)
        .distinct()
    )
    people = User.objects.filter(pk__in=list(waiting)).exclude(
        digests__in=Digest.objects.filter(on=today, sent_at__isnull=False)
    )
    for person in people:
        _send_digest(person, today, now, report)


def _send_digest(person: User, today: date, now: datetime, report: Report) -> None:
    rows = [
        row
        for row in Notification.objects.visible_to(person)
        .filter(read_at=None, in_digest=None)
        .order_by("created_at", "pk")
        if row.kind not in person.digest_off
    ]
    if not rows:
        return
    digest = _claim(person, today, now)
    if digest is None:
        return
    try:
        _mail(person, rows[:LONGEST_DIGEST], len(rows), digest).send()
    except OSError as fault:  # the mail server's own faults and the connection's
        Digest.objects.filter(pk=digest.pk, token=digest.token).update(
            error=type(fault).__name__, token=None, claimed_until=None
        )
        logger.warning("a digest could not be sent: %s", type(fault).__name__)
        report.failed += 1
        return
    with transaction.atomic():
        sent = Digest.objects.filter(pk=digest.pk, token=digest.token).update(sent_at=now, error="")
        if sent:
            Notification.objects.filter(pk__in=[row.pk for row in rows]).update(in_digest=digest)
    report.digests += 1


def _claim(person: User, today: date, now: datetime) -> Digest | None:
    """The person's digest of the day, held by this run; None when another run holds or has sent it."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    digest, _made = Digest.objects.get_or_create(
        recipient=person, on=today, defaults={"message_id": f"<digest.{person.pk}.{today:%Y%m%d}@{host}>"}
    )
    token = uuid.uuid4()
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    taken = (
        Digest.objects.filter(pk=digest.pk, sent_at=None)
        .filter(free)
        .update(token=token, claimed_until=timezone.now() + CLAIM)
    )
    if not taken:
        return None
    digest.token = token
    return digest


def _mail(person: User, rows: list[Notification], count: int, digest: Digest) -> EmailMultiAlternatives:
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
            headers={"Message-ID": digest.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("emails/digest.html", context), "text/html")
    return mail
