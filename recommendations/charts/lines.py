"""Lines in time: an indicator's observations with its target, and a cycle's milestones with today."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from recommendations.charts.bars import CHARACTER, NARROW, WIDE
from recommendations.charts.svg import Pen, picture, text, wrapped


@dataclass(frozen=True)
class Point:
    """One observation: its day, its value, and both as they are written."""

    day: datetime.date
    value: float
    day_shown: str
    value_shown: str


@dataclass(frozen=True)
class Target:
    """The value to be reached, in figures and words."""

    value: float
    shown: str


@dataclass(frozen=True)
class MilestoneMark:
    """A dated event of a cycle; `day_shown` says "about" where the date is estimated."""

    day: datetime.date
    words: str
    day_shown: str
    estimated: bool = False


def line_chart(
    points: Sequence[Point],
    *,
    title: str,
    unit: str,
    target: Target | None = None,
    width: int = WIDE,
    document: bool = False,
) -> str:
    """The observations over time from zero up, each with its figure as long as they do not crowd, and the target."""
    pen = Pen(document)
    points = sorted(points, key=lambda point: point.day)
    left, right, top, height = 64.0, width - 28.0, 34.0, 236.0
    bottom = height - 32
    highest = max([point.value for point in points] + ([target.value] if target else []) + [0])
    steps = _steps(highest)
    ceiling = steps[-1] or 1
    place_x = _scale([point.day for point in points], left + 14, right - 14)

    def place_y(value: float) -> float:
        return bottom - (bottom - top) * value / ceiling

    parts = [pen.draw("text", "ch-quiet", {"x": 0, "y": 13}, text(unit))]
    for step in steps:
        y = place_y(step)
        line = {"x1": left, "x2": right, "y1": y, "y2": y}
        parts.append(pen.draw("line", "ch-grid" if step else "ch-axis", line))
        mark = {"x": left - 8, "y": y + 4, "text-anchor": "end"}
        parts.append(pen.draw("text", "ch-quiet", mark, text(grouped(step))))
    if target:
        y = place_y(target.value)
        line = {"x1": left, "x2": right, "y1": y, "y2": y}
        parts.append(pen.draw("line", "ch-target", line))
        mark = {"x": right, "y": y - 6, "text-anchor": "end"}
        parts.append(pen.draw("text", "ch-strong", mark, text(target.shown)))
    places = [(place_x(point.day), place_y(point.value)) for point in points]
    if len(places) > 1:
        way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(pen.draw("path", "ch-line", {"d": way}))
    parts += _points(points, places, pen=pen)
    described = "; ".join(f"{point.day_shown}: {point.value_shown}" for point in points)
    if target:
        described += f". {target.shown}"
    return picture(
        width=width, height=height, title=title, description=described, children=parts, document=pen.document
    )


def _points(points: Sequence[Point], places: list[tuple[float, float]], *, pen: Pen) -> list[str]:
    """The dots with their figures and days; a figure or day that would touch its neighbour is left to the table."""
    parts = []
    last_day = last_value = -math.inf
    for index, (point, (x, y)) in enumerate(zip(points, places, strict=True)):
        parts.append(pen.draw("circle", "ch-dot", {"cx": x, "cy": y, "r": 4.5}))
        half = len(point.value_shown) * CHARACTER / 2
        final = index == len(points) - 1
        if x - half > last_value + 4 or (final and x - half > last_value - 8):
            mark = {"x": x, "y": y - 11, "text-anchor": "middle"}
            parts.append(pen.draw("text", "ch-strong", mark, text(point.value_shown)))
            last_value = x + half
        half = len(point.day_shown) * CHARACTER / 2
        if x - half > last_day + 6:
            mark = {"x": x, "y": 222, "text-anchor": "middle"}
            parts.append(pen.draw("text", "ch-quiet", mark, text(point.day_shown)))
            last_day = x + half
    return parts


def milestone_line(
    milestones: Sequence[MilestoneMark],
    *,
    title: str,
    today: datetime.date | None = None,
    today_shown: str = "",
    width: int = 1080,
    document: bool = False,
) -> str:
    """The milestones along a line with today on it; on a narrow page the line stands upright."""
    pen = Pen(document)
    marks = sorted(milestones, key=lambda mark: mark.day)
    if width <= NARROW + 60:
        return _upright(marks, title=title, today=today, today_shown=today_shown, width=width, pen=pen)
    longest = max((_label_width(mark) for mark in marks), default=0)
    left, right = 6.0, max(width - min(longest, width / 3), width / 2)
    place = _scale([mark.day for mark in marks], left, right)
    lanes = _lanes([(place(mark.day), _label_width(mark)) for mark in marks])
    base = 22 * (max(lanes, default=0) + 1) + 14.0
    parts = [pen.draw("line", "ch-axis", {"x1": 0, "x2": width, "y1": base, "y2": base})]
    for year in _years(marks):
        x = place(datetime.date(year, 1, 1))
        parts.append(pen.draw("line", "ch-axis", {"x1": x, "x2": x, "y1": base, "y2": base + 6}))
        parts.append(
            pen.draw(
                "text",
                "ch-quiet",
                {"x": x, "y": base + 20, "text-anchor": "middle"},
                text(year),
            )
        )
    if today and marks and marks[0].day <= today <= marks[-1].day + datetime.timedelta(days=200):
        x = place(today)
        parts.append(pen.draw("line", "ch-now", {"x1": x, "x2": x, "y1": base - 7, "y2": base + 28}))
        mark_at = {"x": x, "y": base + 40, "text-anchor": "middle"}
        parts.append(pen.draw("text", "ch-now-text", mark_at, text(today_shown)))
    for mark, lane in zip(marks, lanes, strict=True):
        x, y = place(mark.day), base - 18 - 22 * lane
        parts.append(pen.draw("line", "ch-grid", {"x1": x, "x2": x, "y1": y - 2, "y2": base}))
        parts.append(_dot(mark, x, base, today, pen=pen))
        words = pen.draw("tspan", "ch-quiet", {}, text(f"{mark.day_shown} ")) + text(mark.words)
        parts.append(pen.draw("text", "ch-text", {"x": x + 4, "y": y + 8}, words))
    return picture(
        width=width,
        height=base + 46,
        title=title,
        description=_told(marks),
        children=parts,
        document=pen.document,
    )


def _upright(
    marks: Sequence[MilestoneMark],
    *,
    title: str,
    today: datetime.date | None,
    today_shown: str,
    width: int,
    pen: Pen,
) -> str:
    """The same as a list along an upright line, with today between what was and what comes."""
    parts, y, told = [], 8.0, today is None
    first = y
    for mark in marks:
        if not told and today is not None and mark.day > today:
            parts.append(
                pen.draw(
                    "text",
                    "ch-now-text",
                    {"x": 20, "y": y + 4},
                    text(today_shown),
                )
            )
            parts.append(pen.draw("line", "ch-now", {"x1": 0, "x2": 14, "y1": y, "y2": y}))
            y, told = y + 26, True
        parts.append(_dot(mark, 7, y, today, pen=pen))
        parts.append(pen.draw("text", "ch-quiet", {"x": 20, "y": y + 4}, text(mark.day_shown)))
        for line in wrapped(mark.words, int((width - 24) / CHARACTER)):
            y += 17
            parts.append(pen.draw("text", "ch-text", {"x": 20, "y": y + 4}, text(line)))
        y += 26
    way = pen.draw(
        "line",
        "ch-axis",
        {"x1": 7, "x2": 7, "y1": first, "y2": max(y - 26, first)},
    )
    return picture(
        width=width,
        height=max(y - 12, 16),
        title=title,
        description=_told(marks),
        children=[way, *parts],
        document=pen.document,
    )


def _dot(mark: MilestoneMark, x: float, y: float, today: datetime.date | None, *, pen: Pen) -> str:
    """Filled where it lies behind, open where it is still to come."""
    behind = today is None or mark.day <= today
    return pen.draw(
        "circle",
        "ch-dot" if behind else "ch-dot-open",
        {"cx": x, "cy": y, "r": 4.5},
    )


def _told(marks: Sequence[MilestoneMark]) -> str:
    return "; ".join(f"{mark.day_shown}: {mark.words}" for mark in marks)


def _label_width(mark: MilestoneMark) -> float:
    return (len(mark.day_shown) + 1 + len(mark.words)) * CHARACTER + 10


def _lanes(labels: Sequence[tuple[float, float]]) -> list[int]:
    """A lane for each label, from the right: above every later one it would run into, so that no leader crosses it."""
    lanes = [0] * len(labels)
    for index in range(len(labels) - 1, -1, -1):
        x, length = labels[index]
        lanes[index] = max(
            (lanes[j] + 1 for j in range(index + 1, len(labels)) if labels[j][0] < x + length), default=0
        )
    return lanes


def _years(marks: Sequence[MilestoneMark]) -> range:
    """The years that begin within the line."""
    return range(marks[0].day.year + 1, marks[-1].day.year + 1) if marks else range(0)


def _scale(days: Sequence[datetime.date], left: float, right: float):
    """A function from a day to its place between left and right; a single day stands in the middle."""
    first = min(days, default=datetime.date.min).toordinal()
    span = max(days, default=datetime.date.min).toordinal() - first

    def place(day: datetime.date) -> float:
        return left + (right - left) * (day.toordinal() - first) / span if span else (left + right) / 2

    return place


def _steps(highest: float) -> list[float]:
    """Three to six round values from 0 to just above the highest."""
    if highest <= 0:
        return [0, 1]
    rough = highest / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    return [step * count for count in range(math.ceil(highest / step - 1e-9) + 1)]


def grouped(value: float) -> str:
    """A figure of the axis, thousands divided by a narrow blank as the UN and ISO do in all three languages."""
    whole = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return whole.replace(",", "\u202f")
