"""A fact sheet told as a document of one page: earlier recommendations, law and figures, what to ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story.parts import Block, Runs, Story, facts, heading, legal, para, rating, run
from recommendations.overview.lines import NOT_YET, IndicatorSeries, RecommendationLine
from recommendations.overview.summary import CycleSummary
from recommendations.vocabulary import Rating

# So many recommendations and figures are told one by one: more would not leave room on the page.
MOST_LINES, MOST_FIGURES = 6, 4
# What went worst is told first.
_ORDER = [Rating.REVERSED, Rating.NOT, Rating.PARTIALLY, Rating.FULLY]


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a person wrote; ``status`` is empty once it was approved."""

    title: str
    status: str
    experience: str
    asks: tuple[str, ...]
    question: str
    contact: str


def tell(summary: CycleSummary, written: Written) -> Story:
    """The sheet in the summary's language; ``summary`` holds the recommendations of its subject, for the public."""
    with words.speaking(summary.language):
        notices = [_("Draft")] if written.status else []
        notices += [_("Demonstration data")] if summary.is_demo else []
        story = {
            "language": summary.language,
            "compact": True,
            "kicker": _("Fact sheet") + f" · {summary.cycle.reference}",
            "title": written.title,
            "subtitle": _("Universal Periodic Review of %(state)s") % {"state": summary.cycle.state_name},
            "notice": " · ".join(notices),
            "lines": [],
            "organisations": summary.responsible,
            "made": _("Made on %(moment)s") % {"moment": words.moment_words(summary.made_at)},
            "squares": {"groups": [], "alt": "", "legend": []},
            "legend": [],
            "header": f"{summary.cycle.reference} · {written.title}",
            "audience": summary.responsible,
            "page_pattern": _("Page {n} of {m}"),
            "author": summary.responsible,
            "contents": "",
            "blocks": [
                *_earlier(summary),
                *_law_and_figures(summary),
                *_part(_("What people experience"), written.experience),
                *_asks(written),
                *_part(_("Advance question"), written.question),
                *_part(_("Contact"), written.contact),
            ],
            "endnotes_title": _("Endnotes"),
            "endnotes": [],
            "made_at": summary.made_at.isoformat(),
        }
    return legal(story)


def _part(title: str, text: str) -> list[Block]:
    paragraphs = [piece.strip() for piece in text.replace("\r\n", "\n").split("\n\n") if piece.strip()]
    return [heading(1, title), *(para(piece) for piece in paragraphs)] if paragraphs else []


def _rank(row: RecommendationLine) -> int:
    return (
        _ORDER.index(Rating(row.outcome)) if row.outcome in _ORDER else len(_ORDER) + (row.outcome == NOT_YET)
    )


def _earlier(summary: CycleSummary) -> list[Block]:
    """How many were made and what came of them; the worst outcomes one by one."""
    counted = ", ".join(
        f"{words.outcome_word(outcome).lower()}: {words.number_words(count)}"
        for outcome, count in summary.outcomes.items()
        if count
    )
    told = words.recommendations_words(len(summary.rows))
    shown = sorted(summary.rows, key=_rank)[:MOST_LINES]
    blocks = [
        heading(1, _("Earlier recommendations and what came of them")),
        para(f"{told}: {counted}." if counted else f"{told}."),
    ]
    return [*blocks, facts((row.reference, _line(row)) for row in shown)] if shown else blocks


def _line(row: RecommendationLine) -> Runs:
    states = ", ".join(row.states[:3]) + (" …" if len(row.states) > 3 else "")
    said = [run(f"{states}: " if states else ""), run(_short(row.text), lang=_language(row))]
    return [*said, run(f" ({words.position_word(row.position)}) "), *rating(row.outcome)]


def _language(row: RecommendationLine) -> str:
    return row.text_language if row.text_is_fallback else ""


def _short(text: str, most: int = 120) -> str:
    """The text, cut at a word where it is long."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def _law_and_figures(summary: CycleSummary) -> list[Block]:
    binding = {
        f"{one.article}, {one.treaty}": words.date_words(one.since)
        for row in summary.rows
        for one in row.obligations
    }
    lines: list[tuple[str, Runs | str]] = [
        (_("Binding law"), _("%(article)s, in force since %(date)s") % {"article": article, "date": date})
        for article, date in list(binding.items())[:MOST_FIGURES]
    ]
    lines += [(_("Figure"), _figure(one)) for one in summary.indicators if one.points][:MOST_FIGURES]
    return [heading(1, _("Law and figures")), facts(lines)] if lines else []


def _figure(series: IndicatorSeries) -> Runs:
    """The latest value with its source, and the first beside it where there are several."""
    last, first = series.points[-1], series.points[0]
    said = f"{series.title}: {words.number_words(last.value)} {series.unit} ({last.when})"
    if first is not last:
        said += ", " + _("after %(value)s (%(when)s)") % {
            "value": words.number_words(first.value),
            "when": first.when,
        }
    return [run(said), run(f". {last.source}" if last.source else "", style="quiet")]


def _asks(written: Written) -> list[Block]:
    if not written.asks:
        return []
    lines = [
        para([run(f"{place}. "), run(text, style="strong")])
        for place, text in enumerate(written.asks, start=1)
    ]
    return [heading(1, _("Recommendations ready to be read out")), *lines]
