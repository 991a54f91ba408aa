"""Every recommendation is a square: grouped by theme, filled by rating, outlined when noted, ticked when repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommendations.charts.signs import square_shapes
from recommendations.charts.svg import element, number, painted, picture, text

SIDE, PITCH, COLUMNS, GROUP_GAP = 14, 16, 10, 7


@dataclass(frozen=True)
class Square:
    """One recommendation. `rating` is a Rating, "differ", or "not_yet"; `name` is what a screen reader says."""

    rating: str
    name: str
    url: str = ""
    noted: bool = False
    repeated: bool = False

    @property
    def shape(self) -> str:
        """The name of its drawing: as many as there are ways to look, not as there are recommendations."""
        return f"{self.rating}{'-n' if self.noted else ''}{'-r' if self.repeated else ''}"


@dataclass(frozen=True)
class SquareGroup:
    """The recommendations of one theme, in the order of their paragraphs."""

    label: str
    squares: tuple[Square, ...]
    url: str = ""


@dataclass(frozen=True)
class GroupPicture:
    """One theme's squares as a picture of their own, so that the page may flow them in columns."""

    label: str
    count: int
    url: str
    svg: str


@dataclass(frozen=True)
class SquarePictures:
    """All themes' pictures with the drawings they use; the drawings stand once in the page."""

    drawings: str
    groups: tuple[GroupPicture, ...]


@dataclass(frozen=True)
class LegendEntry:
    """A square, what it means and how many there are."""

    svg: str
    words: str
    count: int | None = None


def squares_by_group(
    groups: Sequence[SquareGroup], *, columns: int = COLUMNS, prefix: str = "sq"
) -> SquarePictures:
    """The squares of the page: one picture a theme, each square a link with a name."""
    shown = [group for group in groups if group.squares]
    pictures = []
    for group in shown:
        places = [(index % columns * PITCH, index // columns * PITCH) for index in range(len(group.squares))]
        drawn = [_link(square, x, y, prefix) for square, (x, y) in zip(group.squares, places, strict=True)]
        # One free pixel around, so that the mark of the focused square is not cut.
        width, height = columns * PITCH - 2, (len(group.squares) - 1) // columns * PITCH + SIDE
        box = {"class": "sq", "role": "group", "aria-label": group.label, "width": width, "height": height}
        svg = element("svg", box | {"viewBox": f"0 0 {width} {height}"}, *drawn)
        pictures.append(GroupPicture(group.label, len(group.squares), group.url, svg))
    drawings = element(
        "svg",
        {"width": 0, "height": 0, "aria-hidden": "true", "class": "sq-drawings"},
        _drawings(shown, prefix, document=False),
    )
    return SquarePictures(drawings if shown else "", tuple(pictures))


def squares_picture(
    groups: Sequence[SquareGroup],
    *,
    title: str,
    description: str,
    columns: int = 40,
    prefix: str = "sp",
    document: bool = False,
) -> str:
    """All squares as one picture without links, a hairline between themes: for documents, for comparing cycles."""
    shown = [group for group in groups if group.squares]
    right, row = columns * PITCH - 2, 0
    x, parts = 0, []
    for position, group in enumerate(shown):
        if position and x:
            if x + GROUP_GAP + SIDE > right:
                x, row = 0, row + 1
            else:
                line = {
                    "x1": x + GROUP_GAP / 2 - 1,
                    "x2": x + GROUP_GAP / 2 - 1,
                    "y1": row * PITCH,
                    "y2": row * PITCH + SIDE,
                }
                parts.append(element("line", line | painted("sq-hair", document=document)))
                x += GROUP_GAP - 2
        for square in group.squares:
            if x + SIDE > right:
                x, row = 0, row + 1
            parts.append(element("use", {"href": f"#{prefix}-{square.shape}", "x": x, "y": row * PITCH}))
            x += PITCH
    return picture(
        width=right,
        height=row * PITCH + SIDE,
        title=title,
        description=description,
        children=[_drawings(shown, prefix, document=document), *parts],
        document=document,
        css="" if document else "sq-picture",
    )


def legend_square(rating: str, *, noted: bool = False, repeated: bool = False, document: bool = False) -> str:
    """One square alone, for a legend; the words stand beside it."""
    box: dict[str, object] = {"viewBox": "0 0 14 14", "width": SIDE, "height": SIDE}
    box |= (
        {"xmlns": "http://www.w3.org/2000/svg"}
        if document
        else {"class": f"sq sq-{rating}", "aria-hidden": "true"}
    )
    shapes = square_shapes(rating, noted=noted, repeated=repeated, document=document)
    if not document and noted:
        shapes = element("g", {"class": "sq-noted"}, shapes)
    return element("svg", box, shapes)


def _drawings(groups: Sequence[SquareGroup], prefix: str, *, document: bool) -> str:
    """The definitions that the squares of these groups use."""
    kinds = {square.shape: square for group in groups for square in group.squares}
    drawn = []
    for shape, square in sorted(kinds.items()):
        outlined = square.noted or square.rating == "differ"
        css = None if document else f"sq-{square.rating}{' sq-noted' if outlined else ''}"
        shapes = square_shapes(square.rating, noted=square.noted, repeated=square.repeated, document=document)
        drawn.append(element("g", {"id": f"{prefix}-{shape}", "class": css}, shapes))
    return element("defs", None, *drawn) if drawn else ""


def _link(square: Square, x: int, y: int, prefix: str) -> str:
    """One square as a link (or, where nothing may be opened, as a picture with a name)."""
    place = {
        "href": f"#{prefix}-{square.shape}",
        "x": number(x) if x else None,
        "y": number(y) if y else None,
    }
    inside = element("title", None, text(square.name)) + element("use", place)
    if square.url:
        return element("a", {"href": square.url}, inside)
    return element("g", {"role": "img", "aria-label": square.name}, inside)
