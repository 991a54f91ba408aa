"""Many numbers in a condition as one parameter: databases allow only so many of those."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def among(numbers: Iterable[int]) -> RawSQL:
    """What stands behind ``pk__in=``, however many they are; for the default database."""
    wanted = sorted(set(numbers))
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [wanted])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(wanted)])
