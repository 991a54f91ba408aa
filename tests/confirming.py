"""Tests' way past the question "is it still you?", where the question is not what they are about."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login
from django.test import Client


def confirm(client: Client, *, ago: float = 0) -> None:
    """As if whoever is signed in had confirmed by password, ``ago`` seconds ago."""
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() - ago, "reauthenticated": True}
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
