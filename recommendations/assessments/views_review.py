"""Pages of review: the queue, the review of one assessment, and the remarks in it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from recommendations.access import policy
from recommendations.assessments.commenting import add_comment, resolve_comment
from recommendations.assessments.forms import CommentForm
from recommendations.assessments.models import Assessment, Comment
from recommendations.assessments.pages import for_pages, refused, review_context
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
    mine = set(visible.filter(authors=request.user.pk).values_list("pk", flat=True))
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
