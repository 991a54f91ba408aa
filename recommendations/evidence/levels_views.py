"""Who may see an item, on pages: everybody who can, the second person's answer, and letting a reviewer in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recommendations.access import policy
from recommendations.catalogue.errors import Refused
from recommendations.evidence import levels
from recommendations.evidence.edit_views import require, seen
from recommendations.evidence.models_safety import AdmissionRequest, LevelChange
from recommendations.evidence.recording import NotRight
from recommendations.evidence.showing import access_words
from recommendations.organisations.seeing import who_sees


@require_safe
def evidence_who(request: HttpRequest, number: int) -> HttpResponse:
    """Everybody who can see the item at this moment, and what was decided about it."""
    require(policy.refusal(request.user, "evidence.add"))
    evidence = seen(request, number)
    changes = LevelChange.objects.visible_to(request.user).filter(evidence=evidence)
    return render(
        request,
        "evidence/evidence_who.html",
        {
            "evidence": evidence,
            "access": access_words(evidence, request.user),
            "seeing": who_sees(evidence, organisation=evidence.organisation, reader=request.user),
            "changes": changes.select_related("asked_by", "decided_by"),
        },
    )


@require_POST
def evidence_level_decide(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Agree to a lowering as the second person, or leave the level as it is (``do``)."""
    evidence = seen(request, number)
    change = get_object_or_404(LevelChange.objects.visible_to(request.user), pk=pk, evidence=evidence)
    agree = request.POST.get("do") == "agree"
    try:
        if agree:
            levels.lower(change, by=request.user)
        else:
            levels.decline(change, by=request.user)
    except Refused as reason:
        messages.error(request, str(reason))
    else:
        words = _("More people see it from now on.") if agree else _("It stays as it was.")
        messages.success(request, words)
    return redirect("evidence_who", number)


@require_POST
def evidence_admission(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Let a reviewer in who was asked for, or decline (``do``)."""
    evidence = seen(request, number)
    asked = get_object_or_404(
        AdmissionRequest.objects.visible_to(request.user).select_related("person"), pk=pk, evidence=evidence
    )
    admit = request.POST.get("do") == "admit"
    try:
        levels.decide_admission(asked, admit=admit, by=request.user)
    except (Refused, NotRight) as reason:
        messages.error(request, str(reason))
    else:
        words = _("%(person)s sees it from now on.") if admit else _("%(person)s was not let in.")
        messages.success(request, words % {"person": asked.person})
    return redirect("evidence_access", number)
