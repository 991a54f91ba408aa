"""Telling people what is due: once each, in the product and in one quiet digest a day.

``dispatch(now=…)`` is what beat and the command both call. The ledger (``Delivery``) is written in the transaction
that writes the notification, unique by rule, anchor, anchor date, lead and recipient: two beats or a command beside
Celery do no harm. A digest is a row of its own and a job that sends it (digests.py).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.reminders.digests import make_digests
from recommendations.reminders.models import Delivery, Notification, ReminderRule
from recommendations.reminders.rules import DEFAULT_LEADS, FINDERS, Due, leads_due, visible_ids
from recommendations.vocabulary import JobState

logger = logging.getLogger(__name__)

DIGEST_HOUR = 7  # from this hour of the site's time zone on
# So many are told in one transaction: a kill costs little, and other writers wait little.
AT_ONCE = 100


# What is due, for whom, and the leads of which she has not been told: the nearest comes last.
Telling = tuple[Due, int, list[int]]


@dataclass
class Report:
    """What one run did: notifications made, digests sent, digests that failed, things no longer worth telling."""

    notifications: int = 0
    digests: int = 0
    failed: int = 0
    skipped: int = 0


def dispatch(*, now: datetime | None = None, send: bool = True) -> Report:
    """Tell whoever is to be told by ``now`` (the present when not given); running it again tells nothing twice.

    With ``send`` the digests leave from here, one after the other; without, the workers send them.
    """
    now = now or timezone.now()
    report = Report()
    today = timezone.localdate(now)
    for rule in ensure_rules():
        if rule.is_on:
            _tell(rule, today, now, report)
    if timezone.localtime(now).hour >= DIGEST_HOUR:
        jobs = make_digests(now=now)
        for job in jobs if send else ():
            state = queue.run(job).state
            report.digests += state == JobState.DONE
            report.failed += state in (JobState.WAITING, JobState.FAILED)
        if not send:
            report.digests = len(jobs)
    if report.skipped:
        logger.info("reminders no longer worth telling: %d", report.skipped)
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
    tellings: list[Telling] = []
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
            tellings.append((one, person, untold))
    for start in range(0, len(tellings), AT_ONCE):
        _write(rule, tellings[start : start + AT_ONCE], now, report)


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


def _write(rule: ReminderRule, tellings: list[Telling], now: datetime, report: Report) -> None:
    """Notifications and ledger in one transaction; where another run was quicker with one of them, singly."""
    try:
        with transaction.atomic():
            _once(rule, tellings, now)
    except IntegrityError:
        if len(tellings) > 1:
            for telling in tellings:
                _write(rule, [telling], now, report)
        return  # another run told it at this very moment
    report.notifications += len(tellings)
    report.skipped += sum(len(leads) - 1 for _due, _person, leads in tellings)


def _once(rule: ReminderRule, tellings: list[Telling], now: datetime) -> None:
    """One notification for the nearest lead; the ledger says of the earlier ones that they need no telling."""
    made = Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=person,
                kind=rule.kind,
                params=due.params | {"anchor_on": due.anchor_on.isoformat()},
                url=due.url,
                subject_kind=due.anchor_kind,
                subject_id=due.anchor_id,
                created_at=now,
            )
            for due, person, _leads in tellings
        ]
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                rule=rule,
                anchor_kind=due.anchor_kind,
                anchor_id=due.anchor_id,
                anchor_on=due.anchor_on,
                lead=lead,
                recipient_id=person,
                notification=notification if lead == leads[-1] else None,
                made_at=now,
            )
            for notification, (due, person, leads) in zip(made, tellings, strict=True)
            for lead in leads
        ]
    )


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
