"""Pages of exports: asking for a summary, watching it being made, downloading; and the selection of the list."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments.models import Round
from recommendations.audit.log import record
from recommendations.documents.renderers import FORMATS
from recommendations.exports import selection as selected
from recommendations.exports import services
from recommendations.exports.forms import ANEW, MatrixForm, SummaryForm
from recommendations.exports.held import blocked, to_renew
from recommendations.exports.models import Export
from recommendations.jobs import queue
from recommendations.organisations import confirming
from recommendations.organisations.seeing import who_sees
from recommendations.overview.cycle_views import cycle_for
from recommendations.overview.list_views import selection_of, sort_of
from recommendations.vocabulary import JobState
from recommendations.web.pages import paged, render_page
from recommendations.web.queries import changed_query, number_in

logger = logging.getLogger(__name__)

# Among so many of the latest the list looks for those to be made anew.
LOOKED_AT = 200


@require_http_methods(["GET", "HEAD", "POST"])
def summary_export(request: HttpRequest, cycle: str) -> HttpResponse:
    """Ask for the summary of a cycle; a small one is ready on the next page."""
    policy.require(request.user, "summary.export")
    found = cycle_for(request.user, cycle)
    rounds = Round.objects.visible_to(request.user).filter(cycle=found)
    chosen = rounds.filter(pk=number_in(request.GET.get("round", ""))).first()
    form = SummaryForm(
        request.POST or None,
        rounds=rounds,
        person=request.user,
        initial={
            "round": chosen or rounds.first(),
            "format": request.GET.get("format", "docx"),
            "language": (get_language() or "en")[:2],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            export = services.ask_for_summary(cycle=found, by=request.user, **form.cleaned_data)
        except services.NotAllowed as reason:
            form.add_error("audience", str(reason))
        else:
            services.make_at_once(export)
            return redirect("export_detail", export.pk)
    earlier = Export.objects.visible_to(request.user).filter(cycle=found, ready_at__isnull=False)
    return render(
        request,
        "exports/summary_export.html",
        {
            "cycle": found,
            "form": form,
            "named": is_member(request.user),
            "earlier": earlier.select_related("made_by", "round")[:10],
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def matrix_export(request: HttpRequest, cycle: str) -> HttpResponse:
    """Ask for OHCHR's list of a cycle with the assessments of a round in its last column."""
    policy.require(request.user, "summary.export")
    found = cycle_for(request.user, cycle)
    rounds = Round.objects.visible_to(request.user).filter(cycle=found)
    chosen = rounds.filter(pk=number_in(request.GET.get("round", ""))).first()
    lists = list(services.lists_of(found))
    form = MatrixForm(
        request.POST or None,
        rounds=rounds,
        lists=lists,
        person=request.user,
        initial={
            "source": number_in(request.GET.get("list", "")) or (lists[0].pk if lists else ANEW),
            "round": chosen or rounds.first(),
            "language": (get_language() or "en")[:2],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            export = services.ask_for_matrix(cycle=found, by=request.user, **form.cleaned_data)
        except services.NotAllowed as reason:
            form.add_error("audience", str(reason))
        else:
            services.make_at_once(export)
            return redirect("export_detail", export.pk)
    earlier = Export.objects.visible_to(request.user).filter(
        cycle=found, kind=Export.Kind.MATRIX, ready_at__isnull=False
    )
    return render(
        request,
        "exports/matrix_export.html",
        {
            "cycle": found,
            "form": form,
            "named": is_member(request.user),
            "has_list": bool(lists),
            "may_import": policy.may(request.user, "import.run"),
            "earlier": earlier.select_related("made_by", "round")[:10],
        },
        status=422 if form.errors else 200,
    )


@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """What was exported, by whom, with size and SHA-256."""
    policy.require(request.user, "summary.export")
    rows = Export.objects.visible_to(request.user).select_related("made_by", "job", "cycle", "round")
    pager = paged(request, rows)
    context = {
        "pager": pager,
        "named": is_member(request.user),
        "formats": FORMATS,
        "blocked": blocked(list(pager.items)),
        "to_renew": [
            row for row in to_renew(rows[:LOOKED_AT]) if services.refusal(request.user, row.audience) is None
        ],
    }
    return render(request, "exports/export_list.html", context)


@require_safe
def export_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: its progress while it is made, then the download with its hash."""
    policy.require(request.user, "summary.export")
    export = get_object_or_404(
        Export.objects.visible_to(request.user).select_related("made_by", "job", "cycle", "round", "source"),
        pk=pk,
    )
    waiting = export.ready_at is None and export.job is not None and export.job.state != JobState.FAILED
    return render_page(
        request,
        "exports/export_detail.html",
        "exports/_export.html",
        {
            "export": export,
            "named": is_member(request.user),
            "job": export.job,
            "waiting": waiting,
            "no_longer": services.NO_LONGER if blocked([export]) else "",
            "may_renew": bool(export.audience) and services.refusal(request.user, export.audience) is None,
            "renewal": export.renewals.order_by("pk").last(),
            "failed": bool(export.job and export.job.state == JobState.FAILED),
            "slow": waiting and (timezone.now() - export.made_at).total_seconds() > 60,
            "format": FORMATS.get(export.format),
        },
    )


@require_POST
def export_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a failed export again."""
    policy.require(request.user, "summary.export")
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=pk, made_by=request.user)
    if export.job:
        queue.retry(export.job)
        services.make_at_once(export)
    return redirect("export_detail", export.pk)


@require_safe
def export_who(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who can have this export at this moment: told to members, since observers read no names."""
    policy.require(request.user, "summary.export_coalition")
    rows = Export.objects.visible_to(request.user).select_related("made_by__organisation")
    export = get_object_or_404(rows, pk=pk)
    organisation = export.made_by.organisation if export.made_by else None
    seeing = who_sees(export, organisation=organisation, reader=request.user)
    return render(request, "exports/export_who.html", {"export": export, "seeing": seeing})


@require_POST
def export_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the same anew, as its audience may see it now, in place of a file that is no longer handed out."""
    policy.require(request.user, "summary.export")
    export = get_object_or_404(
        Export.objects.visible_to(request.user).exclude(audience="").select_related("cycle", "round"), pk=pk
    )
    if not blocked([export]):
        messages.info(request, _("This file is handed out as before; there is nothing to make anew."))
        return redirect("export_detail", export.pk)
    try:
        anew = services.make_anew(export, by=request.user)
    except services.NotAllowed as reason:
        raise PermissionDenied(str(reason)) from None
    services.make_at_once(anew)
    return redirect("export_detail", anew.pk)


@require_safe
def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, as an attachment; the right is asked again."""
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    if not export.audience and policy.may(request.user, "selection.export"):
        # Made for one person, not for an audience: it may hold what only she sees.
        confirming.demand(request)
    try:
        stream = services.open_export(export, by=request.user)
    except services.NotAllowed as reason:
        raise PermissionDenied(str(reason)) from None
    except services.TakenBack as reason:
        messages.error(request, str(reason))
        return redirect("export_detail", export.pk)
    except FileNotFoundError:
        raise Http404(_("This export is not ready, or its file was removed. Make it anew.")) from None
    return FileResponse(
        stream,
        as_attachment=True,
        filename=export.file_name,
        content_type=FORMATS[export.format].mime,
    )


@require_safe
def recommendation_export(request: HttpRequest) -> HttpResponseBase:
    """The selection of the list exactly as the screen has it, for the person who asks."""
    policy.require(request.user, "selection.export")
    kind = request.GET.get("format", "")
    if kind not in selected.FORMATS:
        messages.error(request, _("Choose one of these formats: XLSX, CSV, JSON."))
        return redirect("recommendation_list")
    selection, sort = selection_of(request), sort_of(request)
    if selection.holds_restricted():
        confirming.demand(request)
    language = (get_language() or "en")[:2]
    record(
        "export.asked", by=request.user, detail={"format": kind, "selection": request.GET.urlencode()[:500]}
    )
    name = f"recommendations-{timezone.localdate():%Y-%m-%d}.{kind}"
    if kind == "xlsx":
        try:
            workbook = selected.workbook(selection, sort=sort, language=language)
        except selected.NoRoom:
            logger.exception("a selection could not be written")
            messages.error(request, _("The file could not be made. Nothing was changed."))
            return redirect(reverse("recommendation_list") + changed_query(request.GET, format=None))
        return FileResponse(
            workbook,
            as_attachment=True,
            filename=name,
            content_type=selected.FORMATS[kind],
        )
    response = StreamingHttpResponse(
        selected.chunks(selection, format=kind, sort=sort, language=language),
        content_type=selected.FORMATS[kind],
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
