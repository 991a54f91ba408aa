"""The paragraphs of a Word document with their automatic numbers and indents. Runs in the sandbox's child.

Word keeps the number of a numbered paragraph apart from its text: it is worked out here as Word does when it prints.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.etree import ElementTree

from recommendations.formats.parsers import zips
from recommendations.formats.parsers.docx_numbers import Numbers, Style, attribute, local
from recommendations.formats.parsers.word import open_document
from recommendations.formats.sandbox import Refused

_LARGEST_PART = 64 * zips.MEBIBYTE
_MOST_PARAGRAPHS = 100_000
_BATCH = 200
# Taken out or moved away in a tracked change; the second drawing of a frame; the recipe of a field.
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback", "instrText", "rPrChange", "pPrChange", "delText"})


def paragraphs(source: IO[bytes], *, most_characters: int) -> Iterator[dict[str, Any]]:
    """First ``{"footnotes": {mark: text}}``, then batches ``{"paragraphs": [[indent, number, runs], …]}``.

    ``indent`` is where the first line begins, in points; ``number`` is what Word prints before the paragraph, "" where
    it is not numbered; ``runs`` are pairs of text and whether it is raised, as marks of footnotes are. Paragraphs in
    tables are among them.
    """
    archive, part = open_document(source)
    folder, main = posixpath.split(part)
    styles = _styles(_optional(archive, posixpath.join(folder, "styles.xml")))
    numbers = Numbers(_optional(archive, posixpath.join(folder, "numbering.xml")), styles)
    notes = _footnotes(_optional(archive, posixpath.join(folder, "footnotes.xml")))
    yield {"footnotes": notes}
    batch: list[Any] = []
    left = most_characters
    for count, paragraph in enumerate(_paragraphs(_part(archive, posixpath.join(folder, main)))):
        runs = _runs(paragraph)
        properties = _child(paragraph, "pPr")
        indent, number = numbers.of(properties, counts=any(text.strip() for text, _raised in runs))
        left -= sum(len(text) for text, _raised in runs)
        if left < 0 or count > _MOST_PARAGRAPHS:
            raise Refused("too_much_text")
        if number or any(text.strip() for text, _raised in runs):
            batch.append([indent, number, runs])
        if len(batch) == _BATCH:
            yield {"paragraphs": batch}
            batch = []
    yield {"paragraphs": batch}


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    content = zips.read_member(archive, name, at_most=_LARGEST_PART)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("damaged")
    return content


def _optional(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    return zips.parse_member(archive, name) if name in archive.namelist() else None


def _paragraphs(content: bytes) -> Iterator[ElementTree.Element]:
    """Every paragraph outside others, in the order of the document; each is forgotten once it was looked at."""
    depth = left_out = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
            name = local(element.tag)
            if event == "start":
                depth += name == "p"
                left_out += name in _LEFT_OUT and not depth
                continue
            left_out -= name in _LEFT_OUT and not depth
            if name == "p":
                depth -= 1
                if not depth and not left_out:
                    yield element
            if not depth:
                element.clear()
    except ElementTree.ParseError:
        raise Refused("damaged") from None


def _runs(paragraph: ElementTree.Element) -> list[tuple[str, bool]]:
    """The text with its marks of footnotes; walked without recursion, for hostile depths."""
    runs: list[tuple[str, bool]] = []
    waiting: list[tuple[ElementTree.Element, bool]] = [(paragraph, False)]
    while waiting:
        element, raised = waiting.pop()
        name = local(element.tag)
        if name in _LEFT_OUT or name == "pPr":
            continue
        if name == "r":
            properties = _child(element, "rPr")
            if properties is not None and _is_on(_child(properties, "vanish")):
                continue
            lift = _child(properties, "vertAlign") if properties is not None else None
            raised = lift is not None and attribute(lift, "val") == "superscript"
        text = _text(element, name)
        if text:
            raised = raised or name == "footnoteReference"
            if runs and runs[-1][1] == raised:
                runs[-1] = (runs[-1][0] + text, raised)
            else:
                runs.append((text, raised))
        waiting += [(child, raised) for child in reversed(element)]
    return runs


def _text(element: ElementTree.Element, name: str) -> str:
    if name == "t":
        return element.text or ""
    if name in ("tab", "br", "cr", "ptab"):
        return " "
    if name == "noBreakHyphen":
        return "-"
    if name == "footnoteReference" and attribute(element, "customMarkFollows") not in ("1", "true", "on"):
        return attribute(element, "id")
    return ""


def _is_on(element: ElementTree.Element | None) -> bool:
    return element is not None and attribute(element, "val") not in ("0", "false", "off")


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((child for child in element if local(child.tag) == name), None)


def _footnotes(root: ElementTree.Element | None) -> dict[str, str]:
    found = {}
    for note in root if root is not None else ():
        if attribute(note, "type") in ("", "normal"):
            words = "".join(text for text, raised in _runs(note) if not raised)
            found[attribute(note, "id")] = " ".join(words.split())
    return found


def _styles(root: ElementTree.Element | None) -> dict[str, Style]:
    """Each paragraph style with the one it is based on and its paragraph properties."""
    found = {}
    for element in root if root is not None else ():
        if local(element.tag) == "style" and attribute(element, "type") in ("paragraph", ""):
            based = _child(element, "basedOn")
            found[attribute(element, "styleId")] = Style(
                attribute(based, "val") if based is not None else "",
                _child(element, "pPr"),
                attribute(element, "default") in ("1", "true", "on"),
            )
    return found
