"""Exports that a person asked for end when her account is closed: no file is left to fetch, none is made."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from recommendations.exports import services
from recommendations.exports.everything import handing_out
from recommendations.exports.models import Export, FullExport
from recommendations.jobs import queue
from recommendations.organisations.ending import ends
from recommendations.organisations.models import User


@ends("exports")
def end_exports(person: User, *, by: Any, at: datetime) -> int:
    """Files go, what waits to be made is called off; the rows stay, with the hashes of what was made."""
    count = 0
    for rows, folder in (
        (Export.objects.filter(made_by=person), services.folder()),
        (FullExport.objects.filter(asked_by=person), handing_out.folder()),
    ):
        queue.call_off(rows.filter(ready_at=None).values("job"), why="the account was closed")
        files = [folder / name for name in rows.exclude(stored_as="").values_list("stored_as", flat=True)]
        count += rows.filter(ready_at=None).count() + rows.exclude(stored_as="").update(stored_as="")
        for path in files:
            transaction.on_commit(partial(path.unlink, missing_ok=True))
    return count
