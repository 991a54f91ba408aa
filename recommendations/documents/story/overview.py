"""The overview: one page in plain words, built from the same figures as everything after it, and what is left out."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.documents import words
from recommendations.documents.story.opening import withheld_sentences
from recommendations.documents.story.parts import Block, Runs, heading, joined, para, reference, run
from recommendations.overview.lines import NOT_YET, NOTED, SUPPORTED, IndicatorSeries, RecommendationLine
from recommendations.overview.summary import CycleSummary, OutcomeCounts

MOST_REFERENCES = 12
"""How many recommendations a sentence names; the rest stand in the chapter on what stands out."""
MOST_FIGURES = 4
MOST_THEMES = 3


def in_brief(summary: CycleSummary) -> list[Block]:
    """What a reader takes away who reads one page only: sentences, each with the figures it rests on."""
    if not summary.rows:
        return []
    said: list[Runs | str] = [_answered(summary)]
    said += [_found(summary, group) for group in (SUPPORTED, NOTED) if summary.outcomes_by_group[group].total]
    for title, rows in (
        (_("Supported, but not implemented"), summary.supported_but_not_implemented),
        (_("Noted, yet implemented"), summary.noted_yet_implemented),
        (_("Where the situation went backwards"), summary.went_backwards),
        (_("Where organisations differ"), summary.differing),
    ):
        if rows:
            said.append(_named(title, rows))
    if summary.repeated:
        said.append(_counted(_("Repeated from earlier cycles"), summary.repeated))
    if summary.claimed:
        said.append(_counted(_("Where the State says what it did"), summary.claimed))
    said += _themes(summary)
    said += [_figure(series) for series in summary.indicators[:MOST_FIGURES] if series.points]
    return [heading(1, _("In brief"), new_page=True), *(para(each) for each in said)]


def _answered(summary: CycleSummary) -> str:
    totals = summary.totals
    # Translators: for example "Kazakhstan, cycle 2: 194 recommendations. Supported: 144; noted: 50."
    return _("%(state)s, cycle %(number)s: %(count)s. %(answers)s.") % {
        "state": summary.cycle.state_name,
        "number": summary.cycle.number,
        "count": words.recommendations_words(totals.received),
        "answers": "; ".join(
            f"{words.position_word(position)}: {words.number_words(count)}"
            for position, count in (
                ("supported", totals.supported),
                ("supported_in_part", totals.supported_in_part),
                ("noted", totals.noted),
                ("under_consideration", totals.under_consideration),
                ("", totals.no_position),
            )
            if count
        ),
    }


def _found(summary: CycleSummary, group: str) -> Runs:
    counts = summary.outcomes_by_group[group]
    lead = f"{words.group_word(group)} ({words.number_words(counts.total)}). "
    return [run(lead, style="strong"), run(f"{_counts(counts)}.")]


def _counts(counts: OutcomeCounts) -> str:
    return "; ".join(f"{words.outcome_word(o)}: {words.number_words(n)}" for o, n in counts.items() if n)


def _named(title: str, rows: Sequence[RecommendationLine]) -> Runs:
    """A heading in the line, the number, and the paragraphs as links to their entries."""
    shown = joined(reference(row.reference, row.paragraph) for row in rows[:MOST_REFERENCES])
    rest = len(rows) - MOST_REFERENCES
    more = (
        [run(ngettext(" and %(count)s more", " and %(count)s more", rest) % {"count": rest})]
        if rest > 0
        else []
    )
    return [
        run(f"{title}. ", style="strong"),
        run(f"{words.recommendations_words(len(rows))}: "),
        *shown,
        *more,
        run("."),
    ]


def _counted(title: str, rows: Sequence[RecommendationLine]) -> Runs:
    """The number, and what was found of these."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.outcome] = found.get(row.outcome, 0) + 1
    told = "; ".join(f"{words.outcome_word(o)}: {words.number_words(n)}" for o, n in sorted(found.items()))
    return [run(f"{title}. ", style="strong"), run(f"{words.recommendations_words(len(rows))}. {told}.")]


def _themes(summary: CycleSummary) -> list[Runs]:
    """The themes under which most supported recommendations are not implemented or reversed."""
    missed: dict[str, int] = {}
    for row in summary.supported_but_not_implemented:
        missed[row.theme or _("No theme")] = missed.get(row.theme or _("No theme"), 0) + 1
    if len(missed) < 2:
        return []
    most = sorted(missed.items(), key=lambda pair: -pair[1])[:MOST_THEMES]
    told = "; ".join(f"{label}: {words.number_words(count)}" for label, count in most)
    return [
        [
            run(_("Themes with most of what was supported and not implemented") + ". ", style="strong"),
            run(f"{told}."),
        ]
    ]


def _figure(series: IndicatorSeries) -> Runs:
    last = series.points[-1]
    told = f"{last.when}: {words.number_words(last.value)} {series.unit}".rstrip()
    if series.target is not None:
        told += "; " + _("target: %(value)s") % {"value": words.number_words(series.target)}
    return [run(f"{series.title}. ", style="strong"), run(f"{told}.")]


def left_out(summary: CycleSummary) -> list[Block]:
    """What the document does not hold, and why: nobody has to guess it."""
    said = withheld_sentences(summary)
    not_yet = summary.outcomes.of(NOT_YET)
    if not_yet:
        said.append(
            _("Without a finding, since no assessment for these readers is complete: %(count)s.")
            % {"count": words.recommendations_words(not_yet)}
        )
    said.append(
        _("Published assessments and public evidence only.")
        if summary.is_public
        else _("Approved and published assessments only; drafts and what is in review are left out.")
    )
    other = sum(1 for row in summary.rows if row.text_is_fallback)
    if other:
        said.append(
            _("Printed in another language, for want of a text in this one: %(count)s.")
            % {"count": words.recommendations_words(other)}
        )
    return [heading(2, _("What is left out, and why")), *(para(sentence) for sentence in said)]
