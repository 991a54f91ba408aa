"""Pages of the legal-risk step: the themes that get it, and how it stands with an assessment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments import legal
from recommendations.assessments.legal_forms import CautionForm, LegalReasonForm, caution_choices
from recommendations.assessments.models import Assessment, LegalCaution, OfficialsNamed
from recommendations.assessments.pages import for_pages
from recommendations.assessments.transitions import is_author
from recommendations.workflow.engine import Refused

editing = require_http_methods(["GET", "HEAD", "POST"])


@editing
def caution_list(request: HttpRequest) -> HttpResponse:
    """The themes whose assessments the public sees only once the legal risk was weighed."""
    policy.require(request.user, "caution.edit")
    form = CautionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            legal.add_caution(by=request.user, **form.cleaned_data)
        except Refused as reason:
            form.add_error("code", str(reason))
        else:
            messages.success(request, _("Assessments of this theme wait for the step from now on."))
            return redirect("caution_list")
    words = dict(caution_choices())
    cautions = [(row, words.get(row.code, row.code)) for row in LegalCaution.objects.visible_to(request.user)]
    status = 422 if form.errors else 200
    return render(request, "assessments/cautions.html", {"cautions": cautions, "form": form}, status=status)


@require_POST
def caution_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the step no more under a theme."""
    policy.require(request.user, "caution.edit")
    caution = get_object_or_404(LegalCaution.objects.visible_to(request.user), pk=pk)
    legal.remove_caution(caution, by=request.user)
    messages.success(request, _("Assessments of this theme no longer wait for the step."))
    return redirect("caution_list")


@editing
def assessment_legal(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands with the legal risk of one assessment; ``do`` says what a person does about it."""
    assessment = get_object_or_404(for_pages(request), pk=pk)
    if not is_member(request.user):
        policy.require(request.user, "assessment.comment")
    form = LegalReasonForm(request.POST or None)
    if request.method == "POST":
        answer = _act(request, assessment, form)
        if answer is not None:
            return answer
    person = request.user
    context = {
        "assessment": assessment,
        "weighing": legal.weighing(assessment),
        "form": form,
        "names_officials": OfficialsNamed.objects.visible_to(person).filter(assessment=assessment).exists(),
        "ask_refusal": legal.refusal_to_ask(assessment, by=person),
        "clear_refusal": legal.refusal_to_clear(assessment, by=person),
        "may_note": is_author(assessment, person) or legal.refusal_to_ask(assessment, by=person) is None,
    }
    return render(request, "assessments/legal.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, assessment: Assessment, form: LegalReasonForm) -> HttpResponse | None:
    do, by = request.POST.get("do", ""), request.user
    try:
        if do in ("names", "names_none"):
            legal.say_names_officials(assessment, names=do == "names", by=by)
            said = _("Noted.")
        elif not form.is_valid():
            return None
        elif do == "ask":
            legal.ask_to_clear(assessment, reason=form.cleaned_data["reason"], by=by)
            said = _("Noted. A second person decides.")
        elif do == "clear":
            legal.clear(assessment, reason=form.cleaned_data["reason"], by=by)
            said = _("Cleared: the public sees it once it is published.")
        elif do == "keep":
            legal.keep_back(assessment, reason=form.cleaned_data["reason"], by=by)
            said = _("The public does not see it.")
        else:
            form.add_error(None, _("Choose what to do."))
            return None
    except Refused as reason:
        form.add_error(None, str(reason))
        return None
    messages.success(request, said)
    return redirect("assessment_legal", assessment.pk)
