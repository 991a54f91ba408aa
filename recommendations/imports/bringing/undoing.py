"""Taking back what was brought in: each item and draft it made goes, or nothing and what was built on them is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.assessments.models import Assessment, Citation, ItemRating
from recommendations.audit.log import record
from recommendations.evidence.models import Evidence, EvidenceLink, Observation, Source
from recommendations.imports.bringing.models import Bringing, BroughtRow
from recommendations.imports.standing import Standing, group_of, named, seen_by
from recommendations.imports.traces import related_to
from recommendations.imports.undo import StandsInTheWay
from recommendations.workflow.engine import Refused

Status = Bringing.Status
_CHUNK = 500
# What belongs to a draft itself: whoever changes it raises the draft's revision.
_OF_A_DRAFT = (ItemRating, Citation, Assessment.authors.through)
_CORRECTED: dict[type[models.Model], Any] = {
    Evidence: gettext_lazy("Evidence changed or checked since"),
    EvidenceLink: gettext_lazy("Links to evidence changed since"),
    Assessment: gettext_lazy("Assessments worked on since"),
}


@dataclass
class Outline:
    """What taking it back would do, in numbers."""

    evidence: int
    links: int
    assessments: int


def remember(row: BroughtRow) -> None:
    """Note on a row what was made of it, as it is now: what differs later was built on it."""
    if row.evidence is not None:
        links = EvidenceLink.objects.filter(evidence=row.evidence).order_by("pk")
        row.record["made"] = {
            "revision": row.evidence.revision,
            "links": [
                [pk, _digest(said)] for pk, *said in links.values_list("pk", "shows", "why", "passage")
            ],
            # Whatever hangs on it before anybody else sees it is its own.
            "own": {
                field.model._meta.label: keys
                for field in related_to(Evidence)
                if (keys := sorted(_keys(field, [row.evidence.pk])))
            },
        }
    elif row.assessment is not None:
        row.record["made"] = {"revision": row.assessment.revision}


def refusal(bringing: Bringing) -> str | None:
    """Why it cannot be taken back whatever stands on it; None where it is only a question of that."""
    if bringing.status == Status.TAKEN_BACK:
        return _("This file was taken back already.")
    if bringing.status not in (Status.APPLIED, Status.STOPPED):
        return _("Nothing was done: this file is “%(status)s”.") % {"status": bringing.get_status_display()}
    made = _made(bringing)
    if not made:
        return _("Nothing that it made is here.")
    if any("made" not in row.record for row in made):
        return _("This file was brought in before the product kept what taking it back needs.")
    return None


def outline(bringing: Bringing) -> Outline:
    """What taking it back would remove."""
    rows = _made(bringing)
    return Outline(
        evidence=len({row.evidence_id for row in rows if row.evidence_id}),
        links=sum(len(row.record["made"].get("links", ())) for row in rows),
        assessments=len({row.assessment_id for row in rows if row.assessment_id}),
    )


def what_built_on(bringing: Bringing, *, reader: Any = None) -> list[Standing]:
    """What was built on the items and drafts, grouped as for an import; nothing where it can be taken back.

    ``reader`` is whom it is told: what she may not see is told as one entry without a number. None is told all.
    """
    rows = _made(bringing)
    found: dict[tuple[type[models.Model], str], set[int]] = {}

    def add(model: type[models.Model], keys: Iterable[int], label: str = "") -> None:
        if keys := set(keys):
            found.setdefault((model, label), set()).update(keys)

    add(Evidence, _changed(Evidence, rows, "evidence_id"), str(_CORRECTED[Evidence]))
    add(Assessment, _changed(Assessment, rows, "assessment_id"), str(_CORRECTED[Assessment]))
    links = {pk: digest for row in rows for pk, digest in row.record["made"].get("links", ())}
    for chunk in _chunks(sorted(links)):
        now = EvidenceLink.objects.filter(pk__in=chunk).values_list("pk", "shows", "why", "passage")
        add(
            EvidenceLink,
            (pk for pk, *said in now if _digest(said) != links[pk]),
            str(_CORRECTED[EvidenceLink]),
        )
    evidence = sorted({row.evidence_id for row in rows if row.evidence_id})
    own = {
        (label, key)
        for row in rows
        for label, keys in row.record["made"].get("own", {}).items()
        for key in keys
    }
    for field in related_to(Evidence):
        if field.model is not BroughtRow:
            label = field.model._meta.label
            add(field.model, (key for key in _keys(field, evidence) if (label, key) not in own))
    drafts = sorted({row.assessment_id for row in rows if row.assessment_id})
    for field in related_to(Assessment):
        if field.model is not BroughtRow and field.model not in _OF_A_DRAFT:
            add(field.model, _keys(field, drafts))
    shown, hidden = [], False
    for (model, label), keys in found.items():
        seen = seen_by(model, keys, reader)
        hidden = hidden or len(seen) < len(keys)
        if seen:
            shown.append(group_of(model, seen, label or named(model)))
    if hidden:
        shown.append(Standing("hidden", _("Something that you may not see"), 0))
    return shown


def take_back(bringing: Bringing, *, by: Any) -> Outline:
    """Remove all that was made of the file, in one transaction with the log's event.

    Raises ``Refused`` where it is not brought in, ``StandsInTheWay`` where something was built on what it made.
    """
    with transaction.atomic():
        current = Bringing.objects.select_for_update(of=("self",)).get(pk=bringing.pk)
        reason = refusal(current)
        if reason:
            raise Refused(reason)
        rows = _made(current)
        evidence = sorted({row.evidence_id for row in rows if row.evidence_id})
        drafts = sorted({row.assessment_id for row in rows if row.assessment_id})
        # Held before it is asked what stands on them: who builds on one now comes first and is found, or too late.
        for model, keys in ((Evidence, evidence), (Assessment, drafts)):
            for chunk in _chunks(keys):
                held = model._base_manager.select_for_update(of=("self",)).filter(pk__in=chunk)
                list(held.values_list("pk", flat=True))
        standing = what_built_on(current)
        if standing:
            raise StandsInTheWay(standing)
        done = outline(current)
        try:
            _remove(evidence, drafts)
        except ProtectedError as fault:
            kinds = {type(row) for row in fault.protected_objects}
            raise StandsInTheWay([Standing(kind.__name__, named(kind), 0) for kind in kinds]) from fault
        Bringing.objects.filter(pk=current.pk).update(status=Status.TAKEN_BACK)
        bringing.refresh_from_db()
        record(
            "bringing.taken_back",
            bringing,
            by=by,
            detail={"kind": bringing.kind, "evidence": done.evidence, "assessments": done.assessments},
        )
    return done


def _remove(evidence: list[int], drafts: list[int]) -> None:
    for chunk in _chunks(drafts):
        Assessment._base_manager.filter(pk__in=chunk).delete()
    for chunk in _chunks(evidence):
        rows = Evidence._base_manager.filter(pk__in=chunk)
        sources = set(rows.exclude(source=None).values_list("source", flat=True))
        rows.delete()
        for model in (Evidence, Observation):
            kept = model._base_manager.filter(source__in=sources)
            sources -= set(kept.values_list("source", flat=True))
        Source.objects.filter(pk__in=sources).delete()


def _made(bringing: Bringing) -> list[BroughtRow]:
    """The rows of which something was made that is still here."""
    return list(bringing.staged.exclude(evidence=None, assessment=None))


def _changed(model: Any, rows: list[BroughtRow], name: str) -> Iterator[int]:
    made = {getattr(row, name): row.record["made"]["revision"] for row in rows if getattr(row, name)}
    for chunk in _chunks(sorted(made)):
        now = model._base_manager.filter(pk__in=chunk).values_list("pk", "revision")
        yield from (pk for pk, revision in now if revision != made[pk])


def _keys(field: models.ForeignKey, owners: list[int]) -> Iterator[int]:
    for chunk in _chunks(owners):
        rows = field.model._base_manager.filter(**{f"{field.attname}__in": chunk})
        yield from rows.values_list("pk", flat=True)


def _digest(said: list[str]) -> str:
    """What a link says, without its words: they may become confidential later."""
    return hashlib.sha256("\0".join(map(str, said)).encode()).hexdigest()[:16]


def _chunks(keys: list[int]) -> list[list[int]]:
    return [keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK)]
