"""What must be true of evidence and its source before it is kept, and who may change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import roles_of
from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.vocabulary import Confidentiality, EvidenceCheck, EvidenceKind, Role

SOURCE_FIELDS = ("publisher", "title", "url", "published_on", "published_text", "accessed_on")


def problems(
    values: Mapping[str, Any], *, has_files: bool = False, today: date | None = None
) -> dict[str, str]:
    """What is wrong with these values, by field; empty when they may be kept.

    ``values`` are columns of Evidence, and ``source`` as a mapping of SOURCE_FIELDS (its problems are named
    ``source_publisher``, ``source_url``, …).
    """
    today = today or timezone.localdate()
    found: dict[str, str] = {}
    kind = values.get("kind")
    needed: dict[Any, dict[str, str]] = {
        EvidenceKind.LAW: {
            "act_version": _("A law needs its version: as of which date, or which redaction.")
        },
        EvidenceKind.HELD_ELSEWHERE: {"held_by": _("Say who keeps it: the evidence is held elsewhere.")},
        EvidenceKind.UNANSWERED_REQUEST: {
            "happened_from": _("A request for information needs the date of the request.")
        },
        EvidenceKind.MONITORING: {
            "method": _("Own monitoring needs its method: how it was observed or counted.")
        },
    }
    for field, sentence in needed.get(kind, {}).items():
        if not values.get(field):
            found[field] = sentence
    if kind == EvidenceKind.HELD_ELSEWHERE and has_files:
        found["kind"] = _("This item has files here, so it is not held elsewhere.")
    begin, end = values.get("happened_from"), values.get("happened_until")
    if end and not begin:
        found["happened_from"] = _("Say also when the facts began, or leave the end empty.")
    if begin and end and end < begin:
        found["happened_until"] = _("The facts cannot end before they began.")
    for field in ("happened_from", "happened_until"):
        if values.get(field) and values[field] > today:
            found[field] = _("This date lies in the future.")
    return found | _source_problems(values.get("source") or {}, today)


def _source_problems(source: Any, today: date) -> dict[str, str]:
    if not isinstance(source, Mapping):
        return {}
    found = {}
    if any(source.values()) and not source.get("publisher"):
        found["source_publisher"] = _("Name the publisher of the source.")
    for field in ("published_on", "accessed_on"):
        if source.get(field) and source[field] > today:
            found[f"source_{field}"] = _("This date lies in the future.")
    if source.get("url") and urlsplit(source["url"]).scheme not in ("http", "https"):
        found["source_url"] = _("An address begins with http:// or https://.")
    return found


def refusal_to_change(evidence: Evidence, *, by: Any) -> str | None:
    """Why this person may not change the item, or None: its organisation's members, and coordinators.

    A restricted item stays in its organisation's hands, whoever else was let in; of an organisation that works by
    mail, in the hands of who entered it.
    """
    reason = policy.refusal(by, "evidence.add")
    if reason:
        return reason
    if by.organisation_id == evidence.organisation_id:
        return None
    if evidence.organisation.works_by_mail and by.pk == evidence.added_by_id:
        return None
    if Role.COORDINATOR in roles_of(by) and evidence.confidentiality != Confidentiality.RESTRICTED:
        return None
    if evidence.confidentiality == Confidentiality.RESTRICTED:
        return _("Only people of %(organisation)s change it.") % {"organisation": evidence.organisation}
    return _("Only people of %(organisation)s and coordinators change it.") % {
        "organisation": evidence.organisation
    }


def refusal_to_check(evidence: Evidence, *, by: Any) -> str | None:
    """Why this person may not record a check, or None: a reviewer or coordinator who did not add the item."""
    reason = policy.refusal(by, "evidence.check")
    if reason:
        return reason
    if by.pk == evidence.added_by_id:
        return _("You added it: another person checks it.")
    return None


def refusal_to_unlink(link: EvidenceLink, *, by: Any) -> str | None:
    """Why this person may not change or take back the link, or None: who made it, and who may change the item."""
    reason = policy.refusal(by, "evidence.add")
    if reason:
        return reason
    if by.pk == link.linked_by_id or Role.COORDINATOR in roles_of(by):
        return None
    return refusal_to_change(link.evidence, by=by)


def check_problem(status: str, note: str) -> str | None:
    """What a check of this outcome still needs."""
    if status not in EvidenceCheck.values or status == EvidenceCheck.NOT_CHECKED:
        return _("Choose what the check found.")
    if status == EvidenceCheck.DISPUTED and not note.strip():
        return _("Say what is disputed, and why.")
    return None
