"""What an uploaded file is, judged by its content alone and by opening it with the real parser.

``recognise`` gives a ``Kind`` or raises ``FileProblem`` with a sentence; the name and the type a browser announced
count for nothing. The parser runs in a child process with limits (``sandbox``).
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from recommendations.formats import sandbox
from recommendations.formats.problems import problem

MESSAGES = {
    "empty": _("The file is empty."),
    "not_allowed": _(
        "This is a file of the kind “%(kind)s”, which is not accepted here. Accepted: %(accepted)s."
    ),
    "unknown": _("What kind of file this is cannot be told from its content. Accepted: %(accepted)s."),
    "archive": _("This is an archive. Send the files in it one by one. Accepted: %(accepted)s."),
    "markup": _(
        "This is a web page or a drawing that can carry programs. Send it as a PDF, or as a picture (PNG, JPEG)."
    ),
    "program": _("This is a program. Programs are not accepted."),
    "old_office": _(
        "This is a document of an old office format. Save it as .docx, .xlsx or PDF and send that."
    ),
    "heic": _("This is a picture in the HEIC format. Save it as JPEG and send that."),
    "macros": _(
        "This document contains macros. Save it without macros (.docx, .xlsx) or as PDF and send that."
    ),
    "encrypted": _("This file is protected with a password. Save it without one and send that."),
    "damaged": _(
        "This file is damaged or cut off: it does not open as %(kind)s. Check the original and send it again."
    ),
    "second_file": _("This file is two files in one: behind the %(kind)s lies an archive. Send them apart."),
    "too_large_unpacked": _("This document is far larger inside than a document can be. It was not opened."),
    "too_many_pixels": _(
        "This picture has %(count)s megapixels; at most %(most)s are accepted. Send it smaller."
    ),
    "memory": _("This file needs more memory to open than a file should. It was not accepted."),
    "time": _("Opening this file took too long. It was not accepted."),
    "crash": _("This file could not be opened as %(kind)s. Check the original and send it again."),
}


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type, the ending it is given, its name for people, and the group it belongs to."""

    mime: str
    extension: str
    label: str | Promise
    group: str


PDF = Kind("application/pdf", ".pdf", "PDF", "pdf")
PNG = Kind("image/png", ".png", "PNG", "image")
JPEG = Kind("image/jpeg", ".jpg", "JPEG", "image")
WEBP = Kind("image/webp", ".webp", "WebP", "image")
GIF = Kind("image/gif", ".gif", "GIF", "image")
DOCX = Kind(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "Word (.docx)", "docx"
)
XLSX = Kind(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "Excel (.xlsx)", "xlsx"
)
MP3 = Kind("audio/mpeg", ".mp3", "MP3", "audio")
M4A = Kind("audio/mp4", ".m4a", "M4A", "audio")
OGG_AUDIO = Kind("audio/ogg", ".ogg", "Ogg", "audio")
WAV = Kind("audio/wav", ".wav", "WAV", "audio")
WEBM_AUDIO = Kind("audio/webm", ".weba", "WebM", "audio")
MP4 = Kind("video/mp4", ".mp4", "MP4", "video")
MOV = Kind("video/quicktime", ".mov", "QuickTime (.mov)", "video")
OGG_VIDEO = Kind("video/ogg", ".ogv", "Ogg", "video")
WEBM = Kind("video/webm", ".webm", "WebM", "video")
TEXT = Kind("text/plain", ".txt", pgettext_lazy("kind of file", "plain text"), "text")

GROUPS: dict[str, str | Promise] = {
    "pdf": "PDF",
    "image": _("pictures (PNG, JPEG, WebP, GIF)"),
    "docx": "Word (.docx)",
    "xlsx": "Excel (.xlsx)",
    "audio": _("sound (MP3, M4A, Ogg, WAV)"),
    "video": _("video (MP4, MOV, WebM)"),
    "text": _("plain text"),
}

MOST_PIXELS = 120_000_000
_PARSERS = "recommendations.formats.parsers"
_LIMITS = sandbox.Limits(memory=768 * 1024 * 1024, seconds=20)
_PICTURES = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"GIF87a", GIF), (b"GIF89a", GIF))
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
# Layers III and II of MPEG 1, 2 and 2.5. FF FE would be layer I, which nobody sends, or a mark of UTF-16.
_MP3_FRAMES = tuple(bytes((0xFF, second)) for second in (0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2, 0xFD, 0xFC))
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_HEIC = (b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1", b"avif")


def recognise(
    source: Path | IO[bytes],
    *,
    name: str = "",
    allowed: Collection[str] = tuple(GROUPS),
    most_pixels: int = MOST_PIXELS,
) -> Kind:
    """The kind of a file by its content. ``allowed`` holds names of ``GROUPS``; ``name`` is only for messages.

    Raises ``FileProblem``.
    """
    head = _head(source)
    try:
        kind = _open(source, head, most_pixels)
    except _No as no:
        values = {"accepted": _accepted(allowed), **no.values}
        raise problem(MESSAGES, no.code, **values) from None
    if kind.group not in allowed:
        raise problem(MESSAGES, "not_allowed", kind=str(kind.label), accepted=_accepted(allowed))
    return kind


class _No(Exception):
    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.code = code
        self.values = values


def _open(source: Path | IO[bytes], head: bytes, most_pixels: int) -> Kind:
    if not head:
        raise _No("empty")
    for magic, kind in _PICTURES:
        if head.startswith(magic):
            return _picture(source, kind, most_pixels)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _picture(source, WEBP, most_pixels)
    if head.startswith(b"%PDF-"):
        _ask(source, "pdf:check", PDF)
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return DOCX if _ask(source, "office:check", DOCX) == "docx" else XLSX
    if head[4:8] == b"ftyp":
        return _iso(source, head)
    if head.startswith(b"OggS"):
        return OGG_VIDEO if _ask(source, "media:check", OGG_AUDIO, container="ogg") == "video" else OGG_AUDIO
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        _ask(source, "media:check", WAV, container="wav")
        return WAV
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if _ask(source, "media:check", WEBM, container="webm") == "video" else WEBM_AUDIO
    if head.startswith(b"ID3") or head[:2] in _MP3_FRAMES:
        _ask(source, "media:check", MP3, container="mp3")
        return MP3
    if head.startswith(_PROGRAMS):
        raise _No("program")
    if head.startswith(_ARCHIVES):
        raise _No("archive")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _No("old_office")
    _ask(source, "text:check", TEXT)
    return TEXT


def _picture(source: Path | IO[bytes], kind: Kind, most_pixels: int) -> Kind:
    _ask(source, "image:check", kind, expected=str(kind.label).upper(), most_pixels=most_pixels)
    return kind


def _iso(source: Path | IO[bytes], head: bytes) -> Kind:
    brand = head[8:12]
    if brand in _HEIC:
        raise _No("heic")
    if _ask(source, "media:check", MP4, container="iso") == "audio":
        return M4A
    return MOV if brand == b"qt  " else MP4


def _ask(source: Path | IO[bytes], parser: str, kind: Kind, **arguments: Any) -> Any:
    try:
        answer = sandbox.run(f"{_PARSERS}.{parser}", source, limits=_LIMITS, **arguments)
    except sandbox.Refused as refusal:
        raise _No(refusal.code, kind=str(kind.label), **refusal.values) from None
    except sandbox.Died as death:
        raise _No(death.reason, kind=str(kind.label)) from None
    if not isinstance(source, Path):
        source.seek(0)
    return answer


def _head(source: Path | IO[bytes]) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return opened.read(64)
    source.seek(0)
    head = source.read(64)
    source.seek(0)
    return head


def _accepted(allowed: Collection[str]) -> str:
    names = [str(label) for group, label in GROUPS.items() if group in allowed]
    return ", ".join(names) or gettext("nothing")
