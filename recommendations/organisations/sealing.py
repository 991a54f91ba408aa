"""What proves a second factor is kept encrypted: the database alone, or a backup of it, makes no valid code."""

from __future__ import annotations

import base64

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

PURPOSE = b"second factors of people, 1"
# Where allauth keeps a text that was sealed.
SEALED = ("secret", "seed")


class CannotOpen(Exception):
    """It was sealed under a key that this site no longer knows."""


def seal(text: str) -> str:
    """The text encrypted under the site's key of today."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again, also where it was sealed under an earlier key. Raises ``CannotOpen``."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def seal_all_anew() -> tuple[int, int]:
    """Seal everything under today's key, so that earlier ones can go; how many there were, and how many cannot open."""
    keys, done, lost = _keys(), 0, 0
    with transaction.atomic():
        for authenticator in Authenticator.objects.select_for_update().exclude(
            type=Authenticator.Type.WEBAUTHN
        ):
            try:
                for name in SEALED:
                    if name in authenticator.data:
                        authenticator.data[name] = keys.rotate(authenticator.data[name].encode()).decode()
            except InvalidToken:
                lost += 1
                continue
            authenticator.save(update_fields=["data"])
            done += 1
    return done, lost


def _keys() -> MultiFernet:
    return MultiFernet(
        [Fernet(_derived(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
