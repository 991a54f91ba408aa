"""The page on which somebody's membership ends."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.assessments.leaving import someone_leaves, waiting_for
from recommendations.assessments.rounds import NotPossible as WorkNotPossible
from recommendations.organisations import confirming
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import User


class LeaveForm(forms.Form):
    """To whom her open work goes."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Give her open work to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody yet: it stays with the organisation"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """What ends and what stays, to whom the work goes, and the button."""
    policy.require(request.user, "person.part")
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    writers = User.objects.visible_to(request.user).filter(is_active=True).exclude(pk=pk)
    able = [one.pk for one in writers if policy.may(one, "assessment.write")]
    form.fields["to"].queryset = writers.filter(pk__in=able)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        try:
            someone_leaves(person, by=request.user, **form.cleaned_data)
        except (NotPossible, WorkNotPossible) as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("The membership has ended; what she wrote keeps her name."))
            return redirect("people_list" if policy.may(request.user, "people.manage") else "colleagues")
    context = {"person": person, "form": form, "work": waiting_for(person), "action": request.path}
    return render(request, "organisations/person_leave.html", context, status=422 if form.errors else 200)
