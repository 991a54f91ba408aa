"""Bringing in from beginning to end: the file received, its columns named, its rows planned, chosen, and made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.access.visibility import roles_of
from recommendations.assessments.models import Round
from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused as NotRecorded
from recommendations.evidence import secrecy
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Table, TableLimits, read_table
from recommendations.imports import runs
from recommendations.imports.bringing import assessments, evidence, references, undoing
from recommendations.imports.bringing.models import Bringing, BroughtRow, ColumnMemory
from recommendations.imports.bringing.targets import ASSESSMENTS, EVIDENCE, Target, propose
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.jobs.queue import Effects, Work, handler
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import JobState, Role
from recommendations.words.clean import fold_label
from recommendations.workflow.engine import Refused

MOST_MB = 20
LIMITS = TableLimits(rows=5_000, columns=100)
AT_ONCE = 100  # rows made while the person waits; more are made in the background
SAMPLES = 4
JOB = "bringing.apply"

Kind, Status, Action = Bringing.Kind, Bringing.Status, BroughtRow.Action
ACTS = {Kind.EVIDENCE: "evidence.add", Kind.REFERENCES: "evidence.add", Kind.ASSESSMENTS: "assessment.write"}


@dataclass(frozen=True)
class Look:
    """The beginning of a table: its header with some values below, and its workbook's sheets."""

    header: list[str]
    samples: list[list[str]]
    sheet: str
    sheets: list[str]


def organisations_for(by: Any) -> Any:
    """For whom a person may bring something in: her own; a coordinator also for those that work by mail."""
    found = Organisation.objects.filter(pk=by.organisation_id)
    if Role.COORDINATOR in roles_of(by):
        found = found | Organisation.objects.filter(works_by_mail=True)
    return found


def targets_of(kind: str) -> tuple[Target, ...]:
    """What a column may mean in this kind of table."""
    return ASSESSMENTS if kind == Kind.ASSESSMENTS else EVIDENCE


def begin(upload: Any, *, kind: str, organisation: Organisation, round_: Round | None, by: Any) -> Bringing:
    """Receive a file; a report's references are planned at once. Raises ``FileProblem`` and ``Refused``."""
    reason = policy.refusal(by, ACTS[Kind(kind)])
    if reason:
        raise Refused(reason)
    if kind == Kind.ASSESSMENTS and (round_ is None or not round_.is_open):
        raise Refused(_("Choose an open round: earlier assessments become drafts in it."))
    found = []
    if kind == Kind.REFERENCES:
        found = references.proposals(references.notes_of(upload), reader=by)
        if not found:
            raise Refused(_("No footnote, endnote or link was found in this document."))
    else:
        with read_table(upload, name=upload.name, limits=LIMITS) as table:
            sheet = table.sheet
    upload.seek(0)
    try:
        file = runs.receive_file(upload.chunks(), name=upload.name, by=by)
    except runs.NotPossible as fault:
        raise Refused(str(fault)) from None
    with transaction.atomic():
        bringing = Bringing.objects.create(
            kind=kind,
            file=file,
            organisation=organisation,
            round=round_ if kind == Kind.ASSESSMENTS else None,
            sheet="" if kind == Kind.REFERENCES else sheet,
            started_by=by,
        )
        if kind == Kind.REFERENCES:
            _stage(bringing, [(number, one, []) for number, one in enumerate(found, 1)], by=by)
            Bringing.objects.filter(pk=bringing.pk).update(status=Status.PLANNED)
            bringing.refresh_from_db()
    return bringing


def look_at(bringing: Bringing, *, sheet: str = "") -> Look:
    """The header and some rows of the table, or of another sheet of it. Raises ``FileProblem``."""
    with _table(bringing, sheet or bringing.sheet) as table:
        samples = []
        for row in table.rows:
            samples.append([cell[:80] for cell in row.cells])
            if len(samples) == SAMPLES:
                break
        return Look(table.header, samples, table.sheet, table.sheets)


def _table(bringing: Bringing, sheet: str) -> Any:
    path = runs.path_of(bringing.file)
    return read_table(path, name=bringing.file.name, sheet=sheet or None, limits=LIMITS)


def proposed(bringing: Bringing, header: list[str]) -> tuple[dict[int, str], Mapping[str, str]]:
    """How the columns are probably meant (as the last time, else by their headings), and the defaults of then."""
    memory = ColumnMemory.objects.filter(
        organisation=bringing.organisation, kind=bringing.kind, header=_hash(header)
    ).first()
    known = {target.name for target in targets_of(bringing.kind)}
    if memory is not None:
        found = {int(index): name for index, name in memory.columns.items() if name in known}
        return found, memory.defaults
    return propose(header, targets_of(bringing.kind)), {}


def _hash(header: list[str]) -> str:
    return hashlib.sha256("\n".join(fold_label(title) for title in header).encode()).hexdigest()


@transaction.atomic
def plan(
    bringing: Bringing, *, columns: Mapping[int, str], defaults: Mapping[str, str], sheet: str, by: Any
) -> Bringing:
    """Read every row as the columns say and stage it. Raises ``FileProblem``, and ``Refused`` where it is decided."""
    current = Bringing.objects.select_for_update(of=("self",)).get(pk=bringing.pk)
    if current.status not in (Status.COLUMNS, Status.PLANNED):
        raise Refused(
            _("Nothing was done: this file is “%(status)s”.") % {"status": current.get_status_display()}
        )
    current.sheet, current.defaults = sheet or current.sheet, dict(defaults)
    current.columns = {str(index): name for index, name in columns.items()}
    items = assessments.Items(current, by) if current.kind == Kind.ASSESSMENTS else None
    drafts: list[tuple[int, Any, list[FileProblem]]] = []
    with _table(current, current.sheet) as table:
        for row in table.rows:
            cells = {name: row.cells[index] for index, name in columns.items() if index < len(row.cells)}
            if not any(cell.strip() for cell in cells.values()):
                continue
            numbers = frozenset(name for index, name in columns.items() if index in row.numbers)
            draft = (
                assessments.drafted(cells, numbers, items=items, number=row.number)
                if items is not None
                else evidence.drafted(cells, numbers, defaults=defaults, reader=by)
            )
            drafts.append((row.number, draft.record, _problems(draft.problems, row.number, columns, table)))
        wrong = [fault for fault in table.problems if _concerns(fault, columns, table)]
        header = table.header
    rows_wrong = {fault.row for fault in wrong}
    places = {(fault.row, fault.column) for fault in wrong}
    # A formula's cell reads as empty: one sentence about it is enough.
    wrong += [
        fault
        for _number, _record, found in drafts
        for fault in found
        if (fault.row, fault.column) not in places
    ]
    _stage(
        current,
        [(number, one, found) for number, one, found in drafts if not found and number not in rows_wrong],
        by=by,
    )
    wrong.sort(key=lambda fault: fault.row or 0)
    current.problems = [
        {"row": fault.row, "column": fault.column, "message": fault.message} for fault in wrong[:1000]
    ]
    current.status = Status.PLANNED
    current.save()
    ColumnMemory.objects.update_or_create(
        organisation=current.organisation,
        kind=current.kind,
        header=_hash(header),
        defaults={"columns": current.columns, "defaults": current.defaults},
    )
    return current


def _concerns(fault: FileProblem, columns: Mapping[int, str], table: Table) -> bool:
    """Whether a cell's problem lies in a column that is read."""
    return (
        fault.row is None
        or fault.column is None
        or fault.column in {table.column_name(index) for index in columns}
    )


def _problems(
    found: Mapping[str, str], number: int, columns: Mapping[int, str], table: Table
) -> list[FileProblem]:
    places = {name: index for index, name in columns.items()}
    titles = {target.name: str(target.title) for target in (*EVIDENCE, *ASSESSMENTS)}
    return [
        FileProblem(
            sentence, number, table.column_name(places[name]) if name in places else titles.get(name, name)
        )
        for name, sentence in found.items()
    ]


def _stage(bringing: Bringing, found: list[tuple[int, Any, Any]], *, by: Any) -> None:
    bringing.staged.all().delete()
    made: list[BroughtRow] = []
    if bringing.kind == Kind.ASSESSMENTS:
        for number, one, _wrong in found:
            reason = assessments.stands_open(one["item"], bringing)
            action = Action.HERE if reason else Action.NEW
            made.append(_row(bringing, number, one["reference"], one, action, note=reason))
    else:
        known, before = evidence.Known(by), evidence.made_before(bringing)
        records = {number: one for number, one, _wrong in found}
        for number, one, _wrong in found:
            title = one["fields"]["title"]
            if number in before:
                item = before[number]
                said = evidence.emptied(one) if secrecy.is_sealed(item) else one
                made.append(_row(bringing, number, title, said, Action.HERE, likely=item.pk))
                continue
            like = known.like(one)
            known.add(number, one)
            note = ""
            if isinstance(like, evidence.Earlier):
                note = _("As %(row)s of this file.") % {
                    "row": references.spot(like.number, records[like.number])
                }
            made.append(
                _row(
                    bringing,
                    number,
                    title,
                    one,
                    Action.LIKELY if like else Action.NEW,
                    likely=None if isinstance(like, evidence.Earlier) else like,
                    note=note,
                )
            )
    BroughtRow.objects.bulk_create(made, batch_size=200)


def _row(
    bringing: Bringing,
    number: int,
    title: str,
    one: Any,
    action: str,
    *,
    likely: int | None = None,
    note: str = "",
) -> BroughtRow:
    # Of a report's references a person picks; a list's new rows were picked by whoever made the list.
    chosen = action == Action.NEW and bringing.kind != Kind.REFERENCES
    return BroughtRow(
        bringing=bringing,
        number=number,
        title=title[:300],
        record=one,
        action=action,
        is_chosen=chosen,
        likely_id=likely,
        note=note[:300],
    )


@transaction.atomic
def choose(bringing: Bringing, *, shown: Iterable[int], chosen: Iterable[int]) -> None:
    """Of the rows that were shown, those ticked are to be made; what is here already never is."""
    rows = bringing.staged.exclude(action=Action.HERE)
    if (
        not Bringing.objects.select_for_update(of=("self",))
        .filter(pk=bringing.pk, status=Status.PLANNED)
        .exists()
    ):
        raise Refused(_("Nothing was done: this file no longer waits for confirmation."))
    shown, chosen = set(shown), set(chosen)
    rows.filter(pk__in=shown - chosen).update(is_chosen=False)
    rows.filter(pk__in=shown & chosen).update(is_chosen=True)


def confirm(bringing: Bringing, *, by: Any) -> Bringing:
    """Make what is chosen: a few at once, many in the background. Of two confirmations the second is refused."""
    count = bringing.staged.filter(is_chosen=True).count()
    if not count:
        raise Refused(_("Nothing is ticked: choose first what shall be brought in."))
    with transaction.atomic():
        taken = Bringing.objects.filter(pk=bringing.pk, status=Status.PLANNED).update(status=Status.APPLYING)
        if not taken:
            bringing.refresh_from_db()
            raise Refused(
                _("Nothing was done: this file is “%(status)s”.") % {"status": bringing.get_status_display()}
            )
        job = queue.enqueue(JOB, {"bringing": bringing.pk}, key=f"{JOB}:{bringing.pk}", by=by)
    if count <= AT_ONCE:
        queue.run(job)
    bringing.refresh_from_db()
    return bringing


def finish_interrupted(bringings: Iterable[Bringing]) -> None:
    """Mark those interrupted that are being brought in by their status, but on which no work waits or runs."""
    for bringing in bringings:
        if bringing.status != Status.APPLYING:
            continue
        alive = Job.objects.filter(name=JOB, payload__bringing=bringing.pk)
        if not alive.exclude(state__in=[JobState.DONE, JobState.FAILED]).exists():
            Bringing.objects.filter(pk=bringing.pk, status=Status.APPLYING).update(status=Status.STOPPED)
            bringing.refresh_from_db()


def again(bringing: Bringing, *, by: Any) -> Bringing:
    """Go on with what was interrupted: what was made is not made twice. Of two who ask the second is refused."""
    with transaction.atomic():
        taken = Bringing.objects.filter(pk=bringing.pk, status=Status.STOPPED).update(status=Status.APPLYING)
        bringing.refresh_from_db()
        if not taken:
            raise Refused(
                _("Nothing was done: this file is “%(status)s”.") % {"status": bringing.get_status_display()}
            )
        earlier = Job.objects.filter(name=JOB, payload__bringing=bringing.pk).count()
        queue.enqueue(JOB, {"bringing": bringing.pk}, key=f"{JOB}:{bringing.pk}:{earlier}", by=by)
    return bringing


@handler(JOB, called=gettext_lazy("A table brought in"))
def _apply(work: Work) -> Effects | None:
    bringing = Bringing.objects.select_related("organisation", "round", "file").get(
        pk=work.payload["bringing"]
    )
    if bringing.status == Status.APPLYING:
        with translation.override(getattr(work.asked_by, "language", "") or settings.LANGUAGE_CODE):
            carry_out(bringing, by=work.asked_by)
    return None


def carry_out(bringing: Bringing, *, by: Any) -> None:
    """Make the chosen rows, each in a transaction of its own: begun again after a fault, it goes on where it was."""
    rows = list(bringing.staged.filter(is_chosen=True, evidence=None, assessment=None))
    for row in rows:
        row.bringing = bringing
    if bringing.kind == Kind.ASSESSMENTS:
        units: dict[Any, list[BroughtRow]] = {}
        for row in rows:
            cluster = row.record["cluster"]
            units.setdefault(("c", cluster) if cluster else ("i", row.record["item"]), []).append(row)
        for together in units.values():
            _make(together, lambda together=together: assessments.make(together, by=by))
    else:
        for row in rows:
            _make([row], lambda row=row: evidence.make(row, by=by))
    with transaction.atomic():
        done = Bringing.objects.filter(pk=bringing.pk, status=Status.APPLYING).update(
            status=Status.APPLIED, applied_at=timezone.now()
        )
        if done:
            made = bringing.staged.filter(is_chosen=True).exclude(evidence=None, assessment=None).count()
            record("bringing.applied", bringing, by=by, detail={"kind": bringing.kind, "created": made})


def _make(rows: list[BroughtRow], act: Any) -> None:
    """Make what these rows say; what is refused by now stays undone, and the row says why."""
    try:
        with transaction.atomic():
            note = act() or ""
            for row in rows:
                row.note = note[:300]
                undoing.remember(row)
                row.save(update_fields=["evidence", "assessment", "note", "record"])
    except (Refused, NotRecorded) as reason:
        BroughtRow.objects.filter(pk__in=[row.pk for row in rows]).update(note=str(reason)[:300])


def discard(bringing: Bringing, *, by: Any) -> None:
    """Give it up: nothing was made."""
    with transaction.atomic():
        waiting = (Status.COLUMNS, Status.PLANNED)
        if not Bringing.objects.filter(pk=bringing.pk, status__in=waiting).update(status=Status.DISCARDED):
            bringing.refresh_from_db()
            raise Refused(
                _("Nothing was done: this file is “%(status)s”.") % {"status": bringing.get_status_display()}
            )
        bringing.staged.all().delete()
        record("bringing.discarded", bringing, by=by)


secrecy.FORGETTING.append(evidence.forget)
