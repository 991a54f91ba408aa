"""The matrix returned: what the coalition found, in the last column of OHCHR's own list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from recommendations.documents.renderers.word import ooxml
from recommendations.documents.words import (
    cannot_word,
    date_words,
    marks,
    organisation_word,
    outcome_word,
    speaking,
)
from recommendations.formats.matrix import CellText, Returned, fill_list
from recommendations.formats.problems import FileProblem
from recommendations.overview.lines import (
    DIFFER,
    NOT_YET,
    Endnote,
    Finding,
    Narrative,
    RecommendationLine,
    standing_sentences,
)
from recommendations.overview.summary import CycleSummary

Progress = Callable[[int, int], None]

# A short reason: whoever wants more reads the report that goes with the matrix.
LONGEST_REASON = 450
# So many items of evidence are told with title and date; more only by number.
MOST_TITLES = 5
_SENTENCE_END = re.compile(r"[.!?…][)\"”»]?(?=\s)")


def fill(
    summary: CycleSummary, source: Path, stream: IO[bytes], *, progress: Progress | None = None
) -> Returned:
    """Write the list in ``source`` with what was found in its last column. Raises ``FileProblem``."""
    with speaking(summary.language):
        cells = {row.paragraph: cell_text(row, summary) for row in summary.rows}
        returned = fill_list(
            source,
            stream,
            cells=cells,
            reports=[one.symbol for one in summary.cycle.documents if not one.symbol_is_inferred],
            language=ooxml.LANGUAGES.get(summary.language, summary.language),
            progress=progress,
        )
        if len(returned.unknown) == returned.listed:
            raise FileProblem(
                _("The list holds none of the recommendations of %(cycle)s.")
                % {"cycle": summary.cycle.reference}
            )
    return returned


def cell_text(row: RecommendationLine, summary: CycleSummary) -> CellText:
    """What is said of a recommendation, in the active language: rating, short reason, evidence, date.

    Nothing at all where the audience has no finding of it: its cell is left as it is.
    """
    if row.outcome == NOT_YET or not row.findings:
        return []
    paragraphs: list[list[tuple[str, bool]]] = [[(_sentence(outcome_word(row.outcome)), True)]]
    rated = [demand for demand in row.demands if demand.outcome != NOT_YET]
    if rated:
        words = "; ".join(f"({one.label}) {outcome_word(one.outcome).lower()}" for one in rated)
        paragraphs.append([(_sentence(words), False)])
    for finding in row.findings:
        paragraphs += _finding(finding, differs=row.outcome == DIFFER)
    paragraphs += [[(sentence, False)] for sentence in standing_sentences(row)]
    evidence = _evidence(row.findings, {note.number: note for note in summary.endnotes})
    if evidence:
        paragraphs.append(
            [(pgettext("before a list of sources", "Evidence:") + " ", True), (evidence, False)]
        )
    on = row.cutoff_date or (summary.round.cutoff_date if summary.round else None)
    if on:
        paragraphs.append([(_("Evidence considered up to %(date)s.") % {"date": date_words(on)}, False)])
    return paragraphs


def _finding(finding: Finding, *, differs: bool) -> list[list[tuple[str, bool]]]:
    said: list[tuple[str, bool]] = []
    if differs:
        said.append((f"{organisation_word(finding.organisation)}: {outcome_word(finding.rating)}. ", True))
    reason = _short(_plain(finding.sentence)) or _short(_plain(finding.reasons[:1]))
    if finding.cannot_reason:
        details = _short(_plain(finding.cannot_details))
        reason = " ".join(
            part for part in (_sentence(cannot_word(finding.cannot_reason)), details, reason) if part
        )
    said += [(part, False) for part in (" ".join([reason, *marks(finding)]).strip(),) if part]
    return [said] if said else []


def _plain(narrative: Narrative) -> str:
    """A narrative on one line, evidence by its number."""
    return " ".join(
        "".join(f" [{piece.text}]" if piece.endnote else piece.text for piece in paragraph)
        for paragraph in narrative
    ).replace("\n", " ")


def _short(text: str) -> str:
    """The text, cut behind a sentence, else behind a word, where it is long."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_REASON:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, LONGEST_REASON)]
    if ends and ends[-1] > LONGEST_REASON // 3:
        return text[: ends[-1]]
    return text[:LONGEST_REASON].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")


def _evidence(findings: Iterable[Finding], notes: dict[int, Endnote]) -> str:
    """The items that findings rest on, in the order in which they cite them."""
    cited = dict.fromkeys(
        piece.endnote
        for finding in findings
        for part in (
            finding.sentence,
            finding.reasons,
            finding.cannot_details,
            finding.override_reason,
        )
        for paragraph in part
        for piece in paragraph
        if piece.endnote in notes
    )
    items = [notes[number] for number in cited]
    told = [_item(note) for note in items[:MOST_TITLES]]
    told += [note.reference for note in items[MOST_TITLES:]]
    return f"{'; '.join(told)}." if told else ""


def _item(note: Endnote) -> str:
    on = date_words(note.published or note.accessed)
    return " ".join(
        [
            note.reference,
            ", ".join(part for part in (note.title.rstrip("."), note.publisher, on, note.source_url) if part),
        ]
    )
