"""Who signs in: an account that opens nothing is answered like a wrong password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class SignInBackend(AuthenticationBackend):
    """allauth's, but it never says that an account is there and closed: frozen, or ended."""

    @classmethod
    def _stash_user(cls, user: Any) -> Any:
        # allauth keeps whoever gave the right password for a closed account, to tell her so. Nobody is told.
        return super()._stash_user(None)
