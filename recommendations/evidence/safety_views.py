"""Pages of what endangers people: protected sources, who can be recognised in an item, and consent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.evidence import rules, safety
from recommendations.evidence.edit_views import require, seen
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import ConsentRecord, PersonInEvidence, ProtectedSource
from recommendations.evidence.recording import NotRight
from recommendations.evidence.safety_forms import ConsentForm, PersonForm, SourceForm, WithdrawalForm
from recommendations.vocabulary import ConsentUse

editing = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """The protected sources of one's organisation, by pseudonym."""
    policy.require(request.user, "source.protect")
    rows = ProtectedSource.objects.visible_to(request.user).prefetch_related(
        "named_people", "appearances__evidence"
    )
    return render(request, "evidence/source_list.html", {"sources": rows})


@editing
def source_new(request: HttpRequest) -> HttpResponse:
    """Keep who a source is."""
    policy.require(request.user, "source.protect")
    person: Any = request.user
    form = SourceForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            safety.protect_source(by=person, **form.cleaned_data)
        except NotRight as problem:
            form.take(problem)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("The source is protected."))
            return redirect("source_list")
    return render(request, "evidence/source_edit.html", {"form": form}, status=422 if form.errors else 200)


@editing
def source_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Read who a source is and change it, as one of the people named there."""
    source = get_object_or_404(ProtectedSource.objects.visible_to(request.user), pk=pk)
    require(safety.refusal_to_know(source, by=request.user))
    person: Any = request.user
    typed = request.POST.get("revision", "")
    revision = int(typed) if typed.isdecimal() and len(typed) < 10 else source.revision
    form = SourceForm(request.POST or None, person=person, source=source)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                safety.change_source(source, revision=revision, by=person, **form.cleaned_data)
            except NotRight as problem:
                form.take(problem)
            except Conflict as conflict:
                form.add_error(None, _("Somebody changed this meanwhile. Look at it again, then save."))
                revision, status = conflict.current.revision, 409
            except Refused as reason:
                form.add_error(None, str(reason))
            else:
                messages.success(request, _("Saved."))
                return redirect("source_list")
    context = {"form": form, "source": source, "revision": revision}
    return render(request, "evidence/source_edit.html", context, status=status)


def _own(request: HttpRequest, number: int) -> Evidence:
    """The item, for those in whose hands it is."""
    evidence = seen(request, number)
    require(rules.refusal_to_change(evidence, by=request.user))
    person: Any = request.user
    by_hand = evidence.organisation.works_by_mail and evidence.added_by_id == person.pk
    if evidence.organisation_id != person.organisation_id and not by_hand:
        raise PermissionDenied(_("Only the people whose item it is see who is in it."))
    return evidence


@editing
def evidence_people(request: HttpRequest, number: int) -> HttpResponse:
    """Who can be recognised in an item, and what each agreed to; another person can be added."""
    evidence = _own(request, number)
    person: Any = request.user
    form = PersonForm(
        request.POST or None, person=person, evidence=evidence, initial={"given_on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                added = safety.add_person(
                    evidence, pseudonym=data["pseudonym"], source=data["source"], by=person
                )
                if data["uses"]:
                    safety.record_consent(added, by=person, **form.consent())
        except NotRight as problem:
            form.take(problem)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("Added."))
            return redirect("evidence_people", number)
    people = PersonInEvidence.objects.visible_to(person).filter(evidence=evidence)
    today = timezone.localdate()
    context = {
        "evidence": evidence,
        "form": form,
        "people": [
            (one, [(consent, _standing(consent, today)) for consent in one.consents.all()])
            for one in people.select_related("source").prefetch_related("consents")
        ],
        "withheld": {use.value: safety.is_withheld(evidence, use) for use in ConsentUse},
    }
    return render(request, "evidence/evidence_people.html", context, status=422 if form.errors else 200)


def _standing(consent: ConsentRecord, today: Any) -> str:
    if consent.withdrawn_at:
        return _("withdrawn")
    if consent.until and consent.until < today:
        return _("ended")
    return _("holds")


@require_POST
def evidence_person_remove(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take somebody off an item, who was added by mistake."""
    evidence = _own(request, number)
    rows = PersonInEvidence.objects.visible_to(request.user).select_related("evidence__organisation")
    safety.remove_person(get_object_or_404(rows, pk=pk, evidence=evidence), by=request.user)
    messages.success(request, _("Taken off the item."))
    return redirect("evidence_people", number)


@editing
def consent_new(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Record a consent of somebody who stands with the item."""
    evidence = _own(request, number)
    rows = PersonInEvidence.objects.visible_to(request.user).select_related("evidence__organisation")
    person = get_object_or_404(rows, pk=pk, evidence=evidence)
    form = ConsentForm(request.POST or None, initial={"given_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            safety.record_consent(person, by=request.user, **form.consent())
        except NotRight as problem:
            form.take(problem)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("The consent was recorded."))
            return redirect("evidence_people", number)
    context = {"evidence": evidence, "person": person, "form": form}
    return render(request, "evidence/consent_new.html", context, status=422 if form.errors else 200)


@editing
def consent_withdraw(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Record that a consent was withdrawn."""
    evidence = _own(request, number)
    rows = ConsentRecord.objects.visible_to(request.user).select_related("person__evidence__organisation")
    consent = get_object_or_404(rows, pk=pk, person__evidence=evidence)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            safety.withdraw_consent(consent, by=request.user, **form.cleaned_data)
        except NotRight as problem:
            form.take(problem)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(
                request,
                _("Withdrawn. What was made and published with the item is being taken back and reissued."),
            )
            return redirect("evidence_people", number)
    context = {"evidence": evidence, "consent": consent, "form": form}
    return render(request, "evidence/consent_withdraw.html", context, status=422 if form.errors else 200)
