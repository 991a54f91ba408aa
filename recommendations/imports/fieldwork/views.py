"""Pages of work in the field: sheets to download, files that come back, and the merge of each."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.assessments.models import Round
from recommendations.formats.hashing import sha256_of
from recommendations.formats.problems import FileProblem
from recommendations.imports.fieldwork.forms import ReturnForm, SheetForm
from recommendations.imports.fieldwork.merging import Undecided, compare, discard, take_over
from recommendations.imports.fieldwork.models import FieldReturn, FieldSheet
from recommendations.imports.fieldwork.returned import Returned, read_return
from recommendations.imports.fieldwork.sheets import (
    draws_on_restricted,
    make_sheet,
    organisations_with_work,
)
from recommendations.organisations import confirming
from recommendations.vocabulary import ImportDecision, ImportState
from recommendations.workflow.engine import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACT = "assessment.write"
CHOICE = "choice-"
MOST_TOLD = 200  # problems and notes: who sees so many has another file than the one that was sent


@require_http_methods(["GET", "HEAD", "POST"])
def field_sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """Download a sheet of the round (POST), bring one back, and see those that are out."""
    round_ = _round(request, pk)
    person: Any = request.user
    organisations = organisations_with_work(round_, by=person)
    initial = {"organisation": person.organisation_id, "language": person.language}
    sent = request.POST if request.method == "POST" else None
    form = SheetForm(sent, organisations=organisations, initial=initial)
    if sent is not None:
        policy.require(person, "fieldsheet.export")
    if sent is not None and form.is_valid():
        if draws_on_restricted(round_, form.cleaned_data["organisation"], reader=person):
            confirming.demand(request)
        try:
            sheet, content = make_sheet(round_=round_, by=person, **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            response = HttpResponse(content, content_type=XLSX)
            response["Content-Disposition"] = f'attachment; filename="{_file_name(sheet)}"'
            response["Cache-Control"] = "private, no-store"
            return response
    return _page(request, round_, form=form, status=422 if form.errors else 200)


def _file_name(sheet: FieldSheet) -> str:
    """A name that every system takes: KAZ-2-organisation-12.xlsx."""
    about = sheet.round.cycle.key if sheet.round.cycle else sheet.round.state_id
    short = re.sub(r"[^A-Za-z0-9]+", "-", sheet.organisation.short_name).strip("-").lower()
    return "-".join(str(part) for part in (about, short, sheet.pk) if part) + ".xlsx"


@require_POST
def field_return(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that came back: read it, then show its merge page; or say what is wrong with it."""
    round_ = _round(request, pk)
    form = ReturnForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, round_, return_form=form, status=422)
    upload = form.cleaned_data["file"]
    upload.seek(0)
    sha256 = sha256_of(upload)
    try:
        returned = read_return(upload, name=upload.name, by=request.user, round_=round_)
    except (FileProblem, Refused) as reason:
        form.add_error("file", str(reason))
        return _page(request, round_, return_form=form, status=422)
    if returned.problems:
        return _page(request, round_, return_form=form, problems=returned.problems, status=422)
    kept, is_new = _keep(request, returned, sha256, upload.name)
    if not is_new and kept.status == ImportState.APPLIED:
        messages.info(request, _("This very file was brought in before: nothing was changed now."))
    return redirect("field_merge", kept.pk)


def _keep(request: HttpRequest, returned: Returned, sha256: str, name: str) -> tuple[FieldReturn, bool]:
    """The row of this file: the one that was brought in or waits already, or a new one."""
    person: Any = request.user
    same = returned.sheet.returns.filter(sha256=sha256)
    known = (
        same.filter(status=ImportState.APPLIED).first()
        or same.filter(status=ImportState.PLANNED, returned_by=person).first()
    )
    if known is not None:
        return known, False
    kept = FieldReturn.objects.create(
        sheet=returned.sheet,
        name=name[:255],
        sha256=sha256,
        values=returned.values,
        notes=returned.notes[:MOST_TOLD],
        returned_by=person,
    )
    return kept, True


def _page(
    request: HttpRequest,
    round_: Round,
    *,
    form: SheetForm | None = None,
    return_form: ReturnForm | None = None,
    problems: list[FileProblem] | None = None,
    status: int = 200,
) -> HttpResponse:
    person: Any = request.user
    organisations = organisations_with_work(round_, by=person)
    if form is None:
        initial = {"organisation": person.organisation_id, "language": person.language}
        form = SheetForm(organisations=organisations, initial=initial)
    sheets = (
        FieldSheet.objects.visible_to(person)
        .filter(round=round_)
        .defer("sent")
        .select_related("organisation", "made_by")
        .prefetch_related("returns__returned_by")
    )
    context = {
        "round": round_,
        "form": form,
        "return_form": return_form or ReturnForm(),
        "problems": (problems or [])[:MOST_TOLD],
        "sheets": sheets[:100],
    }
    return render(request, "imports/field_sheets.html", context, status=status)


@require_safe
def field_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The merge of one returned file: theirs, ours and what was sent, field by field."""
    return _merge_page(request, _returned(request, pk))


def _merge_page(
    request: HttpRequest,
    returned: FieldReturn,
    *,
    choices: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    waits = returned.status == ImportState.PLANNED
    merge = compare(returned, by=request.user) if waits else None
    rows: list[dict[str, Any]] = [
        {
            "merged": merged,
            "changes": [(change, _chosen(change, choices or {})) for change in merged.changes],
        }
        for merged in (merge.open if merge else [])
    ]
    context = {
        "returned": returned,
        "sheet": returned.sheet,
        "waits": waits,
        "merge": merge,
        "rows": rows,
        "undecided": sum(not chosen for row in rows for _change, chosen in row["changes"]),
        "problem": problem,
        "taken": sum(choice == ImportDecision.THEIRS for choice in returned.choices.values()),
        "left": sum(choice == ImportDecision.OURS for choice in returned.choices.values()),
    }
    return render(request, "imports/field_merge.html", context, status=status)


def _chosen(change: Any, choices: dict[str, str]) -> str:
    """Whose version is ticked: what was chosen, else the file's unless both sides changed it."""
    choice = choices.get(change.id, "")
    if choice in ImportDecision.values:
        return choice
    return "" if change.conflict else str(ImportDecision.THEIRS.value)


@require_POST
def field_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was chosen into drafts."""
    returned = _returned(request, pk)
    choices = {
        name.removeprefix(CHOICE): str(value)
        for name, value in request.POST.items()
        if name.startswith(CHOICE) and value in ImportDecision.values
    }
    try:
        count = take_over(
            returned,
            choices=choices,
            fingerprint=request.POST.get("fingerprint", ""),
            by=request.user,
        )
    except Undecided as reason:
        return _merge_page(request, returned, choices=choices, problem=str(reason), status=422)
    except Refused as reason:
        returned.refresh_from_db()
        return _merge_page(request, returned, choices=choices, problem=str(reason), status=409)
    words = ngettext(
        "%(count)d field was taken over into drafts.", "%(count)d fields were taken over into drafts.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("field_merge", pk)


@require_POST
def field_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a returned file up."""
    returned = _returned(request, pk)
    try:
        discard(returned, by=request.user)
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("field_merge", pk)
    messages.success(request, _("The file was put aside; nothing was changed."))
    return redirect("field_sheets", returned.sheet.round_id)


def _round(request: HttpRequest, pk: int) -> Round:
    policy.require(request.user, ACT)
    return get_object_or_404(Round.objects.visible_to(request.user).select_related("cycle", "state"), pk=pk)


def _returned(request: HttpRequest, pk: int) -> FieldReturn:
    policy.require(request.user, ACT)
    found = FieldReturn.objects.visible_to(request.user).select_related(
        "sheet__round__cycle", "sheet__organisation", "returned_by", "applied_by"
    )
    return get_object_or_404(found, pk=pk)
