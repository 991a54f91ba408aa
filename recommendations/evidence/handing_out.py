"""An item with its chain of custody as one archive, made while it is sent: no clear byte touches a disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recommendations.evidence import custody, store
from recommendations.evidence.copies import Given
from recommendations.evidence.models import Evidence
from recommendations.evidence.words import CopyKind

_PIECE = 1024 * 1024
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    """A file of the archive: its name there, where its bytes lie, its hash."""

    name: str
    stored_as: str
    sha256: str


def entries(given: list[Given]) -> tuple[list[Entry], list[str]]:
    """The files that go along, and sentences about those that do not."""
    found, missing = [], []
    for one in given:
        number = one.file.pk
        ending = _ending(one.file.name)
        if one.original:
            name = f"files/{number}-original{ending}"
            found.append(Entry(name, one.file.stored_as, one.file.sha256))
        elif one.copy is not None:
            made = "redacted" if one.redacted or one.copy.kind == CopyKind.REDACTED else "copy"
            found.append(Entry(f"files/{number}-{made}{ending}", one.copy.stored_as, one.copy.sha256))
        else:
            missing.append(_("File %(number)s: %(reason)s") % {"number": number, "reason": one.reason})
    return found, missing


def _ending(name: str) -> str:
    """The file's ending where it is a plain one; its name may tell more than the one who is given it may know."""
    ending = name.rpartition(".")[2].lower()
    return f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) <= 5 and "." in name else ""


class _Line(io.RawIOBase):
    """What the archive is written to: gathers bytes until they are taken away."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.waiting.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        content = b"".join(self.waiting)
        self.waiting.clear()
        return content


def archive(evidence: Evidence, given: list[Given], *, reader: Any) -> Iterator[bytes]:
    """The archive's bytes as they are made: files as the reader is given them, custody, receipts, and a list of hashes.

    Ask for the right to the item before, and record it.
    """
    steps = list(custody.chain_of(evidence, reader=reader))
    files, missing = entries(given)
    line = _Line()
    with zipfile.ZipFile(line, "w", zipfile.ZIP_STORED) as out:
        for name, content in _papers(evidence, given, steps, files, missing):
            out.writestr(zipfile.ZipInfo(name, _WHEN), content)
            yield line.taken()
        for entry in files:
            about = zipfile.ZipInfo(entry.name, _WHEN)
            with store.open(entry.stored_as) as stream, out.open(about, "w", force_zip64=True) as writing:
                while piece := stream.read(_PIECE):
                    writing.write(piece)
                    yield line.taken()
            yield line.taken()
    yield line.taken()


def _papers(
    evidence: Evidence, given: list[Given], steps: list[custody.Step], files: list[Entry], missing: list[str]
) -> Iterator[tuple[str, bytes]]:
    yield "custody.json", custody.as_json(evidence, steps)
    yield "custody.csv", custody.as_csv(steps)
    for one in given:
        yield f"receipts/{one.file.pk}.txt", custody.receipt_text(one.file).encode()
    yield "SHA256SUMS", "".join(f"{entry.sha256}  {entry.name}\n" for entry in files).encode()
    if missing:
        yield "missing.txt", ("\r\n".join(missing) + "\r\n").encode()
