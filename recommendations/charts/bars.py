"""Bars: amounts side by side, ratings within a theme, how far a round has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommendations.charts.signs import INSIDE
from recommendations.charts.svg import PAPER, Pen, element, picture, text, wrapped

WIDE, NARROW = 720, 340
CHARACTER = 6.6  # the mean width of a character of the 13 px labels
BAR, LINE = 16, 17
# The look of a figure on its part of the bar where the usual one would be too faint.
FIGURES_ON = dict.fromkeys(("not_yet", "step1", "step2", "step3"), "ch-on-ink") | {
    "partially": "ch-on-partially"
}


@dataclass(frozen=True)
class Bar:
    """One amount: its label, its length and the number as it is written."""

    label: str
    value: float
    shown: str
    url: str = ""


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar. `code` is a Rating, "differ", "not_yet", or "step1" to "step5"."""

    code: str
    words: str
    count: int


@dataclass(frozen=True)
class StackedBar:
    """One row: a theme, say, with how many of its recommendations have which rating."""

    label: str
    segments: tuple[Segment, ...]
    url: str = ""

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(segment.count for segment in self.segments)


def bar_chart(bars: Sequence[Bar], *, title: str, width: int = WIDE, document: bool = False) -> str:
    """Horizontal bars, the label at the left or, where it is narrow, above."""
    pen, frame = Pen(document), _Rows([bar.label for bar in bars], width)
    longest = max((bar.value for bar in bars), default=0) or 1
    room = frame.room - max((len(bar.shown) for bar in bars), default=0) * CHARACTER - 12
    parts = []
    for index, bar in enumerate(bars):
        x, y = frame.x, frame.bar_y(index)
        length = room * max(bar.value, 0) / longest
        parts.append(frame.label(index, bar.url, pen=pen))
        parts.append(
            pen.draw(
                "rect",
                "ch-bar",
                {"x": x, "y": y, "width": length, "height": BAR},
            )
        )
        place = {"x": x + length + 6, "y": y + BAR - 4}
        parts.append(pen.draw("text", "ch-strong", place, text(bar.shown)))
    described = "; ".join(f"{bar.label}: {bar.shown}" for bar in bars)
    return _whole(frame, title, described, parts, links=any(bar.url for bar in bars), pen=pen)


def stacked_bars(bars: Sequence[StackedBar], *, title: str, width: int = WIDE, document: bool = False) -> str:
    """Stacked horizontal bars, as long as their totals; every part carries its sign and, where it fits, its number."""
    pen, frame = Pen(document), _Rows([bar.label for bar in bars], width)
    longest = max((bar.total for bar in bars), default=0) or 1
    room = frame.room - len(str(longest)) * CHARACTER - 12
    parts = []
    for index, bar in enumerate(bars):
        parts.append(frame.label(index, bar.url, pen=pen))
        drawn, end = _segments(bar, x=frame.x, y=frame.bar_y(index), room=room * bar.total / longest, pen=pen)
        parts += drawn
        place = {"x": end + 6, "y": frame.bar_y(index) + BAR - 4}
        parts.append(pen.draw("text", "ch-strong", place, text(bar.total)))
    described = "; ".join(f"{bar.label}: {_in_words(bar)}" for bar in bars)
    return _whole(frame, title, described, parts, links=any(bar.url for bar in bars), pen=pen)


def coverage_bar(
    segments: Sequence[Segment], *, title: str, width: int = WIDE, document: bool = False
) -> str:
    """One bar over the whole width, from what nobody has begun to what is published, with its words below."""
    pen, bar = Pen(document), StackedBar("", tuple(segments))
    parts, _end = _segments(bar, x=0, y=0, room=float(width), pen=pen, height=20)
    x, y = 0.0, 42
    for segment in segments:
        needed = 20 + (len(segment.words) + len(str(segment.count)) + 1) * CHARACTER + 16
        if x and x + needed > width:
            x, y = 0.0, y + 22
        parts.append(
            pen.draw(
                "rect",
                f"ch-{segment.code}",
                {"x": x, "y": y - 11, "width": 12, "height": 12},
            )
        )
        words = text(f"{segment.words} ") + element("tspan", {"font-weight": 600}, text(segment.count))
        parts.append(pen.draw("text", "ch-text", {"x": x + 18, "y": y}, words))
        x += needed
    return picture(
        width=width, height=y + 6, title=title, description=_in_words(bar), children=parts, document=document
    )


class _Rows:
    """Where the labels and the bars of each row stand."""

    def __init__(self, labels: Sequence[str], width: int) -> None:
        self.width = width
        self.beside = width >= 520
        self.x = 220.0 if self.beside else 0.0
        self.lines = [wrapped(label, int((205 if self.beside else width) / CHARACTER)) for label in labels]
        self.tops: list[float] = []
        top = 0.0
        for lines in self.lines:
            self.tops.append(top)
            height = len(lines) * LINE
            top += max(height, BAR) + 10 if self.beside else height + BAR + 12
        self.height = max(top - 4, BAR)
        self.room = width - self.x

    def bar_y(self, index: int) -> float:
        """The upper edge of a row's bar."""
        return self.tops[index] + (1 if self.beside else len(self.lines[index]) * LINE + 1)

    def label(self, index: int, url: str, *, pen: Pen) -> str:
        """A row's label in its lines, as a link where it leads somewhere."""
        spans = [
            element("tspan", {"x": 0, "y": self.tops[index] + 13 + number * LINE}, text(line))
            for number, line in enumerate(self.lines[index])
        ]
        written = pen.draw("text", "ch-text", {}, *spans)
        return element("a", {"href": url}, written) if url and not pen.document else written


def _segments(
    bar: StackedBar, *, x: float, y: float, room: float, pen: Pen, height: int = BAR
) -> tuple[list[str], float]:
    """The parts of a bar from left to right, and where they end."""
    parts = []
    for segment in bar.segments:
        if not segment.count:
            continue
        length = room * segment.count / bar.total
        drawn = max(length - 1, 0.5)
        place = {"x": x, "y": y, "width": drawn, "height": height}
        hint = element("title", None, text(f"{segment.words}: {segment.count}"))
        parts.append(pen.draw("rect", f"ch-{segment.code}", place, hint))
        signed = segment.code in INSIDE and segment.code != "not_yet" and drawn >= 16
        if signed:
            parts.append(_sign(segment.code, x + 1, y + (height - 14) / 2, pen=pen))
        start = x + 4 + (12 if signed else 0)
        if start + len(str(segment.count)) * 7.2 + 3 < x + drawn:
            style = FIGURES_ON.get(segment.code, "ch-on")
            words = {"x": start, "y": y + height / 2 + 4}
            parts.append(pen.draw("text", style, words, text(segment.count)))
        x += length
    return parts, x


def _sign(code: str, x: float, y: float, *, pen: Pen) -> str:
    """A rating's sign on its bar."""
    shapes = []
    for manner, path in INSIDE[code]:
        look: dict[str, object] = (
            {"fill": PAPER} if manner == "ink" else {"fill": "none", "stroke": PAPER, "stroke-width": 1.6}
        )
        shapes.append(element("path", {"d": path, **(look if pen.document else {"class": f"sq-{manner}"})}))
    return element("g", {"transform": f"translate({x:.1f} {y:.1f})"}, *shapes)


def _in_words(bar: StackedBar) -> str:
    return ", ".join(f"{segment.words} {segment.count}" for segment in bar.segments)


def _whole(frame: _Rows, title: str, described: str, parts: list[str], *, links: bool, pen: Pen) -> str:
    return picture(
        width=frame.width,
        height=frame.height,
        title=title,
        description=described,
        children=parts,
        document=pen.document,
        links=links and not pen.document,
    )
