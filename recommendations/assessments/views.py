"""Pages of assessments: the list, one to read, its versions, and the actions of the workflow."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from recommendations.access import policy
from recommendations.assessments import reading, workflow
from recommendations.assessments.filters import AssessmentFilter
from recommendations.assessments.forms import ReasonForm
from recommendations.assessments.models import Assessment, AssessmentVersion
from recommendations.assessments.pages import (
    REVIEW_ACTIONS,
    detail_context,
    for_pages,
    refused,
    review_context,
    tell_who_cannot_see,
)
from recommendations.assessments.transitions import WORKFLOW
from recommendations.assessments.versions import PARTS, words
from recommendations.vocabulary import AssessmentStatus
from recommendations.web.pages import paged, render_page
from recommendations.workflow.engine import Refused, Stale

DONE = {
    "submit": gettext_lazy("It was submitted for review."),
    "recall": gettext_lazy("It is a draft again."),
    "return": gettext_lazy("It was returned to its authors."),
    "approve": gettext_lazy("It was approved."),
    "publish": gettext_lazy("It was published."),
    "withdraw": gettext_lazy("It was withdrawn."),
    "ask_retraction": gettext_lazy("The retraction was asked for; a second person must confirm it."),
    "keep": gettext_lazy("It stays published: the request for its retraction was taken back."),
    "retract": gettext_lazy("It was retracted: only a notice remains."),
}


@require_GET
def assessment_list(request: HttpRequest) -> HttpResponse:
    """All assessments the reader may see, filtered."""
    policy.require(request.user, "content.read")
    visible = Assessment.objects.visible_to(request.user)
    chosen = AssessmentFilter(request.GET, queryset=visible, request=request)
    rows = chosen.qs.select_related("cluster", "item__recommendation", "organisation", "round__cycle")
    pager = paged(request, rows.order_by("-updated_at", "-pk"))
    context = {
        "filter": chosen,
        "pager": pager,
        "may_write": policy.may(request.user, "assessment.write"),
        "may_translate": policy.may(request.user, "assessment.translate"),
    }
    return render_page(request, "assessments/list.html", "assessments/_list.html", context)


@require_GET
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One assessment to read: findings, text, evidence, its way so far, and what the reader may do."""
    retracted = Assessment.objects.filter(pk=pk, status=AssessmentStatus.RETRACTED).first()
    if retracted is not None and policy.may(request.user, "content.read"):
        return _notice_of_retraction(request, retracted)
    assessment = get_object_or_404(for_pages(request), pk=pk)
    return render(request, "assessments/detail.html", detail_context(request, assessment))


def _notice_of_retraction(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """What remains of a retracted assessment: that it was, and since when it is not; its text nowhere."""
    insider = Assessment.objects.visible_to(request.user).filter(pk=assessment.pk).exists()
    return render(request, "assessments/retracted.html", {"assessment": assessment, "insider": insider})


@require_GET
def assessment_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An assessment as it was submitted at one time."""
    assessment = get_object_or_404(for_pages(request).exclude(status=AssessmentStatus.RETRACTED), pk=pk)
    version = get_object_or_404(
        AssessmentVersion.objects.visible_to(request.user).select_related("submitted_by"),
        assessment=assessment,
        number=number,
    )
    shelf = reading.shelf(assessment, reader=request.user)
    content = version.content
    parts = [
        {"title": title, "text": reading.paragraphs(words(content, part), shelf)}
        for part, title in PARTS.items()
        if words(content, part)
    ]
    context = {
        "assessment": assessment,
        "version": version,
        "content": content,
        "shelf": shelf,
        "parts": parts,
        "citations": [row for row in content["citations"] if row["number"] in shelf.visible],
        "withheld": [row for row in content["citations"] if row["number"] not in shelf.visible],
    }
    return render(request, "assessments/version.html", context)


@require_POST
def assessment_action(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Perform an action of the workflow; what stands against it is said, and nothing is done."""
    if not WORKFLOW.knows(action):
        raise Http404
    assessment = get_object_or_404(for_pages(request), pk=pk)
    if workflow.happened_already(assessment, action, by=request.user):
        messages.info(request, _("That is done already: “%s”.") % assessment.get_status_display())
        return redirect("assessment_detail", pk)
    revision = request.POST.get("revision", "")
    if revision.isdecimal() and len(revision) < 10:
        assessment.revision = int(revision)
    note = request.POST.get("note", "")
    reason = workflow.refusal(assessment, action, by=request.user)
    if reason:
        status = 403 if assessment.status in WORKFLOW.transition(action).sources else 409
        return refused(request, assessment, reason, note=note, status=status)
    form = ReasonForm(request.POST)
    if WORKFLOW.transition(action).note_required and not form.is_valid():
        return _reason_wanted(request, assessment, action, form)
    unseen = workflow.unseen_by(request.user, assessment) if action == "approve" else []
    if unseen and not request.POST.get("unseen_accepted"):
        listed = ", ".join(f"E-{number}" for number in unseen)
        reason = _(
            "You may not see %(items)s. Ask its custodian to admit you, or tick that you approve without having seen "
            "it: it stays listed as seen by no approver."
        ) % {"items": listed}
        return refused(request, assessment, reason, status=422)
    try:
        assessment = workflow.perform(assessment, action, by=request.user, note=note)
    except Stale as stale:
        return _raced(request, pk, action, stale, note)
    except Refused as refusal:
        return refused(request, assessment, str(refusal), note=note, status=403)
    messages.success(request, DONE[action])
    if action == "submit":
        tell_who_cannot_see(request, assessment)
    return redirect(_after(request, assessment, action))


def _reason_wanted(
    request: HttpRequest, assessment: Assessment, action: str, form: ReasonForm
) -> HttpResponse:
    """The page on which the action was asked for, with what is wrong with its reason."""
    if action in REVIEW_ACTIONS and assessment.status == AssessmentStatus.SUBMITTED:
        context = review_context(request, assessment, reason_form=form)
        return render(request, "assessments/review.html", context, status=422)
    context = detail_context(request, assessment, reason_form=form) | {"asked": action}
    return render(request, "assessments/detail.html", context, status=422)


def _raced(request: HttpRequest, pk: int, action: str, stale: Stale, note: str) -> HttpResponse:
    """Somebody was faster; where it was this very person's other click, there is nothing to tell."""
    assessment = get_object_or_404(for_pages(request), pk=pk)
    if workflow.happened_already(assessment, action, by=request.user):
        return redirect("assessment_detail", pk)
    return refused(request, assessment, str(stale), note=note, status=409)


def _after(request: HttpRequest, assessment: Assessment, action: str) -> str:
    """Where one goes on: a reviewer to the queue, others to the assessment as far as they still see it."""
    if action in REVIEW_ACTIONS and policy.may(request.user, "review.queue"):
        return reverse("review_queue")
    if not Assessment.objects.visible_to(request.user).filter(pk=assessment.pk).exists():
        return reverse("assessment_list")
    return reverse("assessment_detail", args=[assessment.pk])
