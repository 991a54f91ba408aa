"""Who may see an item: its level, raised at once, lowered by two people, and the people it names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import can_see, is_member, roles_of
from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused
from recommendations.evidence import secrecy
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import AdmissionRequest, LevelChange
from recommendations.evidence.recording import (
    NotRight,
    locked,
    refuse_to_change,
    stems_of,
    who_may_be_named,
    write_row,
)
from recommendations.evidence.safety import take_back_files
from recommendations.evidence.sources import keep_source
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.organisations.models import User
from recommendations.vocabulary import Confidentiality, LevelChangeState, Role
from recommendations.words.clean import clean_text

# From what most may see to what fewest may.
NARROWER = (Confidentiality.PUBLIC, Confidentiality.COALITION, Confidentiality.RESTRICTED)
TELL = "reminders.tell"


def lowers(before: str, after: str) -> bool:
    """Whether more people would see the item."""
    return NARROWER.index(Confidentiality(after)) < NARROWER.index(Confidentiality(before))


@secrecy.refuses_without_key
@transaction.atomic
def change_access(
    evidence: Evidence,
    *,
    confidentiality: str,
    named_people: Iterable[User] = (),
    revision: int,
    by: Any,
    reason: str = "",
    at: datetime | None = None,
) -> Evidence:
    """Raise the item's level, or ask for it to be lowered; and say whom it names beside its organisation.

    Raising happens at once, lowering when a second person agrees (``lower``); both need a reason. The people named
    follow the level as it is now. Raises ``Conflict``, ``NotRight`` and ``Refused`` as ``change_evidence`` does.
    """
    at = at or timezone.now()
    refuse_to_change(evidence, by=by)
    current = locked(evidence, revision)
    was, wanted = Confidentiality(current.confidentiality), Confidentiality(confidentiality)
    reason = clean_text(reason)
    if was != wanted and not reason:
        raise NotRight({"reason": _("Say why the level changes: it is kept.")})
    level = was if lowers(was, wanted) else wanted
    if lowers(was, wanted):
        # Until a second person agrees, all stays as it is, the people it names as well.
        named = list(current.named_people.all())
    else:
        named = who_may_be_named(named_people) if level == Confidentiality.RESTRICTED else []
    if was != wanted:
        _keep_change(current, wanted, reason, by=by, at=at)
    were_named = set(current.named_people.values_list("pk", flat=True))
    now_named = {person.pk for person in named}
    if level == was and were_named == now_named:
        return current
    _set_level(current, level, at=at)
    current.named_people.set(named)
    if was != level:
        detail = {"from": was, "to": level}
        record("evidence.level_changed", current, by=by, detail=detail, at=at)
        take_back_files(current, why=f"level:{current.revision}")
    if were_named != now_named:
        told = {"admitted": sorted(now_named - were_named), "ended": sorted(were_named - now_named)}
        verb = "evidence.admitted" if now_named - were_named else "evidence.admission_ended"
        record(verb, current, by=by, detail=told, at=at)
    return current


def _keep_change(
    evidence: Evidence, level: Confidentiality, reason: str, *, by: Any, at: datetime
) -> LevelChange:
    """The row that keeps the reason; of a lowering also the question to a second person."""
    asked = lowers(evidence.confidentiality, level)
    # Whoever raises the level, or asks anew, does not want what was asked before.
    evidence.level_changes.filter(state=LevelChangeState.ASKED).update(
        state=LevelChangeState.DECLINED, decided_by=by, decided_at=at
    )
    made = LevelChange.objects.create(
        evidence=evidence,
        before=evidence.confidentiality,
        after=level,
        reason=reason,
        state=LevelChangeState.ASKED if asked else LevelChangeState.RAISED,
        asked_by=by,
        asked_at=at,
    )
    if asked:
        detail = {"from": evidence.confidentiality, "to": level}
        record("evidence.lowering_asked", evidence, by=by, detail=detail, at=at)
    return made


def _set_level(evidence: Evidence, level: Confidentiality, *, at: datetime) -> None:
    evidence.confidentiality = level
    evidence.stems = stems_of(evidence)
    sealed = secrecy.is_sealed(evidence)
    evidence.source = keep_source(evidence.source, before=evidence.source, sealed=sealed)
    write_row(evidence, at, "confidentiality", "stems", "source", *secrecy.SEALED[Evidence])
    secrecy.keep_all(evidence)


def asked_for(evidence: Evidence) -> LevelChange | None:
    """The lowering that waits for a second person, or none."""
    rows = LevelChange.objects.filter(evidence=evidence, state=LevelChangeState.ASKED)
    return rows.select_related("asked_by", "evidence__organisation").first()


def refusal_to_decide(change: LevelChange, *, by: Any) -> str | None:
    """Why this person may not agree to a lowering, or None.

    Another person than who asked: of the item's organisation, or a coordinator who may see the item.
    """
    reason = policy.refusal(by, "evidence.add")
    if reason:
        return reason
    if change.state != LevelChangeState.ASKED:
        return _("This was decided already.")
    if change.asked_by_id == by.pk:
        return _("You asked for it: a second person must agree.")
    if by.organisation_id == change.evidence.organisation_id:
        return None
    if Role.COORDINATOR in roles_of(by) and can_see(change.evidence, by):
        return None
    return _("Only people of %(organisation)s and coordinators who may see the item agree to this.") % {
        "organisation": change.evidence.organisation
    }


@secrecy.refuses_without_key
@transaction.atomic
def lower(change: LevelChange, *, by: Any, at: datetime | None = None) -> Evidence:
    """Agree to the lowering, as the second person: more people see the item from now on. Raises ``Refused``."""
    at = at or timezone.now()
    evidence = locked(change.evidence)
    change = _held(change)
    _settle(change, LevelChangeState.LOWERED, by=by, at=at)
    _set_level(evidence, Confidentiality(change.after), at=at)
    ended = sorted(evidence.named_people.values_list("pk", flat=True))
    evidence.named_people.clear()
    detail = {"from": change.before, "to": change.after}
    record("evidence.level_changed", evidence, by=by, detail=detail, at=at)
    if ended:
        record("evidence.admission_ended", evidence, by=by, detail={"ended": ended}, at=at)
    return evidence


@transaction.atomic
def decline(change: LevelChange, *, by: Any, at: datetime | None = None) -> None:
    """Leave the level as it is; who asked may take the question back herself. Raises ``Refused``."""
    at = at or timezone.now()
    change = _held(change)
    _settle(change, LevelChangeState.DECLINED, by=by, at=at, may_be_asker=True)
    record("evidence.lowering_declined", change.evidence, by=by, at=at)


def _held(change: LevelChange) -> LevelChange:
    rows = LevelChange.objects.select_for_update(of=("self",)).select_related("evidence__organisation")
    return rows.get(pk=change.pk)


def _settle(change: LevelChange, state: str, *, by: Any, at: datetime, may_be_asker: bool = False) -> None:
    reason = refusal_to_decide(change, by=by)
    if reason and not (
        may_be_asker and change.asked_by_id == by.pk and change.state == LevelChangeState.ASKED
    ):
        raise Refused(reason)
    LevelChange.objects.filter(pk=change.pk).update(state=state, decided_by=by, decided_at=at)


# --- letting a reviewer in ----------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_admit(
    evidence: Evidence, *, person: User, by: Any, at: datetime | None = None
) -> AdmissionRequest:
    """Ask the people whose item it is to let a member see it; asking twice is asking once. Raises ``Refused``."""
    if not is_member(by) or not is_member(person) or not person.is_active:
        raise Refused(_("%(person)s is not a member who may sign in.") % {"person": person})
    if can_see(evidence, person):
        raise Refused(_("%(person)s may see it already.") % {"person": person})
    try:
        with transaction.atomic():
            made = AdmissionRequest.objects.create(
                evidence=evidence, person=person, asked_by=by, asked_at=at or timezone.now()
            )
    except IntegrityError:
        return AdmissionRequest.objects.get(evidence=evidence, person=person, decided_at=None)
    if TELL in HANDLERS:
        for custodian in evidence.organisation.people.filter(is_active=True):
            if is_member(custodian):
                payload = {
                    "person": custodian.pk,
                    "kind": "evidence.admission_asked",
                    "what": evidence.label,
                    "evidence": evidence.number,
                }
                enqueue(TELL, payload, key=f"told:admission:{made.pk}:{custodian.pk}", by=by)
    record("evidence.admission_asked", evidence, by=by, detail={"person": person.pk}, at=at)
    return made


@transaction.atomic
def decide_admission(request: AdmissionRequest, *, admit: bool, by: Any, at: datetime | None = None) -> None:
    """Let the person in, as one of the people whose item it is, or decline. Raises ``Refused``."""
    at = at or timezone.now()
    evidence = locked(request.evidence)
    refuse_to_change(evidence, by=by)
    row = AdmissionRequest.objects.filter(pk=request.pk, decided_at=None)
    if not row.update(decided_by=by, decided_at=at, admitted=admit):
        raise Refused(_("This was decided already."))
    if admit:
        who_may_be_named([request.person])
        evidence.named_people.add(request.person)
    verb = "evidence.admitted" if admit else "evidence.admission_declined"
    record(verb, evidence, by=by, detail={"admitted": [request.person_id]} if admit else {}, at=at)
