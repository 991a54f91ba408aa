"""Background work of imports: reading a file into a plan, and applying a plan."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.imports import runs, undo
from recommendations.imports.history import imports_of
from recommendations.imports.models import ImportRun
from recommendations.jobs.models import Job
from recommendations.jobs.queue import Effects, Work, enqueue, handler, when_given_up
from recommendations.overview import detail
from recommendations.vocabulary import ImportState

if imports_of not in detail.HISTORIES:
    detail.HISTORIES.append(imports_of)


def _run_of(work: Work) -> ImportRun:
    return ImportRun.objects.select_related("file", "state", "started_by").get(pk=work.payload["run"])


def _language(person: Any) -> str:
    return getattr(person, "language", "") or settings.LANGUAGE_CODE


@handler("import.plan", called=gettext_lazy("An import, read"))
def plan_import(work: Work) -> Effects | None:
    """Read the file; what is wrong with it is told in the language of whoever sent it."""
    run = _run_of(work)
    if run.status == ImportState.READING:
        with translation.override(_language(run.started_by)):
            runs.do_plan(run, report=work.report)
    return None


@handler("import.apply", called=gettext_lazy("An import, written"))
def apply_import(work: Work) -> Effects | None:
    """Apply the plan; done a second time, after a worker was lost, it finds the run applied and does nothing."""
    run = _run_of(work)
    if run.status == ImportState.APPLYING:
        with translation.override(_language(work.asked_by)):
            runs.carry_out(run, by=work.asked_by, report=work.report)
    if run.file.size <= runs.AT_ONCE:
        return None

    def effects() -> dict[str, str]:
        run.refresh_from_db()
        if run.status == ImportState.APPLIED:
            _tell(run, "import.applied", f"told:import.applied:{run.pk}")
        return {"status": run.status}

    return effects


@when_given_up("import.plan", "import.apply")
def tell_of_failure(job: Job) -> None:
    """Whoever waits for an import that was given up is told."""
    run = ImportRun.objects.filter(pk=job.payload["run"]).select_related("file").first()
    if run is not None:
        _tell(run, "import.failed", f"told:import.failed:{job.pk}:{job.attempts}")


def _tell(run: ImportRun, kind: str, key: str) -> None:
    if run.started_by_id is not None:
        payload = {"person": run.started_by_id, "kind": kind, "import": run.pk, "what": run.file.name}
        enqueue("reminders.tell", payload, key=key)


@handler(undo.JOB, called=gettext_lazy("An import, taken back"))
def take_back_import(work: Work) -> Effects | None:
    """Take an import back; where something was built on it meanwhile, it stays and its page says so."""
    run = _run_of(work)
    if run.status == ImportState.TAKING_BACK:
        with translation.override(_language(work.asked_by)):
            try:
                undo.carry_out(run, by=work.asked_by, report=work.report)
            except undo.StandsInTheWay:
                note = _("It could not be taken back: something was built on its rows meanwhile.")
                ImportRun.objects.filter(pk=run.pk).update(notes=[*run.notes, note])
    return None
