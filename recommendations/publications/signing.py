"""Who signs a filing: each organisation decides, with person and date; a board shows who is missing."""

from __future__ import annotations

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
from recommendations.publications.models import SignOff, Submission
from recommendations.vocabulary import SignOffKind, SubmissionStatus
from recommendations.words.alphabet import alphabetical
from recommendations.workflow.engine import Refused

CLOSED = (SubmissionStatus.FILED, SubmissionStatus.WITHDRAWN)


@dataclass(frozen=True)
class Seat:
    """An organisation at the board: what it decided, if anything, and whether the text changed since."""

    organisation: Organisation
    decision: SignOff | None
    changed_since: bool
    refusal: str | None


def refusal(submission: Submission, organisation: Organisation, *, by: Any) -> str | None:
    """Why this person may not say what this organisation decided, or None."""
    if submission.status in CLOSED:
        return _("It is “%(status)s”: nothing about its signers changes any more.") % {
            "status": submission.get_status_display()
        }
    if policy.refusal(by, "submission.sign"):
        return policy.refusal(by, "submission.sign")
    if by.organisation_id == organisation.pk or policy.may(by, "submission.file"):
        return None
    return _("Each organisation decides for itself; a coordinator records what comes by mail.")


@transaction.atomic
def decide(
    submission: Submission,
    *,
    organisation: Organisation,
    kind: str,
    by: Any,
    reservation: str = "",
    decided_by: str = "",
    at: datetime | None = None,
) -> SignOff:
    """Record the organisation's decision in place of an earlier one; it is about the latest version."""
    at = at or timezone.now()
    current = Submission.objects.select_for_update().get(pk=submission.pk)
    reason = refusal(current, organisation, by=by)
    if reason:
        raise Refused(reason)
    if kind not in SignOffKind.values:
        raise Refused(_("There is no such decision."))
    reservation = reservation.strip() if kind == SignOffKind.RESERVATION else ""
    if kind == SignOffKind.RESERVATION and not reservation:
        raise Refused(_("Say what the reservation is: it stands in the filing."))
    version = current.versions.aggregate(last=Max("number"))["last"] or 0
    decision, _created = SignOff.objects.update_or_create(
        submission=current,
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
        "submission.signed",
        current,
        by=by,
        detail={"organisation": organisation.pk, "decision": kind, "version": version},
        at=at,
    )
    return decision


def board(submission: Submission, *, reader: Any) -> list[Seat]:
    """Every organisation of the coalition in the order of names: signed, stays out, or still missing."""
    decisions = {row.organisation_id: row for row in submission.sign_offs.select_related("recorded_by")}
    last = submission.versions.aggregate(last=Max("number"))["last"] or 0
    return [
        Seat(
            organisation=organisation,
            decision=(found := decisions.get(organisation.pk)),
            changed_since=found is not None and found.version < last,
            refusal=refusal(submission, organisation, by=reader),
        )
        for organisation in Organisation.objects.visible_to(reader)
    ]


def signers(submission: Submission) -> list[SignOff]:
    """Exactly those that sign, the lead organisation first."""
    rows = submission.sign_offs.exclude(kind=SignOffKind.OUT).select_related("organisation")
    return sorted(
        rows,
        key=lambda row: (
            row.organisation_id != submission.organisation_id,
            alphabetical(row.organisation.name_in(submission.language), submission.language),
        ),
    )
