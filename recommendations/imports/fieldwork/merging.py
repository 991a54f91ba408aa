"""A returned sheet against what stands here: field by field theirs, ours and what was sent; and taking over.

A field is in conflict when both sides changed it, and not to the same. Only drafts are written, through
assessments.writing, all in one transaction; what the workflow has closed is refused row by row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access.visibility import can_see
from recommendations.assessments.forms import CITE_INTO, CITE_INTO_OTHERWISE, Draft
from recommendations.assessments.models import Assessment, Cluster, RoundItem
from recommendations.assessments.reading import rating_rows
from recommendations.assessments.writing import (
    Conflict,
    edit_refusal,
    save_draft,
    start_assessment,
    start_refusal,
)
from recommendations.audit.log import record
from recommendations.evidence.models import Evidence
from recommendations.imports.fieldwork.columns import BY_NAME, CITE, TEXT, same, shown
from recommendations.imports.fieldwork.models import FieldReturn
from recommendations.imports.fieldwork.units import (
    ELSEWHERE,
    WHOLE_ROW,
    Unit,
    open_by_item,
    open_for,
    row_key,
    unit_of,
)
from recommendations.vocabulary import AssessmentStatus, ImportDecision, ImportState
from recommendations.words.compare import Segment, word_differences
from recommendations.workflow.engine import Refused

OURS, THEIRS = ImportDecision.OURS, ImportDecision.THEIRS


class Stale(Refused):
    """A draft was changed after the merge page was made: nothing was taken over."""

    def __init__(self) -> None:
        super().__init__(
            _("Something was changed here after this page was made, so nothing was taken over. Look again.")
        )


class Undecided(Refused):
    """A field in conflict was left without a choice."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Both sides changed some fields: choose for each of them which version stays. Nothing was saved."
            )
        )


@dataclass(frozen=True)
class Change:
    """One field that the file says otherwise than was sent: what was sent, what stands here, what the file says."""

    id: str
    row: str
    name: str
    where: str
    sent: Any
    ours: Any
    theirs: Any
    conflict: bool

    @property
    def title(self) -> str:
        """The column's heading."""
        return str(BY_NAME[self.name].title)

    @property
    def as_shown(self) -> dict[str, str]:
        """The three values in words."""
        column = BY_NAME[self.name]
        return {side: shown(column, getattr(self, side)) for side in ("sent", "ours", "theirs")}

    @property
    def difference(self) -> list[Segment]:
        """What the file's text changes in ours, by word; nothing for what is no text, or new as a whole."""
        if BY_NAME[self.name].kind != TEXT or not self.ours or not self.theirs:
            return []
        return word_differences(str(self.ours), str(self.theirs))


@dataclass
class UnitMerge:
    """What the file says about one assessment; with ``refusal`` nothing of it can be taken over."""

    key: str
    title: str
    unit: Unit | None
    refusal: str = ""
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def address(self) -> int | None:
        """The assessment, where there is one to open."""
        return self.unit.assessment.pk if self.unit else None


@dataclass
class Merge:
    """The whole comparison; ``fingerprint`` changes when anything it rests on does."""

    units: list[UnitMerge]
    fingerprint: str

    @property
    def open(self) -> list[UnitMerge]:
        """Those of which something can be taken over."""
        return [unit for unit in self.units if unit.changes and not unit.refusal]

    @property
    def refused(self) -> list[UnitMerge]:
        """Those that cannot be changed now."""
        return [unit for unit in self.units if unit.refusal]

    @property
    def changes(self) -> list[Change]:
        """Everything there is to decide."""
        return [change for unit in self.open for change in unit.changes]

    @property
    def conflicts(self) -> int:
        """How many fields both sides changed."""
        return sum(change.conflict for change in self.changes)


def compare(returned: FieldReturn, *, by: Any) -> Merge:
    """The file against what stands here now, as far as this person may see and change it."""
    sheet = returned.sheet
    opened = open_by_item(sheet.round, sheet.organisation)
    applied = sheet.returns.filter(status=ImportState.APPLIED).exclude(pk=returned.pk)
    earlier = list(applied.values_list("values", flat=True))
    units = []
    for key, rows in returned.values.items():
        merged = _resolve(returned, key, opened, by)
        if merged.unit is not None and not merged.refusal:
            _compare_rows(merged, rows, sheet.sent["units"][key], earlier, by)
        if merged.refusal or merged.changes or merged.notes:
            units.append(merged)
    return Merge(units, _fingerprint(returned, units))


def _resolve(returned: FieldReturn, key: str, opened: dict[int, Assessment], by: Any) -> UnitMerge:
    """What the unit is now, or why nothing can be done about it."""
    sheet = returned.sheet
    sent = sheet.sent["units"][key]
    merged = UnitMerge(key, sent["title"], None)
    cluster = item = None
    if key.startswith("c"):
        clusters = Cluster.objects.visible_to(by).filter(round=sheet.round, pk=int(key[1:]))
        cluster = clusters.select_related("round").first()
    else:
        items = RoundItem.objects.visible_to(by).filter(round=sheet.round, pk=int(key[1:]))
        item = items.select_related("round", "recommendation").first()
    if cluster is None and item is None:
        merged.refusal = _("It is no longer part of this round.")
        return merged
    assessment = open_for(cluster, item, opened)
    if assessment is ELSEWHERE:
        merged.refusal = _("Its recommendations are assessed in another way by now. Download the sheet anew.")
        return merged
    if assessment is None and sent["assessment"]:
        before = Assessment.objects.filter(pk=sent["assessment"]).first()
        if before is not None and before.status != AssessmentStatus.WITHDRAWN:
            assessment = before
    if assessment is not None:
        merged.refusal = edit_refusal(assessment, by=by) or ""
        if not can_see(assessment, by):
            merged.refusal = merged.refusal or _("This assessment is not open to you.")
            return merged
    else:
        merged.refusal = (
            start_refusal(by=by, cluster=cluster, item=item, organisation=sheet.organisation) or ""
        )
    merged.unit = unit_of(
        cluster, item, sheet.organisation, assessment=assessment, by=by, language=sheet.language
    )
    return merged


def _compare_rows(
    merged: UnitMerge,
    rows: Mapping[str, Mapping[str, Any]],
    sent: Mapping[str, Any],
    earlier: list[Mapping[str, Any]],
    by: Any,
) -> None:
    assert merged.unit is not None
    for key, fields in rows.items():
        row = merged.unit.rows.get(key)
        label = sent["rows"][key]["label"]
        if row is None:
            merged.notes.append(
                _("%(row)s is no longer part of it: what the file says about it is left out.")
                % {"row": label}
            )
            continue
        for name, theirs in fields.items():
            if name not in row.values:
                continue  # confirmed meanwhile: nothing is left to say
            column = BY_NAME[name]
            was, ours = sent["rows"][key]["values"][name], row.values[name]
            if any(
                same(column, theirs, values[merged.key][key][name])
                for values in earlier
                if name in values.get(merged.key, {}).get(key, {})
            ):
                continue  # came with an earlier return and was decided then
            if column.kind == CITE:
                theirs, ours = _still_to_cite(theirs, merged.unit.assessment)
            if same(column, theirs, ours) or (column.kind == CITE and not theirs):
                continue
            merged.changes.append(
                Change(
                    id=f"{merged.key}|{key}|{name}",
                    row=key,
                    name=name,
                    where="" if key == WHOLE_ROW else label,
                    sent=was,
                    ours=ours,
                    theirs=theirs,
                    conflict=column.kind != CITE and not same(column, ours, was),
                )
            )


def _still_to_cite(theirs: str, assessment: Assessment) -> tuple[str, str]:
    """The numbers that are not cited yet; none of ours stand in this column."""
    if assessment.pk is None:
        return theirs, ""
    cited = {f"E-{number}" for number in assessment.citations.values_list("evidence__number", flat=True)}
    return ", ".join(number for number in theirs.split(", ") if number and number not in cited), ""


def _fingerprint(returned: FieldReturn, units: list[UnitMerge]) -> str:
    told = [
        [
            merged.key,
            merged.refusal,
            [merged.unit.assessment.pk, merged.unit.assessment.revision] if merged.unit else None,
            [[change.id, change.ours, change.theirs] for change in merged.changes],
        ]
        for merged in units
    ]
    plain = json.dumps([returned.pk, returned.status, told], sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def take_over(returned: FieldReturn, *, choices: Mapping[str, str], fingerprint: str, by: Any) -> int:
    """Write what was chosen into drafts; returns how many fields. Raises ``Stale``, ``Undecided``, ``Refused``.

    ``choices`` says by change whose version stays; what is in conflict needs one, the rest is the file's.
    """
    try:
        with transaction.atomic():
            current = FieldReturn.objects.select_for_update(of=("self",)).get(pk=returned.pk)
            if current.status != ImportState.PLANNED:
                raise Refused(
                    _("Nothing was done: this file is “%(status)s”.")
                    % {"status": current.get_status_display()}
                )
            merge = compare(current, by=by)
            if merge.fingerprint != fingerprint:
                raise Stale
            decided = {
                change.id: choices.get(change.id, "" if change.conflict else THEIRS)
                for change in merge.changes
            }
            if any(choice not in (OURS, THEIRS) for choice in decided.values()):
                raise Undecided
            count = 0
            for merged in merge.open:
                wanted = [change for change in merged.changes if decided[change.id] == THEIRS]
                if wanted and merged.unit is not None:
                    _write(merged.unit, wanted, language=current.sheet.language, by=by)
                    count += len(wanted)
            current.status = ImportState.APPLIED
            current.choices = decided
            current.applied_by, current.applied_at = by, timezone.now()
            current.save(update_fields=["status", "choices", "applied_by", "applied_at"])
            record("fieldsheet.taken_over", current.sheet, by=by, detail={"updated": count})
    except Conflict:
        raise Stale from None
    returned.refresh_from_db()
    return count


def _write(unit: Unit, changes: list[Change], *, language: str, by: Any) -> None:
    """One draft: begun where there is none, then saved as the editor would save it."""
    assessment = unit.assessment
    if not unit.is_begun:
        assessment = start_assessment(
            by=by,
            cluster=unit.cluster,
            item=unit.item if unit.cluster is None else None,
            organisation=assessment.organisation,
            language=language,
        )
    rows = list(rating_rows(assessment))
    as_it_stands = Draft(assessment, rows)
    forms: dict[str, Any] = {WHOLE_ROW: as_it_stands.form}
    forms |= {row_key(form.row): form for form in as_it_stands.rows}
    data: dict[str, str] = {}
    for form in forms.values():
        for name in form.fields:
            _put(data, form.add_prefix(name), form.initial.get(name))
    for change in changes:
        if BY_NAME[change.name].kind == CITE:
            continue
        _put(data, forms[change.row].add_prefix(change.name), change.theirs)
    for change in changes:
        if BY_NAME[change.name].kind == CITE:
            _cite(data, change.theirs)
    draft = Draft(assessment, rows, data)
    if not draft.is_valid():
        raise Refused(f"{unit.title}: {' '.join(draft.problems)}")
    save_draft(
        assessment,
        by=by,
        revision=assessment.revision,
        fields=draft.form.values(),
        ratings=[form.values() for form in draft.rows],
    )


def _put(data: dict[str, str], name: str, value: Any) -> None:
    """A value as a browser would send it."""
    if isinstance(value, bool):
        data.pop(name, None)
        if value:
            data[name] = "on"
    else:
        data[name] = "" if value is None else str(value)


def _cite(data: dict[str, str], numbers: str) -> None:
    """Cite these at the end of the part to which their kind belongs."""
    wanted = [int(number.removeprefix("E-")) for number in numbers.split(", ") if number]
    kinds = dict(Evidence.objects.filter(number__in=wanted).values_list("number", "kind"))
    for number in wanted:
        part = CITE_INTO.get(kinds.get(number, ""), CITE_INTO_OTHERWISE)
        mark = f"[E-{number}]"
        if mark not in data[part]:
            data[part] = f"{data[part]} {mark}".strip()


def discard(returned: FieldReturn, *, by: Any) -> None:
    """Give the file up; nothing of it was or will be taken over."""
    changed = FieldReturn.objects.filter(pk=returned.pk, status=ImportState.PLANNED).update(
        status=ImportState.DISCARDED, values={}
    )
    if not changed:
        returned.refresh_from_db()
        raise Refused(
            _("Nothing was done: this file is “%(status)s”.") % {"status": returned.get_status_display()}
        )
    record("fieldsheet.discarded", returned.sheet, by=by)
