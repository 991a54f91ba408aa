"""A forgotten password: the page answers before anybody looks whether there is such an account, so it cannot tell."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.jobs.queue import Work, enqueue, handler
from recommendations.organisations.models import User


class ForgottenForm(ResetPasswordForm):
    """An address; it may be anybody's or nobody's."""

    def clean_email(self) -> str:
        """As it was typed: nothing is looked up here."""
        return self.cleaned_data["email"].strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """The same work for every address, done elsewhere."""
        enqueue("signin.forgotten", {"email": self.cleaned_data["email"]}, key=f"signin.forgotten:{uuid4()}")
        return self.cleaned_data["email"]


@handler("signin.forgotten", called=gettext_lazy("A mail about a password"))
def send_address(work: Work) -> None:
    """Send the address that sets a new password, where there is somebody to send it to."""
    person = User.objects.filter(email__iexact=work.payload["email"], is_active=True).first()
    if person is None:
        return
    way = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    address = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=way)
    with translation.override(person.language):
        text = render_to_string("emails/forgotten.txt", {"address": address})
        send_mail(_("Your sign-in"), text, None, [person.email])
