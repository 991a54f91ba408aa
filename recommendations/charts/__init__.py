"""Numbers → SVG: pure functions that know no model; pages paint by class, documents by attribute."""

from recommendations.charts.bars import (
    NARROW,
    WIDE,
    Bar,
    Segment,
    StackedBar,
    bar_chart,
    coverage_bar,
    stacked_bars,
)
from recommendations.charts.lines import MilestoneMark, Point, Target, line_chart, milestone_line
from recommendations.charts.signs import rating_sign
from recommendations.charts.squares import (
    LegendEntry,
    Square,
    SquareGroup,
    SquarePictures,
    legend_square,
    squares_by_group,
    squares_picture,
)

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "LegendEntry",
    "MilestoneMark",
    "Point",
    "Segment",
    "Square",
    "SquareGroup",
    "SquarePictures",
    "StackedBar",
    "Target",
    "bar_chart",
    "both_widths",
    "coverage_bar",
    "legend_square",
    "line_chart",
    "milestone_line",
    "rating_sign",
    "squares_by_group",
    "squares_picture",
    "stacked_bars",
]

BROAD = 900  # a picture wider than this already gives way to the narrow one on a tablet


def both_widths(draw, *data, narrow: int = NARROW, wide: int = WIDE, **named) -> str:
    """A chart twice, for phones and for wide screens; the style sheet shows one, so that no text shrinks."""
    size = "ch-broad" if wide > BROAD else "ch-wide"
    return (
        f'<div class="{size}">{draw(*data, width=wide, **named)}</div>'
        f'<div class="ch-narrow">{draw(*data, width=narrow, **named)}</div>'
    )
