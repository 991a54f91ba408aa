"""Taking an import back whole: every row as it was before, or nothing, and a sentence about what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue import index
from recommendations.catalogue.models import (
    Document,
    Recommendation,
    ReferenceAlias,
    RetiredReference,
    ReviewCycle,
    State,
)
from recommendations.catalogue.positions import refresh_positions
from recommendations.imports import apply, bulk, written
from recommendations.imports.models import ImportRun
from recommendations.imports.runs import NotPossible, held, tell_progress
from recommendations.imports.standing import Standing, what_built_on
from recommendations.imports.traces import Change, Row
from recommendations.imports.written import Written
from recommendations.jobs import queue
from recommendations.vocabulary import ImportState

JOB = "import.take_back"
# Imports that wrote no more than so many rows are taken back while the person waits.
AT_ONCE = 2000
_CHUNK = 500

Report = Callable[[int, int], None]


class StandsInTheWay(Exception):
    """Something was built on the rows of the import; ``standing`` says what."""

    def __init__(self, standing: list[Standing]):
        super().__init__(", ".join(one.label for one in standing))
        self.standing = standing


@dataclass
class Outline:
    """What taking an import back would do."""

    removed: int = 0
    restored: int = 0
    cycles: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    unfollowed: list[str] = field(default_factory=list)


def refusal(run: ImportRun) -> str | None:
    """Why the run cannot be taken back whatever stands on it; None where it is only a question of that."""
    if run.status == ImportState.TAKEN_BACK:
        return _("This import was taken back already.")
    if run.status not in (ImportState.APPLIED, ImportState.INTERRUPTED):
        return _("Nothing was done: this import is “%(status)s”.") % {"status": run.get_status_display()}
    if run.traces.exists():
        return None
    if run.status == ImportState.APPLIED and (run.created or run.updated or run.conflicts):
        return _("This import was made before the product kept what taking it back needs.")
    return _("This import wrote nothing that could be taken back.")


def outline(run: ImportRun) -> Outline:
    """What taking the run back would do, in numbers and names."""
    found = written.read(run)
    made = [place for part in found.parts for place in part.made]
    names = {
        label: list(
            apps.get_model(label)._base_manager.filter(pk__in=[key for kind, key in made if kind == label])
        )
        for label in {label for label, _key in made}
    }
    followed = [key for part in found.parts for key in part.followed]
    return Outline(
        removed=found.count,
        restored=len(found.changed),
        cycles=[str(row) for rows in names.values() for row in rows if isinstance(row, ReviewCycle)],
        documents=[str(row) for rows in names.values() for row in rows if not isinstance(row, ReviewCycle)],
        unfollowed=[str(state) for state in State.objects.filter(pk__in=followed)],
    )


def ask(run: ImportRun, *, by: Any) -> ImportRun:
    """Ask for the run to be taken back; of two who ask the second is refused.

    Raises ``StandsInTheWay`` where something was built on its rows, ``NotPossible`` where it is not applied.
    """
    reason = refusal(run)
    if reason:
        raise NotPossible(reason)
    standing = what_built_on(run)
    if standing:
        raise StandsInTheWay(standing)
    with transaction.atomic():
        _begin(run)
        made = run.job_id or 0
        run.job = queue.enqueue(JOB, {"run": run.pk}, key=f"{JOB}:{run.pk}:{made}", by=by)
        run.save(update_fields=["job"])
    return run


def take_back_now(run: ImportRun, *, by: Any) -> Outline:
    """Take the run back in this process, from the command line; raises as ``ask`` does."""
    reason = refusal(run)
    if reason:
        raise NotPossible(reason)
    _begin(run)
    return carry_out(run, by=by)


def carry_out(run: ImportRun, *, by: Any, report: Report | None = None) -> Outline:
    """Take back a run that is marked so; whatever goes wrong, it is applied again and nothing of it has gone."""
    with held(run):
        try:
            return take_back(run, by=by, report=report)
        except Exception:
            _give_up(run)
            raise


def take_back(run: ImportRun, *, by: Any, report: Report | None = None) -> Outline:
    """Remove what the run recorded and set back what it changed, in one transaction with the log's event.

    The rows are locked before it is asked what stands on them: who builds on one of them at this moment either comes
    first, and is found, or comes too late. Raises ``StandsInTheWay``.
    """
    with transaction.atomic():
        found = written.read(run)
        undoing = _Undoing(run, found, report)
        undoing.lock()
        standing = what_built_on(run, found=found)
        if standing:
            raise StandsInTheWay(standing)
        told = outline(run)
        try:
            undoing.do()
        except ProtectedError as fault:
            rows = {type(row) for row in fault.protected_objects}
            raise StandsInTheWay(
                [Standing(model.__name__, str(model._meta.verbose_name_plural), 0) for model in rows]
            ) from fault
        taken = ImportRun.objects.filter(pk=run.pk, status=ImportState.TAKING_BACK)
        if not taken.update(status=ImportState.TAKEN_BACK):
            raise RuntimeError(f"import run {run.pk} is not being taken back")
        run.refresh_from_db()
        if told.removed > AT_ONCE:
            transaction.on_commit(apply.refresh_statistics)
        record(
            "import.taken_back",
            run,
            by=by,
            detail={"removed": told.removed, "restored": told.restored, "sha256": run.file.sha256},
        )
    return told


def _begin(run: ImportRun) -> None:
    """Mark the run; only one of several gets it."""
    free = ImportRun.objects.filter(pk=run.pk, status__in=[ImportState.APPLIED, ImportState.INTERRUPTED])
    taken = free.update(status=ImportState.TAKING_BACK)
    run.refresh_from_db()
    if not taken:
        raise NotPossible(
            _("Nothing was done: this import is “%(status)s”.") % {"status": run.get_status_display()}
        )


def _give_up(run: ImportRun) -> None:
    before = ImportState.APPLIED if run.applied_at else ImportState.INTERRUPTED
    ImportRun.objects.filter(pk=run.pk, status=ImportState.TAKING_BACK).update(status=before)
    run.refresh_from_db()


class _Undoing:
    def __init__(self, run: ImportRun, found: Written, report: Report | None):
        self._run = run
        self._written = found
        self._report = report
        self._done = 0
        self._total = found.count + len(found.changed)

    def lock(self) -> None:
        """Hold every row that goes or changes: who wants to refer to one waits."""
        rows = Recommendation._base_manager.select_for_update(of=("self",)).order_by("pk")
        for keys in (*self._written.keys(_CHUNK), *_chunks(sorted(self._written.changed))):
            list(rows.filter(pk__in=keys).values_list("pk", flat=True))
        for part in self._written.parts:
            for label, key in part.made:
                model = apps.get_model(label)
                list(model._base_manager.select_for_update(of=("self",)).filter(pk=key).values_list("pk"))

    def do(self) -> None:
        """The last first: what was changed, then what is new, then the cycles and documents that came with it."""
        for changes in written.changes(self._run):
            self._set_back(changes)
        changed = sorted(self._written.changed)
        refresh_positions(changed)
        index.changed(changed)
        for keys in self._written.keys(_CHUNK):
            self._remove(keys)
        for part in reversed(self._written.parts):
            for label, key in reversed(part.made):
                apps.get_model(label)._base_manager.filter(pk=key).delete()
            later: list[Any] = [
                model.objects.filter(pk__gt=part.last[model._meta.label]).values("state")
                for model in (ReviewCycle, Recommendation)
            ]
            # Whoever opened a cycle of that State since follows it.
            followed = State.objects.filter(pk__in=part.followed)
            followed.exclude(pk__in=later[0]).exclude(pk__in=later[1]).update(is_followed=False)

    def _remove(self, keys: list[int]) -> None:
        rows = Recommendation._base_manager.filter(pk__in=keys)
        symbols = dict(rows.values_list("pk", "document__symbol"))
        aliases = ReferenceAlias.objects.filter(recommendation__in=keys)
        names = [*rows.values_list("reference", "pk"), *aliases.values_list("reference", "recommendation_id")]
        RetiredReference.objects.bulk_create(
            [RetiredReference(reference=reference, symbol=symbols[key]) for reference, key in names],
            ignore_conflicts=True,
        )
        rows.delete()
        index.changed(keys)
        self._tell(len(keys))

    def _set_back(self, changes: list[Change]) -> None:
        tables: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            tables[change[0]].append(change)
        self._retire_given(tables.get(Recommendation._meta.label, []))
        for label, rows in tables.items():
            model = apps.get_model(label)
            added = [key for _label, key, before, _after in rows if before is None]
            model._base_manager.filter(pk__in=added).delete()
            _update(model, [before for _label, _key, before, after in rows if before and after])
            gone = [before for _label, _key, before, after in rows if before and after is None]
            model._base_manager.bulk_create([model(**_values(model, row)) for row in gone])
        self._tell(len(tables.get(Recommendation._meta.label, ())))

    def _retire_given(self, changes: list[Change]) -> None:
        """References that the import gave to recommendations which were there before stay reserved as well."""
        given = {
            after["reference"]: after["document_id"]
            for _label, _key, before, after in changes
            if before and after and before["reference"] != after["reference"]
        }
        symbols = dict(Document.objects.filter(pk__in=given.values()).values_list("pk", "symbol"))
        RetiredReference.objects.bulk_create(
            [RetiredReference(reference=name, symbol=symbols[document]) for name, document in given.items()],
            ignore_conflicts=True,
        )

    def _tell(self, rows: int) -> None:
        self._done += rows
        tell_progress(self._run, self._done, self._total)
        if self._report:
            self._report(self._done, self._total)


def _chunks(keys: list[int]) -> list[list[int]]:
    return [keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK)]


def _values(model: type[models.Model], row: Row) -> dict[str, Any]:
    """The row's values as the model takes them; a column that is no longer there is left out."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in row.items() if name in fields}


def _update(model: type[models.Model], rows: list[Row]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [field for field in fields if rows and field.attname in rows[0]]
    connection = transaction.get_connection()
    bulk.update(
        model,
        [str(field.column) for field in names],
        ["id"],
        [
            [
                *(
                    field.get_db_prep_save(field.to_python(row[field.attname]), connection=connection)
                    for field in names
                ),
                row["id"],
            ]
            for row in rows
        ],
    )
