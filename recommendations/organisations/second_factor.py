"""The second factor: of whom it is demanded, who has one, and the recovery codes that go with it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.forms import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode import QRCode  # type: ignore[import-untyped]

from recommendations.audit.log import record
from recommendations.organisations.models import User
from recommendations.organisations.sealing import CannotOpen, seal, unseal

EVERYBODY, NOBODY = "everybody", "nobody"
PRIMARY = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# A code of an app is good for its half minute and the one before and after: as long it is remembered as used.
CODE_LIVES = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)


def demanded_of(person: Any) -> bool:
    """Whether this person can open nothing without a second factor."""
    chosen = set(settings.SECOND_FACTOR)
    return EVERYBODY in chosen or any(role.value in chosen for role in person.roles)


def factors_of(person: Any) -> list[Authenticator]:
    """Her apps and passkeys, oldest first; recovery codes are none, they only stand in for one."""
    return list(Authenticator.objects.filter(user=person, type__in=PRIMARY).order_by("created_at", "pk"))


def codes_of(person: Any) -> Authenticator | None:
    """Her recovery codes."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()


def codes_kept(codes: Authenticator | None) -> bool:
    """Whether she said that she wrote these codes down."""
    return codes is not None and bool(codes.data.get("kept_at"))


def is_set_up(person: Any) -> bool:
    """Whether she has a factor and wrote down the codes that help where it is lost."""
    return bool(factors_of(person)) and codes_kept(codes_of(person))


@transaction.atomic
def keep_codes(person: Any, *, by: Any) -> None:
    """She wrote the codes down; from now on they are not shown again."""
    codes = Authenticator.objects.select_for_update().get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes.data["kept_at"] = timezone.now().timestamp()
    codes.save(update_fields=["data"])
    record("factor.codes_kept", person, by=by)


def codes_left(codes: Authenticator | None) -> int:
    """How many of the codes are not used yet; none where they cannot be opened any more."""
    try:
        return len(codes.wrap().get_unused_codes()) if codes is not None else 0
    except ValidationError:
        return 0


@transaction.atomic
def clear_factors(person: User, *, by: Any) -> int:
    """Take all factors and codes of a person away; she sets up new ones at her next sign-in."""
    count, _what = Authenticator.objects.filter(user=person).delete()
    if count:
        record("factor.cleared", person, by=by)
    return count


def use_up(person: Any, code: str) -> bool:
    """Whether this code of an app was not used before; from now on it was."""
    plain = "".join(sign for sign in code if sign.isalnum())
    return bool(cache.add(f"second-factor-used:{person.pk}:{plain}", 1, timeout=CODE_LIVES))


class MFAAdapter(DefaultMFAAdapter):
    """allauth's hooks for second factors: sealed seeds, a drawn code, plain words."""

    error_messages: dict[str, str | Promise] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is wrong, was used before or is over. Wait for the next one and try again."
        ),
        "passkey_refused": gettext_lazy("This passkey was not accepted. Try again, or use another way."),
        "key_lost": gettext_lazy(
            "This can no longer be checked: the site's key was changed. Two coordinators can restore your sign-in."
        ),
    }

    def encrypt(self, text: str) -> str:
        """What stands in the database."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What is calculated with, for a moment."""
        try:
            return unseal(encrypted_text)
        except CannotOpen:
            raise self.validation_error("key_lost") from None

    def build_totp_svg(self, url: str) -> str:
        """The square code as a drawing without any style of its own, which the content policy would refuse."""
        code = QRCode(border=4)
        code.add_data(url)
        code.make(fit=True)
        rows = code.get_matrix()
        dots = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
        )
        return (
            f'<svg class="qr" viewBox="0 0 {len(rows)} {len(rows)}" role="img" aria-label="{_("Square code")}">'
            f'<rect class="qr-ground" width="{len(rows)}" height="{len(rows)}"/>'
            f'<path class="qr-dots" d="{dots}"/></svg>'
        )

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a key is called until its owner calls it something else."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey") if not count else _("Passkey %(number)s") % {"number": count + 1}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mails about factors go the same way as all mails about an account."""
        get_account_adapter().send_notification_mail(*args, **kwargs)
