"""Who signs what bears the coalition's name: each organisation decides; a board shows who is missing.

What is signed is a submission or an edition; a ``Signed`` row says what differs between the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.organisations.models import Organisation
from recommendations.publications.models import Submission
from recommendations.publications.models_editions import Edition
from recommendations.vocabulary import EditionStatus, SignOffKind, SubmissionStatus
from recommendations.words.alphabet import alphabetical
from recommendations.workflow.engine import Refused


def _last_version(submission: Submission) -> int:
    return submission.versions.aggregate(last=Max("number"))["last"] or 0


@dataclass(frozen=True)
class Signed:
    """One kind of what is signed: when its signers are settled, which version is the latest, its verb in the log."""

    closed: tuple[str, ...]
    last_version: Callable[[Any], int]
    verb: str
    records_for_others: str  # the act that lets a person record what another organisation decided


KINDS: dict[type, Signed] = {
    Submission: Signed(
        (SubmissionStatus.FILED, SubmissionStatus.WITHDRAWN),
        _last_version,
        "submission.signed",
        "submission.file",
    ),
    Edition: Signed(
        (EditionStatus.FROZEN, EditionStatus.DROPPED), lambda _edition: 0, "edition.signed", "edition.freeze"
    ),
}


@dataclass(frozen=True)
class Seat:
    """An organisation at the board: what it decided, if anything, and whether the text changed since."""

    organisation: Organisation
    decision: Any
    changed_since: bool
    refusal: str | None


def refusal(subject: Any, organisation: Organisation, *, by: Any) -> str | None:
    """Why this person may not say what this organisation decided, or None."""
    kind = KINDS[type(subject)]
    if subject.status in kind.closed:
        return _("It is “%(status)s”: nothing about its signers changes any more.") % {
            "status": subject.get_status_display()
        }
    if policy.refusal(by, "submission.sign"):
        return policy.refusal(by, "submission.sign")
    if by.organisation_id == organisation.pk or policy.may(by, kind.records_for_others):
        return None
    return _("Each organisation decides for itself; a coordinator records what comes by mail.")


@transaction.atomic
def decide(
    subject: Any,
    *,
    organisation: Organisation,
    kind: str,
    by: Any,
    reservation: str = "",
    decided_by: str = "",
    at: datetime | None = None,
) -> Any:
    """Record the organisation's decision in place of an earlier one; it is about the latest version."""
    at = at or timezone.now()
    signed = KINDS[type(subject)]
    current = type(subject).objects.select_for_update().get(pk=subject.pk)
    reason = refusal(current, organisation, by=by)
    if reason:
        raise Refused(reason)
    if kind not in SignOffKind.values:
        raise Refused(_("There is no such decision."))
    reservation = reservation.strip() if kind == SignOffKind.RESERVATION else ""
    if kind == SignOffKind.RESERVATION and not reservation:
        raise Refused(_("Say what the reservation is: it stands in the filing."))
    version = signed.last_version(current)
    decision, _created = current.sign_offs.update_or_create(
        organisation=organisation,
        defaults={
            "kind": kind,
            "reservation": reservation,
            "version": version,
            "recorded_by": by,
            "decided_by": decided_by.strip()[:150],
            "recorded_at": at,
        },
    )
    record(
        signed.verb,
        current,
        by=by,
        detail={"organisation": organisation.pk, "decision": kind, "version": version},
        at=at,
    )
    return decision


def board(subject: Any, *, reader: Any) -> list[Seat]:
    """Every organisation of the coalition in the order of names: signed, stays out, or still missing."""
    decisions = {row.organisation_id: row for row in subject.sign_offs.select_related("recorded_by")}
    last = KINDS[type(subject)].last_version(subject)
    return [
        Seat(
            organisation=organisation,
            decision=(found := decisions.get(organisation.pk)),
            changed_since=found is not None and found.version < last,
            refusal=refusal(subject, organisation, by=reader),
        )
        for organisation in Organisation.objects.visible_to(reader)
    ]


def signers(subject: Any) -> list[Any]:
    """Exactly those that sign, the lead organisation first."""
    rows = subject.sign_offs.exclude(kind=SignOffKind.OUT).select_related("organisation")
    return sorted(
        rows,
        key=lambda row: (
            row.organisation_id != subject.lead_id,
            alphabetical(row.organisation.name_in(subject.language), subject.language),
        ),
    )
