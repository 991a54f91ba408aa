"""What stands out in a cycle: supported but not implemented, noted yet implemented, claims beside findings."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story.parts import (
    Block,
    Runs,
    column,
    heading,
    joined,
    para,
    plain,
    rating,
    reference,
    run,
    table,
)
from recommendations.overview.lines import RecommendationLine
from recommendations.overview.summary import CycleSummary

EXCERPT = 120
"""Characters of a text in an overview; the whole text stands in its entry."""


def what_stands_out(summary: CycleSummary) -> list[Block]:
    """One chapter; what was kept without a promise stands as large as what was promised and not kept."""
    blocks = [heading(1, _("What stands out"), new_page=True)]
    blocks += _section(
        _("Supported, but not implemented"),
        summary.supported_but_not_implemented,
        _("No supported recommendation has been found not implemented or reversed."),
    )
    blocks += _section(
        _("Noted, yet implemented"),
        summary.noted_yet_implemented,
        _("No noted recommendation has been found implemented, fully or partially."),
    )
    blocks += _section(
        _("Where the situation went backwards"),
        summary.went_backwards,
        _("No recommendation has been found reversed."),
    )
    blocks += _claims(summary)
    if summary.differing:
        blocks += [
            heading(2, _("Where organisations differ")),
            table(
                _("What each organisation found"),
                [*_named_columns(), column(_("Findings"), 5)],
                [[*_named(row), spread(row)] for row in summary.differing],
            ),
        ]
    if summary.repeated:
        blocks += [
            heading(2, _("Repeated from earlier cycles")),
            table(
                _("The same demand in another cycle"),
                [*_named_columns(), column(_("Also made as"), 2.5), column(_("Finding"), 2.5)],
                [[*_named(row), repeats(row), rating(row.outcome)] for row in summary.repeated],
            ),
        ]
    return blocks


def _section(title: str, rows: Sequence[RecommendationLine], nothing: str) -> list[Block]:
    blocks = [heading(2, title)]
    if not rows:
        return [*blocks, para(nothing)]
    return [
        *blocks,
        _table(
            words.recommendations_words(len(rows)), rows, (_("Finding"), 2.5, lambda row: rating(row.outcome))
        ),
    ]


def _table(
    caption: str, rows: Sequence[RecommendationLine], last: tuple[str, float, Callable[..., Runs]]
) -> Block:
    title, width, said = last
    return table(
        caption,
        [*_named_columns(), column(_("Position"), 2), column(title, width)],
        [[*_named(row), plain(words.position_word(row.position)), said(row)] for row in rows],
    )


def _named_columns() -> list[dict[str, Any]]:
    return [column(_("Paragraph"), 1.5), column(_("Recommendation"), 4)]


def _named(row: RecommendationLine) -> list[Runs]:
    """Two cells: the paragraph, which leads to the entry, and an excerpt.

    They are apart because Typst sets a cell with a link twice, once before it knows where the link leads.
    """
    excerpt = Truncator(row.text).chars(EXCERPT)
    lang = row.text_language if row.text_is_fallback else ""
    return [[reference(row.reference, row.paragraph)], [run(excerpt, lang=lang)]]


def _claims(summary: CycleSummary) -> list[Block]:
    if not summary.claimed:
        return []
    return [
        heading(2, _("What the State claimed, and what was found")),
        table(
            _("Claims of the State beside the findings"),
            [*_named_columns(), column(_("The State says"), 3.5), column(_("Finding"), 2.5)],
            [[*_named(row), claims(row), rating(row.outcome)] for row in summary.claimed],
        ),
    ]


def claims(row: RecommendationLine) -> Runs:
    """What the State says it did, each with its source."""
    return joined(
        (
            run(
                words.claim_word(claim.claim)
                + (f": “{claim.quote}”" if claim.quote else "")
                + (f" ({claim.source})" if claim.source else "")
            )
            for claim in row.claims
        ),
        "; ",
    )


def spread(row: RecommendationLine) -> Runs:
    """What each organisation found, named or unnamed as it chose."""
    return joined(
        (
            run(
                f"{words.outcome_word(line.rating)} ({words.organisation_word(line.organisation)})",
                sign=line.rating,
            )
            for line in row.spread
        ),
        "; ",
    )


def repeats(row: RecommendationLine) -> Runs:
    """The same demand in other cycles, as links to the records."""
    return joined(run(repeat.reference, url=repeat.url) for repeat in row.repeats)
