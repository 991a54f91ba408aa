"""Pages of review: the queue, the review of one assessment, and the remarks in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from recommendations.access import policy
from recommendations.assessments import reading, workflow
from recommendations.assessments.forms import CommentForm, ReasonForm
from recommendations.assessments.method import DEFINITIONS, STANDARD_OF_PROOF
from recommendations.assessments.models import Assessment, Comment
from recommendations.assessments.versions import PARTS, content_of, differences, version_before
from recommendations.assessments.views import for_pages, refused
from recommendations.assessments.writing import add_comment, resolve_comment
from recommendations.vocabulary import AssessmentStatus
from recommendations.web.pages import paged
from recommendations.workflow.engine import Refused


@require_GET
def review_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a reviewer, the longest waiting first, and what waits to be published."""
    policy.require(request.user, "review.queue")
    visible = Assessment.objects.visible_to(request.user).select_related(
        "cluster", "item__recommendation", "organisation", "round__cycle", "submitted_by", "approved_by"
    )
    waiting = visible.awaiting_review().annotate(
        recommendations=Count("ratings", filter=Q(ratings__demand=None))
    )
    mine = set(
        request.user.assessments.filter(status=AssessmentStatus.SUBMITTED).values_list("pk", flat=True)
    )
    approved = visible.filter(status=AssessmentStatus.APPROVED).order_by("approved_at", "pk")
    context = {
        "pager": paged(request, waiting),
        "mine": mine,
        "to_publish": approved[:200] if policy.may(request.user, "assessment.publish") else [],
    }
    return render(request, "assessments/queue.html", context)


@require_GET
def assessment_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One assessment read-only beside its evidence and what changed, with the decision at the end."""
    policy.require(request.user, "review.queue")
    assessment = get_object_or_404(for_pages(request), pk=pk)
    if assessment.status not in (AssessmentStatus.SUBMITTED, AssessmentStatus.APPROVED):
        reason = _("This is not possible while it is “%(status)s”.") % {
            "status": assessment.get_status_display()
        }
        return refused(request, assessment, reason)
    return render(request, "assessments/review.html", review_context(request, assessment))


def review_context(
    request: HttpRequest,
    assessment: Assessment,
    *,
    comment_form: CommentForm | None = None,
) -> dict[str, Any]:
    """What the review page shows."""
    person = request.user
    versions = list(assessment.versions.order_by("-number")[:1])
    before = version_before(assessment, number=versions[0].number) if versions else None
    new = versions[0].content if versions else content_of(assessment)
    changes = differences(before.content, new) if before else None
    shelf = reading.shelf(assessment, reader=person)
    comments = list(
        Comment.objects.visible_to(person)
        .filter(assessment=assessment)
        .select_related("author", "resolved_by")
    )
    return {
        "assessment": assessment,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "parts": _parts(assessment, shelf, changes, comments),
        "whole_comments": [comment for comment in comments if comment.part not in PARTS],
        "changes": changes,
        "before": before,
        "authors": list(assessment.authors.all()),
        "definition": DEFINITIONS.get(assessment.rating, ""),
        "standard_of_proof": STANDARD_OF_PROOF,
        "unseen": workflow.unseen_by(person, assessment),
        "approve_refusal": workflow.refusal(assessment, "approve", by=person),
        "return_refusal": workflow.refusal(assessment, "return", by=person),
        "reason_form": ReasonForm(),
        "comment_form": comment_form or CommentForm(),
    }


def _parts(assessment: Assessment, shelf: Any, changes: Any, comments: list[Comment]) -> list[dict[str, Any]]:
    """Every part of the text with what changed in it and the remarks about it."""
    changed = {part.part: part for part in changes.parts if part.changed} if changes else {}
    coded = {"law", "policy", "practice", "rating"}
    found = []
    for part, title in PARTS.items():
        value = str(getattr(assessment, part) or "")
        remarks = [comment for comment in comments if comment.part == part]
        if not (value or remarks or part in changed):
            continue
        if part == "cannot_reason" and value:
            value = assessment.get_cannot_reason_display()
        found.append(
            {
                "part": part,
                "title": title,
                "code": value if part in coded else "",
                "text": [] if part in coded else reading.paragraphs(value, shelf.visible),
                "change": changed.get(part),
                "comments": remarks,
            }
        )
    return found


@require_POST
def assessment_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a remark; an empty one comes back with what was sent."""
    assessment = get_object_or_404(for_pages(request), pk=pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        if assessment.status == AssessmentStatus.SUBMITTED and policy.may(request.user, "review.queue"):
            context = review_context(request, assessment, comment_form=form)
            return render(request, "assessments/review.html", context, status=422)
        return refused(request, assessment, _("Write the comment first."), status=422)
    try:
        comment = add_comment(assessment, by=request.user, **form.cleaned_data)
    except Refused as reason:
        return refused(request, assessment, str(reason), note=form.cleaned_data["text"], status=403)
    messages.success(request, _("The comment was added."))
    return redirect(f"{_page_of(request, assessment)}#comment-{comment.pk}")


@require_POST
def comment_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a remark as dealt with."""
    comment = get_object_or_404(Comment.objects.visible_to(request.user).select_related("assessment"), pk=pk)
    assessment = get_object_or_404(for_pages(request), pk=comment.assessment_id)
    try:
        resolve_comment(comment, by=request.user)
    except Refused as reason:
        return refused(request, assessment, str(reason), status=403)
    return redirect(f"{_page_of(request, assessment)}#comment-{comment.pk}")


def _page_of(request: HttpRequest, assessment: Assessment) -> str:
    """Where the person reads this assessment's remarks."""
    if assessment.status == AssessmentStatus.SUBMITTED and policy.may(request.user, "review.queue"):
        return reverse("assessment_review", args=[assessment.pk])
    return reverse("assessment_detail", args=[assessment.pk])
