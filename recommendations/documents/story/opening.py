"""The opening of a summary: title page with its squares, what the document is, the method."""

from typing import Any

from django.utils.translation import gettext as _

from recommendations.assessments.method_text import text_in_force
from recommendations.documents import words
from recommendations.documents.story import editions
from recommendations.documents.story.parts import (
    Block,
    Runs,
    column,
    facts,
    heading,
    joined,
    para,
    plain,
    rating,
    run,
    table,
)
from recommendations.overview.lines import NOTED, OUTCOMES, CycleFacts
from recommendations.overview.summary import CycleSummary


def title_page(summary: CycleSummary) -> dict[str, Any]:
    """What stands on the title page and in the running heads; never a score."""
    cycle, around = summary.cycle, summary.round
    subtitle = _("Universal Periodic Review, cycle %(number)s: summary") % {"number": cycle.number}
    lines = []
    if around:
        lines.append(f"{around.title} · {words.purpose_word(around.purpose)}")
        if around.cutoff_date:
            date = words.date_words(around.cutoff_date)
            lines.append(_("Evidence considered up to %(date)s") % {"date": date})
    lines += editions.title_lines(summary)
    lines.append(words.audience_words(summary.audience))
    return {
        "title": words.title(summary),
        "subtitle": subtitle,
        "kicker": cycle.reference,
        "lines": lines,
        "organisations": ", ".join(summary.organisations),
        "notice": _("Demonstration data") if summary.is_demo else "",
        "made": _("Made on %(moment)s") % {"moment": words.moment_words(summary.made_at)},
        "header": f"{cycle.state_name} · {subtitle}",
        "author": ", ".join(summary.organisations) or summary.responsible,
        # Translators: the foot of a page; {n} is the page's number, {m} the number of pages.
        "audience": words.audience_words(summary.audience),
        "page_pattern": _("Page {n} of {m}"),
        "squares": squares(summary),
    }


def squares(summary: CycleSummary) -> dict[str, Any]:
    """Every recommendation as a square, by leading theme: the data of the picture, its legend and its words."""
    counted = [(word, number) for word, number in summary.outcomes.items() if number]
    return {
        "caption": _("Every recommendation is a square") if summary.rows else "",
        "alt": _("One square for each of %(count)s, by theme. %(counts)s.")
        % {
            "count": words.recommendations_words(len(summary.rows)),
            "counts": ", ".join(f"{words.outcome_word(o)}: {words.number_words(n)}" for o, n in counted),
        },
        "groups": [
            {
                "label": theme.label,
                "squares": [
                    {"outcome": row.outcome, "noted": row.group == NOTED, "repeated": row.is_repeated}
                    for row in rows
                ],
            }
            for theme, rows in summary.rows_by_theme
        ],
        "legend": [
            {
                "outcome": outcome,
                "text": f"{words.outcome_word(outcome)} {words.number_words(summary.outcomes.of(outcome))}",
            }
            for outcome in OUTCOMES
        ],
        "noted": _("only noted by the State"),
        "repeated": _("repeated from an earlier cycle"),
    }


def about(summary: CycleSummary) -> list[Block]:
    """The chapter that says what the document is, from whom, for whom and with what limits."""
    cycle, around = summary.cycle, summary.round
    blocks = [heading(1, _("About this document"), new_page=bool(summary.rows))]
    if summary.is_demo:
        blocks.append(
            para(
                _(
                    "This document was made from demonstration data. Its assessments are invented and must not "
                    "be quoted."
                ),
                "notice",
            )
        )
    blocks.append(
        facts(
            [
                (_("State under review"), cycle.state_name),
                (_("Review cycle"), [run(cycle.reference, url=cycle.url)]),
                (_("Session"), _session(cycle)),
                (_("Review"), words.date_words(cycle.review_date)),
                (_("Adoption"), _adoption(cycle)),
                (_("Documents"), _documents(cycle)),
                (_("Assessment round"), around.title if around else ""),
                (_("Purpose"), words.purpose_word(around.purpose) if around else ""),
                (_("Evidence cut-off date"), words.date_words(around.cutoff_date) if around else ""),
                (_("Edition of the method"), around.method_edition if around else ""),
                (_("For whom"), words.audience_words(summary.audience)),
                *editions.facts_of(summary),
                (_("Organisations"), "" if summary.edition else ", ".join(summary.organisations)),
                (_("Responsible"), summary.responsible),
                (_("Made on"), words.moment_words(summary.made_at)),
            ]
        )
    )
    return blocks + editions.blocks(summary)


def withheld_sentences(summary: CycleSummary) -> list[str]:
    """What is withheld, announced once for the whole document."""
    if not summary.withheld.anything:
        return []
    sentence = _("Some evidence is withheld for the safety of sources.")
    if summary.withheld.count and not summary.is_public:
        items = words.evidence_words(summary.withheld.count)
        sentence = _("Withheld for the safety of sources: %(items)s.") % {"items": items}
    return [sentence]


def _session(cycle: CycleFacts) -> str:
    if cycle.session is None:
        return ""
    said = _("session %(number)s of the UPR Working Group") % {"number": cycle.session}
    if cycle.session_start and cycle.session_end:
        said += f", {words.date_words(cycle.session_start)} – {words.date_words(cycle.session_end)}"
    return said


def _adoption(cycle: CycleFacts) -> str:
    parts = [words.date_words(cycle.adoption_date)]
    if cycle.adoption_decision:
        parts.append(_("decision %(number)s") % {"number": cycle.adoption_decision})
    return ", ".join(part for part in parts if part)


def _documents(cycle: CycleFacts) -> Runs:
    runs = []
    for document in cycle.documents:
        said = f"{document.symbol} ({document.title})" if document.title else document.symbol
        if document.symbol_is_inferred:
            said += " " + _("[symbol inferred from the series]")
        runs.append(run(said, url=document.url))
    return joined(runs, "; ")


def method(summary: CycleSummary) -> list[Block]:
    """The chapter on how ratings come about, with their published definitions."""
    said = summary.method or text_in_force(summary.language)
    return [
        heading(1, _("Method")),
        *(para(paragraph) for paragraph in said["short"]),
        table(
            _("The ratings"),
            [column(_("Rating"), 2), column(_("Definition"), 7)],
            [[rating(line["code"]), plain(line["text"])] for line in said["ratings"]],
        ),
        para(said["not_yet"]),
        table(
            _("The three tests"),
            [column(_("Test"), 2), column(_("What it asks"), 7)],
            [[plain(line["name"]), plain(line["text"])] for line in said["tests"]],
        ),
    ]
