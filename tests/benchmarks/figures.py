"""Figures, the bars they must reach, and the table that tells them."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

MS, SECONDS, RATE, MEGABYTES, KILOBYTES, COUNT = "ms", "s", "/s", "MB", "KB", ""


@dataclass(frozen=True)
class Bar:
    """What a figure must reach: a value in its own unit, and at most so many times the raw figure."""

    value: float | None = None
    ratio: float | None = None
    at_least: bool = False


@dataclass(frozen=True)
class Figure:
    """One measured figure on one database; `raw` is what plain SQL (or a plain load) took for the same answer."""

    name: str
    what: str
    database: str
    unit: str
    value: float
    raw: float | None = None
    bar: Bar = Bar()
    note: str = ""
    # What this process and its children alone were busy with, in the figure's unit: steadier than `value` on a
    # machine that others use, too. What a database server does is not in it.
    busy: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the raw figure ours is; for rates, the raw rate over ours."""
        if not self.raw or not self.value:
            return None
        return self.raw / self.value if self.bar.at_least else self.value / self.raw

    @property
    def passes(self) -> bool | None:
        """Whether every part of the bar is reached; None where there is no bar."""
        verdicts = []
        if self.bar.value is not None:
            verdicts.append(
                self.value >= self.bar.value if self.bar.at_least else self.value <= self.bar.value
            )
        if self.bar.ratio is not None and self.ratio is not None:
            verdicts.append(self.ratio <= self.bar.ratio)
        return all(verdicts) if verdicts else None

    def as_json(self) -> dict[str, Any]:
        """Everything, with what follows from it."""
        return asdict(self) | {"ratio": self.ratio, "passes": self.passes}


def figure_of(data: dict[str, Any]) -> Figure:
    """The figure that ``as_json`` wrote."""
    kept = {key: value for key, value in data.items() if key not in ("ratio", "passes")}
    return Figure(**kept | {"bar": Bar(**data["bar"])})


def busy_seconds() -> float:
    """How long the processors worked for this process so far, and for those it started that have ended."""
    return sum(os.times()[:4])


def medians(work: Callable[[], Any], *, times: int = 11, warm: int = 2) -> tuple[float, float]:
    """The median time of a piece of work and of this process's part in it, in ms, after some runs that do not count."""
    for _ in range(warm):
        work()
    taken, busy = [], []
    for _ in range(times):
        began, idle = time.perf_counter(), busy_seconds()
        work()
        taken.append((time.perf_counter() - began) * 1000)
        busy.append((busy_seconds() - idle) * 1000)
    return statistics.median(taken), statistics.median(busy)


def median_ms(work: Callable[[], Any], *, times: int = 11, warm: int = 2) -> float:
    """The median time of a piece of work in milliseconds."""
    return medians(work, times=times, warm=warm)[0]


def seconds(work: Callable[[], Any]) -> float:
    """How long a piece of work takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def table(figures: list[Figure]) -> str:
    """The figures as a table of text, a line for each, short ones marked."""
    head = ("", "work", "database", "ours", "busy", "raw", "× raw", "must")
    lines = [head, *(_line(figure) for figure in figures)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    right = {3, 4, 5, 6}
    shown = [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([shown[0], "-" * max(map(len, shown)), *shown[1:]])


def _line(figure: Figure) -> tuple[str, ...]:
    mark = {True: "pass", False: "SHORT", None: ""}[figure.passes]
    must = []
    if figure.bar.value is not None:
        must.append(
            f"{'≥' if figure.bar.at_least else '≤'} {_number(figure.bar.value)} {figure.unit}".strip()
        )
    if figure.bar.ratio is not None:
        must.append(f"≤ {figure.bar.ratio:g} × raw")
    return (
        mark,
        figure.what + (f" ({figure.note})" if figure.note else ""),
        figure.database,
        f"{_number(figure.value)} {figure.unit}".strip(),
        f"{_number(figure.busy)} {figure.unit}".strip() if figure.busy is not None else "–",
        f"{_number(figure.raw)} {figure.unit}".strip() if figure.raw is not None else "–",
        f"{figure.ratio:.1f}" if figure.ratio else "–",
        ", ".join(must),
    )


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
