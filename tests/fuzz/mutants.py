"""Small true files of each kind, and what becomes of them by chance: the same number gives the same mutant."""

from __future__ import annotations

import io
import random
import struct
import wave
import zipfile
import zlib
from functools import cache

from tests.evidence import samples
from tests.formats.test_copies import a_letter, a_pdf, a_workbook, photograph

ACTIVE = (
    b"<script>alert(1)</script>",
    b"/JavaScript /JS (app.alert(1))",
    b"<svg onload=alert(1)>",
    b"=cmd|'/c x'!A0",
)
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def _sound() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(400))
    return target.getvalue()


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def _film() -> bytes:
    handler = _box(b"hdlr", bytes(8) + b"vide" + bytes(12))
    moov = _box(b"moov", _box(b"trak", _box(b"mdia", handler)))
    return _box(b"ftyp", b"isom\0\0\2\0isom") + moov + _box(b"mdat", bytes(200))


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Name and bytes of the true files."""
    return (
        ("a.pdf", a_pdf()),
        ("b.pdf", samples.pdf()),
        ("a.jpg", photograph("JPEG")),
        ("a.png", photograph("PNG")),
        ("a.gif", photograph("GIF")),
        ("a.webp", photograph("WEBP")),
        ("a.docx", a_letter()),
        ("a.xlsx", a_workbook()),
        ("a.mp4", _film()),
        ("a.wav", _sound()),
    )


def mutant(number: int) -> tuple[str, bytes]:
    """The mutant of this number: name and bytes."""
    chance = random.Random(number)
    name, content = chance.choice(seeds())
    if content.startswith(b"PK") and chance.random() < 0.6:
        content = _inside_archive(content, chance)
    elif content.startswith(b"\x89PNG") and chance.random() < 0.4:
        content = _with_true_sums(content, chance)
    else:
        content = _changed(content, chance)
    return name, content


def _changed(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _each in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(8)
        if what == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif what == 1 and at < len(data):
            data[at] = chance.randrange(256)
        elif what == 2:
            width = chance.choice((1, 2, 4))
            number = chance.choice(NUMBERS) & (1 << 8 * width) - 1
            data[at : at + width] = number.to_bytes(width, chance.choice(("big", "little")))
        elif what == 3:
            del data[at : at + chance.randrange(1, 200)]
        elif what == 4:
            start = chance.randrange(len(data) + 1)
            data[at:at] = data[start : start + chance.randrange(1, 400)]
        elif what == 5:
            data[at:at] = chance.choice(ACTIVE)
        elif what == 6:
            del data[max(at, 16) :]
        else:
            data += chance.choice(seeds())[1]
        if not data:
            data = bytearray(b"\0")
    return bytes(data)


def _inside_archive(content: bytes, chance: random.Random) -> bytes:
    """An archive that is whole, with a member that is not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(members))
    members[name] = _changed(members[name] or b"\0", chance)
    if chance.random() < 0.1:
        members["word/media/more.png"] = bytes(30_000_000)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inside in members.items():
            archive.writestr(each, inside)
    return target.getvalue()


def _with_true_sums(content: bytes, chance: random.Random) -> bytes:
    """A PNG whose chunks were changed and whose sums fit again, so that the change gets past the first look."""
    data, at = bytearray(content[:8]), 8
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        inside = bytearray(content[at + 8 : at + 8 + length])
        if inside and chance.random() < 0.5:
            inside[chance.randrange(len(inside))] = chance.choice(NUMBERS) & 0xFF
        data += struct.pack(">I4s", len(inside), name) + inside
        data += struct.pack(">I", zlib.crc32(name + bytes(inside)))
        at += 12 + length
        if name == b"IEND":
            break
    return bytes(data)
