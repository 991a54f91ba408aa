"""Takes out of a Word document's parts the marks of who worked on it: changes, comments, hidden text, settings."""

import re
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = {
    *(f"{W}{name}" for name in ("del", "moveFrom", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange")),
    *(
        f"{W}{name}"
        for name in ("tblPrExChange", "tcPrChange", "trPrChange", "tblGridChange", "numberingChange")
    ),
    *(f"{W}{name}" for name in ("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef")),
    *(
        f"{W}{name}"
        for name in ("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd")
    ),
    *(f"{W}{name}" for name in ("customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart")),
    *(f"{W}{name}" for name in ("customXmlDelRangeEnd", "cellIns", "cellMerge", "permStart", "permEnd")),
    *(
        f"{W}{name}"
        for name in ("proofErr", "altChunk", "subDoc", "dataBinding", "docPartObj", "lock", "rsid")
    ),
}
# An object keeps the picture that stands for it; the file behind it goes.
_OBJECTS = re.compile(r"\}(OLEObject|control|externalData)\Z")
_UNWRAPPED = {f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"}
# Of the settings only what changes how the document looks.
_SETTINGS = {
    *(
        f"{W}{name}"
        for name in ("zoom", "mirrorMargins", "evenAndOddHeaders", "defaultTabStop", "autoHyphenation")
    ),
    *(f"{W}{name}" for name in ("footnotePr", "endnotePr", "compat", "themeFontLang", "clrSchemeMapping")),
    *(
        f"{W}{name}"
        for name in ("decimalSymbol", "listSeparator", "characterSpacingControl", "displayBackgroundShape")
    ),
}
_MARKS = re.compile(r"\}(rsid\w*|author|initials|date|dateUtc|paraId|textId)\Z")
# Fields whose result names a person or a folder.
_NAMING = re.compile(
    r"\s*(AUTHOR|LASTSAVEDBY|FILENAME|USERNAME|USERINITIALS|USERADDRESS|TEMPLATE|DOCPROPERTY|COMMENTS)\b"
)


def take_out(trees: dict[str, Any]) -> None:
    """Change the parts, by name, in place."""
    for name, tree in trees.items():
        if name == "word/settings.xml":
            for element in list(tree):
                if element.tag not in _SETTINGS:
                    tree.remove(element)
        _without_deleted_paragraph_marks(tree)
        for element in list(tree.iter()):
            _one(element)
        for element in tree.iter():
            for key in [key for key in element.attrib if _MARKS.search(key)]:
                del element.attrib[key]


def _one(element: Any) -> None:
    parent = element.getparent()
    if parent is None or not isinstance(element.tag, str):
        return
    if element.tag in _UNWRAPPED and len(element):
        at = parent.index(element)
        properties = {f"{W}customXmlPr", f"{W}smartTagPr"}
        for child in reversed([child for child in element if child.tag not in properties]):
            parent.insert(at, child)
        parent.remove(element)
    elif _goes(element):
        parent.remove(element)
    elif element.tag == f"{W}instrText" and _NAMING.match(element.text or ""):
        _blank_field(element)


def _goes(element: Any) -> bool:
    if element.tag in _GONE or element.tag in _UNWRAPPED or _OBJECTS.search(element.tag):
        return True
    if element.tag == f"{W}r":
        return _is_hidden(element)
    if element.tag == f"{W}fldSimple":
        return bool(_NAMING.match(element.get(f"{W}instr", "")))
    return element.tag == f"{W}tr" and element.find(f"{W}trPr/{W}del") is not None


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val", "1") not in ("0", "false", "off")


def _blank_field(instruction: Any) -> None:
    """Empty the result of a field that names a person: the texts up to the field's end."""
    instruction.text = " QUOTE "
    run = instruction.getparent()
    while run is not None and (run := run.getnext()) is not None:
        for text in run.iter(f"{W}t"):
            text.text = ""
        if any(mark.get(f"{W}fldCharType") == "end" for mark in run.iter(f"{W}fldChar")):
            return


def _without_deleted_paragraph_marks(tree: Any) -> None:
    """Where the end of a paragraph was deleted, the next one goes on in its place."""
    for paragraph in list(tree.iter(f"{W}p")):
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is None:
            continue
        following = paragraph.getnext()
        if following is not None and following.tag == f"{W}p":
            properties = following.find(f"{W}pPr")
            at = 0 if properties is None else 1
            for child in reversed([child for child in paragraph if child.tag != f"{W}pPr"]):
                following.insert(at, child)
            paragraph.getparent().remove(paragraph)
