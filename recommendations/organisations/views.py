"""Pages about people: the list, invitations, organisations, and one's own settings."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.mail import send_mail
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.organisations import confirming, services
from recommendations.organisations.forms import (
    AcceptForm,
    InviteForm,
    OrganisationForm,
    PersonForm,
    ProfileForm,
)
from recommendations.organisations.models import Invitation, Organisation, User
from recommendations.web.alphabet import InAlphabet


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, those whose access ended, and open invitations."""
    policy.require(request.user, "people.manage")
    people = (
        User.objects.visible_to(request.user)
        .select_related("organisation")
        .order_by("-is_active", InAlphabet("name"))
    )
    invitations = Invitation.objects.visible_to(request.user).filter(accepted_at=None, revoked_at=None)
    return render(
        request,
        "organisations/people_list.html",
        {
            "people": people,
            "invitations": invitations.select_related("organisation", "invited_by"),
            "now": timezone.now(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person; the mail holds a single-use address, which is also shown once here."""
    policy.require(request.user, "people.manage")
    person: Any = request.user
    form = InviteForm(request.POST or None, reader=person, initial={"language": person.language})
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        data = form.cleaned_data
        try:
            invitation, token = services.invite(by=request.user, **data)
        except services.NotPossible as reason:
            form.add_error("email", str(reason))
        else:
            address = settings.SITE_URL + reverse("invitation_accept", args=[token])
            sent = _send_invitation(invitation, address)
            return render(
                request,
                "organisations/invited.html",
                {"invitation": invitation, "address": address, "sent": sent},
            )
    return render(request, "organisations/invite.html", {"form": form}, status=422 if form.errors else 200)


def _send_invitation(invitation: Invitation, address: str) -> bool:
    """Send the mail; whether it left. The invitation stands either way, since its address can be given by hand."""
    with translation.override(invitation.language):
        subject = _("You are invited to sign in")
        text = render_to_string("emails/invitation.txt", {"invitation": invitation, "address": address})
    try:
        send_mail(subject, text, None, [invitation.email])
    except OSError:  # a mail server that does not answer
        return False
    return True


@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an open invitation back."""
    policy.require(request.user, "people.manage")
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    services.revoke_invitation(invitation, by=request.user)
    messages.success(request, _("The invitation is taken back."))
    return redirect("people_list")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: choose a name and a password, and be signed in."""
    invitation = services.open_invitation(token)
    if invitation is None:
        return render(request, "organisations/invitation_over.html", status=410)
    translation.activate(invitation.language)
    form = AcceptForm(
        request.POST or None, person=User(email=invitation.email), initial={"name": invitation.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            person = services.accept_invitation(
                token, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
            )
        except services.NotPossible:
            return render(request, "organisations/invitation_over.html", status=410)
        messages.success(request, _("Welcome. This is your work."))
        return perform_login(request, Login(user=person))
    return render(
        request,
        "organisations/invitation_accept.html",
        {"form": form, "invitation": invitation},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a person's roles and organisation."""
    policy.require(request.user, "people.manage")
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = PersonForm(
        request.POST or None,
        reader=request.user,
        initial={"roles": [role.value for role in person.roles], "organisation": person.organisation},
    )
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        try:
            services.set_roles(person, roles=form.cleaned_data["roles"], by=request.user)
            services.move_to_organisation(
                person, organisation=form.cleaned_data["organisation"], by=request.user
            )
        except services.NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("Saved."))
            return redirect("people_list")
    return render(
        request,
        "organisations/person_edit.html",
        {"form": form, "person": person},
        status=422 if form.errors else 200,
    )


@require_POST
def person_access(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's access, or give it again (``do`` says which)."""
    policy.require(request.user, "people.manage")
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    confirming.demand(request)
    act: Any = services.reactivate if request.POST.get("do") == "give" else services.deactivate
    try:
        act(person, by=request.user)
    except services.NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("Saved."))
    return redirect("people_list")


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The member organisations."""
    policy.require(request.user, "people.manage")
    organisations = Organisation.objects.visible_to(request.user).annotate(
        members=Count("people", filter=Q(people__is_active=True))
    )
    return render(request, "organisations/organisation_list.html", {"organisations": organisations})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add an organisation, or correct one."""
    policy.require(request.user, "people.manage")
    organisation = (
        get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk) if pk is not None else None
    )
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        if organisation is None:
            services.add_organisation(by=request.user, **form.cleaned_data)
        else:
            services.change_organisation(organisation, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organisation_list")
    return render(
        request,
        "organisations/organisation_edit.html",
        {"form": form, "organisation": organisation},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language, appearance, keys and digest."""
    person: Any = request.user
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        services.change_own_settings(person, **form.values())
        translation.activate(person.language)
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "organisations/profile.html", {"form": form}, status=422 if form.errors else 200)
