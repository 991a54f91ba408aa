"""The administrators' page of complete exports; asking and downloading need a confirmation given just now."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.exports.everything import handing_out
from recommendations.exports.models import FullExport
from recommendations.organisations.confirming import fresh_confirmation
from recommendations.vocabulary import JobState
from recommendations.web.pages import paged, render_page


@require_http_methods(["GET", "HEAD", "POST"])
def everything(request: HttpRequest) -> HttpResponseBase:
    """The complete exports there were; POST asks for another."""
    policy.require(request.user, "everything.export")
    if request.method == "POST":
        return _ask(request)
    rows = FullExport.objects.visible_to(request.user).select_related("asked_by", "job")
    current = handing_out.being_made()
    return render_page(
        request,
        "exports/everything.html",
        "exports/_everything.html",
        {
            "current": current,
            "pager": paged(request, rows),
            "failed": JobState.FAILED,
            "days": handing_out.KEPT.days,
        },
    )


@fresh_confirmation
def _ask(request: HttpRequest) -> HttpResponse:
    try:
        handing_out.ask(by=request.user)
    except handing_out.UnderWay as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("The complete export is being made. The coordinators are told."))
    return redirect("everything")


@require_safe
def everything_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The ZIP, as an attachment."""
    policy.require(request.user, "everything.export")
    export = get_object_or_404(FullExport.objects.visible_to(request.user), pk=pk)
    return _download(request, export)


@fresh_confirmation(reading=True)
def _download(request: HttpRequest, export: FullExport) -> FileResponse:
    try:
        stream = handing_out.open_file(export, by=request.user)
    except OSError:
        raise Http404(_("This export is not ready, or its file was removed. Make it anew.")) from None
    return FileResponse(stream, as_attachment=True, filename=str(export), content_type="application/zip")


@require_POST
def everything_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the file before its days are over."""
    policy.require(request.user, "everything.export")
    export = get_object_or_404(FullExport.objects.visible_to(request.user), pk=pk)
    handing_out.remove(export, by=request.user)
    messages.success(request, _("The file was removed from the server."))
    return redirect("everything")
