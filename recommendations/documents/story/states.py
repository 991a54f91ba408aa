"""Sheets for recommending States, told as a document: what a State asked, the answer, what came of it, what to ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story import entries
from recommendations.documents.story.opening import withheld_sentences
from recommendations.documents.story.parts import (
    Block,
    Runs,
    Story,
    facts,
    heading,
    in_a_line,
    legal,
    para,
    rating,
    run,
    told,
)
from recommendations.overview.lines import Narrative, RecommendationLine, standing_sentences
from recommendations.overview.summary import CycleSummary
from recommendations.vocabulary import TextKind


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One recommendation as a State made it; ``wording`` is its own where that differs from the paragraph's text."""

    line: RecommendationLine
    wording: str = ""


@dataclass(frozen=True, kw_only=True)
class StateSheet:
    """Everything that one State recommended in the cycle, in the order of the paragraphs."""

    code: str
    name: str
    asked: tuple[Asked, ...]


def tell_sheet(summary: CycleSummary, sheet: StateSheet) -> Story:
    """The sheet for one State, in the summary's language."""
    with words.speaking(summary.language):
        blocks = [block for asked in sheet.asked for block in _asked(asked, level=1)]
        story = _frame(summary) | {
            "compact": True,
            "title": _("For %(state)s") % {"state": sheet.name},
            "header": f"{summary.cycle.reference} · {sheet.name}",
            "blocks": [*blocks, *_end(summary)],
        }
    return legal(story)


def tell_booklet(summary: CycleSummary, sheets: tuple[StateSheet, ...]) -> Story:
    """All sheets in one document with a table of contents, each on pages of its own."""
    with words.speaking(summary.language):
        blocks: list[Block] = []
        for sheet in sheets:
            blocks.append(heading(1, sheet.name, new_page=True))
            blocks += [block for asked in sheet.asked for block in _asked(asked, level=2)]
        story = _frame(summary) | {
            "title": _("For the States that recommended"),
            "header": f"{summary.cycle.reference} · {_('For the States that recommended')}",
            "contents": _("Contents"),
            "blocks": [*blocks, *_end(summary)],
        }
    return legal(story)


def _frame(summary: CycleSummary) -> Story:
    around = summary.round
    lines = [words.audience_words(summary.audience)]
    if around and around.cutoff_date:
        date = words.date_words(around.cutoff_date)
        lines.insert(0, f"{around.title} · {_('Evidence considered up to %(date)s') % {'date': date}}")
    return {
        "language": summary.language,
        "kicker": summary.cycle.reference,
        "subtitle": _("What you recommended to %(state)s, and what came of it")
        % {"state": summary.cycle.state_name},
        "notice": _("Demonstration data") if summary.is_demo else "",
        "lines": lines,
        "organisations": ", ".join(summary.organisations) or summary.responsible,
        "made": _("Made on %(moment)s") % {"moment": words.moment_words(summary.made_at)},
        "squares": {"groups": [], "alt": "", "legend": []},
        "legend": [],
        "audience": words.audience_words(summary.audience),
        "page_pattern": _("Page {n} of {m}"),
        "author": ", ".join(summary.organisations) or summary.responsible,
        "contents": "",
        "endnotes_title": _("Endnotes"),
        "endnotes": [],
        "made_at": summary.made_at.isoformat(),
    }


def _end(summary: CycleSummary) -> list[Block]:
    return [para(sentence, "quiet") for sentence in withheld_sentences(summary)]


def _asked(asked: Asked, *, level: int) -> list[Block]:
    line = asked.line
    quoted = asked.wording or line.text
    # Only the text of the paragraph has a language of its own; a wording is quoted as the record has it.
    language = line.text_language if line.text_is_fallback and not asked.wording else ""
    blocks = [
        heading(level, line.reference),
        para([run(_quoted(asked), lang=language)] if quoted else [run(_("The text is not recorded."))]),
        facts(
            [
                (_("The answer"), entries.positions(line)),
                (_("What came of it"), _came_of_it(line)),
                (_("What to ask next"), _ask_next(line)),
            ]
        ),
    ]
    note = entries.text_note(line)
    if note and not asked.wording:
        blocks.insert(2, para(note, "quiet"))
    return blocks + [para(sentence, "quiet") for sentence in standing_sentences(line)]


def _quoted(asked: Asked) -> str:
    """The State's own words in quotation marks; a paraphrase or a translation of ours has none."""
    if asked.wording or asked.line.text_kind == TextKind.OFFICIAL:
        return _("“%(words)s”") % {"words": asked.wording or asked.line.text}
    return asked.line.text


def _came_of_it(line: RecommendationLine) -> Runs:
    runs = rating(line.outcome)
    for one in line.spread:
        runs += [run("\n" + words.organisation_word(one.organisation) + ": "), *rating(one.rating)]
    said = next((f.sentence or f.reasons[:1] for f in line.findings if f.sentence or f.reasons), ())
    if said:
        runs += [run(". "), *without_notes(said)]
    return runs


def _ask_next(line: RecommendationLine) -> Runs:
    """What the assessments would ask next, each once however many findings share it."""
    runs: Runs = []
    for asked in dict.fromkeys(finding.ask_next for finding in line.findings if finding.ask_next):
        runs += [*([run("\n")] if runs else []), *without_notes(asked)]
    return runs


def without_notes(narrative: Narrative) -> Runs:
    """A narrative in a line without its citations: what is handed over is short and has no endnotes."""
    plain = tuple(tuple(s for s in paragraph if not s.endnote) for paragraph in narrative)
    return [piece for piece in in_a_line(plain) if piece["text"]]


def paragraphs_without_notes(narrative: Narrative) -> list[Runs]:
    """The same paragraph by paragraph."""
    return told(tuple(tuple(s for s in paragraph if not s.endnote) for paragraph in narrative))
