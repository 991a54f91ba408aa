"""Notes and hyperlinks of a Word document, with the paragraph they belong to. Runs in the sandbox's child."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree import ElementTree

from recommendations.formats.parsers import zips
from recommendations.formats.parsers.docx_numbers import attribute, local
from recommendations.formats.sandbox import Refused

_LARGEST_PART = 64 * zips.MEBIBYTE
_MOST_PARAGRAPHS = 100_000
_MOST_FOUND = 5_000
_LONGEST = 4_000
_BATCH = 100
# Taken out or moved away in a tracked change; the second drawing of a frame.
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback", "rPrChange", "pPrChange", "delText"})
_FIELD = re.compile(r'HYPERLINK\s+"([^"]+)"')


@dataclass
class _Read:
    """What one paragraph holds: its text, links as (address, words), and the notes that are called in it."""

    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def notes(source: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    """Batches of ``{"place": "footnote" | "endnote" | "text", "number", "text", "urls", "context"}`` in their order.

    ``number`` counts the notes of a kind as they are called in the text, and the paragraphs for links in it; ``text``
    is the note, or the words of the link; ``context`` the paragraph that calls it.
    """
    archive = zips.open_archive(source)
    if zips.office_kind(archive) != "docx":
        raise Refused("no_document")
    main = _main_part(archive)
    known = {
        kind: _notes_of(archive, posixpath.join(posixpath.dirname(main), f"{kind}s.xml"), kind)
        for kind in ("footnote", "endnote")
    }
    counts = dict.fromkeys(known, 0)
    batch: list[dict[str, Any]] = []
    total = 0
    relations = _relations(archive, main)
    for number, paragraph in enumerate(_paragraphs(_part(archive, main)), start=1):
        if number > _MOST_PARAGRAPHS:
            raise Refused("too_much_text")
        read = _read(paragraph, relations)
        found: list[dict[str, Any]] = [
            {"place": "text", "number": number, "text": words, "urls": [url], "context": read.text}
            for url, words in read.links
        ]
        for kind, mark in read.notes:
            counts[kind] += 1
            text, urls = known[kind].get(mark, ("", []))
            found.append(
                {"place": kind, "number": counts[kind], "text": text, "urls": urls, "context": read.text}
            )
        for each in found:
            each["text"], each["context"] = each["text"][:_LONGEST], each["context"][:_LONGEST]
        batch += found
        total += len(found)
        if total > _MOST_FOUND:
            raise Refused("too_many_notes", most=_MOST_FOUND)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def _main_part(archive: zipfile.ZipFile) -> str:
    for relation in zips.parse_member(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise Refused("damaged")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    content = zips.read_member(archive, name, at_most=_LARGEST_PART)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("damaged")
    return content


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Relation → address, of those that lead out of the document."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return {}
    return {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in zips.parse_member(archive, path)
        if relation.get("TargetMode") == "External"
    }


def _paragraphs(content: bytes) -> Iterator[ElementTree.Element]:
    """The paragraphs one after another; a read one is forgotten, so that memory does not grow with the document."""
    depth = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
            if local(element.tag) != "p":
                continue
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                yield element
                element.clear()
    except ElementTree.ParseError:
        raise Refused("damaged") from None


def _notes_of(archive: zipfile.ZipFile, part: str, kind: str) -> dict[str, tuple[str, list[str]]]:
    """Mark → (text, addresses) of a part with notes; lines that only separate are no notes."""
    if part not in archive.namelist():
        return {}
    try:
        root = ElementTree.fromstring(_part(archive, part))
    except ElementTree.ParseError:
        raise Refused("damaged") from None
    relations = _relations(archive, part)
    found = {}
    for note in root:
        if local(note.tag) != kind or attribute(note, "type") not in ("", "normal"):
            continue
        reads = [_read(paragraph, relations) for paragraph in note.iter() if local(paragraph.tag) == "p"]
        text = "\n".join(read.text.strip() for read in reads if read.text.strip())
        found[attribute(note, "id")] = (text, [url for read in reads for url, _words in read.links])
    return found


def _read(paragraph: ElementTree.Element, relations: dict[str, str]) -> _Read:
    read = _Read()
    _walk(paragraph, relations, read)
    recipes = "".join(each.text or "" for each in paragraph.iter() if local(each.tag) == "instrText")
    read.links += [(url, "") for url in _FIELD.findall(recipes)]
    return read


def _walk(element: ElementTree.Element, relations: dict[str, str], read: _Read) -> None:
    for child in element:
        name = local(child.tag)
        if name in _LEFT_OUT or name == "instrText":
            continue
        if name == "t":
            read.text += child.text or ""
        elif name in ("tab", "br", "cr"):
            read.text += " "
        elif name in ("footnoteReference", "endnoteReference"):
            read.notes.append((name.removesuffix("Reference"), attribute(child, "id")))
        elif name == "hyperlink":
            before = len(read.text)
            _walk(child, relations, read)
            address = relations.get(attribute(child, "id"), "")
            if address:
                read.links.append((address, read.text[before:]))
        else:
            _walk(child, relations, read)
