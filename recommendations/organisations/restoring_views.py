"""The coordinators' page of colleagues, on which two of them restore a sign-in, and the way in itself."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.organisations import confirming, notices, restoring
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.forms import AskForm, PasswordForm
from recommendations.organisations.models import Freeze, SignInRestoration, User
from recommendations.web.alphabet import InAlphabet


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who works in the coalition, and whose sign-in is being restored."""
    policy.require(request.user, "signin.restore")
    people = User.objects.visible_to(request.user).filter(is_active=True).select_related("organisation")
    waiting = SignInRestoration.objects.visible_to(request.user).filter(
        used_at=None, ended_at=None, asked_at__gt=timezone.now() - restoring.TO_BE_CONFIRMED
    )
    frozen = Freeze.objects.visible_to(request.user).filter(thawed_at=None, withdrawn_at=None)
    context = {
        "frozen": frozen.select_related("person"),
        "people": [person for person in people.order_by(InAlphabet("name")) if person.roles],
        "waiting": waiting.select_related("person", "asked_by", "confirmed_by"),
    }
    return render(request, "organisations/colleagues.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def signin_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The first coordinator asks to restore a colleague's sign-in."""
    policy.require(request.user, "signin.restore")
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        try:
            restoring.ask(person, by=request.user, **form.cleaned_data)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("A second coordinator confirms it on this page."))
            return redirect("colleagues")
    context = {"form": form, "person": person}
    return render(request, "organisations/signin_ask.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def signin_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second coordinator confirms, and is shown the way in once; or it is stopped (``do``)."""
    policy.require(request.user, "signin.restore")
    asked = get_object_or_404(
        SignInRestoration.objects.visible_to(request.user).select_related("person"), pk=pk
    )
    if request.POST.get("do") == "stop":
        restoring.stop(asked, by=request.user)
        messages.success(request, _("It was stopped; nobody comes in by it."))
        return redirect("colleagues")
    confirming.demand(request)
    try:
        token = restoring.confirm(asked, by=request.user)
    except NotPossible as reason:
        messages.warning(request, str(reason))
        return redirect("colleagues")
    address = settings.SITE_URL + reverse("signin_restore", args=[token])
    return render(request, "organisations/signin_confirmed.html", {"asked": asked, "address": address})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin_restore(request: HttpRequest, token: str) -> HttpResponse:
    """The way in: choose a new password, once, within the hour."""
    found = restoring.open_way_in(token)
    if found is None:
        return render(request, "organisations/signin_over.html", status=410)
    person: Any = found.person
    translation.activate(person.language)
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            person = restoring.use(token, password=form.cleaned_data["password"])
        except NotPossible:
            return render(request, "organisations/signin_over.html", status=410)
        _tell_by_mail(person, found)
        messages.success(request, _("Your password is set. Everywhere else you were signed out."))
        # Like any sign-in: who still has a second factor is asked for it.
        return perform_login(request, Login(user=person))
    context = {"form": form, "person": person}
    return render(request, "organisations/signin_restore.html", context, status=422 if form.errors else 200)


def _tell_by_mail(person: User, used: SignInRestoration) -> None:
    """That it happened, to the address on record: whoever it was not hears of it."""
    subject = _("Your password was set anew")
    text = _(
        "Two coordinators restored your sign-in, and a new password was set. If that was not you, call a "
        "coordinator now: she can end it."
    )
    send_mail(subject, text, None, [person.email], fail_silently=True)
    if used.clears_factors:
        notices.tell(person, "factors_cleared")
