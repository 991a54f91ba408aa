"""Office files are zip archives: what every one of them must keep before a parser unpacks it."""

import posixpath
import zipfile
import zlib
from typing import IO
from xml.etree import ElementTree

from recommendations.formats.sandbox import Refused

MEBIBYTE = 1024 * 1024
_MOST_MEMBERS = 5_000
_LARGEST_UNPACKED = 400 * MEBIBYTE
# What is read as a stream, in limited time and memory, may be larger: OHCHR's whole index as a workbook.
LARGEST_STREAM = 3_000 * MEBIBYTE
_SUSPICIOUS_SIZE = 20 * MEBIBYTE
# Sheets and documents shrink to a tenth or a thirtieth; what shrinks to less than this is made to burst.
_SUSPICIOUS_RATIO = 200

# Everything the zip module is known to raise on members whose headers or data were tampered with.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MAIN_PARTS = {_WORD: "docx", _EXCEL: "xlsx"}


def open_archive(source: IO[bytes], *, largest: int = _LARGEST_UNPACKED) -> zipfile.ZipFile:
    """The archive, after its directory was looked at. Refuses damaged, encrypted and bursting ones.

    ``largest`` is how many bytes it may hold unpacked.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OverflowError, UnicodeDecodeError):
        raise Refused("damaged") from None
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise Refused("encrypted")
    bursting = any(
        member.file_size > _SUSPICIOUS_SIZE
        and member.file_size > _SUSPICIOUS_RATIO * max(1, member.compress_size)
        for member in members
    )
    if bursting or unpacked_size(archive) > largest or len(members) > _MOST_MEMBERS:
        raise Refused("too_large_unpacked")
    return archive


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """How many bytes the archive holds unpacked, as its directory says."""
    return sum(member.file_size for member in archive.infolist())


def visible_sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and member of each visible sheet of a workbook, in its order."""
    main = "xl/workbook.xml"
    for relation in parse_member(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            main = relation.get("Target", "").lstrip("/")
    folder, name = posixpath.split(main)
    targets = {}
    for relation in parse_member(archive, posixpath.join(folder, "_rels", f"{name}.rels")):
        target = relation.get("Target", "")
        if relation.get("Type", "").endswith("/worksheet"):
            targets[relation.get("Id")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            )
    found = []
    for element in parse_member(archive, main).iter():
        if element.tag.endswith("}sheet") and element.get("state", "visible") == "visible":
            relation_id = next(
                (value for key, value in element.items() if key.endswith("/relationships}id")), None
            )
            if relation_id in targets:
                found.append((element.get("name", ""), targets[relation_id]))
    return found


def office_kind(archive: zipfile.ZipFile) -> str:
    """ "docx", "xlsx" or "" for another archive. Refuses documents that carry macros."""
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        return ""
    types = parse_member(archive, "[Content_Types].xml")
    declared = {element.get("ContentType", "") for element in types.iter()}
    if any("macroEnabled" in each or "vbaProject" in each for each in declared) or any(
        name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names
    ):
        raise Refused("macros")
    for content_type, kind in _MAIN_PARTS.items():
        if content_type in declared:
            return kind
    return ""


def parse_member(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A small XML member as a tree. Refuses what is missing, damaged or declares entities."""
    content = read_member(archive, name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("damaged")
    try:
        return ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise Refused("damaged") from None


def read_member(archive: zipfile.ZipFile, name: str, *, at_most: int = 8 * MEBIBYTE) -> bytes:
    """A member's bytes. The size its directory tells is not trusted."""
    try:
        with archive.open(name) as member:
            content = member.read(at_most + 1)
    except DAMAGED:
        raise Refused("damaged") from None
    if len(content) > at_most:
        raise Refused("too_large_unpacked")
    return content
