"""The recommendations of a summary one by one, in theme chapters; the annex table; the endnotes."""

from typing import Any

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story import findings
from recommendations.documents.story.parts import (
    Block,
    Runs,
    column,
    facts,
    heading,
    in_a_line,
    para,
    plain,
    rating,
    reference,
    run,
    table,
    told,
)
from recommendations.overview.lines import Endnote, Finding, RecommendationLine, standing_sentences
from recommendations.overview.summary import CycleSummary
from recommendations.vocabulary import TextKind

ENTRIES_BEFORE_A_NEW_PAGE = 4
"""Chapters open a page, but for short ones that follow short ones. Typst sets such stretches side by side."""


def theme_chapters(summary: CycleSummary) -> list[Block]:
    """A chapter for each leading theme, with its recommendations in the order of their paragraphs."""
    blocks: list[Block] = []
    printed: dict[str, str] = {}  # a finding's key → the recommendation where its reasons stand
    entries_on_page = ENTRIES_BEFORE_A_NEW_PAGE
    for theme, rows in summary.rows_by_theme:
        new_page = entries_on_page >= ENTRIES_BEFORE_A_NEW_PAGE
        blocks.append(heading(1, theme.label or _("No theme"), new_page=new_page))
        entries_on_page = len(rows) + (0 if new_page else entries_on_page)
        counts = ", ".join(
            f"{words.outcome_word(outcome).lower()}: {words.number_words(number)}"
            for outcome, number in theme.all.items()
            if number
        )
        blocks.append(para(f"{words.recommendations_words(len(rows))} ({counts})", "lead"))
        blocks += [_entry(row, printed) for row in rows]
    return blocks


def _entry(row: RecommendationLine, printed: dict[str, str]) -> Block:
    """One recommendation: the text, what the State answered and said, what was found and why."""
    return {
        "kind": "entry",
        "id": row.reference,
        "number": row.paragraph,
        "reference": row.reference,
        "url": row.url,
        "outcome": row.outcome,
        "outcome_word": words.outcome_word(row.outcome),
        "text": row.text,
        "lang": row.text_language if row.text_is_fallback else "",
        "text_note": text_note(row),
        "facts": facts(_facts(row))["rows"],
        "standing": standing_sentences(row),
        "findings": [_finding(finding, row, printed) for finding in row.findings],
    }


def text_note(row: RecommendationLine) -> str:
    """How far the text may be relied on, where it is not the official one."""
    return "" if row.text_kind == TextKind.OFFICIAL else words.text_kind_word(row.text_kind)


def _facts(row: RecommendationLine) -> list[tuple[str, Runs | str]]:
    return [
        (_("Recommended by"), ", ".join(row.states)),
        (_("Position"), positions(row)),
        (_("Demands"), _demands(row)),
        (_("The State says"), findings.claims(row)),
        (_("Also made as"), findings.repeats(row)),
        (_("Organisations differ"), findings.spread(row)),
        (_("Classified as"), _classes(row)),
    ]


def _classes(row: RecommendationLine) -> str:
    """Themes, groups, goals, indicators and the number of items of evidence in one line."""
    other = [theme for theme in row.themes if theme != row.theme]
    evidence = words.evidence_words(row.evidence_count) if row.evidence_count else ""
    named = [
        ("", "; ".join(other)),
        ("", "; ".join(row.groups)),
        (_("SDGs") + " ", "; ".join(row.sdgs)),
        (_("Indicators") + ": ", "; ".join(row.indicators)),
        ("", evidence),
    ]
    return " · ".join(label + said for label, said in named if said)


def positions(row: RecommendationLine) -> Runs:
    """The latest position in weight, the earlier ones before it with their dates and documents."""
    if not row.positions:
        return [run(words.position_word(row.position), style="strong")]
    runs: Runs = []
    for place, position in enumerate(row.positions):
        if place:
            runs.append(run(" → "))
        latest = place == len(row.positions) - 1
        runs.append(run(words.position_word(position.position), style="strong" if latest else ""))
        where = ", ".join(
            part for part in (words.date_words(position.date), position.document, position.locator) if part
        )
        if where:
            runs.append(run(f" ({where})", style="quiet"))
    return runs


def _demands(row: RecommendationLine) -> Runs:
    runs: Runs = []
    for demand in row.demands:
        if runs:
            runs.append(run("\n"))
        runs.append(run(f"({demand.label}) {demand.text.rstrip('.;, ')} – "))
        runs.append(run(words.outcome_word(demand.outcome), sign=demand.outcome))
    return runs


def _finding(finding: Finding, row: RecommendationLine, printed: dict[str, str]) -> dict[str, Any]:
    """What one assessment found; reasons that serve several recommendations are printed with the first."""
    elsewhere = printed.setdefault(finding.key, row.reference)
    reasons: list[Runs] = told(finding.sentence)
    if elsewhere == row.reference:
        reasons += told(finding.reasons)
    elif finding.reasons:
        reasons.append([run(_("Reasons as for") + " "), reference(elsewhere), run(".")])
    return {
        "heading": _finding_heading(finding, row),
        "facts": facts(_finding_facts(finding))["rows"],
        "reasons": reasons,
        "marks": words.marks(finding),
    }


def _finding_heading(finding: Finding, row: RecommendationLine) -> Runs:
    """Whose finding it is; the rating is repeated only where there are several."""
    runs = [run(finding.organisation)] if finding.organisation else []
    if len(row.findings) > 1:
        if runs:
            runs.append(run(": "))
        runs += rating(finding.rating)
    return runs


def _finding_facts(finding: Finding) -> list[tuple[str, Runs | str]]:
    tests = (
        (_("in law"), finding.law),
        (_("in policy"), finding.policy),
        (_("in practice"), finding.practice),
    )
    cannot = plain(words.cannot_word(finding.cannot_reason)) if finding.cannot_reason else []
    if finding.cannot_details:
        cannot += [*([run(": ")] if cannot else []), *in_a_line(finding.cannot_details)]
    found = "; ".join(f"{label}: {words.test_word(said).lower()}" for label, said in tests if said)
    if found and finding.cutoff_date:
        found += ". " + _("Evidence up to %(date)s") % {"date": words.date_words(finding.cutoff_date)}
    return [
        (_("Implemented when"), finding.implemented_when),
        (_("Three tests"), found),
        (_("Not assessable"), cannot),
        (_("Own judgement"), in_a_line(finding.override_reason)),
        (_("To ask next"), in_a_line(finding.ask_next)),
    ]


def mark_first_citations(blocks: list[Block]) -> set[int]:
    """Marks the run that cites an endnote first (the note belongs there); gives the numbers that are cited."""
    seen: set[int] = set()
    for block in blocks:
        for finding in block.get("findings", ()):
            printed = [*(fact["runs"] for fact in finding["facts"]), *finding["reasons"]]
            for cited in (cited for runs in printed for cited in runs if "note" in cited):
                if cited["note"] not in seen:
                    seen.add(cited["note"])
                    cited["first"] = True
    return seen


def annex(summary: CycleSummary) -> list[Block]:
    """Every recommendation in one table, in the order of the paragraphs."""
    columns = [
        column(_("Paragraph"), 1.3),
        column(_("Recommending States"), 2.6),
        column(_("Theme"), 2.9),
        column(_("Position"), 1.7),
        column(_("Finding"), 2.3),
        column(_("Evidence"), 1.1, align="right"),
    ]
    rows = [
        [
            [reference(row.reference, row.paragraph)],
            plain(", ".join(row.states)),
            plain(row.theme),
            plain(words.position_word(row.position)),
            rating(row.outcome),
            plain(words.number_words(row.evidence_count)),
        ]
        for row in summary.rows
    ]
    title = heading(1, _("Annex: all recommendations"), new_page=True)
    if not rows:
        return [title, para(_("The cycle has no recommendations yet."))]
    return [title, table(_("All recommendations"), columns, rows)]


def endnotes(summary: CycleSummary, cited: set[int]) -> list[dict[str, Any]]:
    """The endnotes in order: number, runs, and whether an entry cites it."""
    return [
        {"number": note.number, "runs": endnote_runs(note), "cited": note.number in cited}
        for note in summary.endnotes
    ]


def endnote_runs(note: Endnote) -> Runs:
    """An endnote's full source."""
    said = [run(note.title, style="title")]
    before = ", ".join(part for part in (note.publisher, words.date_words(note.published)) if part)
    if before:
        said.append(run(f". {before}"))
    if note.source_url:
        said += [run(". "), run(note.source_url, url=note.source_url)]
    if note.accessed:
        said.append(run(" " + _("(accessed %(date)s)") % {"date": words.date_words(note.accessed)}))
    if note.check:
        said.append(run(f". {words.check_word(note.check)}"))
    # A filing names no number of ours: there is nothing behind it for its reader.
    return [*said, run(". "), run(note.reference, url=note.url)] if note.reference else [*said, run(".")]
