"""Makes copies of Word and Excel files part by part: only parts that show something, and nothing of who wrote it.

A part that is not in the list below is left out, and with it whatever in the others leads to it. Runs in the
sandbox's child.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from recommendations.formats.parsers import word_marks, workbook_copies, zips
from recommendations.formats.parsers.embedded_pictures import stripped
from recommendations.formats.parsers.pieces import pieces
from recommendations.formats.sandbox import Refused

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LARGEST_PART = 64 * zips.MEBIBYTE
_WHEN = (1980, 1, 1, 0, 0, 0)
_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_KEPT = {
    "docx": re.compile(
        r"word/(document|styles|stylesWithEffects|numbering|settings|fontTable|webSettings|footnotes|endnotes"
        r"|header\d*|footer\d*|theme/theme\d*|media/[^/]+|charts/[^/]+|diagrams/[^/]+)(\.\w+)?\Z"
    ),
    "xlsx": re.compile(
        r"xl/(workbook|styles|sharedStrings|theme/theme\d*|worksheets/sheet[^/]*|chartsheets/[^/]+"
        r"|drawings/drawing[^/]*|charts/[^/]+|media/[^/]+|diagrams/[^/]+)(\.\w+)?\Z"
    ),
}
_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_LISTS = ("oleObjects", "controls", "tableParts", "externalReferences", "AlternateContent", "Choice")
# Pictures that hold nothing beside what they show once they were made anew, and those that cannot be looked into.
_PICTURES = (".png", ".jpg", ".jpeg", ".jp2")
# The only kind of relation that may lead out of the file.
_OUT = "/hyperlink"


def clean(source: IO[bytes], *, kind: str) -> Iterator[str]:
    """Yields pieces of the "docx" or "xlsx" with what it shows, and nothing else.

    Gone are author, dates, programs, comments, tracked changes (they are accepted), hidden text and sheets,
    formulas, attached files, links to other files, and what cameras wrote into pictures.
    """
    archive = zips.open_archive(source)
    if zips.office_kind(archive) != kind:
        raise Refused("damaged")
    names = [name for name in archive.namelist() if _is_kept(name, kind)]
    parts: dict[str, bytes] = {}
    for name in dict.fromkeys(names):
        content = zips.read_member(archive, name, at_most=_LARGEST_PART)
        if name.lower().endswith(_PICTURES):
            bare = stripped(content)
            if bare is None:
                continue
            content = bare
        elif "/media/" in name:
            continue
        parts[name] = content
    trees = {name: _parsed(content) for name, content in parts.items() if _is_xml(name)}
    if _MAIN[kind] not in trees:
        raise Refused("damaged")
    if kind == "docx":
        word_marks.take_out(trees)
    else:
        workbook_copies.take_out(trees, _relations(archive, "xl/workbook.xml"))
    relations = {name: _kept_relations(archive, name, set(parts)) for name in trees}
    for name, tree in trees.items():
        _without_dead_ends(tree, {identifier for identifier, _r in relations[name]}, name)
        parts[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    yield from pieces(_written(archive, _MAIN[kind], parts, relations))


def _is_kept(name: str, kind: str) -> bool:
    return bool(_KEPT[kind].match(name)) and ".." not in name


def _is_xml(name: str) -> bool:
    return name.endswith(".xml")


def _parsed(content: bytes) -> Any:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("damaged")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Refused("damaged") from None


def _relations_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, dict[str, str]]:
    """What a part's relations say, by their identifier."""
    name = _relations_name(part)
    if name not in archive.namelist():
        return {}
    return {
        str(element.get("Id", "")): dict(element.attrib)
        for element in _parsed(zips.read_member(archive, name))
        if isinstance(element.tag, str)
    }


def _target(part: str, relation: dict[str, str]) -> str:
    target = relation.get("Target", "")
    return (
        target.lstrip("/")
        if target.startswith("/")
        else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
    )


def _kept_relations(archive: zipfile.ZipFile, part: str, kept: set[str]) -> list[tuple[str, dict[str, str]]]:
    found = []
    for identifier, relation in _relations(archive, part).items():
        if relation.get("TargetMode") == "External":
            address = relation.get("Target", "").lower()
            if relation.get("Type", "").endswith(_OUT) and address.startswith(("http:", "https:", "mailto:")):
                found.append((identifier, relation))
        elif _target(part, relation) in kept:
            found.append((identifier, relation))
    return found


def _without_dead_ends(tree: Any, alive: set[str], name: str) -> None:
    """Take out what leads to a part that is not there: a program would call the file damaged."""
    for element in list(tree.iter()):
        dead = [
            key for key, value in element.attrib.items() if key.startswith(RELATION) and value not in alive
        ]
        if not dead:
            continue
        tag = etree.QName(element).localname
        if tag in ("pageSetup", "hyperlink", "blip", "imagedata"):
            for key in dead:
                del element.attrib[key]
        else:
            parent = element.getparent()
            if parent is None:
                raise Refused("damaged")
            _remove(element, parent)


def _remove(element: Any, parent: Any) -> None:
    parent.remove(element)
    # A list that is empty now, such as controls, may not stay empty.
    if not len(parent) and etree.QName(parent).localname in _LISTS and parent.getparent() is not None:
        _remove(parent, parent.getparent())


def _written(
    archive: zipfile.ZipFile,
    main: str,
    parts: dict[str, bytes],
    relations: dict[str, list[tuple[str, dict[str, str]]]],
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:

        def put(name: str, content: bytes) -> None:
            about = zipfile.ZipInfo(name, _WHEN)
            about.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(about, content)

        put("[Content_Types].xml", _types(archive, set(parts)))
        put("_rels/.rels", _package_relations(main))
        put("docProps/core.xml", _CORE)
        for name, content in parts.items():
            put(name, content)
            if relations.get(name):
                put(_relations_name(name), _as_relations(relations[name]))
    return target.getvalue()


_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def _types(archive: zipfile.ZipFile, kept: set[str]) -> bytes:
    tree = _parsed(zips.read_member(archive, "[Content_Types].xml"))
    for element in list(tree):
        name = element.get("PartName", "").lstrip("/")
        if name and name not in kept:
            tree.remove(element)
    core = etree.SubElement(tree, f"{{{_TYPES}}}Override")
    core.set("PartName", "/docProps/core.xml")
    core.set("ContentType", "application/vnd.openxmlformats-package.core-properties+xml")
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _package_relations(main: str) -> bytes:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return _as_relations(
        [
            ("rId1", {"Id": "rId1", "Type": office, "Target": main}),
            ("rId2", {"Id": "rId2", "Type": core, "Target": "docProps/core.xml"}),
        ]
    )


def _as_relations(relations: list[tuple[str, dict[str, str]]]) -> bytes:
    tree = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
    for _identifier, relation in relations:
        element = etree.SubElement(tree, f"{{{_RELATIONS}}}Relationship")
        for key, value in relation.items():
            element.set(key, value)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
