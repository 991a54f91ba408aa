"""Pages of assessments: the list, one to read, its versions, and the actions of the workflow."""

from __future__ import annotations

from typing import Any

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
from recommendations.assessments.requirements import missing
from recommendations.assessments.transitions import WORKFLOW
from recommendations.assessments.versions import PARTS, words
from recommendations.assessments.writing import EDITABLE, edit_refusal
from recommendations.vocabulary import AssessmentStatus
from recommendations.web.pages import paged, render_page
from recommendations.workflow.engine import Refused, Stale

PRIMARY_ACTIONS = ("submit", "publish")
DANGEROUS_ACTIONS = ("withdraw", "ask_retraction", "retract")
# Decided on the review page, where the text, its evidence and the differences are in view.
REVIEW_ACTIONS = ("approve", "return")

DONE = {
    "submit": gettext_lazy("It was submitted for review."),
    "recall": gettext_lazy("It is a draft again."),
    "return": gettext_lazy("It was returned to its authors."),
    "approve": gettext_lazy("It was approved."),
    "publish": gettext_lazy("It was published."),
    "withdraw": gettext_lazy("It was withdrawn."),
    "ask_retraction": gettext_lazy("The retraction was asked for; a second person must confirm it."),
    "retract": gettext_lazy("It was retracted: only a notice remains."),
}


def for_pages(request: HttpRequest) -> Any:
    """The assessments that the reader may see, with what every page of one shows."""
    return Assessment.objects.visible_to(request.user).select_related(
        "round__cycle",
        "cluster",
        "item__recommendation",
        "organisation",
        "submitted_by",
        "approved_by",
        "published_by",
        "returned_by",
        "retraction_asked_by",
        "retracted_by",
        "supersedes",
        "carried_from",
    )


@require_GET
def assessment_list(request: HttpRequest) -> HttpResponse:
    """All assessments the reader may see, filtered."""
    policy.require(request.user, "content.read")
    visible = Assessment.objects.visible_to(request.user)
    chosen = AssessmentFilter(request.GET, queryset=visible, request=request)
    rows = chosen.qs.select_related("cluster", "item__recommendation", "organisation", "round__cycle")
    pager = paged(request, rows.order_by("-updated_at", "-pk"))
    context = {"filter": chosen, "pager": pager, "may_write": policy.may(request.user, "assessment.write")}
    return render_page(request, "assessments/list.html", "assessments/_list.html", context)


@require_GET
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One assessment to read: findings, text, evidence, its way so far, and what the reader may do."""
    retracted = Assessment.objects.filter(pk=pk, status=AssessmentStatus.RETRACTED).first()
    if retracted is not None and policy.may(request.user, "content.read"):
        return _notice_of_retraction(request, retracted)
    assessment = get_object_or_404(for_pages(request), pk=pk)
    return render(request, "assessments/detail.html", detail_context(request, assessment))


def detail_context(
    request: HttpRequest, assessment: Assessment, *, reason_form: ReasonForm | None = None
) -> dict[str, Any]:
    """What the page of one assessment shows."""
    person = request.user
    shelf = reading.shelf(assessment, reader=person)
    versions = AssessmentVersion.objects.visible_to(person).filter(assessment=assessment)
    writable = assessment.status in EDITABLE and edit_refusal(assessment, by=person) is None
    return {
        "assessment": assessment,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "parts": read_parts(assessment, shelf),
        "authors": list(assessment.authors.all()),
        "versions": versions.select_related("submitted_by"),
        "steps": _steps(assessment),
        "offers": _offers(assessment, person),
        "may_edit": writable,
        "missing": missing(assessment) if writable else [],
        "reason_form": reason_form or ReasonForm(),
        "in_review": assessment.status == AssessmentStatus.SUBMITTED and policy.may(person, "review.queue"),
        "next_ask": reading.paragraphs(assessment.next_ask, shelf.visible),
    }


def read_parts(assessment: Assessment, shelf: reading.Shelf) -> list[dict[str, Any]]:
    """The narrative's parts with their tests, in the order in which they are read."""
    found = []
    for part, test in (
        ("law_text", "law"),
        ("policy_text", "policy"),
        ("practice_text", "practice"),
        ("narrative", ""),
    ):
        text = reading.paragraphs(getattr(assessment, part), shelf.visible)
        code = getattr(assessment, test) if test else ""
        if text or code:
            found.append({"part": part, "title": PARTS[part], "test": code, "text": text})
    return found


def _steps(assessment: Assessment) -> list[dict[str, Any]]:
    """Its way so far, the newest first."""
    steps = [
        (assessment.retracted_at, _("Retracted"), assessment.retracted_by),
        (assessment.published_at, _("Published"), assessment.published_by),
        (assessment.approved_at, _("Approved"), assessment.approved_by),
        (assessment.returned_at, _("Returned"), assessment.returned_by),
        (assessment.submitted_at, _("Submitted"), assessment.submitted_by),
        (assessment.created_at, _("Started"), assessment.created_by),
    ]
    return [
        {"when": at, "title": title, "text": str(person) if person else ""}
        for at, title, person in sorted(
            (step for step in steps if step[0]), key=lambda step: step[0], reverse=True
        )
    ]


def _offers(assessment: Assessment, person: Any) -> list[dict[str, Any]]:
    return [
        {
            "action": offer.transition.action,
            "label": offer.transition.label,
            "refusal": offer.refusal,
            "needs_note": offer.transition.note_required,
            "primary": offer.transition.action in PRIMARY_ACTIONS,
            "danger": offer.transition.action in DANGEROUS_ACTIONS,
            "url": reverse("assessment_action", args=[assessment.pk, offer.transition.action]),
            "at_review": offer.transition.action in REVIEW_ACTIONS
            and assessment.status == AssessmentStatus.SUBMITTED,
        }
        for offer in workflow.offers(assessment, by=person)
    ]


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
    visible = reading.shelf(assessment, reader=request.user).visible
    content = version.content
    parts = [
        {"title": title, "text": reading.paragraphs(words(content, part), visible)}
        for part, title in PARTS.items()
        if words(content, part)
    ]
    context = {
        "assessment": assessment,
        "version": version,
        "content": content,
        "parts": parts,
        "citations": [row for row in content["citations"] if row["number"] in visible],
        "withheld": [row for row in content["citations"] if row["number"] not in visible],
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
    if revision.isdecimal():
        assessment.revision = int(revision)
    note = request.POST.get("note", "")
    reason = workflow.refusal(assessment, action, by=request.user)
    if reason:
        status = 403 if assessment.status in WORKFLOW.transition(action).sources else 409
        return refused(request, assessment, reason, note=note, status=status)
    form = ReasonForm(request.POST)
    if WORKFLOW.transition(action).note_required and not form.is_valid():
        context = detail_context(request, assessment, reason_form=form) | {"asked": action}
        return render(request, "assessments/detail.html", context, status=422)
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
    return redirect(_after(request, assessment, action))


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


def refused(
    request: HttpRequest, assessment: Assessment, reason: str, *, note: str = "", status: int = 409
) -> HttpResponse:
    """A page that says what was not done and why, with the text that was sent, so that nothing is lost."""
    context = {"assessment": assessment, "reason": reason, "note": note}
    return render(request, "assessments/refused.html", context, status=status)
