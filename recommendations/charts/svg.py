"""How a picture is written: SVG as text, painted by the page's style sheet or, for documents, by attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

Attributes = Mapping[str, object]

# What the style sheet says by class, a document (PDF, DOCX) must say by attribute: one entry a class.
INK, QUIET, RULE, EDGE, ACCENT, PAPER = "#1c2026", "#5a6270", "#dcd8cf", "#857f72", "#0b5c7d", "#ffffff"
RATING_COLOURS = {
    "fully": "#1b7f5c",
    "partially": "#b07809",
    "not": "#b5472f",
    "reversed": "#6f2450",
    "cannot": "#767d88",
    "differ": INK,
    "not_yet": RULE,
}
SANS = "'Source Sans 3'"  # a name with a digit is a name only in quotation marks
# Typst draws weight 400 of a variable face in a picture as its thinnest: the light weight with a hair of its own
# colour around it reads as the regular one.
REGULAR = {"font-weight": 300, "stroke-width": 0.3}
DOCUMENT_PAINT: dict[str, Attributes] = {
    "ch-text": {"fill": INK, "stroke": INK, "font-family": SANS, "font-size": 13} | REGULAR,
    "ch-quiet": {"fill": QUIET, "stroke": QUIET, "font-family": SANS, "font-size": 12} | REGULAR,
    "ch-strong": {"fill": INK, "font-family": SANS, "font-size": 13, "font-weight": 600},
    "ch-axis": {"fill": "none", "stroke": EDGE, "stroke-width": 1},
    "ch-grid": {"fill": "none", "stroke": RULE, "stroke-width": 1},
    "ch-line": {"fill": "none", "stroke": ACCENT, "stroke-width": 2},
    "ch-dot": {"fill": ACCENT, "stroke": PAPER, "stroke-width": 2},
    "ch-dot-open": {"fill": PAPER, "stroke": ACCENT, "stroke-width": 2},
    "ch-target": {"fill": "none", "stroke": INK, "stroke-width": 1.5, "stroke-dasharray": "5 4"},
    "ch-now": {"fill": "none", "stroke": ACCENT, "stroke-width": 1.5},
    "ch-now-text": {"fill": ACCENT, "font-family": SANS, "font-size": 12, "font-weight": 600},
    "ch-bar": {"fill": ACCENT},
    "ch-back": {"fill": "#e9e4d8"},
    "ch-edge": {"fill": "none", "stroke": EDGE, "stroke-width": 1},
    "ch-on": {"fill": PAPER, "font-family": SANS, "font-size": 12, "font-weight": 600},
    "ch-on-ink": {"fill": INK, "font-family": SANS, "font-size": 12, "font-weight": 600},
    "ch-on-partially": {"fill": "#14171b", "font-family": SANS, "font-size": 12, "font-weight": 600},
    "ch-step1": {"fill": RULE},
    "ch-step2": {"fill": "#b4cdd8"},
    "ch-step3": {"fill": "#7ba7bb"},
    "ch-step4": {"fill": "#2f7391"},
    "ch-step5": {"fill": "#07435c"},
    "sq-hair": {"stroke": RULE, "stroke-width": 1},
    "sq-tick": {"fill": PAPER},
    "sq-tick-in": {"fill": INK},
}
DOCUMENT_PAINT.update({f"ch-{code}": {"fill": colour} for code, colour in RATING_COLOURS.items()})
DOCUMENT_PAINT["ch-cannot"] = {"fill": "#6b727d"}  # a little darker: figures stand on it


def text(value: object) -> str:
    """The value as text between tags."""
    return escape(str(value), quote=False)


def number(value: float) -> str:
    """A coordinate with one decimal at most: half a pixel is finer than anybody sees."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def element(name: str, attributes: Attributes | None = None, *children: str) -> str:
    """One element; attributes that are None are left out, `_` in a name stands for `-`."""
    written = "".join(
        f' {key.replace("_", "-")}="{escape(number(value) if isinstance(value, float) else str(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None
    )
    body = "".join(children)
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def painted(style: str, *, document: bool) -> dict[str, object]:
    """The attributes that give an element its look: the class on a page, presentation attributes in a document."""
    return dict(DOCUMENT_PAINT[style]) if document else {"class": style}


@dataclass(frozen=True)
class Pen:
    """Draws elements in a named look, for a page or for a document."""

    document: bool = False

    def draw(self, name: str, style: str, attributes: Attributes, *children: str) -> str:
        """One element with that look."""
        return element(name, {**attributes, **painted(style, document=self.document)}, *children)


def picture(
    *,
    width: float,
    height: float,
    title: str,
    description: str = "",
    children: Iterable[str],
    document: bool,
    links: bool = False,
    css: str = "",
) -> str:
    """The whole SVG: an image with its name and description, or a group where its parts are links."""
    head = element("title", None, text(title)) + (
        element("desc", None, text(description)) if description else ""
    )
    attributes: dict[str, object] = {
        "xmlns": "http://www.w3.org/2000/svg" if document else None,
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "width": number(width),
        "height": number(height),
        "role": "group" if links else "img",
        "aria-label": title if not document else None,
        "class": css or None,
    }
    return element("svg", attributes, head, *children)


def wrapped(words: str, width: int) -> list[str]:
    """A label in lines of about so many characters; a longer word stays whole."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]
