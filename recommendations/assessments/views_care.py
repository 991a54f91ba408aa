"""Having a reviewer admitted to what an assessment cites: asked of the people whose items they are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from recommendations.access import policy
from recommendations.assessments.pages import for_pages, reviewers_of
from recommendations.assessments.transitions import is_author, unseen_by
from recommendations.catalogue.errors import Refused
from recommendations.evidence.levels import ask_to_admit
from recommendations.evidence.models import Evidence
from recommendations.web.queries import number_in


@require_POST
def assessment_admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a reviewer (``person``) may see every cited item; her own request names herself."""
    assessment = get_object_or_404(for_pages(request), pk=pk)
    policy.require(request.user, "assessment.comment")
    reviewers = reviewers_of(request, assessment)
    person = get_object_or_404(reviewers, pk=number_in(request.POST.get("person", "")))
    back = "assessment_review" if person == request.user else "assessment_detail"
    if person != request.user and not (
        is_author(assessment, request.user) or policy.may(request.user, "assessment.publish")
    ):
        messages.error(request, _("Its authors, coordinators and the reviewer herself ask for this."))
        return redirect(back, pk)
    numbers = unseen_by(person, assessment)
    asked = 0
    # The reviewer learns the numbers and nothing else, as before: who decides is who keeps the item.
    for evidence in Evidence.objects.filter(number__in=numbers).select_related("organisation"):
        try:
            ask_to_admit(evidence, person=person, by=request.user)
        except Refused as reason:
            messages.error(request, str(reason))
        else:
            asked += 1
    if asked:
        words = ngettext(
            "Asked. The people whose item it is decide; you see here whether %(person)s was let in.",
            "Asked. The people whose items they are decide; you see here whether %(person)s was let in.",
            asked,
        )
        messages.success(request, words % {"person": person})
    return redirect(back, pk)
