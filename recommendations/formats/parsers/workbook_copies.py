"""Takes out of a workbook's parts what is not to be seen: hidden sheets, formulas, names, paths, people."""

import posixpath
from typing import Any

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Of the workbook only its sheets and how it is looked at.
_WORKBOOK = {f"{X}{name}" for name in ("workbookPr", "bookViews", "sheets", "calcPr")}
# Of a sheet everything that shows, in the order in which it stands; what leads elsewhere goes by its relation.
_NOT_OF_A_SHEET = {
    f"{X}{name}"
    for name in (
        "customSheetViews",
        "scenarios",
        "protectedRanges",
        "dataConsolidate",
        "customProperties",
        "legacyDrawing",
        "legacyDrawingHF",
        "oleObjects",
        "controls",
        "webPublishItems",
        "dataValidations",
        "conditionalFormatting",
        "extLst",
        "sheetProtection",
        "phoneticPr",
    )
}
_MARKS = ("codeName", "userName", "uid", "published", "filterPrivacy")


def take_out(trees: dict[str, Any], relations: dict[str, dict[str, str]]) -> None:
    """Change the parts, by name, in place. ``relations`` are those of the workbook."""
    book = trees["xl/workbook.xml"]
    for element in list(book):
        if element.tag not in _WORKBOOK:
            book.remove(element)
    hidden = _hidden(book, relations)
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/"):
            _sheet(tree, hidden=name in hidden)
        for element in tree.iter():
            for key in [key for key in element.attrib if key.rsplit("}", 1)[-1] in _MARKS]:
                del element.attrib[key]
    _forget_unused_texts(trees)


def _hidden(book: Any, relations: dict[str, dict[str, str]]) -> set[str]:
    """The parts of the sheets that nobody is shown; they are renamed too, for a name may tell."""
    found = set()
    for number, sheet in enumerate(book.iter(f"{X}sheet"), 1):
        if sheet.get("state", "visible") != "visible":
            relation = relations.get(sheet.get(_RELATION, ""), {})
            target = relation.get("Target", "")
            found.add(
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join("xl", target))
            )
            sheet.set("name", f"-{number}-")
    return found


def _sheet(tree: Any, *, hidden: bool) -> None:
    for element in list(tree):
        if element.tag in _NOT_OF_A_SHEET or (
            hidden
            and element.tag not in (f"{X}sheetData", f"{X}sheetPr", f"{X}dimension", f"{X}sheetFormatPr")
        ):
            tree.remove(element)
    data = tree.find(f"{X}sheetData")
    if data is None:
        return
    if hidden:
        for row in list(data):
            data.remove(row)
        return
    for cell in data.iter(f"{X}c"):
        for formula in cell.findall(f"{X}f"):
            cell.remove(formula)


def _forget_unused_texts(trees: dict[str, Any]) -> None:
    """Texts are kept once for all sheets: those that no visible cell shows are emptied, and all keep their number."""
    texts = trees.get("xl/sharedStrings.xml")
    if texts is None:
        return
    used = set()
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/"):
            for cell in tree.iter(f"{X}c"):
                if cell.get("t") == "s":
                    used.add((cell.findtext(f"{X}v") or "").strip())
    for number, text in enumerate(texts.findall(f"{X}si")):
        for phonetic in text.findall(f"{X}rPh"):
            text.remove(phonetic)
        if str(number) not in used:
            for child in list(text):
                text.remove(child)
            text.append(text.makeelement(f"{X}t", {}))
