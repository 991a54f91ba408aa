"""What an item shows: linking it to recommendations, changing a link, taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from recommendations.access import policy
from recommendations.catalogue.errors import Refused
from recommendations.evidence import recording, rules
from recommendations.evidence.edit_views import editing, require, seen, suggestions_for
from recommendations.evidence.link_forms import LinkChangeForm, LinkForm
from recommendations.evidence.models import EvidenceLink


@editing
def evidence_link_new(request: HttpRequest, number: int) -> HttpResponse:
    """Say what the item shows about one or several recommendations: all links are made, or none."""
    policy.require(request.user, "evidence.add")
    evidence = seen(request, number)
    person: Any = request.user
    initial = {"references": ", ".join(request.GET.getlist("recommendation"))}
    form = LinkForm(request.POST if request.method == "POST" else None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                for target in data["targets"]:
                    recording.link_evidence(
                        evidence,
                        recommendation=target.recommendation,
                        demand=target.demand,
                        shows=data["shows"],
                        why=data["why"],
                        passage=data["passage"],
                        by=person,
                    )
        except Refused as refusal:
            form.add_error("references", str(refusal))
        else:
            count = len(data["targets"])
            words = ngettext("%(count)s link was made.", "%(count)s links were made.", count) % {
                "count": count
            }
            messages.success(request, words)
            return redirect("evidence_detail", number)
    context = {"evidence": evidence, "form": form, "suggestions": suggestions_for(request, form)}
    return render(request, "evidence/link_new.html", context, status=422 if form.is_bound else 200)


def _link(number: int, pk: int) -> EvidenceLink | None:
    rows = EvidenceLink.objects.select_related("evidence__organisation", "recommendation", "demand")
    return rows.filter(evidence__number=number, pk=pk).first()


def _gone(request: HttpRequest, number: int) -> HttpResponse:
    messages.warning(request, _("This link was taken back meanwhile. Nothing was saved."))
    return redirect("evidence_detail", number)


@editing
def evidence_link_edit(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Change what a link says."""
    evidence = seen(request, number)
    link = _link(number, pk)
    if link is None:
        return _gone(request, number)
    require(rules.refusal_to_unlink(link, by=request.user))
    form = LinkChangeForm(request.POST if request.method == "POST" else None, link=link)
    if request.method == "POST" and form.is_valid():
        try:
            recording.change_link(link, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            if _link(number, pk) is None:
                return _gone(request, number)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("evidence_detail", number)
    context = {"evidence": evidence, "link": link, "form": form}
    return render(request, "evidence/link_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def evidence_link_remove(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a link back; a second click finds it gone and says so."""
    seen(request, number)
    link = _link(number, pk)
    if link is None:
        return _gone(request, number)
    require(rules.refusal_to_unlink(link, by=request.user))
    recording.unlink_evidence(link, by=request.user)
    messages.success(request, _("The link was taken back."))
    return redirect("evidence_detail", number)
