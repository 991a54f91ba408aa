"""The signs of the ratings as drawn shapes, since no font has them all: alone beside a word, or inside a square."""

from __future__ import annotations

from recommendations.charts.svg import EDGE, PAPER, RATING_COLOURS, Attributes, element, painted

RATINGS = ("fully", "partially", "not", "reversed", "cannot")
CODES = (*RATINGS, "differ", "not_yet")

# Alone: a box of 16 by 16. "ink" is filled, "pen" is drawn.
ALONE: dict[str, tuple[tuple[str, str], ...]] = {
    "fully": (("ink", "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z"),),
    "partially": (
        ("pen", "M8 2.4a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 1 1 0-11.2z"),
        ("ink", "M8 2a6 6 0 0 0 0 12z"),
    ),
    "not": (("pen", "M8 2.4a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 1 1 0-11.2z"),),
    "reversed": (("pen", "M3.3 5.6A5.5 5.5 0 1 1 2.6 9.6M3 1.6v4.2h4.2"),),
    "cannot": (("pen", "M2.5 8h11"),),
    "differ": (("pen", "M2.4 2.4h11.2v11.2H2.4zM2.4 8L8 2.4M2.4 13.6L13.6 2.4M8 13.6L13.6 8"),),
    "not_yet": (("dash", "M8 2.6a5.4 5.4 0 1 1 0 10.8a5.4 5.4 0 1 1 0-10.8z"),),
    "not_required": (("ink", "M8 6.6a1.4 1.4 0 1 1 0 2.8a1.4 1.4 0 1 1 0-2.8z"),),
}
PEN: Attributes = {"fill": "none", "stroke": "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round"}
DASH: Attributes = {**PEN, "stroke-width": 1.4, "stroke-dasharray": "2 2.2"}
MANNERS: dict[str, Attributes] = {"ink": {"fill": "currentColor"}, "pen": PEN, "dash": DASH}

# Inside a square of 14 by 14.
INSIDE: dict[str, tuple[tuple[str, str], ...]] = {
    "fully": (("ink", "M7 3.6a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 1 1 0-6.8z"),),
    "partially": (("pen", "M7 4a3 3 0 1 1 0 6a3 3 0 1 1 0-6z"), ("ink", "M7 3.6a3.4 3.4 0 0 0 0 6.8z")),
    "not": (("pen", "M7 4a3 3 0 1 1 0 6a3 3 0 1 1 0-6z"),),
    "reversed": (("pen", "M4.2 5.8A3.1 3.1 0 1 1 4 8M4 2.9v3h3"),),
    "cannot": (("pen", "M3.6 7h6.8"),),
    "differ": (("pen", "M1 7L7 1M1 13L13 1M7 13L13 7"),),
    "not_yet": (),
}


def rating_sign(code: str, *, document: bool = False) -> str:
    """The sign of a rating (or of "differ", "not_yet", "not_required") as SVG of one em; the word stands beside it."""
    colour = RATING_COLOURS.get(code, RATING_COLOURS["cannot"]) if document else "currentColor"
    drawn = []
    for manner, path in ALONE[code]:
        attributes: Attributes = {"d": path, **MANNERS[manner]}
        drawn.append(
            element("path", {k: colour if v == "currentColor" else v for k, v in attributes.items()})
        )
    box: dict[str, object] = {"viewBox": "0 0 16 16"}
    if document:
        box |= {"xmlns": "http://www.w3.org/2000/svg", "width": 16, "height": 16}
    else:
        box |= {"class": f"sign sign-{code}", "aria-hidden": "true", "width": 16, "height": 16}
    return element("svg", box, *drawn)


def square_shapes(code: str, *, noted: bool, repeated: bool, document: bool = False) -> str:
    """What is drawn in one square of 14 by 14: box, sign, and the tick of what an earlier cycle already asked."""
    colour = RATING_COLOURS[code]
    outlined = noted or code == "differ"
    if outlined:
        frame: dict[str, object] = {"x": 0.75, "y": 0.75, "width": 12.5, "height": 12.5}
        edge = EDGE if code == "not_yet" else colour
        look: dict[str, object] = {"fill": PAPER, "stroke": edge, "stroke-width": 1.5}
        shapes = [element("rect", frame | (look if document else {"class": "sq-line"}))]
    else:
        look = {"fill": colour}
        shapes = [element("rect", {"width": 14, "height": 14} | (look if document else {"class": "sq-box"}))]
    on = colour if outlined else PAPER
    for manner, path in INSIDE[code]:
        look = {"fill": on} if manner == "ink" else {"fill": "none", "stroke": on, "stroke-width": 1.6}
        shapes.append(element("path", {"d": path, **(look if document else {"class": f"sq-{manner}"})}))
    if repeated:
        shapes.append(element("path", {"d": "M7 0H14v7z"} | painted("sq-tick", document=document)))
        shapes.append(element("path", {"d": "M8.6 0H14v5.4z"} | painted("sq-tick-in", document=document)))
    return "".join(shapes)
