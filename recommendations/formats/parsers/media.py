"""Reads the structure of sound and film files: enough to know that a file is what it begins as.

Nothing is decoded: players do that, in the reader's browser. Runs in the sandbox's child.
"""

import struct
from collections.abc import Iterator
from typing import IO

from recommendations.formats.sandbox import Refused

_MOST_BOXES = 20_000
_BIT_RATES = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def check(source: IO[bytes], *, container: str) -> Iterator[str]:
    """Yields "audio" or "video" for a sound container ("iso", "ogg", "wav", "mp3", "webm"), or refuses it."""
    try:
        found = _READERS[container](source)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise Refused("damaged") from None
    if not found:
        raise Refused("damaged")
    yield found


def _iso(source: IO[bytes]) -> str:
    """MP4, M4A, MOV: boxes to the end of the file, and within ``moov`` the handler of each track."""
    size = source.seek(0, 2)
    handlers: set[bytes] = set()
    names = _boxes(source, 0, size, handlers)
    if b"moov" not in names or (b"mdat" not in names and b"moof" not in names):
        return ""
    return "video" if b"vide" in handlers else "audio" if b"soun" in handlers else ""


def _boxes(source: IO[bytes], start: int, end: int, handlers: set[bytes], depth: int = 0) -> set[bytes]:
    names: set[bytes] = set()
    at = start
    while at + 8 <= end and len(names) < _MOST_BOXES:
        source.seek(at)
        length, name = struct.unpack(">I4s", source.read(8))
        header = 8
        if length == 1:
            (length,) = struct.unpack(">Q", source.read(8))
            header = 16
        elif length == 0:
            length = end - at
        if length < header or at + length > end:
            raise ValueError("a box beyond its parent")
        names.add(name)
        if name in (b"moov", b"trak", b"mdia") and depth < 4:
            _boxes(source, at + header, at + length, handlers, depth + 1)
        elif name == b"hdlr":
            source.seek(at + header + 8)
            handlers.add(source.read(4))
        at += length
    return names


def _ogg(source: IO[bytes]) -> str:
    """The first packet of each stream on the first pages names its codec."""
    found = ""
    for _page in range(8):
        header = source.read(27)
        if len(header) < 27 or header[:5] != b"OggS\x00":
            break
        lengths = source.read(header[26])
        packet = source.read(sum(lengths))
        if len(lengths) < header[26] or len(packet) < sum(lengths):
            return ""
        if packet.startswith(b"\x80theora"):
            return "video"
        if packet.startswith((b"\x01vorbis", b"OpusHead", b"Speex   ", b"\x7fFLAC")):
            found = "audio"
    return found


def _wav(source: IO[bytes]) -> str:
    source.seek(12)
    seen: set[bytes] = set()
    while len(header := source.read(8)) == 8 and len(seen) < 100:
        name, length = struct.unpack("<4sI", header)
        seen.add(name)
        if name == b"data":
            return "audio" if b"fmt " in seen else ""
        source.seek(length + length % 2, 1)
    return ""


def _mp3(source: IO[bytes]) -> str:
    """Three frames in a row after the tag: chance does not make them."""
    at = 0
    head = source.read(10)
    if head[:3] == b"ID3":
        at = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        if head[5] & 0x10:
            at += 10
    source.seek(at)
    # Some writers leave zeros between the tag and the first frame.
    window = source.read(64 * 1024)
    at += len(window) - len(window.lstrip(b"\x00"))
    for _frame in range(3):
        source.seek(at)
        length = _mp3_frame(source.read(4))
        if not length:
            return ""
        at += length
    return "audio"


def _mp3_frame(header: bytes) -> int:
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate, frequency, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer == 0 or frequency == 3 or rate in (0, 15):
        return 0
    row = (3 - layer) if version == 3 else (3 if layer == 3 else 4)
    bits = _BIT_RATES[row][rate] * 1000
    hertz = _SAMPLE_RATES[version][frequency]
    if layer == 3:
        return (12 * bits // hertz + padding) * 4
    return (144 if version == 3 or layer == 2 else 72) * bits // hertz + padding


def _webm(source: IO[bytes]) -> str:
    """EBML with document type "webm"; the track types tell film from sound."""
    head = source.read(256 * 1024)
    at, length = _ebml_size(head, 4)
    header = head[at : at + length]
    if b"\x42\x82\x84webm" not in header:
        return ""
    body = head[at + length :]
    if not body.startswith(b"\x18\x53\x80\x67"):
        return ""
    tracks = body.find(b"\x16\x54\xae\x6b")
    if tracks < 0:
        return ""
    if body.find(b"\x83\x81\x01", tracks) >= 0:
        return "video"
    return "audio" if body.find(b"\x83\x81\x02", tracks) >= 0 else ""


def _ebml_size(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    width = 1
    while width <= 8 and not first & (0x80 >> width - 1):
        width += 1
    if width > 8:
        raise ValueError("no EBML size")
    value = first & (0xFF >> width)
    for byte in data[at + 1 : at + width]:
        value = value << 8 | byte
    return at + width, value


_READERS = {"iso": _iso, "ogg": _ogg, "wav": _wav, "mp3": _mp3, "webm": _webm}
