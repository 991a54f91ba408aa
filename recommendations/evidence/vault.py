"""Where the files of evidence lie: as received, under their hash, with a row for each and a file for each row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused
from recommendations.evidence import quotas, rules, secrecy, store
from recommendations.evidence.models import Evidence, EvidenceCopy, EvidenceFile, UploadPiece
from recommendations.evidence.recording import content_changed
from recommendations.evidence.store import folder
from recommendations.evidence.words import CameBy
from recommendations.formats import hashing, kinds
from recommendations.formats.sealing import KeyMissing, Keyring, Unreadable, is_sealed, is_sealed_to, keyring
from recommendations.formats.storing import PREFIX, Incoming
from recommendations.jobs.queue import enqueue
from recommendations.vocabulary import EvidenceKind
from recommendations.words.clean import clean_line

MEBIBYTE = 1024 * 1024
COPY_JOB = "evidence.copy"
_ENDINGS = {kind.mime: kind.extension for kind in vars(kinds).values() if isinstance(kind, kinds.Kind)}
# No upload takes so long: what is older was left by a killed process.
LEFT_BEHIND = timedelta(hours=24)

_put: ContextVar[list[str] | None] = ContextVar("put", default=None)


def shown_name(name: str) -> str:
    """A file's name as we keep and show it: one line, no folders, no marks that turn the reading order round.

    It never becomes part of a path.
    """
    name = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1]) or _("file")
    stem, dot, extension = name.rpartition(".")
    if dot and stem and len(extension) <= 10:
        return f"{stem[: 200 - len(extension)]}.{extension}"
    return name[:200]


@contextmanager
def all_or_nothing() -> Iterator[list[str]]:
    """One transaction for rows and files: whatever fails in it takes back the files that were put meanwhile.

    Gives the list in which each file that is put is to be noted (``stored_as``).
    """
    outer = _put.get()
    mine: list[str] = []
    token = _put.set(mine)
    try:
        with transaction.atomic():
            yield mine
        if outer is not None:
            outer.extend(mine)
    except BaseException:
        for stored_as in mine:
            store.remove(stored_as)
        raise
    finally:
        _put.reset(token)


@secrecy.refuses_without_key
def receive_file(
    evidence: Evidence,
    *,
    upload: Any,
    by: Any,
    at: datetime | None = None,
    came_by: str = CameBy.FORM,
    capture: str = "",
) -> EvidenceFile:
    """Take a file into the vault: hashed as it came, its kind judged by content, never altered.

    ``upload`` is what a form received (uploads.ReceivedFile) or any Django File. Raises ``FileProblem`` on a kind
    that is not allowed, on a full disk and on too many bytes, ``Refused`` where the person may not or the item holds
    the file already or she has sent too much today; then neither row nor file is kept.
    """
    reason = rules.refusal_to_change(evidence, by=by) or quotas.refusal(by, size=upload.size or 0)
    if reason:
        raise Refused(reason)
    if evidence.kind == EvidenceKind.HELD_ELSEWHERE:
        raise Refused(_("This item is held elsewhere: no file is kept here."))
    at = at or timezone.now()
    receiving = getattr(upload, "receiving", None) or received(upload)
    try:
        mime = kind_of(upload, receiving).mime
        with all_or_nothing() as put:
            if EvidenceFile.objects.filter(evidence=evidence, sha256=receiving.sha256).exists():
                raise Refused(
                    _("%(name)s is here already, byte for byte.") % {"name": shown_name(upload.name)}
                )
            stored_as = store.put(receiving)
            put.append(stored_as)
            named = {"name": shown_name(upload.name), "capture": capture}
            file = EvidenceFile.objects.create(
                evidence=evidence,
                sha256=receiving.sha256,
                size=receiving.size,
                mime=mime,
                **secrecy.as_kept(EvidenceFile, named, sealed=secrecy.is_sealed(evidence)),
                stored_as=stored_as,
                received_at=at,
                received_by=by,
                came_by=came_by,
            )
            ask_for_copies(file)
            content_changed(evidence, at=at)
            record(
                "evidence.file_received",
                evidence,
                by=by,
                detail={"file": file.pk, "size": file.size, "mime": mime, "sha256": file.sha256},
                at=at,
            )
    finally:
        receiving.discard()
    return file


def ask_for_copies(file: EvidenceFile, *, redacted: EvidenceCopy | None = None) -> None:
    """Have the file, or its redacted copy, searched, cleaned and made into pictures, in the background."""
    payload = {"file": file.pk, "redacted": redacted.pk if redacted else None}
    enqueue(COPY_JOB, payload, key=f"{COPY_JOB}:{f'redacted:{redacted.pk}' if redacted else file.pk}")


def ending_of(mime: str) -> str:
    """The ending that a file of this kind is given."""
    return _ENDINGS.get(mime, "")


def kind_of(upload: Any, receiving: Incoming | None = None) -> kinds.Kind:
    """What the upload is by its content, asked once. Raises ``FileProblem`` where it may not come in."""
    known = getattr(upload, "recognised", None)
    if known is None:
        with (receiving or upload.receiving).content() as content:
            known = kinds.recognise(content, name=upload.name, allowed=settings.UPLOAD_KINDS)
        upload.recognised = known
    return known


def received(upload: Any) -> Incoming:
    """A file that did not come through our upload handler (the demo, a command), received the same way."""
    return store.STORE.receive(upload.chunks(), most_bytes=settings.UPLOAD_MAX_MB * MEBIBYTE)


def open_file(file: EvidenceFile) -> IO[bytes]:
    """The file's bytes as received, from front to end.

    Raises ``OSError`` where they are gone, ``Unreadable`` (an ``OSError``) where they do not open. Ask for the right to
    them before.
    """
    return store.open(file.stored_as)


def closed(*, most: int) -> list[EvidenceFile]:
    """Those of the latest files that no key opens. Raises ``KeyMissing``."""
    ring = keyring()
    latest = EvidenceFile.objects.select_related("evidence").order_by("-pk")[:most]
    return [file for file in latest if _is_closed(file, ring)]


def _is_closed(file: EvidenceFile, ring: Keyring) -> bool:
    path = store.STORE.path(file.stored_as)
    return path.is_file() and is_sealed(path) and not is_sealed_to(path, ring)


def fault_of(stored_as: str, sha256: str) -> str | None:
    """What is wrong with stored bytes, or None where they are those that came."""
    try:
        with store.open(stored_as) as stream:
            if hashing.sha256_of(stream) != sha256:
                return _("its bytes are not those that were received")
    except Unreadable as fault:
        return str(fault)
    except OSError:
        return _("its bytes are gone")
    return None


def _kept() -> Iterator[tuple[str, str, str]]:
    """All that rows say lies in the vault: files, their copies, pieces of files on their way (which, where, hash)."""
    for file in EvidenceFile.objects.select_related("evidence").iterator(chunk_size=500):
        yield f"{file.evidence}", file.stored_as, file.sha256
    for copy in EvidenceCopy.objects.select_related("file__evidence").iterator(chunk_size=500):
        yield f"{copy.file.evidence} ({copy.get_kind_display()})", copy.stored_as, copy.sha256
    for piece in UploadPiece.objects.select_related("upload__evidence").iterator(chunk_size=500):
        yield f"{piece.upload.evidence} ({_('on its way')})", piece.stored_as, piece.sha256


def faults() -> Iterator[tuple[str, str]]:
    """What is wrong in the vault, as (which, what): files without bytes or with other bytes, bytes without a file."""
    known = set()
    try:
        keyring()
    except KeyMissing as missing:
        yield _("every file"), str(missing)
        return
    for which, stored_as, sha256 in _kept():
        known.add(stored_as)
        fault = fault_of(stored_as, sha256)
        if fault:
            yield f"{which} {stored_as}", fault
    for path in _stored():
        if str(path.relative_to(folder())) not in known:
            yield str(path.relative_to(folder())), _("no item of evidence knows this file")


def tidy(*, now: datetime | None = None) -> int:
    """Remove what a killed process left half received a day ago or longer; returns how many files.

    A whole file that no row knows is never removed by itself, only told by ``faults``: a database restored from
    yesterday must not cost today's originals.
    """
    before = ((now or timezone.now()) - LEFT_BEHIND).timestamp()
    removed = 0
    hidden = store.STORE.hidden
    for path in hidden.glob(f"{PREFIX}*") if hidden.is_dir() else ():
        try:
            if path.stat().st_ctime < before:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _stored() -> list[Path]:
    """Every file that has its place in the vault."""
    if not folder().is_dir():
        return []
    return sorted(path for path in folder().glob("[0-9a-f][0-9a-f]/*") if path.is_file())
