"""An indicator's charts: one for each of its series, with the table that says the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.utils import formats
from django.utils.translation import gettext as _

from recommendations.charts import Point, Target, both_widths, line_chart
from recommendations.evidence.models import Indicator, Observation
from recommendations.evidence.numbers import shown


@dataclass(frozen=True)
class Curve:
    """One series: its chart (SVG text) and its values as they are written."""

    series: str
    chart: str
    rows: list[tuple[str, str]] = field(default_factory=list)


def curves_of(indicator: Indicator, observations: Iterable[Observation]) -> list[Curve]:
    """A chart for each series, in the order of the series' names; the target stands in each.

    Several series stand in charts of their own: lines of unlike size in one picture hide each other.
    """
    target = None
    if indicator.target is not None:
        words = _("target: %(value)s") % {"value": shown(indicator.target)}
        target = Target(float(indicator.target), words)
    curves = []
    for series, rows in groupby(
        sorted(observations, key=lambda row: (row.series, row.on)), lambda row: row.series
    ):
        points = [
            Point(
                row.on,
                float(row.value),
                row.when_label or formats.date_format(row.on, "SHORT_DATE_FORMAT"),
                shown(row.value),
            )
            for row in rows
        ]
        title = f"{indicator.local_name}: {series}" if series else indicator.local_name
        chart = both_widths(line_chart, points, title=title, unit=indicator.unit, target=target)
        curves.append(Curve(series, chart, [(point.day_shown, point.value_shown) for point in points]))
    return curves
