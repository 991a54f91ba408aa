"""Pages of submissions: the list, one to read with its check list and signers, its versions and files, its actions."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from recommendations.access import policy
from recommendations.documents.renderers import FORMATS
from recommendations.documents.renderers.typesetting import Refused as NotSet
from recommendations.organisations.models import Organisation
from recommendations.publications import checks, filing, signing, workflow, writing
from recommendations.publications.forms import SignForm
from recommendations.publications.models import Submission, SubmissionVersion
from recommendations.words.compare import word_differences
from recommendations.workflow.engine import Refused, Stale

DONE = {
    "submit": gettext_lazy("The text was submitted for review."),
    "recall": gettext_lazy("The text is a draft again."),
    "return": gettext_lazy("The text was returned to its authors."),
    "approve": gettext_lazy("The text was approved."),
    "file": gettext_lazy("It is marked as filed: text and signers stay as they are."),
    "withdraw": gettext_lazy("The text was withdrawn."),
}


def visible(request: HttpRequest) -> Any:
    """The submissions that the reader may see, with what every page shows."""
    return Submission.objects.visible_to(request.user).select_related("cycle__state", "organisation")


@require_GET
def submission_list(request: HttpRequest) -> HttpResponse:
    """All submissions, by cycle, with how far each is and how many organisations sign."""
    policy.require(request.user, "content.read")
    rows = (
        visible(request)
        .order_by("-cycle__review_on", "cycle", "number")
        .prefetch_related("parts", "sign_offs")
    )
    shown = [
        {
            "submission": one,
            "words": writing.word_count(one.parts.all()),
            "signing": sum(1 for row in one.sign_offs.all() if row.kind != "out"),
        }
        for one in rows
    ]
    context = {"rows": shown, "may_write": writing.may_begin(request.user) is None}
    return render(request, "publications/submission_list.html", context)


@require_GET
def submission_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One submission to read."""
    submission = get_object_or_404(visible(request), pk=pk)
    return render(request, "publications/submission.html", _context(request, submission))


def _context(request: HttpRequest, submission: Submission, **more: Any) -> dict[str, Any]:
    member = policy.may(request.user, "submission.sign")
    parts = list(submission.parts.all())
    return {
        "submission": submission,
        "parts": parts,
        "is_member": member,
        "words": writing.word_count(parts),
        "checks": checks.all_checks(submission) if member else [],
        "seats": signing.board(submission, reader=request.user) if member else [],
        "signers": [row for row in signing.signers(submission) if member or row.kind != "unnamed"],
        "sign_form": SignForm(),
        "offers": [_offer(submission, offer) for offer in workflow.offers(submission, by=request.user)]
        if member
        else [],
        "may_edit": writing.edit_refusal(submission, by=request.user) is None,
        "versions": SubmissionVersion.objects.visible_to(request.user)
        .filter(submission=submission)
        .select_related("submitted_by"),
        "authors": submission.authors.all() if member else [],
    } | more


def _offer(submission: Submission, offer: Any) -> dict[str, Any]:
    row = offer.transition
    return {
        "action": row.action,
        "label": row.label,
        "refusal": offer.refusal,
        "needs_note": row.note_required,
        "primary": row.action in ("approve", "file"),
        "danger": row.action == "withdraw",
        "url": reverse("submission_action", args=[submission.pk, row.action]),
    }


@require_POST
def submission_action(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Perform an action of the workflow; what stands against it is said on the page, and nothing is done."""
    if not workflow.WORKFLOW.knows(action):
        raise Http404
    submission = get_object_or_404(visible(request), pk=pk)
    policy.require(request.user, "submission.sign")
    revision = request.POST.get("revision", "")
    if revision.isdecimal() and len(revision) < 10:
        submission.revision = int(revision)
    note = request.POST.get("note", "")
    try:
        workflow.perform(submission, action, by=request.user, note=note)
    except Refused as reason:
        current = get_object_or_404(visible(request), pk=pk)
        more = {"refusal": str(reason), "asked": action, "note": note}
        status = 409 if isinstance(reason, Stale) else 422
        return render(
            request, "publications/submission.html", _context(request, current, **more), status=status
        )
    messages.success(request, DONE[action])
    return redirect(_after(request, pk))


def _after(request: HttpRequest, pk: int) -> str:
    if visible(request).filter(pk=pk).exists():
        return reverse("submission_detail", args=[pk])
    return reverse("submission_list")


@require_POST
def submission_sign(request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
    """Record what an organisation decided about this filing."""
    submission = get_object_or_404(visible(request), pk=pk)
    policy.require(request.user, "submission.sign")
    decides = get_object_or_404(Organisation.objects.visible_to(request.user), pk=organisation)
    form = SignForm(request.POST)
    if not form.is_valid():
        more: dict[str, Any] = {
            "refusal": " ".join(str(error) for errors in form.errors.values() for error in errors)
        }
        return render(
            request, "publications/submission.html", _context(request, submission, **more), status=422
        )
    try:
        signing.decide(submission, organisation=decides, by=request.user, **form.cleaned_data)
    except Refused as reason:
        more = {"refusal": str(reason), "sign_form": form, "deciding": decides.pk}
        return render(
            request, "publications/submission.html", _context(request, submission, **more), status=422
        )
    messages.success(request, _("Recorded: %(organisation)s.") % {"organisation": decides})
    return redirect(reverse("submission_detail", args=[pk]) + "#signers")


@require_GET
def submission_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was submitted, by word against the version before it, or against what stands now (``with=now``)."""
    submission = get_object_or_404(visible(request), pk=pk)
    versions = SubmissionVersion.objects.visible_to(request.user).filter(submission=submission)
    version = get_object_or_404(versions, number=number)
    now = request.GET.get("with") == "now"
    if now:
        old, new = version.content, writing.content_of(submission)
    else:
        before = versions.filter(number__lt=number).order_by("-number").first()
        old, new = (before.content if before else {"parts": []}), version.content
    context = {
        "submission": submission,
        "version": version,
        "now": now,
        "parts": list(_differences(old["parts"], new["parts"])),
        "is_first": number == 1 and not now,
    }
    return render(request, "publications/submission_version.html", context)


def _differences(old: list[dict[str, str]], new: list[dict[str, str]]) -> Any:
    """Each part's text, old against new, met by heading; parts that went are shown at the end."""
    before = {part["heading"]: part["text"] for part in old}
    for part in new:
        yield part["heading"], word_differences(before.pop(part["heading"], ""), part["text"])
    for heading, text in before.items():
        yield heading, word_differences(text, "")


@require_GET
def submission_file(request: HttpRequest, pk: int, format: str) -> FileResponse:
    """The submission as a document, made anew each time; until it is approved it says that it is a draft."""
    if format not in filing.WRITERS:
        raise Http404
    submission = get_object_or_404(visible(request), pk=pk)
    policy.require(request.user, "submission.export")
    content = io.BytesIO()
    try:
        filing.write(submission, format, content)
    except NotSet as reason:
        raise Http404(str(reason)) from reason
    content.seek(0)
    name = f"{submission.cycle.key}-submission-{submission.number}.{format}"
    return FileResponse(content, as_attachment=True, filename=name, content_type=FORMATS[format].mime)
