"""Asking for an export, making its file, handing it out: the right is asked at each of the three."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.assessments.models import Round
from recommendations.audit.log import record
from recommendations.catalogue.models import ReviewCycle, SourceFile
from recommendations.catalogue.received import path_of
from recommendations.documents.renderers import FORMATS, RENDERERS, list_anew, matrix
from recommendations.exports.held import blocked, blocked_files, keep_holdings
from recommendations.exports.models import Export
from recommendations.formats.hashing import sha256_of
from recommendations.formats.matrix import Returned
from recommendations.formats.readers import thematic_list
from recommendations.jobs import queue
from recommendations.overview.build import build_summary
from recommendations.overview.holdings import Held, holdings_of
from recommendations.overview.summary import CycleSummary
from recommendations.vocabulary import Audience, ImportState

# A cycle of up to so many recommendations is made while one waits (a second or less in every format).
AT_ONCE = 400
JOB = "export.make"
NO_LONGER = gettext_lazy(
    "This file is no longer handed out: something in it was retracted, restricted or withheld for the safety of "
    "sources. Make it anew."
)


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
    name = file_name(cycle, round, audience=audience, format=format, language=language)
    export = Export(kind=Export.Kind.SUMMARY, format=format, file_name=name)
    return _asked(export, cycle=cycle, round=round, audience=audience, language=language, by=by)


@transaction.atomic
def ask_for_matrix(
    *,
    cycle: ReviewCycle,
    round: Round | None,
    audience: str,
    language: str,
    source: SourceFile | None,
    by: Any,
) -> Export:
    """Ask for OHCHR's list with assessments in its last column, or for one built in its layout; a job makes it."""
    name = file_name(cycle, round, audience=audience, format="docx", language=language, what="matrix")
    export = Export(kind=Export.Kind.MATRIX, format="docx", file_name=name, source=source)
    return _asked(export, cycle=cycle, round=round, audience=audience, language=language, by=by)


def _asked(
    export: Export, *, cycle: ReviewCycle, round: Round | None, audience: str, language: str, by: Any
) -> Export:
    reason = refusal(by, audience)
    if reason:
        raise NotAllowed(reason)
    export.cycle, export.round, export.made_by = cycle, round, by
    export.audience, export.language = audience, language
    export.save()
    export.job = queue.enqueue(JOB, {"export": export.pk}, key=f"{JOB}:{export.pk}", by=by)
    export.save(update_fields=["job"])
    record("export.asked", export, by=by, detail={"format": export.format, "audience": audience})
    return export


def make_at_once(export: Export) -> Export:
    """Make a small one now, in this process; a large one is left to the worker."""
    if export.job and export.cycle and export.cycle.recommendations.count() <= AT_ONCE:
        queue.run(export.job)
        export.refresh_from_db()
    return export


def file_name(
    cycle: ReviewCycle,
    round_: Round | None,
    *,
    audience: str,
    format: str,
    language: str,
    what: str = "summary",
) -> str:
    """A name that says what is inside: KAZ-2-summary-public-en.xlsx."""
    part = f"-round-{round_.pk}" if round_ else ""
    return f"{cycle.key}-{what}{part}-{audience}-{language}.{FORMATS[format].extension}"


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
) -> CycleSummary:
    """Build the summary for the audience and write it in the format; returns what was written."""
    summary = build_summary(cycle=cycle, round=round, audience=audience, language=language)
    RENDERERS[format](summary, stream, progress=progress)
    return summary


def write_matrix(
    stream: IO[bytes],
    *,
    cycle: ReviewCycle,
    round: Round | None,
    audience: str,
    language: str,
    source: Path | None,
    progress: Callable[[int, int], None] | None = None,
) -> Returned:
    """Write the list in ``source`` with what this audience may see of the round, or a list built anew.

    Raises ``FileProblem`` for a file that is no list, or a list of another review.
    """
    summary = build_summary(cycle=cycle, round=round, audience=audience, language=language)
    return _fill(summary, stream, source, progress)


def _fill(
    summary: CycleSummary,
    stream: IO[bytes],
    source: Path | None,
    progress: Callable[[int, int], None] | None,
) -> Returned:
    if source is None:
        return list_anew.render(summary, stream, progress=progress)
    return matrix.fill(summary, source, stream, progress=progress)


def lists_of(cycle: ReviewCycle) -> QuerySet[SourceFile]:
    """OHCHR's lists that were imported for the cycle, the latest first."""
    return (
        SourceFile.objects.filter(
            runs__format=thematic_list.CODE,
            runs__status=ImportState.APPLIED,
            runs__staged__reference__startswith=f"{cycle.key}-",
        )
        .distinct()
        .order_by("-received_at", "-pk")
    )


def make_file(export: Export, *, report: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Write the export's file, whole or not at all; returns what its row is to say (stored_as, size, sha256, about)
    and under ``held`` what stands in it.

    Raises ``FileProblem`` where the list to be filled is none of this cycle.
    """
    assert export.cycle is not None
    descriptor, name = tempfile.mkstemp(prefix=".making-", dir=folder())
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            summary, about = _write(export, stream, report)
            held = holdings_of(summary)
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
    return {"stored_as": stored_as, "size": size, "sha256": digest, "about": about, "held": held}


def _write(
    export: Export, stream: IO[bytes], report: Callable[[int, int], None] | None
) -> tuple[CycleSummary, dict[str, Any]]:
    assert export.cycle is not None
    summary = build_summary(
        cycle=export.cycle, round=export.round, audience=export.audience, language=export.language
    )
    if export.kind != Export.Kind.MATRIX:
        RENDERERS[export.format](summary, stream, progress=report)
        return summary, {}
    returned = _fill(summary, stream, path_of(export.source) if export.source else None, report)
    return summary, {
        "listed": returned.listed,
        "filled": returned.filled,
        "unknown": list(returned.unknown),
        "has_new_column": returned.has_new_column,
    }


def finish(export: Export, made: dict[str, Any]) -> None:
    """Note what was made, and say so in the log; part of the job's own transaction."""
    columns = {name: value for name, value in made.items() if name != "held"}
    Export.objects.filter(pk=export.pk).update(**columns, ready_at=timezone.now())
    export.refresh_from_db()
    keep_holdings(export, made["held"])
    record("export.made", export, by=export.made_by, detail={"sha256": made["sha256"], "size": made["size"]})


def take_back(export: Export) -> None:
    """Remove the file of an export; its row stays, with what the file's hash was."""
    if not export.stored_as:
        return
    (folder() / export.stored_as).unlink(missing_ok=True)
    if Export.objects.filter(pk=export.pk).exclude(stored_as="").update(stored_as=""):
        record("export.taken_back", export, by=None)
    export.stored_as = ""


def take_back_blocked(held: Sequence[Held] | None = None) -> int:
    """Remove every file that its audience may no longer have, of all or of those holding these rows; how many."""
    found = blocked_files(held)
    for export in found:
        take_back(export)
    return len(found)


@transaction.atomic
def make_anew(export: Export, *, by: Any) -> Export:
    """Ask for the same once more, as its audience may see it now; returns the new export. Raises ``NotAllowed``."""
    assert export.cycle is not None
    anew = Export(
        kind=export.kind,
        format=export.format,
        file_name=export.file_name,
        source=export.source,
        renews=export,
    )
    return _asked(
        anew,
        cycle=export.cycle,
        round=export.round,
        audience=export.audience,
        language=export.language,
        by=by,
    )


def open_export(export: Export, *, by: Any) -> IO[bytes]:
    """The file of a finished export, for a person who still has the right; the download is logged."""
    reason = refusal(by, export.audience) if export.audience else policy.refusal(by, "selection.export")
    if reason:
        raise NotAllowed(reason)
    if blocked([export]):
        take_back(export)
        raise TakenBack(str(NO_LONGER))
    if not export.stored_as:
        raise FileNotFoundError(_("This export is not ready."))
    stream = (folder() / export.stored_as).open("rb")
    record("export.downloaded", export, by=by)
    return stream
