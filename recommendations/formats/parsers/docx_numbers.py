"""Automatic numbers and indents of Word paragraphs: lists, their levels and restarts, and styles that carry them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

_DEEPEST_STYLE = 20
_LEVELS = 9
_LARGEST = 9_999


@dataclass(frozen=True)
class Style:
    """A paragraph style: the id of the one it is based on, its paragraph properties."""

    based_on: str
    properties: Element | None
    is_default: bool = False


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    # "%1.%2" prints the counts of levels 1 and 2.
    text: str = "%1."
    properties: Element | None = None


@dataclass
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


def local(tag: object) -> str:
    """The name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """The value of an attribute whatever its namespace, "" where there is none."""
    return next((value for key, value in element.items() if local(key) == name), "")


class Numbers:
    """Counts the numbered paragraphs of one document in their order."""

    def __init__(self, root: Element | None, styles: dict[str, Style]):
        self._styles = styles
        self._default = next((name for name, style in styles.items() if style.is_default), "")
        self._abstract: dict[str, _List] = {}
        self._of_number: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._begun: set[tuple[str, int]] = set()
        for element in root if root is not None else ():
            name = local(element.tag)
            if name == "abstractNum":
                levels = _levels(child for child in element if local(child.tag) == "lvl")
                self._abstract[attribute(element, "abstractNumId")] = _List(levels)
            elif name == "num":
                self._add_number(element)

    def of(self, properties: Element | None, *, counts: bool) -> tuple[float, str]:
        """Indent of the first line in points and printed number of the next paragraph.

        ``counts`` is false for paragraphs without text, which Word numbers as well but nobody reads.
        """
        chain = self._chain(properties)
        number, level = _numbering(chain)
        found = self._of_number.get(number)
        printed = ""
        if found is not None:
            abstract = self._abstract[found[0]]
            own = found[1].get(level) or abstract.levels.get(level)
            if own is not None:
                printed = self._count(number, level) if counts else ""
                # The list's own indent lies between the paragraph's and those of its styles.
                chain = chain[:1] + ([own.properties] if own.properties is not None else []) + chain[1:]
        return _indent(chain), printed

    def _add_number(self, element: Element) -> None:
        abstract = next((attribute(c, "val") for c in element if local(c.tag) == "abstractNumId"), "")
        if abstract not in self._abstract:
            return
        levels = dict(self._abstract[abstract].levels)
        overridden: dict[int, _Level] = {}
        for change in (child for child in element if local(child.tag) == "lvlOverride"):
            place = _integer(attribute(change, "ilvl"))
            for child in change:
                if local(child.tag) == "startOverride":
                    base = overridden.get(place) or levels.get(place) or _Level()
                    overridden[place] = _Level(
                        _integer(attribute(child, "val"), 1), base.format, base.text, base.properties
                    )
                elif local(child.tag) == "lvl":
                    overridden.update(_levels([child]))
        self._of_number[attribute(element, "numId")] = abstract, overridden

    def _count(self, number: str, level: int) -> str:
        name, overridden = self._of_number[number]
        abstract = self._abstract[name]
        counts = abstract.counts
        if (number, level) not in self._begun:
            self._begun.add((number, level))
            if level in overridden:
                counts.pop(level, None)
        own = overridden.get(level) or abstract.levels[level]
        counts[level] = min(counts[level] + 1 if level in counts else own.start, _LARGEST)
        for deeper in [place for place in counts if place > level]:
            del counts[deeper]
        printed = own.text
        for place in range(_LEVELS):
            each = overridden.get(place) or abstract.levels.get(place) or _Level()
            printed = printed.replace(f"%{place + 1}", _printed(counts.get(place, each.start), each.format))
        return printed.strip() if own.format not in ("bullet", "none") else ""

    def _chain(self, properties: Element | None) -> list[Element]:
        """The paragraph's properties, then those of its styles from the nearest on."""
        chain = [properties] if properties is not None else []
        style = next((attribute(c, "val") for c in chain[0] if local(c.tag) == "pStyle"), "") if chain else ""
        style = style or self._default
        for _step in range(_DEEPEST_STYLE):
            found = self._styles.get(style)
            if found is None:
                break
            if found.properties is not None:
                chain.append(found.properties)
            style = found.based_on
        return chain


def _levels(elements: Iterable[Element]) -> dict[int, _Level]:
    found = {}
    for element in elements:
        level = _Level()
        for child in element:
            name, value = local(child.tag), attribute(child, "val")
            if name == "start":
                level.start = _integer(value, 1)
            elif name == "numFmt":
                level.format = value
            elif name == "lvlText":
                level.text = value[:40]
            elif name == "pPr":
                level.properties = child
        found[_integer(attribute(element, "ilvl"))] = level
    return found


def _numbering(chain: list[Element]) -> tuple[str, int]:
    """Id of the list and level, from the nearest properties that name them; numId 0 takes a style's list away."""
    number, level = "", None
    for properties in chain:
        for element in properties:
            if local(element.tag) == "numPr":
                for child in element:
                    if local(child.tag) == "numId" and not number:
                        number = attribute(child, "val")
                    elif local(child.tag) == "ilvl" and level is None:
                        level = _integer(attribute(child, "val"))
        if number:
            break
    return number, level or 0


def _indent(chain: list[Element]) -> float:
    found: dict[str, int] = {}
    for properties in chain:
        for element in properties:
            if local(element.tag) != "ind":
                continue
            names = {local(key) for key, _value in element.items()}
            for name in ("left", "start", "firstLine", "hanging"):
                key = "left" if name == "start" else name
                if name in names and key not in found and not (key == "firstLine" and "hanging" in found):
                    found[key] = _integer(attribute(element, name))
    return (found.get("left", 0) + found.get("firstLine", 0) - found.get("hanging", 0)) / 20


def _printed(count: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter"):
        letters = chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""
        return letters if style == "lowerLetter" else letters.upper()
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman.lower() if style == "lowerRoman" else roman
    return str(count)


_ROMAN = [
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
]


def _roman(count: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (count // value)
        count %= value
    return written


def _integer(value: str, otherwise: int = 0) -> int:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 6:
        return otherwise
    return -int(digits) if value.startswith("-") else int(digits)
