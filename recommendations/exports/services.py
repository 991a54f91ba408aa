"""Asking for an export, making its file, handing it out: the right is asked at each of the three."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.models import Assessment, Round
from recommendations.audit.log import record
from recommendations.catalogue.models import ReviewCycle
from recommendations.exports.models import Export
from recommendations.exports.renderers import FORMATS, RENDERERS
from recommendations.formats.hashing import sha256_of
from recommendations.jobs import queue
from recommendations.overview.build import build_summary
from recommendations.vocabulary import AssessmentStatus, Audience

# A cycle of up to so many recommendations is made while one waits (a second or less in every format).
AT_ONCE = 400
JOB = "export.make"


class NotAllowed(Exception):
    """The person may not have this export; the message says why."""


class TakenBack(Exception):
    """The file is no longer handed out to anybody; the message says why."""


def refusal(person: Any, audience: str) -> str | None:
    """Why this person may not make a summary for this audience; None when she may."""
    act = "summary.export_coalition" if audience == Audience.COALITION else "summary.export"
    return policy.refusal(person, act)


@transaction.atomic
def ask_for_summary(
    *, cycle: ReviewCycle, round: Round | None, audience: str, format: str, language: str, by: Any
) -> Export:
    """Ask for a summary; a job makes it. ``format`` is a key of RENDERERS."""
    reason = refusal(by, audience)
    if reason:
        raise NotAllowed(reason)
    export = Export.objects.create(
        kind=Export.Kind.SUMMARY,
        format=format,
        audience=audience,
        language=language,
        cycle=cycle,
        round=round,
        file_name=file_name(cycle, round, audience=audience, format=format, language=language),
        made_by=by,
    )
    export.job = queue.enqueue(JOB, {"export": export.pk}, key=f"{JOB}:{export.pk}", by=by)
    export.save(update_fields=["job"])
    record("export.asked", export, by=by, detail={"format": format, "audience": audience})
    return export


def make_at_once(export: Export) -> Export:
    """Make a small one now, in this process; a large one is left to the worker."""
    if export.job and export.cycle and export.cycle.recommendations.count() <= AT_ONCE:
        queue.run(export.job)
        export.refresh_from_db()
    return export


def file_name(cycle: ReviewCycle, round_: Round | None, *, audience: str, format: str, language: str) -> str:
    """A name that says what is inside: KAZ-2-summary-public-en.xlsx."""
    part = f"-round-{round_.pk}" if round_ else ""
    return f"{cycle.key}-summary{part}-{audience}-{language}.{FORMATS[format].extension}"


def folder() -> Path:
    """Where files of exports lie, readable by the product only."""
    path = Path(settings.DATA_DIR) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_summary(
    stream: IO[bytes],
    *,
    cycle: ReviewCycle,
    round: Round | None,
    audience: str,
    format: str,
    language: str,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Build the summary for the audience and write it in the format."""
    summary = build_summary(cycle=cycle, round=round, audience=audience, language=language)
    RENDERERS[format](summary, stream, progress=progress)


def make_file(export: Export, *, report: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Write the export's file, whole or not at all; returns what its row is to say (stored_as, size, sha256)."""
    assert export.cycle is not None
    descriptor, name = tempfile.mkstemp(prefix=".making-", dir=folder())
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            write_summary(
                stream,
                cycle=export.cycle,
                round=export.round,
                audience=export.audience,
                format=export.format,
                language=export.language,
                progress=report,
            )
            stream.flush()
            os.fsync(stream.fileno())
        digest = sha256_of(temporary)
        stored_as = f"{export.pk}-{digest[:16]}"
        size = temporary.stat().st_size
        temporary.replace(folder() / stored_as)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return {"stored_as": stored_as, "size": size, "sha256": digest}


def finish(export: Export, made: dict[str, Any]) -> None:
    """Note what was made, and say so in the log; part of the job's own transaction."""
    Export.objects.filter(pk=export.pk).update(**made, ready_at=timezone.now())
    export.refresh_from_db()
    record("export.made", export, by=export.made_by, detail={"sha256": made["sha256"], "size": made["size"]})


def holds_retracted(export: Export) -> bool:
    """Whether something that stands in the file was retracted since it was asked for."""
    if export.round_id is None or export.ready_at is None:
        return False
    moment = "published_at" if export.audience == Audience.PUBLIC else "approved_at"
    return Assessment.objects.filter(
        round=export.round_id,
        status=AssessmentStatus.RETRACTED,
        retracted_at__gte=export.made_at,
        **{f"{moment}__lte": export.ready_at},
    ).exists()


def take_back(export: Export) -> None:
    """Remove the file of an export; its row stays, with what the file's hash was."""
    if not export.stored_as:
        return
    (folder() / export.stored_as).unlink(missing_ok=True)
    if Export.objects.filter(pk=export.pk).exclude(stored_as="").update(stored_as=""):
        record("export.taken_back", export, by=None)
    export.stored_as = ""


def take_back_retracted(assessment_id: int) -> int:
    """Remove every file in which a retracted assessment stands; returns how many."""
    rounds = Assessment.objects.filter(pk=assessment_id).values("round")
    found = [
        row for row in Export.objects.filter(round__in=rounds).exclude(stored_as="") if holds_retracted(row)
    ]
    for export in found:
        take_back(export)
    return len(found)


def open_export(export: Export, *, by: Any) -> IO[bytes]:
    """The file of a finished export, for a person who still has the right; the download is logged."""
    if export.audience and (reason := refusal(by, export.audience)):
        raise NotAllowed(reason)
    if holds_retracted(export):
        take_back(export)
        raise TakenBack(
            _("An assessment in this file was retracted, so it is no longer handed out. Make it anew.")
        )
    if not export.stored_as:
        raise FileNotFoundError(_("This export is not ready."))
    stream = (folder() / export.stored_as).open("rb")
    record("export.downloaded", export, by=by)
    return stream
