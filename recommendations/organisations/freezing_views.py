"""Freezing a colleague's account from a phone: the list of colleagues, and one plain page for each."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.access.visibility import roles_of
from recommendations.organisations import confirming, freezing
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import Freeze, User
from recommendations.vocabulary import Role
from recommendations.web.alphabet import InAlphabet


class FreezeForm(forms.Form):
    """Why, where there is time to say it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("May be left empty. It stays in the log."),
    )


@never_cache
@require_safe
def freeze_list(request: HttpRequest) -> HttpResponse:
    """Everybody whose account can be frozen, and those that are."""
    policy.require(request.user, "colleague.freeze")
    people = User.objects.visible_to(request.user).filter(is_active=True).exclude(pk=request.user.pk)
    found = Freeze.objects.visible_to(request.user).filter(thawed_at=None, withdrawn_at=None)
    rows = list(found.select_related("person", "asked_by"))
    context = {
        "people": [person for person in people.order_by(InAlphabet("name")) if person.roles],
        "frozen": [row for row in rows if row.frozen_at],
        "asked": [row for row in rows if not row.frozen_at],
    }
    return render(request, "organisations/freeze_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def freeze_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One big button: this person's part in freezing the account, or in thawing it (``do``)."""
    policy.require(request.user, "colleague.freeze")
    person = get_object_or_404(User.objects.visible_to(request.user).exclude(pk=request.user.pk), pk=pk)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            freezing.freeze(person, by=request.user, **form.cleaned_data)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("freeze_person", pk)
    context = {
        "person": person,
        "form": form,
        "found": Freeze.objects.visible_to(request.user)
        .filter(person=person, thawed_at=None, withdrawn_at=None)
        .select_related("asked_by", "confirmed_by", "thaw_asked_by")
        .first(),
        "is_coordinator": Role.COORDINATOR in roles_of(request.user),
    }
    return render(request, "organisations/freeze_person.html", context, status=422 if form.errors else 200)


@require_POST
def freeze_end(request: HttpRequest, pk: int) -> HttpResponse:
    """This person's part in thawing an account, or the end of a request (``do``)."""
    policy.require(request.user, "colleague.freeze")
    found = get_object_or_404(Freeze.objects.visible_to(request.user).select_related("person"), pk=pk)
    try:
        if request.POST.get("do") == "withdraw":
            freezing.withdraw(found, by=request.user)
            messages.success(request, _("The account is not frozen."))
            return redirect("freeze_person", found.person_id)
        confirming.demand(request)
        if freezing.thaw(found, by=request.user):
            messages.success(
                request,
                _("The account is thawed. No earlier password opens it: restore her sign-in, two together."),
            )
        else:
            messages.success(request, _("A second person does the same on this page."))
    except NotPossible as reason:
        messages.warning(request, str(reason))
    return redirect("freeze_person", found.person_id)
