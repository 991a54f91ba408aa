"""Copies of a file that may leave or be looked at: without what was written beside its content, and as pictures.

Each is made in a child process with limits (``sandbox``) from an open file; its bytes come in pieces and touch no disk.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from recommendations.formats import kinds, sandbox

MESSAGES: dict[str, Any] = {
    "no_way": _(
        "Nothing can be taken out of a file of this kind: what the device wrote into it stays in it."
    ),
    "damaged": _("The file is built so unusually that no copy of it could be made."),
    "encrypted": _("The file is protected with a password."),
    "too_large_unpacked": _("The file is too large inside for a copy to be made."),
    "too_many_pixels": _("The picture is too large for a copy to be made."),
    "memory": _("Making a copy of this file takes more memory than it may."),
    "time": _("Making a copy of this file took too long."),
    "crash": _("The file is built so unusually that no copy of it could be made."),
}
LIMITS = sandbox.Limits(memory=448 * 1024 * 1024, seconds=60)
PREVIEW_PAGES = 12
PREVIEW_SIDE = 1400
_PARSERS = "recommendations.formats.parsers"
_PICTURES = {kind.mime: str(kind.label).upper() for kind in (kinds.PNG, kinds.JPEG, kinds.WEBP, kinds.GIF)}
_OFFICE = {kinds.DOCX.mime: "docx", kinds.XLSX.mime: "xlsx"}


class NoCopy(Exception):
    """No copy can be made: ``code`` of MESSAGES, and as text the sentence for people."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code if code in MESSAGES else "damaged"

    def __str__(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True)
class Page:
    """One page or picture to look at: its number from 1, and the bytes of a JPEG."""

    number: int
    content: bytes


def can_be_cleaned(mime: str) -> bool:
    """Whether copies without metadata can be made of this kind of file."""
    return mime in _PICTURES or mime in _OFFICE or mime in (kinds.PDF.mime, kinds.TEXT.mime)


def can_be_shown(mime: str) -> bool:
    """Whether there are pictures to look at of this kind of file."""
    return mime in _PICTURES or mime == kinds.PDF.mime


def cleaned(source: Path | IO[bytes], mime: str) -> Iterator[bytes]:
    """The bytes of a copy that shows the same and holds nothing beside it. Raises ``NoCopy``."""
    if mime in _PICTURES:
        parser, arguments = "image_copies:clean", {"expected": _PICTURES[mime]}
    elif mime in _OFFICE:
        parser, arguments = "office_copies:clean", {"kind": _OFFICE[mime]}
    elif mime == kinds.PDF.mime:
        parser, arguments = "pdf_copies:clean", {}
    elif mime == kinds.TEXT.mime:
        parser, arguments = "text_copies:clean", {}
    else:
        raise NoCopy("no_way")
    for piece in _asked(parser, source, **arguments):
        yield base64.b64decode(piece)


def pages(source: Path | IO[bytes], mime: str) -> Iterator[Page]:
    """The first pages of a PDF, or the one picture, small enough to look at. Raises ``NoCopy``."""
    if mime in _PICTURES:
        found = _asked("image_copies:preview", source, expected=_PICTURES[mime], side=PREVIEW_SIDE)
        yield Page(1, b"".join(base64.b64decode(piece) for piece in found))
    elif mime == kinds.PDF.mime:
        yield from _pages_of_pdf(source)
    else:
        raise NoCopy("no_way")


def _pages_of_pdf(source: Path | IO[bytes]) -> Iterator[Page]:
    number, content = 0, b""
    for value in _asked("pdf_copies:preview", source, pages=PREVIEW_PAGES, side=PREVIEW_SIDE):
        if value.get("page") != number:
            if content:
                yield Page(number, content)
            number, content = value.get("page", 0), b""
        if "piece" in value:
            content += base64.b64decode(value["piece"])


def _asked(parser: str, source: Path | IO[bytes], **arguments: Any) -> Iterator[Any]:
    try:
        yield from sandbox.stream(f"{_PARSERS}.{parser}", source, limits=LIMITS, **arguments)
    except sandbox.Refused as refusal:
        raise NoCopy(refusal.code) from None
    except sandbox.Died as death:
        raise NoCopy(death.reason) from None
