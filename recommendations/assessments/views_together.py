"""Several submitted assessments on one page, decided together: for the night before a deadline."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.assessments import reading, workflow
from recommendations.assessments.forms import ReasonForm
from recommendations.assessments.models import Assessment
from recommendations.assessments.pages import for_pages, read_parts
from recommendations.vocabulary import AssessmentStatus
from recommendations.workflow.engine import Refused, Stale

# As many as one can read in one go; the queue offers the next ones.
MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def review_together(request: HttpRequest) -> HttpResponse:
    """The ticked assessments (``pk``) beneath each other; each stays open to its own decision."""
    policy.require(request.user, "review.queue")
    sent = request.POST if request.method == "POST" else request.GET
    numbers = [int(value) for value in sent.getlist("pk") if value.isdecimal() and len(value) < 10][:MOST]
    found = list(
        for_pages(request)
        .filter(pk__in=numbers, status=AssessmentStatus.SUBMITTED)
        .order_by("submitted_at", "pk")
    )
    form = ReasonForm(request.POST if request.POST.get("do") == "return" else None)
    if request.method == "POST" and (request.POST.get("do") != "return" or form.is_valid()):
        left = _decide(request, found, form)
        if not left:
            return redirect("review_queue")
        found = left
    if not found:
        messages.info(request, _("Tick the assessments that you want to read together."))
        return redirect("review_queue")
    rows = [_shown(one, request.user) for one in found]
    context = {
        "rows": rows,
        "reason_form": form,
        "may_approve": any(not row["approve_refusal"] for row in rows),
        "may_return": any(not row["return_refusal"] for row in rows),
    }
    return render(request, "assessments/together.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, found: list[Assessment], form: ReasonForm) -> list[Assessment]:
    """Approve or return those that were ticked; what was not decided stays, each with its reason told."""
    action = "return" if request.POST.get("do") == "return" else "approve"
    note = form.cleaned_data["note"] if action == "return" else ""
    ticked, done, left = set(request.POST.getlist("decide")), 0, []
    for one in found:
        if str(one.pk) not in ticked:
            left.append(one)
            continue
        revision = request.POST.get(f"revision-{one.pk}", "")
        if revision.isdecimal() and len(revision) < 10:
            one.revision = int(revision)
        reason = _why_not(one, action, request.user)
        try:
            if reason:
                raise Refused(reason)
            workflow.perform(one, action, by=request.user, note=note)
            done += 1
        except (Refused, Stale) as refusal:
            messages.warning(request, f"{one.subject}: {refusal}")
            left.append(one)
    if done and action == "approve":
        words = ngettext("%(n)d assessment was approved.", "%(n)d assessments were approved.", done)
        messages.success(request, words % {"n": done})
    elif done:
        words = ngettext("%(n)d assessment was returned.", "%(n)d assessments were returned.", done)
        messages.success(request, words % {"n": done})
    elif not ticked:
        messages.info(request, _("Tick what you decide."))
    return [one for one in left if one.status == AssessmentStatus.SUBMITTED]


def _why_not(assessment: Assessment, action: str, person: Any) -> str | None:
    """What was not seen must be accepted singly, with the list of it in view."""
    if action == "approve" and workflow.unseen_by(person, assessment):
        return _("You may not see everything that it cites: decide it on its own page.")
    return workflow.refusal(assessment, action, by=person)


def _shown(assessment: Assessment, person: Any) -> dict[str, Any]:
    shelf = reading.shelf(assessment, reader=person)
    return {
        "assessment": assessment,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "parts": read_parts(assessment, shelf),
        "approve_refusal": _why_not(assessment, "approve", person),
        "return_refusal": workflow.refusal(assessment, "return", by=person),
    }
