"""What the cycle page shows beyond the summary itself: its pictures, made from the same lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from recommendations.charts import (
    LegendEntry,
    MilestoneMark,
    Segment,
    Square,
    SquareGroup,
    SquarePictures,
    StackedBar,
    both_widths,
    coverage_bar,
    legend_square,
    milestone_line,
    squares_by_group,
    stacked_bars,
)
from recommendations.overview.lines import (
    DIFFER,
    NOT_YET,
    NOTED,
    OUTCOMES,
    STATUSES,
    SUPPORTED,
    RecommendationLine,
    StatusCounts,
)
from recommendations.overview.summary import CycleSummary, OutcomeCounts
from recommendations.vocabulary import ClaimKind, PositionKind, Rating


def outcome_word(outcome: str) -> str:
    """What a round says of a recommendation, in words."""
    if outcome == DIFFER:
        return _("Organisations differ")
    return _("Not yet assessed") if outcome == NOT_YET else str(Rating(outcome).label)


def status_words() -> dict[str, str]:
    """How far the work has come, in words."""
    return {
        "not_yet": _("not yet begun"),
        "draft": _("draft"),
        "in_review": _("in review"),
        "approved": _("approved"),
        "published": _("published"),
    }


def squares(summary: CycleSummary, *, links: bool = True) -> SquarePictures:
    """Every recommendation a square, under its leading theme."""
    return squares_by_group(square_groups(summary, links=links))


def square_groups(summary: CycleSummary, *, links: bool = True) -> list[SquareGroup]:
    """The summary's recommendations as groups of squares."""
    return [
        SquareGroup(
            theme.label or _("Without a theme"),
            tuple(square(row, links=links) for row in rows),
        )
        for theme, rows in summary.rows_by_theme
    ]


def square(row: RecommendationLine, *, links: bool = True) -> Square:
    """One recommendation as a square; its name says what the square shows."""
    parts = [row.reference, outcome_word(row.outcome)]
    parts.append(str(PositionKind(row.position).label) if row.position else _("No position recorded"))
    if row.is_repeated:
        parts.append(_("repeated from an earlier cycle"))
    return Square(
        rating=row.outcome,
        name=", ".join(parts),
        url=row.url if links else "",
        noted=row.group == NOTED,
        repeated=row.is_repeated,
    )


def legend(summary: CycleSummary) -> list[LegendEntry]:
    """What the squares mean, with how many there are."""
    entries = [
        LegendEntry(legend_square(outcome), outcome_word(outcome), count)
        for outcome, count in summary.outcomes.items()
    ]
    entries.append(
        LegendEntry(legend_square("not_yet", noted=True), _("only noted (outlined)"), summary.totals.noted)
    )
    entries.append(
        LegendEntry(
            legend_square("not_yet", repeated=True),
            _("repeated from an earlier cycle (ticked)"),
            len(summary.repeated),
        )
    )
    return entries


def milestones(summary: CycleSummary, today: date) -> str:
    """The cycle's milestones on a line with today; nothing where no date is known."""
    marks = [
        MilestoneMark(
            row.date,
            row.title,
            f"≈ {date_format(row.date, 'YEAR_MONTH_FORMAT')}"
            if row.is_estimate
            else date_format(row.date, "SHORT_DATE_FORMAT"),
            row.is_estimate,
        )
        for row in summary.cycle.milestones
        if row.date
    ]
    if not marks:
        return ""
    return both_widths(
        milestone_line, marks, title=_("Milestones"), today=today, today_shown=_("today"), wide=1080
    )


def coverage(counts: StatusCounts, title: str) -> str:
    """How far the work has come, as a bar."""
    if not counts.total:
        return ""
    words = status_words()
    segments = [
        Segment(f"step{place}", words[name], getattr(counts, name))
        for place, name in enumerate(STATUSES, start=1)
    ]
    return both_widths(coverage_bar, segments, title=title, wide=1080)


def theme_bars(summary: CycleSummary) -> str:
    """Ratings by theme, as bars."""
    bars = [StackedBar(theme.label or _("Without a theme"), segments(theme.all)) for theme in summary.themes]
    return both_widths(stacked_bars, bars, title=_("Ratings by theme")) if bars else ""


def segments(counts: OutcomeCounts) -> tuple[Segment, ...]:
    """Counts by outcome as parts of a bar."""
    return tuple(Segment(outcome, outcome_word(outcome), count) for outcome, count in counts.items())


def totals_table(summary: CycleSummary) -> list[tuple[str, int, int | None]]:
    """Our totals beside the UN's: (words, ours, the UN's or None)."""
    ours, un = summary.totals, summary.un_totals
    rows: list[tuple[str, int, int | None]] = [
        (_("Received"), ours.received, un.received if un else None),
        (str(PositionKind.SUPPORTED.label), ours.supported, un.supported if un else None),
    ]
    if ours.supported_in_part or (un and un.supported_in_part):
        rows.append(
            (
                str(PositionKind.SUPPORTED_IN_PART.label),
                ours.supported_in_part,
                un.supported_in_part if un else None,
            )
        )
    rows.append((str(PositionKind.NOTED.label), ours.noted, un.noted if un else None))
    if ours.under_consideration:
        rows.append((str(PositionKind.UNDER_CONSIDERATION.label), ours.under_consideration, None))
    if ours.no_position:
        rows.append((_("No position recorded"), ours.no_position, None))
    return rows


def theme_table(summary: CycleSummary) -> list[dict[str, Any]]:
    """The theme × rating table with addresses of the selections it counts."""
    base = f"{reverse('recommendation_list')}?cycle={summary.cycle.reference}"
    if summary.round:
        base += f"&round={summary.round.id}"
    return [
        {
            "label": theme.label or _("Without a theme"),
            "url": f"{base}&theme={theme.code}" if theme.code else base,
            "cells": [count for _outcome, count in theme.all.items()],
            "supported": theme.supported.total,
            "noted": theme.noted.total,
            "total": theme.all.total,
        }
        for theme in summary.themes
    ]


def scores(summary: CycleSummary) -> list[dict[str, Any]]:
    """The scores with their distribution in words, or why none is shown (method §4.9)."""
    words = {SUPPORTED: pgettext("recommendations", "Supported"), NOTED: pgettext("recommendations", "Noted")}
    found = []
    for score in summary.scores:
        if not score.size:
            continue
        reason = {
            "too_few": _("fewer than ten are rated"),
            # xgettext:no-python-format
            "too_small_share": _("less than 70 % are rated"),
        }.get(score.refusal, "")
        found.append(
            {
                "words": words[score.group],
                "without_minimal": score.without_minimal,
                "value": score.value,
                "reason": reason,
                "rated": ngettext("%(rated)d rated of %(size)d", "%(rated)d rated of %(size)d", score.size)
                % {"rated": score.rated, "size": score.size},
                "cannot": score.counts.cannot,
                "differ": score.counts.differ,
                "reversed": score.counts.reversed,
            }
        )
    return found


def outcome_headings() -> list[tuple[str, str]]:
    """The columns of the theme × rating table: (code, words)."""
    return [(outcome, outcome_word(outcome)) for outcome in OUTCOMES]


def claims_table(summary: CycleSummary) -> list[tuple[str, list[int], int]]:
    """What the State claimed against what was found: (claim in words, counts by outcome, all)."""
    counted: dict[str, dict[str, int]] = {}
    for row in summary.claimed:
        for claim in {claim.claim for claim in row.claims}:
            counted.setdefault(claim, dict.fromkeys(OUTCOMES, 0))[row.outcome] += 1
    return [
        (str(ClaimKind(claim).label), list(counts.values()), sum(counts.values()))
        for claim, counts in counted.items()
    ]
