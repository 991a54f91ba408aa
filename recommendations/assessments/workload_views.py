"""The coordinators' page on which one person's open work goes to another."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.assessments.models import Round
from recommendations.assessments.rounds import NotPossible
from recommendations.assessments.workload import OPEN, hand_over, subjects_of
from recommendations.organisations.models import User


class HandOverForm(forms.Form):
    """To whom the work goes."""

    to = forms.ModelChoiceField(label=gettext_lazy("Give it to"), queryset=User.objects.none())


@require_http_methods(["GET", "HEAD", "POST"])
def work_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that waits for a person, and the form that gives it to another."""
    policy.require(request.user, "round.manage")
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = HandOverForm(request.POST or None)
    writers = User.objects.visible_to(request.user).filter(is_active=True).exclude(pk=pk)
    able = [one.pk for one in writers if policy.may(one, "assessment.write")]
    form.fields["to"].queryset = writers.filter(pk__in=able)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            count = hand_over(person, to=form.cleaned_data["to"], by=request.user)
        except NotPossible as reason:
            form.add_error("to", str(reason))
        else:
            words = ngettext(
                "%(n)d piece of work was handed over.", "%(n)d pieces of work were handed over.", count
            )
            messages.success(request, words % {"n": count})
            return redirect("round_list")
    rounds = Round.objects.visible_to(request.user).filter(closed_on=None, items__assignee=person).distinct()
    work = [
        (round_, [one for one in subjects_of(round_) if one.person == person and one.stage in OPEN])
        for round_ in rounds
    ]
    context = {"person": person, "form": form, "work": [(round_, rows) for round_, rows in work if rows]}
    return render(request, "rounds/hand_over.html", context, status=422 if form.errors else 200)
