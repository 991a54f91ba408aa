"""The coordinators' pages of imports: the list, a new one, the plan with its rows, and what one decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.catalogue.models import ReviewCycle
from recommendations.formats import readers
from recommendations.formats.readers import thematic_list
from recommendations.imports import answering, runs, undo
from recommendations.imports.choosing import choices_shown
from recommendations.imports.columns import TEMPLATE
from recommendations.imports.display import asked, choices_for, problems_of, proposed, shown
from recommendations.imports.forms import ImportForm
from recommendations.imports.models import ImportRun
from recommendations.imports.template import csv_template, xlsx_template
from recommendations.jobs import queue
from recommendations.vocabulary import ImportAction, ImportDecision, ImportState
from recommendations.web.pages import paged, render_page
from recommendations.web.queries import changed_query

PROBLEMS, QUESTIONS, DOUBTS = "problems", "questions", "doubts"
UNDECIDED = ImportAction.UNDECIDED.value
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """All runs, the latest first."""
    policy.require(request.user, "import.run")
    found = ImportRun.objects.visible_to(request.user).select_related("file", "state", "started_by", "job")
    pager = paged(request, found.defer("problems", "notes"))
    pager_rows = list(pager.items)
    runs.finish_interrupted(pager_rows)
    return render(request, "imports/import_list.html", {"runs": pager_rows, "pager": pager})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file; a small one is read at once, a large one in the background."""
    policy.require(request.user, "import.run")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent, reader=request.user)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            file = runs.receive_file(upload.chunks(), name=upload.name, by=request.user)
        except runs.NotPossible as reason:
            form.add_error("file", str(reason))
        else:
            run = runs.start(
                file=file,
                state=form.cleaned_data["state"],
                by=request.user,
                chosen_format=form.cleaned_data["format"],
            )
            at_once(run)
            return redirect("import_detail", run.pk)
    context = {"form": form, "columns": TEMPLATE, "formats": readers.choices()}
    return render(request, "imports/import_new.html", context, status=422 if form.errors else 200)


@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan: what is new, changed, unchanged, in conflict, and every problem; or how far the work is."""
    run = run_for(request, pk)
    counts = {
        PROBLEMS: len(run.problems),
        QUESTIONS: len(run.questions),
        DOUBTS: run.doubts,
        UNDECIDED: run.undecided,
        ImportAction.NEW.value: run.created,
        ImportAction.CHANGED.value: run.updated,
        ImportAction.CONFLICT.value: run.conflicts,
        ImportAction.UNCHANGED.value: run.unchanged,
    }
    names = dict(ImportAction.choices) | {
        PROBLEMS: _("Problems"),
        QUESTIONS: _("Questions"),
        DOUBTS: _("To look at"),
    }
    chosen = request.GET.get("show", "")
    if chosen not in counts or (chosen in (PROBLEMS, QUESTIONS, DOUBTS) and not counts[chosen]):
        chosen = next((name for name, count in counts.items() if count), ImportAction.NEW.value)
    proposals = proposed(run)
    context: dict[str, Any] = {
        "run": run,
        "waiting": run.status in runs.UNDER_WAY,
        "failed": runs.failed(run),
        "format": readers.label_of(run.format) if run.format else "",
        "chosen": chosen,
        "tabs": [
            {"name": name, "label": names[name], "count": count, "url": changed_query(request.GET, show=name)}
            for name, count in counts.items()
            if count or name not in (PROBLEMS, QUESTIONS, DOUBTS, UNDECIDED)
        ],
        "can_confirm": run.status == ImportState.PLANNED,
        "can_answer": run.status in answering.OPEN,
        "proposals": proposals,
        "can_correct": any(one.fields for one in proposals),
        "to_look_at": answering.doubtful(run).count() if run.doubts else 0,
        "can_discard": run.status
        in (ImportState.PLANNED, ImportState.ASKING, ImportState.REFUSED, ImportState.INTERRUPTED),
        "can_start_again": run.status
        in (ImportState.REFUSED, ImportState.INTERRUPTED, ImportState.DISCARDED, ImportState.TAKEN_BACK),
        "can_take_back": undo.refusal(run) is None,
        "progress": runs.progress(run) if run.status == ImportState.TAKING_BACK else None,
        "decisions": ImportDecision.choices,
        "list_of": _list_of(run),
        "cycle_of": _cycle_of(run, request.user),
    }
    if chosen == PROBLEMS:
        context["pager"] = paged(request, problems_of(run))
    elif chosen == QUESTIONS:
        context["pager"] = paged(request, run.questions)
        context["questions"] = asked(context["pager"].items)
        context["choices"] = choices_for(context["pager"].items)
    elif chosen == DOUBTS:
        rows = run.staged.exclude(doubts=[]).order_by("looked_at", "number", "pk")
        context["pager"] = paged(
            request, rows, count=run.doubts if run.status != ImportState.DISCARDED else 0
        )
        context["rows"] = shown(context["pager"].items)
        context["waits"] = context["to_look_at"] if context["can_answer"] else 0
    else:
        rows = run.staged.filter(action=chosen).order_by("number", "pk")
        # What was staged of a discarded run is gone: its counts are history.
        known = counts[chosen] if run.status != ImportState.DISCARDED else 0
        context["pager"] = paged(request, rows, count=known)
        if chosen == UNDECIDED:
            context["to_choose"] = choices_shown(context["pager"].items)
        else:
            context["rows"] = shown(context["pager"].items)
    return render_page(request, "imports/import_detail.html", "imports/_import.html", context)


@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply the plan as it was seen."""
    run = run_for(request, pk)
    try:
        decisions = _decisions(request)
        if decisions:
            runs.decide(run, decisions=decisions)
        at_once(runs.confirm(run, by=request.user))
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        run.refresh_from_db()
        if run.status == ImportState.APPLIED:
            messages.success(request, _("The import is done."))
    return redirect("import_detail", pk)


@require_POST
def import_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose version stays in rows in conflict."""
    run = run_for(request, pk)
    decisions = {}
    for name, value in request.POST.items():
        number = name.removeprefix("row-")
        if (
            name.startswith("row-")
            and number.isdecimal()
            and len(number) < 10
            and value in ImportDecision.values
        ):
            decisions[int(number)] = value
    try:
        runs.decide(run, decisions=decisions)
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Your choices are kept; they count when you confirm."))
    back = changed_query(request.GET, show=ImportAction.CONFLICT.value, page=request.GET.get("page"))
    return redirect(f"{run_address(run)}{back}")


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the plan up."""
    run = run_for(request, pk)
    try:
        runs.discard(run, by=request.user)
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
        return redirect("import_detail", pk)
    messages.success(request, _("The import was discarded; nothing was changed."))
    return redirect("import_list")


@require_POST
def import_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the same file anew."""
    run = run_for(request, pk)
    try:
        run = runs.again(run, by=request.user)
        at_once(run)
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
    return redirect("import_detail", run.pk)


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    """The template to fill in, as a workbook or as CSV (``?format=csv``)."""
    policy.require(request.user, "import.run")
    ending = "csv" if request.GET.get("format") == "csv" else "xlsx"
    content, kind = (
        (csv_template(), "text/csv; charset=utf-8") if ending == "csv" else (xlsx_template(), XLSX)
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="recommendations-template.{ending}"'
    return response


def run_address(run: ImportRun) -> str:
    """The address of the plan's page."""
    return redirect("import_detail", run.pk).url


def _cycle_of(run: ImportRun, reader: Any) -> str:
    """The review cycle to which everything belongs that this run has brought, or nothing."""
    if run.status != ImportState.APPLIED:
        return ""
    ends = run.staged.exclude(reference="").aggregate(first=Min("reference"), last=Max("reference"))
    keys = {(reference or "").rpartition("-")[0] for reference in ends.values()}
    key = keys.pop() if len(keys) == 1 else ""
    return key if ReviewCycle.objects.visible_to(reader).filter(key=key).exists() else ""


def _list_of(run: ImportRun) -> str:
    """The cycle whose list this run has brought, which can be returned filled in; nothing of other runs."""
    if run.format != thematic_list.CODE or run.status != ImportState.APPLIED:
        return ""
    reference = run.staged.values_list("reference", flat=True).first() or ""
    return reference.rpartition("-")[0]


def run_for(request: HttpRequest, pk: int) -> ImportRun:
    """The run of that number for whoever may import; one that nobody works on any more is marked so first."""
    policy.require(request.user, "import.run")
    found = ImportRun.objects.visible_to(request.user).select_related("file", "state", "started_by", "job")
    run = get_object_or_404(found, pk=pk)
    runs.finish_interrupted([run])
    return run


def _decisions(request: HttpRequest) -> dict[int, str]:
    """Row number → whose version stays, from fields such as ``row-12=theirs``."""
    found = {}
    for name, value in request.POST.items():
        number = name.removeprefix("row-")
        if (
            name.startswith("row-")
            and number.isdecimal()
            and len(number) < 10
            and value in ImportDecision.values
        ):
            found[int(number)] = value
    return found


def at_once(run: ImportRun) -> None:
    """Do the run's job now where the file is small; the worker does the others, and this one should it fail."""
    if run.file.size <= runs.AT_ONCE and run.job is not None:
        queue.run(run.job)
