"""Puts another content into one member of a zip archive; every other byte of the archive's members stays as it is."""

import struct
import zlib
from itertools import pairwise

from recommendations.formats.sandbox import Refused

_DEFLATED, _STORED = 8, 0
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_HAS_DESCRIPTOR = 0x08
_ZIP64 = 0xFFFFFFFF


def with_member(package: bytes, name: str, content: bytes) -> bytes:
    """The archive with that member's content replaced: the same members in the same order, packed as they were.

    Refuses ("unusual") what is packed in ways that no office program uses: with bytes in front, or as Zip64.
    """
    try:
        return _with_member(package, name.encode(), content)
    except struct.error:
        raise Refused("damaged") from None


def _with_member(package: bytes, name: bytes, content: bytes) -> bytes:
    end_at = package.rfind(b"PK\x05\x06")
    if end_at < 0:
        raise Refused("damaged")
    end = list(_END.unpack_from(package, end_at))
    count, size, start = end[4], end[5], end[6]
    if start + size != end_at or start == _ZIP64:
        raise Refused("unusual")
    records = _directory(package, start, count)
    # Members lie one behind the other; what follows a member belongs to it, its data descriptor for one.
    by_place = {fields[16]: (fields, tail) for fields, tail in records}
    bounds = sorted({*by_place, start})
    moved: dict[int, int] = {}
    out = bytearray()
    changed: dict[int, tuple[int, int, int, int]] = {}
    for begin, behind in pairwise(bounds):
        moved[begin] = len(out)
        fields, tail = by_place[begin]
        if tail[: fields[10]] != name:
            out += package[begin:behind]
            continue
        local = list(_LOCAL.unpack_from(package, begin))
        if local[0] != b"PK\x03\x04" or local[3] not in (_DEFLATED, _STORED):
            raise Refused("unusual")
        packed = _packed(content, local[3])
        flags = local[2] & ~_HAS_DESCRIPTOR
        numbers = flags, zlib.crc32(content), len(packed), len(content)
        changed[begin] = numbers
        local[2], local[6], local[7], local[8] = numbers
        names = begin + _LOCAL.size
        # The extra field is kept: Office programs leave room in it, and nothing in it speaks of sizes below 4 GB.
        out += _LOCAL.pack(*local) + package[names : names + local[9] + local[10]] + packed
    if not changed:
        raise Refused("damaged")
    directory_at = len(out)
    for fields, tail in records:
        begin = fields[16]
        if begin in changed:
            fields[3], fields[7], fields[8], fields[9] = changed[begin]
        fields[16] = moved[begin]
        out += _CENTRAL.pack(*fields) + tail
    end[5], end[6] = len(out) - directory_at, directory_at
    return bytes(out + _END.pack(*end) + package[end_at + _END.size :])


def _directory(package: bytes, start: int, count: int) -> list[tuple[list, bytes]]:
    """The records of the directory: the fields of each, and the name, extra field and comment behind them."""
    records = []
    at = start
    for _number in range(count):
        fields = list(_CENTRAL.unpack_from(package, at))
        if fields[0] != b"PK\x01\x02" or _ZIP64 in (fields[8], fields[9], fields[16]):
            raise Refused("unusual")
        behind = at + _CENTRAL.size + fields[10] + fields[11] + fields[12]
        records.append((fields, package[at + _CENTRAL.size : behind]))
        at = behind
    if len({fields[16] for fields, _tail in records}) != len(records):
        raise Refused("unusual")
    return records


def _packed(content: bytes, method: int) -> bytes:
    if method == _STORED:
        return content
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()
