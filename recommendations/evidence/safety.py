"""Sources at risk and the consent of everyone who can be recognised in an item.

What is written here takes effect by itself: the visibility rules ask for risk and consent, by the day. What was made
and published before follows by jobs, which are asked for here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import safe_for
from recommendations.audit.log import record
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.evidence import rules, secrecy
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import (
    ConsentRecord,
    PersonInEvidence,
    ProtectedSource,
    SourceIdentity,
)
from recommendations.evidence.recording import NotRight, who_may_be_named
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.organisations.models import User
from recommendations.vocabulary import ConsentUse, RiskLevel
from recommendations.words.clean import clean_line, clean_text

REISSUE = "assessments.redact"
TAKE_BACK = "exports.take_back"


def take_back_files(evidence: Evidence, *, why: str) -> None:
    """What an item's readers may no longer see leaves what was made and published; ``why`` makes the job its own."""
    for name in (REISSUE, TAKE_BACK):
        if name in HANDLERS:
            enqueue(name, {"evidence": evidence.pk}, key=f"{name}:{evidence.pk}:{why}")


def is_withheld(evidence: Evidence, use: str = ConsentUse.COALITION) -> bool:
    """Whether the item is kept from others for the safety of those who can be recognised in it."""
    return not Evidence.objects.filter(safe_for(use), pk=evidence.pk).exists()


# --- protected sources --------------------------------------------------------------------------------------------


@secrecy.refuses_without_key
@transaction.atomic
def protect_source(
    *,
    pseudonym: str,
    risk: str,
    identity: str,
    notes: str = "",
    named_people: Iterable[User] = (),
    by: Any,
    at: datetime | None = None,
) -> ProtectedSource:
    """Keep who a source is, for the people named and for who enters it. Raises ``NotRight``, ``Refused``."""
    reason = policy.refusal(by, "source.protect")
    if reason or by.organisation_id is None:
        raise Refused(reason or _("Say for which organisation: you belong to none."))
    pseudonym = clean_line(pseudonym)
    _check_source(pseudonym, risk, identity)
    people = {*who_may_be_named(named_people), by}
    try:
        with transaction.atomic():
            source = ProtectedSource.objects.create(
                organisation=by.organisation,
                pseudonym=pseudonym,
                risk=RiskLevel(risk),
                added_by=by,
                added_at=at or timezone.now(),
            )
    except IntegrityError:
        raise NotRight({"pseudonym": _("Your organisation uses this pseudonym already.")}) from None
    SourceIdentity.objects.create(source=source, identity=clean_text(identity), notes=clean_text(notes))
    source.named_people.set(people)
    # The log says that a source is protected, not under which name.
    record("source.protected", by=by, detail={"source": source.pk}, at=at)
    return source


def _check_source(pseudonym: str, risk: str, identity: str) -> None:
    problems = {}
    if not pseudonym:
        problems["pseudonym"] = _("Give the source a pseudonym that says nothing about her.")
    if risk not in RiskLevel.values:
        problems["risk"] = _("Say what the source risks.")
    if not identity.strip():
        problems["identity"] = _("Say who it is: only the people named will read it.")
    elif pseudonym and pseudonym.casefold() in identity.casefold():
        problems["pseudonym"] = _("The pseudonym must not be part of who it is.")
    if problems:
        raise NotRight(problems)


def refusal_to_know(source: ProtectedSource, *, by: Any) -> str | None:
    """Why this person may not change a source, or None: the people named there."""
    if SourceIdentity.objects.visible_to(by).filter(source=source).exists():
        return None
    return _("Only the people who may know who it is do this.")


@secrecy.refuses_without_key
@transaction.atomic
def change_source(
    source: ProtectedSource,
    *,
    pseudonym: str,
    risk: str,
    identity: str,
    notes: str,
    named_people: Iterable[User],
    revision: int,
    by: Any,
    at: datetime | None = None,
) -> ProtectedSource:
    """Change a source's record, and whom it trusts. Raises ``Conflict``, ``NotRight``, ``Refused``."""
    reason = refusal_to_know(source, by=by)
    if reason:
        raise Refused(reason)
    pseudonym = clean_line(pseudonym)
    _check_source(pseudonym, risk, identity)
    people = who_may_be_named(named_people)
    if not people:
        raise NotRight({"named_people": _("Somebody must know who it is.")})
    taken = ProtectedSource.objects.filter(organisation=source.organisation, pseudonym=pseudonym)
    if taken.exclude(pk=source.pk).exists():
        raise NotRight({"pseudonym": _("Your organisation uses this pseudonym already.")})
    before = source.pseudonym
    changed = ProtectedSource.objects.filter(pk=source.pk, revision=revision).update(
        pseudonym=pseudonym, risk=RiskLevel(risk), revision=F("revision") + 1
    )
    source.refresh_from_db()
    if not changed:
        raise Conflict(source)
    identity_row = source.identity
    identity_row.identity, identity_row.notes = clean_text(identity), clean_text(notes)
    identity_row.save(update_fields=["identity", "notes"])
    source.named_people.set(people)
    if before != pseudonym:
        source.appearances.update(pseudonym=pseudonym)
    for appearance in source.appearances.select_related("evidence"):
        take_back_files(appearance.evidence, why=f"source:{source.pk}:{source.revision}")
    record("source.changed", by=by, detail={"source": source.pk}, at=at)
    return source


# --- who can be recognised, and consent ---------------------------------------------------------------------------


def _refuse(evidence: Evidence, *, by: Any) -> None:
    reason = rules.refusal_to_change(evidence, by=by)
    if reason:
        raise Refused(reason)


@transaction.atomic
def add_person(
    evidence: Evidence,
    *,
    pseudonym: str = "",
    source: ProtectedSource | None = None,
    by: Any,
    at: datetime | None = None,
) -> PersonInEvidence:
    """Note that somebody can be recognised in the item: until she consents, others do not see it.

    Raises ``NotRight``, ``Refused``.
    """
    at = at or timezone.now()
    _refuse(evidence, by=by)
    pseudonym = source.pseudonym if source else clean_line(pseudonym)
    if not pseudonym:
        raise NotRight({"pseudonym": _("Give the person a pseudonym that says nothing about her.")})
    try:
        with transaction.atomic():
            person = PersonInEvidence.objects.create(
                evidence=evidence, source=source, pseudonym=pseudonym, added_by=by, added_at=at
            )
    except IntegrityError:
        raise NotRight({"pseudonym": _("This person stands with the item already.")}) from None
    take_back_files(evidence, why=f"person:{person.pk}")
    record("evidence.person_added", evidence, by=by, at=at)
    return person


@transaction.atomic
def remove_person(person: PersonInEvidence, *, by: Any) -> None:
    """Note that somebody cannot be recognised after all: added by mistake. Raises ``Refused``."""
    _refuse(person.evidence, by=by)
    evidence = person.evidence
    person.delete()
    record("evidence.person_removed", evidence, by=by)


@secrecy.refuses_without_key
@transaction.atomic
def record_consent(
    person: PersonInEvidence,
    *,
    uses: Iterable[str],
    given_on: date,
    until: date | None = None,
    note: str = "",
    by: Any,
    at: datetime | None = None,
) -> ConsentRecord:
    """Keep what a person agreed to (``ConsentUse``), until when, and how. Raises ``NotRight``, ``Refused``."""
    at = at or timezone.now()
    _refuse(person.evidence, by=by)
    chosen = {ConsentUse(use) for use in uses}
    problems = {}
    if not chosen:
        problems["uses"] = _("Say what the person agreed to.")
    if given_on > timezone.localdate(at):
        problems["given_on"] = _("This date lies in the future.")
    if until is not None and until < given_on:
        problems["until"] = _("Consent cannot end before it was given.")
    if problems:
        raise NotRight(problems)
    consent = ConsentRecord.objects.create(
        person=person,
        given_on=given_on,
        until=until,
        note=clean_text(note),
        recorded_by=by,
        recorded_at=at,
        **{f"for_{use.value}": use in chosen for use in ConsentUse},
    )
    record("consent.recorded", person.evidence, by=by, detail={"consent": consent.pk}, at=at)
    return consent


@secrecy.refuses_without_key
@transaction.atomic
def withdraw_consent(
    consent: ConsentRecord, *, reason: str, by: Any, at: datetime | None = None
) -> ConsentRecord:
    """Note that consent was withdrawn, and why: what rests on it is taken back at once. Raises ``Refused``."""
    at = at or timezone.now()
    evidence = consent.person.evidence
    _refuse(evidence, by=by)
    reason = clean_text(reason)
    if not reason:
        raise NotRight({"reason": _("Say why, or what the person said: it is kept with the consent.")})
    row = ConsentRecord.objects.filter(pk=consent.pk, withdrawn_at=None)
    if not row.update(withdrawn_at=at, withdrawn_by=by, withdrawal_reason=reason):
        raise Refused(_("This consent was withdrawn already."))
    consent.refresh_from_db()
    take_back_files(evidence, why=f"consent:{consent.pk}")
    record("consent.withdrawn", evidence, by=by, detail={"consent": consent.pk}, at=at)
    return consent
