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
from recommendations.reminders.digests import NEWS, mail_at_once, make_digests, single_mails
from recommendations.reminders.finders import FINDERS
from recommendations.reminders.models import Delivery, Notification, ReminderRule
from recommendations.reminders.rules import DEFAULTS, Due, People, leads_due, window
from recommendations.reminders.seeing import seen_by
from recommendations.vocabulary import JobState, ReminderChannel

logger = logging.getLogger(__name__)

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

    With ``send`` the mails leave from here, one after the other; without, the workers send them.
    """
    now = now or timezone.now()
    report = Report()
    today = timezone.localdate(now)
    people: People | None = None
    for rule in ensure_rules():
        found = found_due(rule, today) if rule.is_on else []
        if found:
            people = people or People.load()
            _tell(rule, found, people, now, report)
    jobs = [*single_mails(), *make_digests(now=now)]
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
    """The rules, each made with its defaults where it is missing; one query where none is."""
    known = {rule.kind: rule for rule in ReminderRule.objects.all()}
    missing = [default_rule(kind) for kind in DEFAULTS if kind not in known]
    if missing:
        ReminderRule.objects.bulk_create(missing, ignore_conflicts=True)
        known = {rule.kind: rule for rule in ReminderRule.objects.all()}
    return [known[kind] for kind in DEFAULTS]


def default_rule(kind: str) -> ReminderRule:
    """A rule as it is until somebody changes it, unsaved."""
    default = DEFAULTS[kind]
    return ReminderRule(
        kind=kind,
        leads=list(default.leads),
        audience=[str(one) for one in default.audience],
        escalate_after=default.escalates,
        months=default.months,
    )


def found_due(rule: ReminderRule, today: date) -> list[tuple[Due, list[int]]]:
    """What the rule has to tell by today, each with the leads that have come due; a fixed number of queries."""
    found = []
    for one in FINDERS[rule.kind](rule, window(rule.leads, today)):
        leads = leads_due(
            rule.leads, anchor_on=one.anchor_on, today=today, happened=DEFAULTS[rule.kind].happened
        )
        if leads:
            found.append((one, leads))
    return found


def _tell(
    rule: ReminderRule,
    found: list[tuple[Due, list[int]]],
    people: People,
    now: datetime,
    report: Report,
) -> None:
    tellings, hidden = to_tell(rule, found, people, timezone.localdate(now))
    report.skipped += hidden
    for start in range(0, len(tellings), AT_ONCE):
        _write(rule, tellings[start : start + AT_ONCE], people, now, report)


def to_tell(
    rule: ReminderRule, found: list[tuple[Due, list[int]]], people: People, today: date
) -> tuple[list[Telling], int]:
    """Who is to be told of what, having not been told and being allowed to see it; and how many may not see it."""
    days = [one.anchor_on for one, _leads in found]
    told = set(
        Delivery.objects.filter(rule=rule, anchor_on__range=(min(days), max(days))).values_list(
            "anchor_kind", "anchor_id", "anchor_on", "lead", "recipient"
        )
        if days
        else ()
    )
    untold: list[Telling] = []
    for one, leads in found:
        for person in people.of(rule, one, today):
            if people.by_id[person].channel(rule.kind) == ReminderChannel.OFF:
                continue
            key = (one.anchor_kind, one.anchor_id, one.anchor_on)
            new = [lead for lead in leads if (*key, lead, person) not in told]
            # Where the nearest lead was told, earlier ones are of no use any more.
            if new and leads[-1] in new:
                untold.append((one, person, new))
    tellings = _that_they_may_see(untold, people)
    return tellings, len(untold) - len(tellings)


def _that_they_may_see(untold: list[Telling], people: People) -> list[Telling]:
    """Nobody is told of what is hidden from her now, whenever it was scheduled."""
    wanted: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one, person, _leads in untold:
        wanted[one.anchor_kind][person].add(one.anchor_id)
    seen = {
        kind: seen_by(apps.get_model("recommendations", kind), pairs, people.by_id)
        for kind, pairs in wanted.items()
    }
    return [
        (one, person, leads)
        for one, person, leads in untold
        if one.anchor_id in seen[one.anchor_kind][person]
    ]


def _write(
    rule: ReminderRule, tellings: list[Telling], people: People, now: datetime, report: Report
) -> None:
    """Notifications and ledger in one transaction; where another run was quicker with one of them, singly."""
    try:
        with transaction.atomic():
            _once(rule, tellings, people, now)
    except IntegrityError:
        if len(tellings) > 1:
            for telling in tellings:
                _write(rule, [telling], people, now, report)
        return  # another run told it at this very moment
    report.notifications += len(tellings)
    report.skipped += sum(len(leads) - 1 for _due, _person, leads in tellings)


def _once(rule: ReminderRule, tellings: list[Telling], people: People, now: datetime) -> None:
    """One notification for the nearest lead; the ledger says of the earlier ones that they need no telling."""
    made = Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=person,
                kind=rule.kind,
                params=due.params | {"anchor_on": due.anchor_on.isoformat(), "words": rule.words},
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
    told = [(row, people.by_id[row.recipient_id]) for row in made]
    mail_at_once([one for one in told if one[1].channel(rule.kind) == ReminderChannel.AT_ONCE], now)


def notify(
    *,
    recipients: Any,
    kind: str,
    url: str,
    params: dict[str, str],
    subject: Any = None,
    at: datetime | None = None,
) -> int:
    """Tell people of something that happened; called inside the transaction or job that made it happen.

    Whoever wants no news is not told, whoever wants it by mail at once gets it so.
    """
    at = at or timezone.now()
    told = [person for person in recipients if person.channel(NEWS) != ReminderChannel.OFF]
    made = Notification.objects.bulk_create(
        [
            Notification(
                recipient=person,
                kind=kind,
                params=params,
                url=url,
                subject_kind=subject._meta.object_name if subject is not None else "",
                subject_id=subject.pk if subject is not None else None,
                created_at=at,
            )
            for person in told
        ]
    )
    at_once = [row for row in made if row.recipient.channel(NEWS) == ReminderChannel.AT_ONCE]
    mail_at_once([(row, row.recipient) for row in at_once], at)
    return len(made)
