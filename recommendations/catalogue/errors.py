"""Why the catalogue did not do what was asked: what was refused, what exists already, what somebody else changed."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """It cannot be recorded; the message says why, for the person."""


class AlreadyRecorded(Refused):
    """That paragraph is recorded already; ``recommendation`` is the one."""

    def __init__(self, message: str, recommendation: Any):
        super().__init__(message)
        self.recommendation = recommendation


class Conflict(Exception):
    """Somebody else changed it since it was read; nothing was done. ``current`` is the row as it stands now."""

    def __init__(self, current: Any):
        super().__init__(str(current))
        self.current = current
