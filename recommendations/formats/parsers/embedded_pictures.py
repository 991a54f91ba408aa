"""Takes out of a document's JPEG, PNG or JPEG 2000 what was written beside its pixels, without touching them."""

import struct

# APP0 says how the pixels are to be shown (JFIF), APP14 in which colours (Adobe): both are needed, and say no more.
_KEPT_APPS = (0xE0, 0xEE)
_KEPT_CHUNKS = {
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"gAMA",
    b"sRGB",
    b"cHRM",
    b"pHYs",
    b"sBIT",
    b"bKGD",
}
_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_PNG = b"\x89PNG\r\n\x1a\n"


def stripped(content: bytes) -> bytes | None:
    """The picture without EXIF, place, comments, texts and previews; None where it is none that we can read."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith(_JP2):
            return _jp2(content)
        if content.startswith(b"\xff\x4f\xff\x51"):
            return content  # JPEG 2000 without a wrapping holds pixels alone
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(content: bytes) -> bytes | None:
    out = bytearray(b"\xff\xd8")
    at = 2
    while True:
        if content[at] != 0xFF:
            return None
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == 0xDA:
            # From here on only pixels; what lies behind the end of the picture is left out.
            end = content.rfind(b"\xff\xd9")
            return bytes(out + content[at : end + 2]) if end > at else bytes(out + content[at:])
        if marker == 0xD9:
            return bytes(out + b"\xff\xd9")
        (length,) = struct.unpack_from(">H", content, at + 2)
        if length < 2 or at + 2 + length > len(content):
            return None
        beside = 0xE0 <= marker <= 0xEF and marker not in _KEPT_APPS
        if not beside and marker != 0xFE and not (marker == 0xE0 and content[at + 4 : at + 8] == b"JFXX"):
            out += content[at : at + 2 + length]
        at += 2 + length


def _png(content: bytes) -> bytes | None:
    out = bytearray(_PNG)
    at = len(_PNG)
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if at + 12 + length > len(content):
            return None
        if name in _KEPT_CHUNKS:
            out += content[at : at + 12 + length]
        at += 12 + length
        if name == b"IEND":
            return bytes(out)
    return None


def _jp2(content: bytes) -> bytes | None:
    out = bytearray()
    at = 0
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, at + 8)
        elif length == 0:
            length = len(content) - at
        if length < 8 or at + length > len(content):
            return None
        if name in (b"jP  ", b"ftyp", b"jp2h", b"jp2c"):
            out += content[at : at + length]
        at += length
    return bytes(out)
