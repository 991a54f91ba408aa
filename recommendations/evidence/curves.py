"""An indicator's charts: a line for each of its series, or bars where each has a single value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.utils import formats
from django.utils.translation import gettext as _

from recommendations.charts import Bar, Point, Target, bar_chart, both_widths, line_chart
from recommendations.evidence.models import Indicator, Observation
from recommendations.evidence.numbers import shown


@dataclass(frozen=True)
class Curve:
    """One chart (SVG text), of one series or, where ``series`` is empty, of all, with its values as written."""

    series: str
    chart: str
    rows: list[tuple[str, str]] = field(default_factory=list)


def curves_of(indicator: Indicator, observations: Iterable[Observation]) -> list[Curve]:
    """The charts of an indicator, in the order of its series' names, with the target in each.

    Several series stand in charts of their own: lines of unlike size in one picture hide each other. Series of a
    single value each are no lines: they are compared as bars in one chart.
    """
    rows = sorted(observations, key=lambda row: (row.series, row.on))
    if len(rows) > 1 and len({row.series for row in rows}) == len(rows):
        return [_compared(indicator, rows)]
    target = None
    if indicator.target is not None:
        words = _("target: %(value)s") % {"value": shown(indicator.target)}
        target = Target(float(indicator.target), words)
    curves = []
    for series, group in groupby(rows, lambda row: row.series):
        points = [Point(row.on, float(row.value), when(row), shown(row.value)) for row in group]
        title = f"{indicator.local_name}: {series}" if series else indicator.local_name
        chart = both_widths(line_chart, points, title=title, unit=indicator.unit, target=target)
        curves.append(Curve(series, chart, [(point.day_shown, point.value_shown) for point in points]))
    return curves


def when(row: Observation) -> str:
    """The observation's date as people say it."""
    return row.when_label or formats.date_format(row.on, "SHORT_DATE_FORMAT")


def _compared(indicator: Indicator, rows: list[Observation]) -> Curve:
    """Bars for series of one value each; the date stands at each bar unless all are of one day."""
    one_day = len({row.on for row in rows}) == 1
    labels = [row.series if one_day else f"{row.series}, {when(row)}" for row in rows]
    bars = [Bar(label, float(row.value), shown(row.value)) for label, row in zip(labels, rows, strict=True)]
    title = f"{indicator.local_name}, {when(rows[0])}" if one_day else indicator.local_name
    chart = both_widths(bar_chart, bars, title=f"{title} ({indicator.unit})")
    return Curve("", chart, [(bar.label, bar.shown) for bar in bars])
