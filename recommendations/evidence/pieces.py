"""Files that come in pieces: each piece sealed as it comes, put together when all are there, forgotten after a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.catalogue.errors import Refused
from recommendations.evidence import quotas, rules, secrecy, store, vault
from recommendations.evidence.models import Evidence, EvidenceFile, Upload, UploadPiece
from recommendations.evidence.words import CameBy
from recommendations.formats.problems import FileProblem
from recommendations.vocabulary import EvidenceKind

MEBIBYTE = 1024 * 1024
LARGEST_PIECE = 4 * MEBIBYTE
KEPT = timedelta(hours=24)


class Elsewhere(Exception):
    """The piece does not begin where the last one ended; ``received`` says where that is."""

    def __init__(self, received: int):
        super().__init__(received)
        self.received = received


@secrecy.refuses_without_key
def begin(evidence: Evidence, *, name: str, size: int, by: Any) -> Upload:
    """Announce a file. The same person's file of the same name and size goes on where it was left.

    Raises ``Refused``.
    """
    reason = rules.refusal_to_change(evidence, by=by)
    if not reason and evidence.kind == EvidenceKind.HELD_ELSEWHERE:
        reason = _("This item is held elsewhere: no file is kept here.")
    if not reason and not 0 < size <= settings.UPLOAD_MAX_MB * MEBIBYTE:
        reason = (
            _("The file is larger than %(most)s MB, the most that can be received.")
            % {"most": settings.UPLOAD_MAX_MB}
            if size > 0
            else _("The file is empty.")
        )
    if reason:
        raise Refused(reason)
    name = vault.shown_name(name)
    for upload in Upload.objects.filter(evidence=evidence, owner=by, size=size):
        if upload.name == name:
            return upload
    reason = quotas.refusal_to_begin(by, size=size)
    if reason:
        raise Refused(reason)
    return Upload.objects.create(evidence=evidence, owner=by, name=name, size=size)


@secrecy.refuses_without_key
def take(upload: Upload, *, start: int, content: bytes) -> Upload:
    """Keep the next piece. Raises ``Elsewhere`` where it is not the next, ``Refused``, ``FileProblem``."""
    if not content or len(content) > LARGEST_PIECE:
        raise Refused(_("A piece holds up to %(most)s MB.") % {"most": LARGEST_PIECE // MEBIBYTE})
    with vault.all_or_nothing() as put:
        # The row is held while the piece is sealed: of two that come at once the second is told where to go on.
        current = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        if current.received != start or start + len(content) > current.size:
            raise Elsewhere(current.received)
        coming = store.incoming()
        try:
            coming.write(content)
            stored_as = store.put(coming)
        finally:
            coming.discard()
        put.append(stored_as)
        UploadPiece.objects.create(
            upload=current, start=start, size=len(content), sha256=coming.sha256, stored_as=stored_as
        )
        current.received += len(content)
        current.last_at = timezone.now()
        current.save(update_fields=["received", "last_at"])
    return current


class _Whole:
    """What the vault takes: the pieces one after the other, opened as they are read."""

    def __init__(self, upload: Upload) -> None:
        self.name = upload.name
        self.size = upload.size
        self._pieces = list(upload.pieces.values_list("stored_as", flat=True))

    def chunks(self) -> Iterator[bytes]:
        for stored_as in self._pieces:
            with store.open(stored_as) as stream:
                while chunk := stream.read(MEBIBYTE):
                    yield chunk


@secrecy.refuses_without_key
def finish(upload: Upload, *, by: Any) -> EvidenceFile:
    """Put the pieces together and take the file into the vault; what may not come in leaves no piece behind either.

    Raises ``Refused`` while some are missing, and as ``vault.receive_file``.
    """
    if upload.received != upload.size:
        raise Refused(_("Not all of it has come yet."))
    whole: Any = _Whole(upload)
    receiving = vault.received(whole)
    whole.receiving = receiving
    try:
        with vault.all_or_nothing():
            Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
            give_up(upload)
            return vault.receive_file(upload.evidence, upload=whole, by=by, came_by=CameBy.PIECES)
    except (Refused, FileProblem):
        give_up(upload)
        raise
    finally:
        receiving.discard()


@transaction.atomic
def give_up(upload: Upload) -> None:
    """Leave nothing of the upload, once the transaction holds."""
    for stored_as in upload.pieces.values_list("stored_as", flat=True):
        transaction.on_commit(partial(store.remove, stored_as))
    Upload.objects.filter(pk=upload.pk).delete()


def forget(*, now: datetime | None = None) -> int:
    """Give up what nobody went on with for a day; returns how many."""
    old = list(Upload.objects.filter(last_at__lt=(now or timezone.now()) - KEPT))
    for upload in old:
        give_up(upload)
    return len(old)
