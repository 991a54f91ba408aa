"""Mails about one's own sign-in: short, in her language, without a word about what this site is."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.core.mail import send_mail
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.audit.log import record
from recommendations.organisations import devices, second_factor, sessions
from recommendations.organisations.door import look_again

logger = logging.getLogger(__name__)

SUBJECT = gettext_lazy("A change to your sign-in")
SENTENCES = {
    "device": gettext_lazy("Your account was signed in to on a device that was not seen before."),
    "password": gettext_lazy("Your password was changed."),
    "factor_added": gettext_lazy("A second proof for signing in was added."),
    "factor_removed": gettext_lazy("A second proof for signing in was removed."),
    "factors_cleared": gettext_lazy("The second proofs for signing in were taken away; new ones are set up."),
    "code_used": gettext_lazy("A recovery code was used."),
    "codes_new": gettext_lazy("New recovery codes were made; earlier ones no longer work."),
}
KINDS = {
    Authenticator.Type.TOTP: "app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "codes",
}


def tell(person: Any, what: str, request: HttpRequest | None = None) -> None:
    """One mail to the person about ``what`` (a key of SENTENCES), with the time and, where known, the device."""
    with translation.override(person.language), timezone.override(person.time_zone):
        lines = [str(SENTENCES[what]), ""]
        lines.append(_("When: %(time)s") % {"time": date_format(timezone.localtime(), "DATETIME_FORMAT")})
        if request is not None:
            device = devices.in_words(request.META.get("HTTP_USER_AGENT", ""))
            lines.append(_("Where: %(device)s") % {"device": device})
        lines += [
            "",
            _(
                "If that was you, there is nothing to do. If it was not, call a coordinator now: she can stop it."
            ),
        ]
        try:
            send_mail(str(SUBJECT), "\n".join(lines) + "\n", None, [person.email])
        except OSError as fault:  # a mail server that does not answer stops nobody from signing in
            logger.warning("a mail about a sign-in did not leave: %s", type(fault).__name__)


@receiver(authenticator_added)
def added(request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """An app, a key or recovery codes came; codes come by themselves with the first factor."""
    look_again(request)
    record("factor.added", user, by=user, detail={"factor": KINDS[Authenticator.Type(authenticator.type)]})
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        tell(user, "factor_added", request)


@receiver(authenticator_removed)
def removed(request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """One went; whoever else is signed in as this person is signed out."""
    look_again(request)
    record("factor.removed", user, by=user, detail={"factor": KINDS[Authenticator.Type(authenticator.type)]})
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        sessions.end_all_of(user, by=user, but=request.session.session_key)
        tell(user, "factor_removed", request)


@receiver(authenticator_reset)
def renewed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """New recovery codes were made; she writes them down before she goes on."""
    look_again(request)
    record("factor.codes_renewed", user, by=user)
    tell(user, "codes_new", request)


@receiver(authenticator_used)
def used(request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """A recovery code is gone; the app or key may be too."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record("factor.code_used", user, by=user, detail={"left": second_factor.codes_left(authenticator)})
        tell(user, "code_used", request)


@receiver(authentication_failed)
def failed(user: Any, **kwargs: Any) -> None:
    """A wrong code after a right password: logged as a fact."""
    record("factor.failed", user, by=None)


@receiver([password_changed, password_set, password_reset])
def new_password(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """The password is another; who is signed in elsewhere with the old one no longer is."""
    tell(user, "password", request)
