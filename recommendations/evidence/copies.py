"""What of a file of evidence leaves the organisation that holds it: copies made from it, or redacted ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access.originals import originals
from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused
from recommendations.evidence import quotas, rules, secrecy, store
from recommendations.evidence.models import Evidence, EvidenceCopy, EvidenceFile
from recommendations.evidence.vault import (
    MEBIBYTE,
    all_or_nothing,
    ask_for_copies,
    fault_of,
    kind_of,
    received,
)
from recommendations.evidence.words import CopyKind, Scan
from recommendations.formats import copies, kinds, scanning
from recommendations.formats.copies import NoCopy

logger = logging.getLogger(__name__)

_JPEG = kinds.JPEG.mime


def may_have_original(file: EvidenceFile, reader: Any) -> bool:
    """Whether the reader may have the bytes as received: of the organisation that holds the item, or named by it."""
    return originals_for([file], reader) == {file.pk}


def originals_for(files: Iterable[EvidenceFile], reader: Any) -> set[int]:
    """The keys of those of the files, all of which the reader may see, whose originals the reader may have."""
    rows = EvidenceFile.objects.filter(pk__in=[file.pk for file in files])
    return set(rows.filter(originals(reader)).values_list("pk", flat=True))


@dataclass(frozen=True)
class Given:
    """What somebody is given of a file: the original, a copy, or nothing and why; and pictures to look at."""

    file: EvidenceFile
    original: bool
    copy: EvidenceCopy | None
    reason: str
    redacted: bool
    previews: tuple[EvidenceCopy, ...]


def given(files: Iterable[EvidenceFile], reader: Any) -> list[Given]:
    """What the reader is given of each of these files, all of which the reader may see."""
    files = list(files)
    theirs = originals_for(files, reader)
    rows: dict[int, list[EvidenceCopy]] = {file.pk: [] for file in files}
    for row in EvidenceCopy.objects.filter(file__in=files).order_by("pk"):
        rows[row.file_id].append(row)
    return [_given(file, rows[file.pk], original=file.pk in theirs) for file in files]


def _given(file: EvidenceFile, rows: list[EvidenceCopy], *, original: bool) -> Given:
    redacted = next((row for row in reversed(rows) if row.kind == CopyKind.REDACTED), None)
    kept_back = _why_kept_back(file)
    if kept_back:
        return Given(file, False, None, kept_back, redacted is not None, ())
    seen = None if original or redacted is None else redacted.pk
    previews = tuple(row for row in rows if row.kind == CopyKind.PREVIEW and row.made_from_id == seen)
    copy, reason = _copy_of(file, rows, redacted)
    return Given(file, original, copy, reason, redacted is not None, previews)


def _why_kept_back(file: EvidenceFile) -> str:
    """Why nobody at all is given the file, its organisation included."""
    if file.scan == Scan.INFECTED:
        return _("Malicious software was found in it. It is kept apart and handed out to nobody.")
    if file.scan == Scan.NOT_SCANNED and settings.CLAMD_URL:
        return _("It is being searched for malicious software, and can be saved after that.")
    return ""


def _copy_of(
    file: EvidenceFile, rows: list[EvidenceCopy], redacted: EvidenceCopy | None
) -> tuple[EvidenceCopy | None, str]:
    """What leaves the organisation: of the latest redacted copy where there is one, else of the file as received."""
    source: EvidenceFile | EvidenceCopy = redacted or file
    if redacted is not None and not copies.can_be_cleaned(redacted.mime):
        return redacted, ""  # sound and film: whoever redacted it answers for what is in it
    wanted = redacted.pk if redacted else None
    for row in rows:
        if row.kind == CopyKind.SHARING and row.made_from_id == wanted:
            return row, ""
    if source.copy_problem:
        return None, str(NoCopy(source.copy_problem))
    if not copies.can_be_cleaned(source.mime):
        return None, str(NoCopy("no_way"))
    return None, _("The copy for sharing is being made.")


def open_copy(copy: EvidenceCopy) -> IO[bytes]:
    """The copy's bytes. Raises ``OSError`` where they are gone. Ask for the right to them before."""
    return store.open(copy.stored_as)


@secrecy.refuses_without_key
def add_redacted(file: EvidenceFile, *, upload: Any, by: Any, at: datetime | None = None) -> EvidenceCopy:
    """Put a redacted copy beside the original; from now on it takes the place of the sharing copy.

    Raises ``Refused`` and ``FileProblem``, as ``vault.receive_file``.
    """
    reason = rules.refusal_to_change(file.evidence, by=by) or quotas.refusal(by, size=upload.size or 0)
    if reason:
        raise Refused(reason)
    receiving = getattr(upload, "receiving", None) or received(upload)
    try:
        mime = kind_of(upload, receiving).mime
        if receiving.sha256 == file.sha256:
            raise Refused(
                _(
                    "This is the original, byte for byte. Send the copy in which something was made unreadable."
                )
            )
        with all_or_nothing() as put:
            stored_as = store.put(receiving)
            put.append(stored_as)
            copy = EvidenceCopy.objects.create(
                file=file,
                kind=CopyKind.REDACTED,
                sha256=receiving.sha256,
                size=receiving.size,
                mime=mime,
                stored_as=stored_as,
                made_at=at or timezone.now(),
                made_by=by,
            )
            ask_for_copies(file, redacted=copy)
            detail = {"file": file.pk, "copy": copy.pk, "size": copy.size, "sha256": copy.sha256}
            record("evidence.redacted", file.evidence, by=by, detail=detail, at=at)
    finally:
        receiving.discard()
    return copy


@dataclass
class Made:
    """A copy on its way: its bytes are sealed and wait for their row."""

    kind: str
    page: int
    mime: str
    coming: Any
    stored_as: str = ""


@dataclass
class Work:
    """What the making of copies came to."""

    made: list[Made] = field(default_factory=list)
    problem: str = ""
    scan: str | None = None
    found: str = ""


def work_on(file: EvidenceFile, redacted: EvidenceCopy | None, *, report: Callable[[int, int], None]) -> Work:
    """Search the bytes for malicious software and make their copies: the long part, which changes no row.

    Raises ``OSError`` where the bytes are gone or do not open.
    """
    source: EvidenceFile | EvidenceCopy = redacted or file
    result = Work()
    report(0, 3)
    if settings.CLAMD_URL:
        _search(source, result)
    if result.scan == Scan.INFECTED:
        return result
    report(1, 3)
    try:
        if copies.can_be_cleaned(source.mime):
            with store.content(source.stored_as) as content:
                _keep(result, CopyKind.SHARING, 0, source.mime, copies.cleaned(content, source.mime))
        else:
            result.problem = "no_way"
        report(2, 3)
        if copies.can_be_shown(source.mime):
            _keep_pages(source, result)
    except NoCopy as no:
        result.problem = no.code
    except BaseException:
        discard(result)
        raise
    report(3, 3)
    return result


def _search(source: EvidenceFile | EvidenceCopy, result: Work) -> None:
    with store.open(source.stored_as) as stream:
        result.found = scanning.found_in(iter(lambda: stream.read(MEBIBYTE), b""), server=settings.CLAMD_URL)
    result.scan = Scan.INFECTED if result.found else Scan.CLEAN


def _keep_pages(source: EvidenceFile | EvidenceCopy, result: Work) -> None:
    try:
        with store.content(source.stored_as) as content:
            for page in copies.pages(content, source.mime):
                _keep(result, CopyKind.PREVIEW, page.number, _JPEG, [page.content])
    except NoCopy as no:
        # Without pictures to look at the item is as good: the file can be saved.
        logger.info("no pictures of file %s: %s", source.pk, no.code)


def _keep(result: Work, kind: str, page: int, mime: str, pieces: Iterable[bytes]) -> None:
    coming = store.incoming()
    try:
        for piece in pieces:
            coming.write(piece)
        coming.complete()
    except BaseException:
        coming.discard()
        raise
    result.made.append(Made(kind, page, mime, coming))


def discard(result: Work) -> None:
    """Leave nothing of copies that got no row."""
    for made in result.made:
        made.coming.discard()


def finish(file: EvidenceFile, redacted: EvidenceCopy | None, result: Work) -> None:
    """Give the copies their rows; run again, it begins anew. Part of the transaction that closes the job."""
    evidence = file.evidence
    if result.scan:
        _note_scan(file, result)
    if result.scan == Scan.INFECTED:
        return
    for made in result.made:
        which = {"file": file, "kind": made.kind, "made_from": redacted, "page": made.page}
        if EvidenceCopy.objects.filter(**which).exists():
            made.coming.discard()
            continue
        made.stored_as = made.stored_as or store.put(made.coming)
        EvidenceCopy.objects.create(
            **which,
            sha256=made.coming.sha256,
            size=made.coming.size,
            mime=made.mime,
            stored_as=made.stored_as,
        )
    rows: Any = EvidenceCopy.objects if redacted else EvidenceFile.objects
    rows.filter(pk=(redacted or file).pk).update(copy_problem=result.problem)
    detail: dict[str, Any] = {"file": file.pk} | ({"copy": redacted.pk} if redacted else {})
    shared = [made for made in result.made if made.kind == CopyKind.SHARING]
    if shared:
        detail |= {"sha256": shared[0].coming.sha256, "size": shared[0].coming.size}
    if shared or result.problem:
        record("evidence.copied" if shared else "evidence.not_copied", evidence, by=None, detail=detail)


def _note_scan(file: EvidenceFile, result: Work) -> None:
    """One finding is enough: a redacted copy that is infected takes its original with it."""
    rows = EvidenceFile.objects.filter(pk=file.pk).exclude(scan=Scan.INFECTED)
    rows.update(scan=result.scan, scan_found=result.found, scanned_at=timezone.now())
    verb = "evidence.infected" if result.scan == Scan.INFECTED else "evidence.scanned"
    record(verb, file.evidence, by=None, detail={"file": file.pk})


def verify(evidence: Evidence, *, by: Any) -> list[str]:
    """Compare the bytes of the item's files and copies with their hashes now; what is wrong, in sentences. Logged."""
    found, files = [], list(evidence.files.prefetch_related("copies"))
    for file in files:
        for stored_as, sha256 in [(file.stored_as, file.sha256)] + [
            (copy.stored_as, copy.sha256) for copy in file.copies.all()
        ]:
            fault = fault_of(stored_as, sha256)
            if fault:
                found.append(_("%(name)s: %(fault)s.") % {"name": file.name, "fault": fault})
    record("evidence.verified", evidence, by=by, detail={"files": len(files), "faults": len(found)})
    return found
