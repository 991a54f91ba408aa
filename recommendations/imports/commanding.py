"""An import from the command line: read, tell, and apply at once where nothing is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.models import State
from recommendations.formats import readers
from recommendations.formats.readers import UnknownFormat
from recommendations.imports import runs
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.telling import Report
from recommendations.imports.terms import Names, Terms, Unknown
from recommendations.vocabulary import ImportState, UnknownLabels

# A plan that became stale while it was applied is made anew and applied; more often than this something is wrong.
TRIES = 3


def import_file(
    path: Path,
    *,
    state: State | None,
    dry_run: bool,
    by: Any = None,
    chosen_format: str = "",
    accept_doubts: bool = False,
    leave_out_unknown: bool = False,
    report: Report | None = None,
) -> dict[str, Any]:
    """Import a file and tell what happened: format, rows, created, updated, unchanged, conflicts, doubts, problems.

    With problems, in a dry run, or with doubts that are not accepted, nothing is written. Rows in conflict keep our
    version where a person wrote it. A label of a theme, group or State that is not known is a problem, unless all such
    labels are to be left out. ``report`` is told how far the reading is, then the writing, of how much (0: not
    known). Raises ``UnknownFormat``.
    """
    readers.check_code(chosen_format)
    try:
        with path.open("rb") as source:
            file = runs.receive_file(iter(lambda: source.read(1024 * 1024), b""), name=path.name, by=by)
    except (OSError, runs.NotPossible) as fault:
        return _told(None, [{"row": None, "column": None, "message": _sentence(path, fault)}])
    runs.finish_interrupted(ImportRun.objects.filter(status__in=runs.UNDER_WAY).select_related("job"))
    run = ImportRun.objects.create(
        file=file,
        state=state,
        started_by=by,
        status=ImportState.READING,
        chosen_format=chosen_format,
        unknown=UnknownLabels.LEAVE_OUT if leave_out_unknown else UnknownLabels.TELL,
    )
    try:
        runs.do_plan(run, report=report)
        writes = run.status == ImportState.PLANNED and not dry_run and (accept_doubts or not run.doubts)
        if writes:
            for _try in range(TRIES):
                ImportRun.objects.filter(pk=run.pk, status=ImportState.PLANNED).update(
                    status=ImportState.APPLYING
                )
                run.refresh_from_db()
                if runs.carry_out(run, by=by, report=report):
                    break
    except BaseException:
        # Stopped by hand or by a fault: what was not finished is said to be so.
        ImportRun.objects.filter(pk=run.pk, status__in=runs.UNDER_WAY).update(status=ImportState.INTERRUPTED)
        raise
    problems = run.problems
    if not problems and writes and run.status != ImportState.APPLIED:
        message = _("The catalogue changed again and again while the file was imported. Try again later.")
        problems = [{"row": None, "column": None, "message": message}]
    told = _told(run, problems)
    if run.doubts and not writes and not dry_run and not problems:
        told["created"] = told["updated"] = 0
    if run.status == ImportState.PLANNED:
        ImportRow.objects.filter(run=run).delete()
        ImportRun.objects.filter(pk=run.pk).update(status=ImportState.DISCARDED)
        record("import.planned", run, by=by, detail={"rows": run.rows})
    return told


def state_named(words: str) -> State:
    """The State of that code or name; raises ``Unknown`` with the nearest names."""
    names: Names = Terms.load().states
    return State.objects.get(pk=names.find(words)[0])


def _told(run: ImportRun | None, problems: list[dict[str, Any]]) -> dict[str, Any]:
    refused = bool(problems) or run is None
    return {
        "format": run.format if run else "",
        "rows": run.rows if run else 0,
        "created": 0 if refused else run.created,  # type: ignore[union-attr]
        "updated": 0 if refused else run.updated,  # type: ignore[union-attr]
        "unchanged": run.unchanged if run else 0,
        "conflicts": run.conflicts if run else 0,
        "undecided": run.undecided if run else 0,
        "doubts": _doubts(run) if run else [],
        "notes": run.notes if run else [],
        "problems": problems,
    }


def _doubts(run: ImportRun) -> list[dict[str, Any]]:
    """The sentences on what a person should look at, with row and reference, in the order of the file."""
    if not run.doubts:
        return []
    rows = ImportRow.objects.filter(run=run).exclude(doubts=[]).order_by("number", "pk")
    return [
        {"row": number, "reference": reference, "message": message}
        for number, reference, doubts in rows.values_list("number", "reference", "doubts").iterator()
        for message in doubts
    ]


def _sentence(path: Path, fault: Exception) -> str:
    if isinstance(fault, FileNotFoundError):
        return _("There is no file %(path)s.") % {"path": path}
    if isinstance(fault, OSError):
        return _("The file %(path)s cannot be read: %(reason)s.") % {
            "path": path,
            "reason": fault.strerror or fault,
        }
    return str(fault)


__all__ = ["Unknown", "UnknownFormat", "import_file", "state_named"]
