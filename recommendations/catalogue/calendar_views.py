"""The calendar of one cycle: its phases, its milestones, what is proposed, what was moved."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.catalogue import cycles
from recommendations.catalogue.calendar import proposals
from recommendations.catalogue.cycle_forms import ProposalForm
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Milestone, MilestoneChange, ReviewCycle
from recommendations.catalogue.phases import is_over, steps_of
from recommendations.vocabulary import MilestoneKind


@require_http_methods(["GET", "HEAD", "POST"])
def cycle_calendar(request: HttpRequest, cycle: str) -> HttpResponse:
    """The dates of a cycle; coordinators add what is proposed, confirm and move."""
    policy.require(request.user, "content.read")
    if request.method == "POST":
        policy.require(request.user, "cycle.edit")
    found = get_object_or_404(
        ReviewCycle.objects.visible_to(request.user).select_related("state", "session"), key=cycle
    )
    may_edit = policy.may(request.user, "cycle.edit")
    forms = _proposal_forms(request, found) if may_edit else []
    if request.method == "POST" and all(form.is_valid() or not form["chosen"].data for form in forms):
        chosen = {form.proposal.kind.value: form.cleaned_data["on"] for form in forms if form["chosen"].data}
        added = cycles.add_proposed(found, by=request.user, days=chosen)
        words = ngettext(
            "%(n)d date was added to the calendar.", "%(n)d dates were added to the calendar.", len(added)
        )
        messages.success(request, words % {"n": len(added)})
        return redirect("cycle_calendar", found.key)
    milestones = list(
        Milestone.objects.visible_to(request.user).filter(cycle=found, cancelled_at=None).order_by("on", "pk")
    )
    today = timezone.localdate()
    steps = steps_of(found, milestones, today, is_over=is_over(found, today))
    context = {
        "cycle": found,
        "milestones": milestones,
        "steps": steps,
        "today": today,
        "forms": forms,
        # With names and reasons: for members only.
        "moved": MilestoneChange.objects.filter(milestone__cycle=found).select_related(
            "milestone", "changed_by"
        )[:20]
        if is_member(request.user)
        else [],
        "may_edit": may_edit,
        "is_dated": bool(steps),
        "gap": _gap(found, milestones),
    }
    faulty = any(form.errors for form in forms)
    return render(request, "catalogue/cycle_calendar.html", context, status=422 if faulty else 200)


@require_POST
def milestone_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an estimated date is the true one."""
    policy.require(request.user, "cycle.edit")
    found = Milestone.objects.visible_to(request.user).filter(cancelled_at=None)
    milestone = get_object_or_404(found.select_related("cycle"), pk=pk)
    try:
        cycles.confirm_milestone(milestone, by=request.user)
    except (Refused, Conflict):
        messages.warning(
            request, _("Somebody else changed this date a moment ago; look at it again, please.")
        )
    else:
        messages.success(request, _("“%(milestone)s” is confirmed.") % {"milestone": milestone.label})
    return redirect("cycle_calendar", milestone.cycle.key)


def _proposal_forms(request: HttpRequest, cycle: ReviewCycle) -> list[ProposalForm]:
    data = request.POST if request.method == "POST" else None
    return [ProposalForm(data, proposal=one) for one in proposals(cycle)]


def _gap(cycle: ReviewCycle, milestones: list[Milestone]) -> Milestone | None:
    """The milestone of the review where it stands on another day than the cycle's record says."""
    return next(
        (
            row
            for row in milestones
            if row.kind == MilestoneKind.REVIEW and cycle.review_on and row.on != cycle.review_on
        ),
        None,
    )
