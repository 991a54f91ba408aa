"""The page on which a coordinator takes an import back: what will happen, or what stands in the way."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recommendations.imports import undo
from recommendations.imports.runs import NotPossible
from recommendations.imports.standing import what_built_on
from recommendations.imports.views import run_for
from recommendations.jobs import queue
from recommendations.vocabulary import ImportState


@require_http_methods(["GET", "HEAD", "POST"])
def import_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Say exactly what taking the import back does; do it when that is confirmed."""
    run = run_for(request, pk)
    reason = undo.refusal(run)
    if reason:
        messages.warning(request, reason)
        return redirect("import_detail", pk)
    if request.method == "POST":
        try:
            run = undo.ask(run, by=request.user)
        except NotPossible as refused:
            messages.warning(request, str(refused))
            return redirect("import_detail", pk)
        except undo.StandsInTheWay:
            pass  # the page below says what
        else:
            if run.created + run.updated + run.conflicts <= undo.AT_ONCE and run.job is not None:
                queue.run(run.job)
                run.refresh_from_db()
            if run.status == ImportState.TAKEN_BACK:
                messages.success(request, _("The import was taken back."))
            return redirect("import_detail", pk)
    standing = what_built_on(run, reader=request.user)
    return render(
        request,
        "imports/import_take_back.html",
        {"run": run, "outline": undo.outline(run), "standing": standing},
        status=409 if request.method == "POST" else 200,
    )
