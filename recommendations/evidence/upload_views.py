"""Sending a file in pieces: begin, piece after piece, finish; each answer is JSON for upload.js."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recommendations.access import policy
from recommendations.catalogue.errors import Refused
from recommendations.evidence import pieces
from recommendations.evidence.edit_views import seen
from recommendations.evidence.models import Upload
from recommendations.formats.problems import FileProblem


def _told(upload: Upload, *, status: int = 200) -> JsonResponse:
    return JsonResponse(
        {
            "received": upload.received,
            "size": upload.size,
            "piece": pieces.LARGEST_PIECE // 4,
            "url": reverse("upload_piece", args=[upload.key]),
            "finish": reverse("upload_finish", args=[upload.key]),
            "done": reverse("evidence_detail", args=[upload.evidence.number]),
        },
        status=status,
    )


def _refused(reason: Any, *, status: int = 422) -> JsonResponse:
    return JsonResponse({"problem": str(reason)}, status=status)


def _mine(request: HttpRequest, key: Any) -> Upload:
    policy.require(request.user, "evidence.add")
    rows = Upload.objects.visible_to(request.user).select_related("evidence__organisation")
    upload = get_object_or_404(rows, key=key)
    seen(request, upload.evidence.number)  # she may have lost sight of the item meanwhile
    return upload


@require_POST
def upload_begin(request: HttpRequest, number: int) -> HttpResponse:
    """Announce a file by name and size; one that was left half-way goes on."""
    policy.require(request.user, "evidence.add")
    evidence = seen(request, number)
    size = request.POST.get("size", "")
    if not (size.isascii() and size.isdecimal() and len(size) < 16):
        return _refused(_("Say how large the file is."))
    try:
        upload = pieces.begin(evidence, name=request.POST.get("name", ""), size=int(size), by=request.user)
    except Refused as refusal:
        return _refused(refusal)
    return _told(upload, status=201)


@require_http_methods(["GET", "HEAD", "POST"])
def upload_piece(request: HttpRequest, key: Any) -> HttpResponse:
    """How much has come; or, by POST, the next piece as the request's body, with ``?start=`` its place in the file."""
    upload = _mine(request, key)
    if request.method != "POST":
        return _told(upload)
    start = request.GET.get("start", "")
    if not (start.isascii() and start.isdecimal() and len(start) < 16):
        return _told(upload, status=409)
    try:
        upload = pieces.take(upload, start=int(start), content=request.body)
    except pieces.Elsewhere:
        upload.refresh_from_db()
        return _told(upload, status=409)
    except (Refused, FileProblem) as problem:
        return _refused(problem)
    return _told(upload)


@require_POST
def upload_finish(request: HttpRequest, key: Any) -> HttpResponse:
    """Have the pieces put together and judged."""
    upload = _mine(request, key)
    if upload.received != upload.size:
        return _told(upload, status=409)
    try:
        pieces.finish(upload, by=request.user)
    except (Refused, FileProblem) as problem:
        return _refused(problem)
    return JsonResponse({"done": reverse("evidence_detail", args=[upload.evidence.number])})


@require_POST
def upload_give_up(request: HttpRequest, key: Any) -> HttpResponse:
    """Leave nothing of a file that was begun."""
    upload = _mine(request, key)
    number = upload.evidence.number
    pieces.give_up(upload)
    messages.success(request, _("Nothing of that file is kept."))
    return redirect("evidence_file_new", number)
