"""How people sign in: nobody registers by himself, and mail comes in the language of its reader."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from recommendations.audit.log import record


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks, where this site departs from its defaults."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation only."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign a person in, and say so in the log."""
        super().login(request, user)
        record("person.signed_in", user, by=user)

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
