"""What a coordinator answers on the plan's page: unknown labels, what comes with the rows, what is not certain."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from recommendations.imports import answering, runs
from recommendations.imports.models import ImportRun
from recommendations.imports.views import DOUBTS, at_once, run_address, run_for
from recommendations.web.queries import changed_query


@require_POST
def import_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take answers to unknown labels and make the plan anew."""
    return _anew(request, pk, answering.answer)


@require_POST
def import_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what the plan infers of cycles and documents, and make it anew."""
    return _anew(request, pk, answering.correct)


@require_POST
def import_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody looked at a row's doubts, or at all of them."""
    run = run_for(request, pk)
    row = request.POST.get("row", "")
    rows = None if "all" in request.POST else [int(row)] if row.isdecimal() and len(row) < 15 else []
    try:
        count = answering.look(run, rows=rows)
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        if rows is None:
            words = ngettext("%(count)s row marked.", "%(count)s rows marked.", count)
            messages.success(request, words % {"count": count})
    return redirect(
        f"{run_address(run)}{changed_query(request.GET, show=DOUBTS, page=request.GET.get('page'))}"
    )


def _anew(request: HttpRequest, pk: int, act: Callable[..., ImportRun]) -> HttpResponse:
    run = run_for(request, pk)
    names = {name.removeprefix("other-") for name in request.POST}
    given = {name: _one(request, name) for name in names}
    try:
        run = act(run, given=given, by=request.user)
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        at_once(run)
        messages.success(request, _("The plan was made anew with your answers."))
    return redirect("import_detail", pk)


def _one(request: HttpRequest, name: str) -> str:
    """What was chosen from the list of all terms counts where it was chosen, else the offer."""
    return request.POST.get(f"other-{name}") or request.POST.get(name, "")
