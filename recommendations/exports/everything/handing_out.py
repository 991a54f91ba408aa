"""The complete export for administrators: asked for, made in the background, handed out, removed after some days.

The administrator's role alone opens no content, and this file holds all of it. So both asking and downloading need a
password given just now, the log names who did it, and every coordinator is told that it was asked for.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.evidence.resealing import STORES
from recommendations.exports.everything.dump import CannotWrite, export_everything
from recommendations.exports.models import FullExport
from recommendations.formats.problems import FileProblem
from recommendations.formats.storing import PREFIX, Incoming, Store
from recommendations.jobs import queue
from recommendations.organisations.models import User

JOB, REMOVE = "everything.make", "everything.remove"
KEPT = timedelta(days=7)

Report = Callable[[int, int], None]


class UnderWay(Exception):
    """One is being made already; the message says so."""


def folder() -> Path:
    """Where complete exports lie, readable by the product only."""
    path = Path(settings.DATA_DIR) / "everything"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


# The ZIP holds what is restricted, opened: so it lies sealed.
STORE = Store(folder, hidden="")
STORES.append(STORE)


def being_made() -> FullExport | None:
    """The one that is being made now, if any."""
    rows = FullExport.objects.filter(ready_at=None, job__isnull=False).select_related("job")
    return next((row for row in rows if row.job is not None and not row.job.is_over), None)


@transaction.atomic
def ask(*, by: Any) -> FullExport:
    """Ask for a complete export; the coordinators are told who did. Raises ``UnderWay``: one at a time is enough."""
    # Whoever asks in the same moment waits here for the other.
    list(User.objects.select_for_update().filter(pk=by.pk).values_list("pk"))
    if being_made() is not None:
        raise UnderWay(_("A complete export is being made already."))
    export = FullExport.objects.create(asked_by=by)
    export.job = queue.enqueue(JOB, {"export": export.pk}, key=f"{JOB}:{export.pk}", by=by)
    export.save(update_fields=["job"])
    for person in User.objects.filter(is_coordinator=True, is_active=True).exclude(pk=by.pk):
        queue.enqueue(
            "reminders.tell",
            {"person": person.pk, "kind": "everything.asked", "what": by.name},
            key=f"told:everything:{export.pk}:{person.pk}",
        )
    record("everything.asked", export, by=by)
    return export


def make_file(export: FullExport, *, report: Report | None = None) -> dict[str, Any]:
    """Write the dump and pack it, whole or not at all; returns what the export's row is to say."""
    tidy()
    name = str(export).removesuffix(".zip")
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder()) as made:
        # A folder of its own: what a killed worker left never stands in the way of another try.
        dump = Path(made) / name
        manifest = export_everything(dump, report=report)
        coming = STORE.incoming()
        try:
            _pack(dump, coming, report)
            STORE.remove(str(export))
            STORE.put(coming, name=str(export))
        except (OSError, FileProblem) as fault:
            raise CannotWrite(str(fault)) from fault
        finally:
            coming.discard()
    return {
        "stored_as": str(export),
        "size": coming.size,
        "sha256": coming.sha256,
        "rows": sum(one.get("rows", 0) for one in manifest["files"] if one["path"].endswith(".jsonl")),
        "files": sum(one["path"].startswith("files/") for one in manifest["files"]),
    }


def finish(export: FullExport, made: dict[str, Any]) -> None:
    """Note what was made; part of the job's own transaction, as is the job that will remove it."""
    now = timezone.now()
    FullExport.objects.filter(pk=export.pk).update(**made, ready_at=now)
    queue.enqueue(
        REMOVE, {"export": export.pk}, key=f"{REMOVE}:{export.pk}", run_after=now + KEPT, by=export.asked_by
    )
    queue.enqueue(
        "reminders.tell",
        {"person": export.asked_by_id, "kind": "export.made", "what": str(export)},
        key=f"told:everything-made:{export.pk}",
    )
    record(
        "everything.made", export, by=export.asked_by, detail={"sha256": made["sha256"], "size": made["size"]}
    )


def open_file(export: FullExport, *, by: Any) -> IO[bytes]:
    """The file, for an administrator who has just given her password; the download is logged."""
    if not export.stored_as:
        raise FileNotFoundError
    stream = STORE.open(export.stored_as)
    record("everything.downloaded", export, by=by)
    return stream


def remove(export: FullExport, *, by: Any) -> None:
    """Remove the file; its row stays, with what its hash was."""
    if export.stored_as:
        STORE.remove(export.stored_as)
        if FullExport.objects.filter(pk=export.pk).exclude(stored_as="").update(stored_as=""):
            record("everything.removed", export, by=by)


def tidy() -> None:
    """Remove what killed workers left half made; nobody makes one now."""
    for path in folder().glob(".making-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder().glob(f"{PREFIX}*"):
        path.unlink(missing_ok=True)


def _pack(source: Path, target: Incoming, report: Report | None) -> None:
    """All files of the folder, under its name, in one ZIP, sealed as it is written."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    writing: Any = target
    with zipfile.ZipFile(writing, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for number, path in enumerate(files, start=1):
            archive.write(path, f"{source.name}/{path.relative_to(source).as_posix()}")
            if report:
                report(number, len(files))
