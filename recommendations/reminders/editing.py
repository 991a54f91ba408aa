"""What coordinators change of a rule, and what the rule would then do on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.organisations.models import User
from recommendations.reminders.finders import FINDERS
from recommendations.reminders.models import Delivery, ReminderRule
from recommendations.reminders.rules import DEFAULTS, People, window
from recommendations.reminders.seeing import seen_by
from recommendations.reminders.sentences import sentence
from recommendations.vocabulary import ReminderAudience, ReminderChannel

# As far ahead as the preview looks, and how many days a lead may be.
AHEAD = timedelta(days=90)
LONGEST_LEAD = 730
MOST_LEADS = 10


@dataclass(frozen=True)
class Ahead:
    """What a rule would tell on one day, in words, and whom."""

    on: date
    words: str
    url: str
    people: list[User]


@transaction.atomic
def change_rule(
    rule: ReminderRule,
    *,
    by: Any,
    revision: int,
    leads: Sequence[int],
    audience: Sequence[str],
    is_on: bool,
    escalate_after: int | None = None,
    months: int | None = None,
    words: str = "",
) -> ReminderRule:
    """Change a rule; ``Conflict`` where somebody else changed it, ``Refused`` where it makes no sense.

    What was told stays told: a lead that is taken away and added again tells nobody twice.
    """
    reason = policy.refusal(by, "reminder.edit") or _senseless(leads, audience)
    if reason:
        raise Refused(reason)
    changes = {
        "leads": sorted(set(leads), reverse=True),
        "audience": [value for value in ReminderAudience.values if value in audience],
        "is_on": is_on,
        "escalate_after": escalate_after,
        "months": months,
        "words": " ".join(words.split()),
    }
    before = ReminderRule.objects.get(pk=rule.pk)
    detail = {
        name: {"from": str(getattr(before, name)), "to": str(value)}
        for name, value in changes.items()
        if getattr(before, name) != value
    }
    if not ReminderRule.objects.filter(pk=rule.pk, revision=revision).update(
        revision=F("revision") + 1, **changes
    ):
        raise Conflict(before)
    before.refresh_from_db()
    if detail:
        record("reminder.changed", before, by=by, detail=detail)
    return before


def _senseless(leads: Sequence[int], audience: Sequence[str]) -> str | None:
    if not leads:
        return _("Give at least one number of days, or switch the rule off.")
    if len(set(leads)) > MOST_LEADS or any(abs(lead) > LONGEST_LEAD for lead in leads):
        return _("Give at most %(most)s numbers of days, none beyond %(days)s.") % {
            "most": MOST_LEADS,
            "days": LONGEST_LEAD,
        }
    if not audience or set(audience) - set(ReminderAudience.values):
        return _("Choose at least one group of people, or switch the rule off.")
    return None


def preview(rule: ReminderRule, *, today: date) -> list[Ahead]:
    """What the rule would tell from today on, and whom, if nothing changed meanwhile; the nearest first.

    ``rule`` may be unsaved: what a coordinator is about to set.
    """
    horizon = today + AHEAD
    people = People.load()
    told = set(
        Delivery.objects.filter(rule__kind=rule.kind).values_list(
            "anchor_kind", "anchor_id", "anchor_on", "lead", "recipient"
        )
    )
    moments = []
    for due in FINDERS[rule.kind](rule, window(rule.leads, today, horizon)):
        for lead in sorted(rule.leads, reverse=True):
            on = due.anchor_on - timedelta(days=lead)
            if not today <= on <= horizon:
                continue
            recipients = [
                person
                for person in people.of(rule, due, on)
                if (due.anchor_kind, due.anchor_id, due.anchor_on, lead, person) not in told
                and people.by_id[person].channel(rule.kind) != ReminderChannel.OFF
            ]
            moments.append((on, due, recipients))
    seen = _seen(moments, people)
    found = [
        Ahead(
            on,
            sentence(rule.kind, due.params | {"anchor_on": due.anchor_on.isoformat(), "words": rule.words}),
            due.url,
            [people.by_id[person] for person in recipients if due.anchor_id in seen[due.anchor_kind][person]],
        )
        for on, due, recipients in moments
    ]
    return sorted((one for one in found if one.people), key=lambda one: (one.on, one.words))


def _seen(moments: list[Any], people: People) -> dict[str, dict[int, set[int]]]:
    wanted: dict[str, dict[int, set[int]]] = {}
    for _on, due, recipients in moments:
        for person in recipients:
            wanted.setdefault(due.anchor_kind, {}).setdefault(person, set()).add(due.anchor_id)
    return {
        kind: seen_by(apps.get_model("recommendations", kind), pairs, people.by_id)
        for kind, pairs in wanted.items()
    }


def when(leads: Sequence[int]) -> str:
    """A rule's leads in words: days before, the day itself, days after."""
    before = sorted((lead for lead in leads if lead > 0), reverse=True)
    after = sorted(-lead for lead in leads if lead < 0)
    found = []
    if before:
        # The number nearest to the noun decides on its form.
        found.append(
            ngettext("%(days)s day before", "%(days)s days before", before[-1])
            % {"days": ", ".join(map(str, before))}
        )
    if 0 in leads:
        found.append(_("on the day"))
    if after:
        found.append(
            ngettext("%(days)s day after", "%(days)s days after", after[-1])
            % {"days": ", ".join(map(str, after))}
        )
    return ", ".join(found)


def describes(rule: ReminderRule) -> dict[str, Any]:
    """What the pages say of a rule beside its own words."""
    default = DEFAULTS[rule.kind]
    return {
        "rule": rule,
        "when": when(rule.leads),
        "audience": [ReminderAudience(value).label for value in rule.audience],
        "has_months": default.months is not None,
        "escalates": default.escalates is not None,
    }
