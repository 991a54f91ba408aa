"""The figures of a summary: totals beside the UN's, outcomes, scores, coverage, themes, indicators."""

from django.utils.translation import gettext as _

from recommendations.assessments.method_text import text_in_force
from recommendations.charts import Point, Segment, StackedBar, Target, line_chart, stacked_bars
from recommendations.documents import words
from recommendations.documents.story.parts import (
    Block,
    Runs,
    column,
    heading,
    joined,
    para,
    plain,
    reference,
    run,
    table,
)
from recommendations.overview.lines import (
    NOTED,
    OUTCOMES,
    POSITION_GROUPS,
    STATUSES,
    SUPPORTED,
    UNANSWERED,
    IndicatorSeries,
)
from recommendations.overview.summary import CycleSummary, OutcomeCounts


def key_figures(summary: CycleSummary) -> list[Block]:
    """The chapter of numbers: the distribution comes first, scores only after it and with their conditions."""
    return [
        heading(1, _("Key figures")),
        heading(2, _("What the State answered")),
        totals_table(summary),
        *([para(summary.totals_note)] if summary.totals_note else []),
        heading(2, _("What was found")),
        bar(summary),
        outcomes_table(summary),
        *score_blocks(summary),
        heading(2, _("How far the work has come")),
        coverage_table(summary),
        heading(2, _("By theme")),
        para(_("Each recommendation is counted once, under its leading theme."), "quiet"),
        *theme_bars(summary),
        *theme_tables(summary),
    ]


def totals_rows(summary: CycleSummary) -> list[tuple[str, int, int | None]]:
    """(label, our number, the UN's or None) for each total, received first."""
    un = summary.un_totals
    labels = {
        "received": _("Received"),
        "supported": words.position_word("supported"),
        "supported_in_part": words.position_word("supported_in_part"),
        "noted": words.position_word("noted"),
        "under_consideration": words.position_word("under_consideration"),
        "no_position": words.position_word(""),
    }
    return [(label, getattr(summary.totals, key), getattr(un, key, None)) for key, label in labels.items()]


def totals_table(summary: CycleSummary) -> Block:
    """Our totals beside the UN's."""
    columns = [column(_("Position"), 4), column(_("In this record"), 2, align="right")]
    rows = [
        [plain(label), plain(words.number_words(ours)), plain("–" if un is None else words.number_words(un))]
        for label, ours, un in totals_rows(summary)
    ]
    if summary.un_totals is None:
        return table(_("Recommendations by position"), columns, [row[:2] for row in rows])
    columns.append(column(_("In the UN's documents"), 2, align="right"))
    caption = _("Recommendations by position")
    if summary.un_totals.source:
        caption += " " + _("(the UN's totals: %(source)s)") % {"source": summary.un_totals.source}
    return table(caption, columns, rows)


def _shown_groups(summary: CycleSummary) -> list[str]:
    """Supported and noted always, with the same prominence; unanswered where there is any."""
    return [g for g in POSITION_GROUPS if g != UNANSWERED or summary.outcomes_by_group[g].total]


def drawing(svg: str, alt: str) -> Block:
    """A picture drawn by `recommendations.charts` for documents, and what it says in words."""
    return {"kind": "drawing", "svg": svg, "alt": alt}


def bars(rows: list[tuple[str, OutcomeCounts]], title: str) -> Block:
    """Counts by outcome as bars, one for each (label, counts)."""
    drawn = [
        StackedBar(label, tuple(Segment(o, words.outcome_word(o), n) for o, n in counts.items()))
        for label, counts in rows
    ]
    told = " ".join(f"{label}: {_counts_words(counts)}." for label, counts in rows)
    return drawing(stacked_bars(drawn, title=title, document=True), told)


def theme_bars(summary: CycleSummary) -> list[Block]:
    """The outcomes of each theme as one bar; nothing where there is no recommendation."""
    rows = [(theme.label or _("No theme"), theme.all) for theme in summary.themes]
    return [bars(rows, _("Ratings by theme"))] if rows else []


def bar(summary: CycleSummary) -> Block:
    """The distribution of outcomes as one bar for each position group."""
    rows = [(words.group_word(group), summary.outcomes_by_group[group]) for group in _shown_groups(summary)]
    return bars(rows, _("Recommendations by finding and position"))


def _counts_words(counts: OutcomeCounts) -> str:
    return ", ".join(f"{words.outcome_word(o)} {words.number_words(n)}" for o, n in counts.items() if n)


def outcomes_table(summary: CycleSummary) -> Block:
    """Outcomes × position groups."""
    groups = _shown_groups(summary)
    columns = [
        column(_("Finding"), 4),
        *(column(words.group_word(group), 2, align="right") for group in groups),
        column(_("All"), 2, align="right"),
    ]
    counted = [*(summary.outcomes_by_group[group] for group in groups), summary.outcomes]
    rows = [
        [[run(words.outcome_word(o), sign=o)], *(plain(words.number_words(c.of(o))) for c in counted)]
        for o in OUTCOMES
    ]
    rows.append([plain(_("All")), *(plain(words.number_words(c.total)) for c in counted)])
    return table(_("Recommendations by finding and position"), columns, rows, total=True)


def score_blocks(summary: CycleSummary) -> list[Block]:
    """The scores after the distribution, each with what must stand beside it, or why there is none."""
    rows = [
        [
            plain(words.group_word(score.group)),
            plain(_("without categories 1 and 2") if score.without_minimal else _("all")),
            plain(words.score_words(score)),
        ]
        for score in summary.scores
    ]
    edition = summary.round.method_edition if summary.round else ""
    note = " ".join((summary.method or text_in_force(summary.language))["score"])
    if edition:
        note += " " + _("Compare it only within edition %(edition)s of the method.") % {"edition": edition}
    columns = [column(_("Set"), 3), column(_("Categories"), 3), column(_("Score"), 6)]
    return [table(_("Score"), columns, rows), para(note, "quiet")]


def coverage_table(summary: CycleSummary) -> Block:
    """How many recommendations and clusters have come how far."""
    both = (summary.coverage, summary.cluster_coverage)
    columns = [
        column(_("Status"), 4),
        column(_("Recommendations"), 2, align="right"),
        column(_("Clusters"), 2, align="right"),
    ]
    rows = [
        [plain(words.status_word(s)), *(plain(words.number_words(getattr(counts, s))) for counts in both)]
        for s in STATUSES
    ]
    rows.append([plain(_("All")), *(plain(words.number_words(counts.total)) for counts in both)])
    return table(_("Coverage of the round"), columns, rows, total=True)


def theme_tables(summary: CycleSummary) -> list[Block]:
    """Theme × outcome, supported and noted apart."""
    titles = {
        SUPPORTED: _("Themes and findings: supported recommendations"),
        NOTED: _("Themes and findings: noted recommendations"),
        UNANSWERED: _("Themes and findings: without a final answer"),
    }
    columns = [
        column(_("Theme"), 3.2),
        *(column(words.outcome_word(o), 1.35, align="right", sign=o) for o in OUTCOMES),
        column(_("All"), 1.15, align="right"),
    ]
    blocks = []
    for group in _shown_groups(summary):
        lines = [(theme.label, theme.of(group)) for theme in summary.themes if theme.of(group).total]
        lines.append((_("All"), summary.outcomes_by_group[group]))
        rows = [
            [
                plain(label or _("No theme")),
                *([run(words.number_words(n), style="" if n else "quiet")] for _o, n in counts.items()),
                plain(words.number_words(counts.total)),
            ]
            for label, counts in lines
        ]
        blocks.append(table(titles[group], columns, rows, total=True))
    return blocks


def indicators(summary: CycleSummary) -> list[Block]:
    """The chapter of figures followed over time, each a chart with its table."""
    if not summary.indicators:
        return []
    blocks = [heading(1, _("Indicators"), new_page=True)]
    for series in summary.indicators:
        blocks.append(heading(2, series.title))
        if series.definition:
            blocks.append(para(series.definition))
        if chart := _chart(series):
            blocks.append(chart)
        rows: list[list[Runs]] = [
            [
                plain(point.when),
                plain(words.number_words(point.value)),
                plain("; ".join(part for part in (point.source, point.note) if part)),
            ]
            for point in series.points
        ]
        columns = [
            column(_("Date"), 2),
            column(series.unit or _("Value"), 2, align="right"),
            column(_("Source"), 6),
        ]
        blocks.append(table(series.title, columns, rows))
        if series.target is not None:
            target = _("Target: %(value)s.") % {"value": words.number_words(series.target)}
            blocks.append(para(f"{target} {series.target_note}".strip(), "quiet"))
        if series.recommendations:
            runs = joined(reference(name) for name in series.recommendations)
            blocks.append(para([run(_("Recommendations:") + " "), *runs], "quiet"))
    return blocks


def _chart(series: IndicatorSeries) -> Block | None:
    """The line of a series with at least two values, none below zero, with its target."""
    if len(series.points) < 2 or min(point.value for point in series.points) < 0:
        return None
    points = [Point(p.on, float(p.value), p.when, words.number_words(p.value)) for p in series.points]
    values = "; ".join(f"{point.day_shown}: {point.value_shown}" for point in points)
    target = None
    if series.target is not None:
        said = _("target: %(value)s") % {"value": words.number_words(series.target)}
        target = Target(float(series.target), said)
        values += f"; {said}"
    svg = line_chart(points, title=series.title, unit=series.unit, target=target, document=True)
    return drawing(svg, f"{series.title} ({series.unit}). {values}.")
