"""The drawn signs and squares of a document, from the same shapes as the pages: SVG by name."""

from recommendations.charts.signs import rating_sign, square_shapes
from recommendations.charts.svg import EDGE, RULE
from recommendations.overview.lines import OUTCOMES


def shapes() -> dict[str, str]:
    """`sign-<outcome>` for beside a word, `square-<outcome>-<noted><repeated>` (0 or 1) for the picture."""
    drawn = {}
    for outcome in OUTCOMES:
        drawn[f"sign-{outcome}"] = rating_sign(outcome, document=True).replace(RULE, EDGE)  # on white, alone
        for noted in (False, True):
            for repeated in (False, True):
                inside = square_shapes(outcome, noted=noted, repeated=repeated, document=True)
                drawn[f"square-{outcome}-{noted:d}{repeated:d}"] = (
                    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 14 14" width="14" height="14">'
                    f"{inside}</svg>"
                )
    return drawn
