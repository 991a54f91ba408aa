"""Evidence and its links as people record them: every change is checked, dated, logged and made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access.visibility import MEMBER_ROLES
from recommendations.audit.log import record
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Demand, Recommendation
from recommendations.evidence import rules, secrecy
from recommendations.evidence.models import Evidence, EvidenceLink, Source
from recommendations.evidence.sources import keep_source, values_of
from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import Confidentiality, EvidenceCheck, Shows
from recommendations.words.clean import clean_line, clean_text
from recommendations.words.stems import stems

LINES = ("title", "held_by", "place", "act_version")
TEXTS = ("description", "method")
PLAIN = ("kind", "happened_from", "happened_until", "language", "state", "amended_on")
FIELDS = (*LINES, *TEXTS, *PLAIN)
ATTEMPTS = 50


class NotRight(Refused):
    """Some values cannot be kept; ``problems`` says which and why, by field (as rules.problems names them)."""

    def __init__(self, problems: Mapping[str, str]):
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


def _tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"no such fields of evidence: {', '.join(sorted(unknown))}")
    tidied = dict(values)
    for field in tidied:
        if field in LINES:
            tidied[field] = clean_line(tidied[field] or "")
        elif field in TEXTS:
            tidied[field] = clean_text(tidied[field] or "")
    return tidied


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        raise NotRight(problems)


def stems_of(evidence: Evidence) -> str:
    """What the item is found by. Of a restricted one the title only, which is a neutral label."""
    found = [evidence.title]
    if evidence.confidentiality != Confidentiality.RESTRICTED:
        found += [evidence.description, evidence.place, str(evidence.source or "")]
    return f" {' '.join(dict.fromkeys(stems(' '.join(found))))} "


@secrecy.refuses_without_key
@transaction.atomic
def add_evidence(
    *,
    by: Any,
    title: str,
    kind: str,
    confidentiality: str,
    organisation: Organisation | None = None,
    source: Source | Mapping[str, Any] | None = None,
    named_people: Iterable[User] = (),
    is_demo: bool = False,
    at: datetime | None = None,
    **fields: Any,
) -> Evidence:
    """Add an item and give it the next free number.

    ``fields`` are FIELDS of Evidence; ``source`` a row, or a mapping of rules.SOURCE_FIELDS. It belongs to
    ``organisation``, by default to that of ``by``; who enters a restricted item for another organisation is named
    among those who may see it. Raises ``NotRight``.
    """
    at = at or timezone.now()
    organisation = organisation or by.organisation
    values = _tidied(fields | {"title": title, "kind": kind})
    found = rules.problems(values | {"source": source}, today=timezone.localdate(at))
    if not values["title"]:
        found["title"] = _("Give it a title.")
    if organisation is None:
        found["organisation"] = _("Say for which organisation: you belong to none.")
    _refuse(found)
    evidence = Evidence(
        confidentiality=Confidentiality(confidentiality),
        organisation=organisation,
        source=keep_source(source, sealed=confidentiality == Confidentiality.RESTRICTED),
        is_demo=is_demo,
        added_by=by,
        added_at=at,
        updated_at=at,
        **values,
    )
    evidence.stems = stems_of(evidence)
    _as_kept(evidence)
    _insert_numbered(evidence)
    if confidentiality == Confidentiality.RESTRICTED:
        people = set(who_may_be_named(named_people))
        if by.organisation_id != organisation.pk:
            people.add(by)
        evidence.named_people.set(people)
    record(
        "evidence.added", evidence, by=by, detail={"kind": kind, "confidentiality": confidentiality}, at=at
    )
    return evidence


def _insert_numbered(evidence: Evidence) -> None:
    """Insert with the next number; who loses a race for it takes the one after.

    A unique column decides, not a lock: on PostgreSQL the loser waits for the winner's commit, on SQLite only one
    transaction writes.
    """
    for attempt in range(ATTEMPTS):
        evidence.number = (Evidence.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                evidence.save(force_insert=True)
            return
        except IntegrityError:
            if attempt == ATTEMPTS - 1 or not Evidence.objects.filter(number=evidence.number).exists():
                raise
            evidence.pk = None


def who_may_be_named(people: Iterable[User]) -> list[User]:
    """Members of the coalition who may sign in: nobody else can be let in."""
    named = list(people)
    for person in named:
        if not person.is_active or not person.roles & MEMBER_ROLES:
            raise NotRight(
                {"named_people": _("%(person)s is not a member who may sign in.") % {"person": person}}
            )
    return named


@secrecy.refuses_without_key
@transaction.atomic
def change_evidence(
    evidence: Evidence, *, by: Any, revision: int, at: datetime | None = None, **changes: Any
) -> Evidence:
    """Change the item's FIELDS and ``source``; a check that was recorded of the old content no longer holds.

    Raises ``Conflict`` with the current row when somebody changed it since ``revision``, ``NotRight`` when it may
    not be kept so, ``Refused`` when the person may not.
    """
    at = at or timezone.now()
    refuse_to_change(evidence, by=by)
    source_given = "source" in changes
    given = changes.pop("source", None)
    values = _tidied(changes)
    current = locked(evidence, revision)
    before = {field: getattr(current, field) for field in FIELDS}
    after = before | values
    source = given if source_given else values_of(current.source)
    found = rules.problems(
        after | {"source": source}, has_files=current.files.exists(), today=timezone.localdate(at)
    )
    if not after["title"]:
        found["title"] = _("Give it a title.")
    _refuse(found)
    old_source = values_of(current.source)
    if source_given:
        current.source = keep_source(given, before=current.source, sealed=secrecy.is_sealed(current))
    changed = [field for field in FIELDS if before[field] != after[field]]
    if values_of(current.source) != old_source:
        changed.append("source")
    if not changed:
        return current
    for field in values:
        setattr(current, field, after[field])
    current.stems = stems_of(current)
    was_checked = _uncheck(current)
    write_row(current, at, *FIELDS, "source", "stems", "check_status", "checked_by", "checked_at")
    detail = {"fields": changed} | ({"check": "no longer holds"} if was_checked else {})
    record("evidence.changed", current, by=by, detail=detail, at=at)
    return current


@secrecy.refuses_without_key
@transaction.atomic
def check_evidence(
    evidence: Evidence, *, status: str, by: Any, note: str = "", at: datetime | None = None
) -> Evidence:
    """Record what a check found: another person than the one who added the item compared it with its original.

    Raises ``Refused``.
    """
    at = at or timezone.now()
    reason = rules.refusal_to_check(evidence, by=by) or rules.check_problem(status, note)
    if reason:
        raise Refused(reason)
    current = Evidence.objects.select_for_update().get(pk=evidence.pk)
    current.check_status = EvidenceCheck(status)
    current.check_note = clean_text(note)
    current.checked_by = by
    current.checked_at = at
    write_row(current, at, "check_status", "check_note", "checked_by", "checked_at")
    record("evidence.checked", current, by=by, detail={"status": status}, at=at)
    return current


@secrecy.refuses_without_key
@transaction.atomic
def link_evidence(
    evidence: Evidence,
    *,
    recommendation: Recommendation,
    shows: str,
    by: Any,
    why: str = "",
    passage: str = "",
    demand: Demand | None = None,
    at: datetime | None = None,
) -> EvidenceLink:
    """Say what the item shows about a recommendation, or about one demand of it, and why.

    Raises ``Refused`` where it is linked so already, or the demand is another recommendation's.
    """
    if demand is not None and demand.recommendation_id != recommendation.pk:
        raise Refused(_("That demand belongs to another recommendation."))
    # Held until the end: foreign keys are looked at when all is written and the log is locked, and whoever takes an
    # import back holds its recommendations before she comes to the log. Two who wait for each other wait for ever.
    there = Recommendation.objects.select_for_update(of=("self",), no_key=True)
    if there.filter(pk=recommendation.pk).first() is None:
        raise Refused(
            _("%(recommendation)s was taken back a moment ago.") % {"recommendation": recommendation}
        )
    said = {"why": clean_text(why), "passage": clean_line(passage)}
    try:
        with transaction.atomic():
            link = EvidenceLink.objects.create(
                evidence=evidence,
                recommendation=recommendation,
                demand=demand,
                shows=Shows(shows),
                **secrecy.as_kept(EvidenceLink, said, sealed=secrecy.is_sealed(evidence)),
                linked_by=by,
                linked_at=at or timezone.now(),
            )
    except IntegrityError:
        raise Refused(
            _("%(evidence)s is linked to %(recommendation)s already.")
            % {"evidence": evidence, "recommendation": demand or recommendation}
        ) from None
    record("evidence.linked", evidence, by=by, detail=_link_detail(link), at=at)
    return link


@secrecy.refuses_without_key
@transaction.atomic
def change_link(link: EvidenceLink, *, by: Any, shows: str, why: str, passage: str) -> EvidenceLink:
    """Change what a link says. Raises ``Refused``."""
    reason = rules.refusal_to_unlink(link, by=by)
    if reason:
        raise Refused(reason)
    values = {"shows": Shows(shows), "why": clean_text(why), "passage": clean_line(passage)}
    values = secrecy.as_kept(EvidenceLink, values, sealed=secrecy.is_sealed(link.evidence))
    if not EvidenceLink.objects.filter(pk=link.pk).update(**values):
        raise Refused(_("This link was taken back meanwhile."))
    link.refresh_from_db()
    record("evidence.link_changed", link.evidence, by=by, detail=_link_detail(link))
    return link


@transaction.atomic
def unlink_evidence(link: EvidenceLink, *, by: Any) -> None:
    """Take a link back. Raises ``Refused``; a link that is gone already stays gone."""
    reason = rules.refusal_to_unlink(link, by=by)
    if reason:
        raise Refused(reason)
    detail, evidence = _link_detail(link), link.evidence
    gone, _kinds = EvidenceLink.objects.filter(pk=link.pk).delete()
    if gone:
        record("evidence.unlinked", evidence, by=by, detail=detail)


def content_changed(evidence: Evidence, *, at: datetime) -> None:
    """Note that the item's content changed otherwise (a file came): dated, and no longer checked."""
    current = Evidence.objects.select_for_update().get(pk=evidence.pk)
    _uncheck(current)
    write_row(current, at, "check_status", "checked_by", "checked_at")


def _link_detail(link: EvidenceLink) -> dict[str, Any]:
    return {"recommendation": str(link.demand or link.recommendation), "shows": link.shows}


def refuse_to_change(evidence: Evidence, *, by: Any) -> None:
    """Raises ``Refused`` with the reason where this person may not change the item."""
    reason = rules.refusal_to_change(evidence, by=by)
    if reason:
        raise Refused(reason)


def locked(evidence: Evidence, revision: int | None = None) -> Evidence:
    """The row as it stands, held until the transaction ends, if nobody changed it since ``revision`` (where given)."""
    current = (
        Evidence.objects.select_for_update(of=("self",))
        .select_related("source", "organisation")
        .get(pk=evidence.pk)
    )
    if revision is not None and current.revision != revision:
        raise Conflict(current)
    if secrecy.unreadable(current):
        raise Refused(
            _("Texts of %(evidence)s cannot be read, so they are not written over: its key is missing.")
            % {"evidence": current}
        )
    return current


def _as_kept(evidence: Evidence) -> None:
    """Mark the item's texts as its level asks, so that writing them seals them or does not."""
    texts = {field: getattr(evidence, field) for field in secrecy.SEALED[Evidence]}
    for field, text in secrecy.as_kept(Evidence, texts, sealed=secrecy.is_sealed(evidence)).items():
        setattr(evidence, field, text)


def _uncheck(evidence: Evidence) -> bool:
    """Whether a check stood, which no longer holds; its note stays."""
    if evidence.check_status == EvidenceCheck.NOT_CHECKED:
        return False
    evidence.check_status = EvidenceCheck.NOT_CHECKED
    evidence.checked_by = evidence.checked_at = None
    return True


def write_row(evidence: Evidence, at: datetime, *fields: str) -> None:
    """Write the row, its date and its next revision: compared with the one that was read."""
    _as_kept(evidence)
    values = {field: getattr(evidence, field) for field in fields}
    changed = Evidence.objects.filter(pk=evidence.pk, revision=evidence.revision).update(
        **values, updated_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise Conflict(Evidence.objects.get(pk=evidence.pk))
    evidence.revision += 1
    evidence.updated_at = at
