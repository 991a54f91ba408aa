"""Sessions in the database, as Django keeps them; a database that is away is said to be away."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    """Django takes a session that could not be written for one that somebody ended, and answers 400."""

    def save(self, *args: Any, **options: Any) -> None:
        """Write it; raises the database's own error where the database is the reason."""
        try:
            super().save(*args, **options)
        except UpdateError as fault:
            if isinstance(fault.__context__, OperationalError | InterfaceError):
                raise fault.__context__ from None
            raise
