"""How people sign in: nobody registers by himself, and mail comes in the language of its reader."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from recommendations.audit.log import record
from recommendations.organisations import devices, notices, second_factor, sessions

# So long after signing in a person who has no second factor yet sets one up without being asked for her password again.
FIRST_STEPS = timedelta(minutes=15)
# Who joined in this time knows her first device herself.
JUST_JOINED = timedelta(hours=1)

WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use your app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks, where this site departs from its defaults."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation only."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign a person in, and say so in the log."""
        super().login(request, user)
        record("person.signed_in", user, by=user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """A device on which she never signed in before is told of by mail, and known from now on."""
        response = super().post_login(request, user, **kwargs)
        if not devices.is_known(user, request):
            if user.known_devices.exists() or user.created_at < timezone.now() - JUST_JOINED:
                record("person.new_device", user, by=user)
                notices.tell(user, "device", request)
            devices.remember(user, response)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Sign a person out, and say so in the log."""
        person = request.user
        super().logout(request)
        if person.is_authenticated:
            record("person.signed_out", person, by=person)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A failed attempt is logged without the address that was tried: it may be a password typed there."""
        super().authentication_failed(request, **credentials)
        record("person.sign_in_failed", by=None)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Whoever comes by a way without a password to a closed account is told what a wrong password is told."""
        messages.error(request, self.error_messages["email_password_mismatch"])
        return redirect("account_login")

    def set_password(self, user: Any, password: str) -> None:
        """A new password is logged as a fact."""
        super().set_password(user, password)
        record("person.password_changed", user, by=user)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Notices are sent by notices.py, which hears of everything and says less."""

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to answer "is it still you?", in this site's words."""
        return [way | {"description": WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in and sets up her first factor is not asked for her password again."""
        request = context.request
        if app == "allauth.mfa" and request is not None and not second_factor.is_set_up(request.user):
            return not sessions.began_within(request, FIRST_STEPS)
        return super().is_reauthentication_required(app=app, **kwargs)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """A mail about an account, in the language its owner chose, not in that of whoever pressed the button."""
        address = email if isinstance(email, str) else email[0]
        owner = get_user_model()._default_manager.filter(email__iexact=address).first()
        with translation.override(getattr(owner, "language", "") or settings.LANGUAGE_CODE):
            return super().render_mail(template_prefix, email, context, headers)
