"""Files of evidence as they leave the server: originals, copies, pictures, receipts, and all of it with its custody."""

from __future__ import annotations

import logging
from typing import IO, Any

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused
from recommendations.evidence import copies, custody, handing_out, rules, vault
from recommendations.evidence.edit_views import require, seen
from recommendations.evidence.forms import FilesForm
from recommendations.evidence.models import EvidenceCopy, EvidenceFile
from recommendations.evidence.showing import kind_words
from recommendations.evidence.uploads import receives_files
from recommendations.formats.problems import FileProblem
from recommendations.organisations import confirming
from recommendations.vocabulary import Confidentiality

logger = logging.getLogger(__name__)


def _file(request: HttpRequest, pk: int) -> EvidenceFile:
    policy.require(request.user, "content.read")
    rows = EvidenceFile.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("evidence__organisation", "received_by"), pk=pk)


def _given(request: HttpRequest, file: EvidenceFile) -> copies.Given:
    return copies.given([file], request.user)[0]


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """The answer with the walls around what others made: nothing in it runs, nothing keeps it, nothing embeds it."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _attachment(stream: IO[bytes], *, name: str, mime: str, size: int) -> HttpResponseBase:
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=mime)
    response["Content-Length"] = str(size)
    return guarded(response)


def _gone(request: HttpRequest, file: EvidenceFile) -> HttpResponse:
    logger.error("the bytes of file %s of evidence are gone", file.pk)
    messages.error(request, _("The file cannot be read from the server's disk. Tell an administrator."))
    return redirect("evidence_detail", file.evidence.number)


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file's bytes as received: to be saved, never opened by the browser as a page; each opening is logged."""
    file = _file(request, pk)
    if not _given(request, file).original:
        raise Http404
    policy.require(request.user, "evidence.export")
    try:
        stream = vault.open_file(file)
    except OSError:
        return _gone(request, file)
    record("evidence.file_opened", file.evidence, by=request.user, detail={"file": file.pk})
    return _attachment(stream, name=file.name, mime=file.mime, size=file.size)


@require_safe
def evidence_copy(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The copy of a file that may leave the organisation which holds it."""
    file = _file(request, pk)
    copy = _given(request, file).copy
    if copy is None:
        raise Http404
    policy.require(request.user, "evidence.export")
    try:
        stream = copies.open_copy(copy)
    except OSError:
        return _gone(request, file)
    detail = {"file": file.pk, "copy": copy.pk, "sha256": copy.sha256}
    record("evidence.copy_opened", file.evidence, by=request.user, detail=detail)
    return _attachment(stream, name=_copy_name(file, copy), mime=copy.mime, size=copy.size)


def _copy_name(file: EvidenceFile, copy: EvidenceCopy) -> str:
    """A name for the copy. What the sender called the original may tell more than the copy does."""
    ending = vault.ending_of(copy.mime)
    return f"{file.evidence}-{file.pk}{ending}"


@require_safe
def evidence_preview(request: HttpRequest, pk: int, page: int) -> HttpResponseBase:
    """A page of a file as a picture that we made: the only thing of a file that a browser shows in place."""
    file = _file(request, pk)
    found = [row for row in _given(request, file).previews if row.page == page]
    if not found:
        raise Http404
    try:
        with copies.open_copy(found[0]) as stream:
            content = stream.read()
    except OSError:
        raise Http404 from None
    custody.note_view(file.evidence, by=request.user)
    return guarded(HttpResponse(content, content_type="image/jpeg"))


@require_safe
def evidence_receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The receipt of a file, for whoever sent it and those in whose hands it is; ``?as=text`` saves it."""
    file = _file(request, pk)
    mine = file.received_by_id == getattr(request.user, "pk", None)
    if not (mine or copies.may_have_original(file, request.user)):
        raise Http404
    if request.GET.get("as") == "text":
        policy.require(request.user, "evidence.export")
        record("evidence.receipt_taken", file.evidence, by=request.user, detail={"file": file.pk})
        response = HttpResponse(custody.receipt_text(file), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{file.evidence}-{file.pk}-receipt.txt"'
        return guarded(response)
    context = {"evidence": file.evidence, "file": file, "facts": custody.receipt_facts(file)}
    return render(request, "evidence/receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@receives_files("evidence.add")
def evidence_redacted(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a redacted copy beside a file; it takes the place of the sharing copy for everybody else."""
    file = _file(request, pk)
    require(rules.refusal_to_change(file.evidence, by=request.user))
    bound = request.method == "POST"
    problems = request.upload_problems  # type: ignore[attr-defined]
    form = FilesForm(request.POST, request.FILES, upload_problems=problems) if bound else FilesForm()
    if bound and form.is_valid():
        uploads = form.cleaned_data["files"]
        try:
            if len(uploads) != 1:
                raise Refused(_("Send one file: the redacted copy of this one."))
            copies.add_redacted(file, upload=uploads[0], by=request.user)
        except (Refused, FileProblem) as problem:
            form.add_error("files", str(problem))
        else:
            messages.success(request, _("The redacted copy was added. From now on others are given it."))
            return redirect("evidence_detail", file.evidence.number)
    context = {"evidence": file.evidence, "file": file, "form": form, "kind": kind_words(file.mime)}
    return render(request, "evidence/redacted.html", context, status=422 if bound else 200)


@require_safe
def evidence_custody(request: HttpRequest, number: int) -> HttpResponse:
    """The chain of custody of an item, for members who may see it."""
    policy.require(request.user, "content.read")
    evidence = seen(request, number)
    if not is_member(request.user):
        raise Http404
    custody.note_view(evidence, by=request.user)
    files = list(evidence.files.select_related("received_by"))
    context = {
        "evidence": evidence,
        "steps": list(custody.chain_of(evidence, reader=request.user)),
        "all_told": custody.sees_who_looked(evidence, request.user),
        "files": files,
        "may_verify": rules.refusal_to_change(evidence, by=request.user) is None and bool(files),
    }
    return render(request, "evidence/custody.html", context)


@require_POST
def evidence_verify(request: HttpRequest, number: int) -> HttpResponse:
    """Compare the bytes of an item's files with their hashes, now; what was found is an event."""
    evidence = seen(request, number)
    require(rules.refusal_to_change(evidence, by=request.user))
    faults = copies.verify(evidence, by=request.user)
    if faults:
        messages.error(request, " ".join(faults))
    else:
        messages.success(request, _("All bytes are as they were received."))
    return redirect("evidence_custody", number)


@require_POST
def evidence_with_custody(request: HttpRequest, number: int) -> HttpResponseBase:
    """The item's files as this person is given them, with custody, receipts and hashes, in one archive."""
    policy.require(request.user, "content.read")
    evidence = seen(request, number)
    if not is_member(request.user):
        raise Http404
    policy.require(request.user, "evidence.export")
    if evidence.confidentiality == Confidentiality.RESTRICTED:
        confirming.demand(request)
    files = evidence.files.select_related("received_by", "evidence__source", "evidence__organisation")
    given = copies.given(files, request.user)
    found, _missing = handing_out.entries(given)
    detail: dict[str, Any] = {"files": [entry.sha256 for entry in found]}
    record("evidence.handed_out", evidence, by=request.user, detail=detail)
    content = handing_out.archive(evidence, given, reader=request.user)
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{evidence}-with-custody.zip"'
    return guarded(response)
