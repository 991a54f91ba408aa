"""Several lines in time beneath each other, on one scale: the review cycles with their dates and today."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from recommendations.charts.bars import CHARACTER, WIDE
from recommendations.charts.lines import MilestoneMark
from recommendations.charts.svg import Pen, element, picture, text

ROW, FOOT = 30.0, 44.0


@dataclass(frozen=True)
class Lane:
    """One line: its name, and what lies on it."""

    label: str
    marks: tuple[MilestoneMark, ...]


def lanes(
    rows: Sequence[Lane],
    *,
    title: str,
    today: datetime.date,
    today_shown: str,
    width: int = WIDE,
    document: bool = False,
) -> str:
    """Each lane from its first to its last date: filled dots lie behind, open ones ahead, each with its name."""
    pen = Pen(document)
    days = [mark.day for row in rows for mark in row.marks] + [today]
    first, last = min(days), max(days)
    left = max((len(row.label) for row in rows), default=0) * CHARACTER + 16
    right, span = width - 10.0, max((last - first).days, 1)

    def place(day: datetime.date) -> float:
        return left + (right - left) * (day - first).days / span

    bottom = ROW * len(rows) + 8
    parts = []
    years = range(first.year + 1, last.year + 1)
    # So many years that their figures would touch are named every second or fifth one.
    step = next((n for n in (1, 2, 5, 10) if len(years) * 40 <= (right - left) * n), 20)
    for year in years:
        x = place(datetime.date(year, 1, 1))
        parts.append(pen.draw("line", "ch-grid", {"x1": x, "x2": x, "y1": 0, "y2": bottom}))
        if year % step == 0:
            mark = {"x": x, "y": bottom + 16, "text-anchor": "middle"}
            parts.append(pen.draw("text", "ch-quiet", mark, text(year)))
    x = place(today)
    parts.append(pen.draw("line", "ch-now", {"x1": x, "x2": x, "y1": 0, "y2": bottom + 22}))
    anchor = "end" if x > right - 40 else "middle"
    parts.append(
        pen.draw("text", "ch-now-text", {"x": x, "y": bottom + 36, "text-anchor": anchor}, text(today_shown))
    )
    for index, row in enumerate(rows):
        y = ROW * index + ROW / 2
        parts.append(pen.draw("text", "ch-text", {"x": 0, "y": y + 4}, text(row.label)))
        if not row.marks:
            continue
        ends = sorted(mark.day for mark in row.marks)
        line = {"x1": place(ends[0]), "x2": place(ends[-1]), "y1": y, "y2": y}
        parts.append(pen.draw("line", "ch-axis", line))
        for one in row.marks:
            name = element("title", None, text(f"{one.day_shown}: {one.words}"))
            look = "ch-dot" if one.day <= today else "ch-dot-open"
            parts.append(pen.draw("circle", look, {"cx": place(one.day), "cy": y, "r": 4.5}, name))
    told = ". ".join(
        f"{row.label}: " + "; ".join(f"{mark.day_shown} {mark.words}" for mark in row.marks) for row in rows
    )
    return picture(
        width=width, height=bottom + FOOT, title=title, description=told, children=parts, document=document
    )
