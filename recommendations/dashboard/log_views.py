"""Administrators' pages of the log's details: how long they are kept, and erasing one by a logged act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.audit.erasing import NotPossible, erase, set_retention
from recommendations.audit.models import DetailRetention, Event
from recommendations.audit.words import details, sentence
from recommendations.dashboard.admin_views import EventFilter
from recommendations.organisations import confirming


class EraseForm(forms.Form):
    """Why a detail is erased."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example a consent that was withdrawn. It stays in the log: name nobody."),
    )


class RetentionForm(forms.Form):
    """For each kind of act, how many days its details are kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(DetailRetention.objects.values_list("kind", "days"))
        for kind, label in EventFilter.KINDS:
            self.fields[kind] = forms.IntegerField(
                label=label, required=False, min_value=1, max_value=36500, initial=known.get(kind)
            )


@require_http_methods(["GET", "HEAD", "POST"])
def audit_erase(request: HttpRequest, number: int) -> HttpResponse:
    """Erase what one event said beyond who, what and when."""
    policy.require(request.user, "audit.erase")
    event = get_object_or_404(
        Event.objects.visible_to(request.user).select_related("actor", "detail"), number=number
    )
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        try:
            erase([event], by=request.user, reason=form.cleaned_data["reason"])
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The detail was erased; the log says so."))
            return redirect("audit_log")
    context = {
        "event": event,
        "words": sentence(event),
        "details": details(event),
        "erased": event.detail.erased_at,
        "form": form,
        "action": request.path,
    }
    return render(request, "dashboard/audit_erase.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_retention(request: HttpRequest) -> HttpResponse:
    """How long the details of each kind of act are kept."""
    policy.require(request.user, "audit.erase")
    form = RetentionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        for kind, days in form.cleaned_data.items():
            set_retention(kind, days=days, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("audit_retention")
    context = {"form": form, "action": request.path}
    return render(request, "dashboard/audit_retention.html", context, status=422 if form.errors else 200)
