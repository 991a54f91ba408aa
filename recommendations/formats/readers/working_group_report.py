"""The report of the UPR Working Group, DOCX or PDF, in English or another language of the UN.

In English the lead-in of each list gives the State's answer and may claim that something is done already. In the
other languages the numbers alone join a text to the recommendation that the English report made.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.entries import Answer, Claim, Entry, FromState, Reading, Sample, Shape, Wanted
from recommendations.formats.problems import problem
from recommendations.formats.recommending import recommending_states, unknown_closing
from recommendations.formats.reports.documents import open_document
from recommendations.formats.reports.front import Front, front_of
from recommendations.formats.reports.leads import (
    Said,
    is_closing,
    recommendations_named,
    said_in,
    speaks_of_all_above,
)
from recommendations.formats.reports.structure import Conclusions, Paragraph, Section, conclusions_of
from recommendations.formats.reports.words import language_of
from recommendations.vocabulary import TextKind

CODE = "working_group_report"
LABEL = gettext_lazy("Report of the UPR Working Group, in any language of the UN (DOCX or PDF)")
SHAPES: tuple[Shape, ...] = ("docx", "pdf")

MESSAGES = {
    "no_report": gettext_lazy(
        "This is no report of the Working Group on the Universal Periodic Review: its title does not stand on the "
        "first pages. Expected the report as the UN published it, such as A/HRC/28/10."
    ),
    "addendum": gettext_lazy(
        "This is an addendum with the State's answers, not the report itself. Import the report (%(symbol)s), then "
        "record the answers of the addendum, or import OHCHR's list of recommendations, which holds them."
    ),
    "no_symbol": gettext_lazy(
        "The document's symbol does not stand on the first pages. Expected one such as A/HRC/28/10; a draft "
        "(A/HRC/WG.6/…/L.…) has none yet, and its paragraphs are numbered anew when it is published."
    ),
    "other_state": gettext_lazy(
        "This report (%(symbol)s) is on “%(state)s”, not on the State chosen for the import."
    ),
    "no_conclusions": gettext_lazy(
        "The report's section “Conclusions and/or recommendations” was not found. Is the file complete?"
    ),
    "no_list": gettext_lazy(
        "The section “Conclusions and/or recommendations” holds no numbered recommendations. Expected paragraphs such "
        "as 124.1."
    ),
}
_COMPLETE = re.compile(r"[;.:；。؛।)）\]”\"»*†]\s*$")
_MOST_NOTES = 30
_RECOMMENDATIONS = re.compile(r"\brecommendations?\b", re.IGNORECASE)


def recognises(sample: Sample) -> bool:
    """Whether a file is such a report. Every PDF is taken for one, as no other format here is a PDF."""
    if sample.shape == "pdf":
        return True
    if sample.shape != "docx" or _is_matrix(sample.header):
        return False
    cells = "\n".join(cell for row in sample.header for cell in row)
    return bool(language_of(sample.text) or language_of(cells))


@contextlib.contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    """Open the report. Raises ``FileProblem`` for what is none, and for one on another State."""
    document = open_document(source)
    front = front_of(document, wanted.knows_state)
    if not front.language:
        raise problem(MESSAGES, "no_report")
    if front.is_addendum:
        raise problem(MESSAGES, "addendum", symbol=front.symbol or "A/HRC/…")
    if not front.symbol:
        raise problem(MESSAGES, "no_symbol")
    if front.state and not wanted.is_of_state(front.state):
        raise problem(MESSAGES, "other_state", symbol=front.symbol, state=front.state)
    conclusions = conclusions_of(document)
    if conclusions is None:
        raise problem(MESSAGES, "no_conclusions")
    entries, notes = _Building(front, wanted).build(conclusions)
    if not entries:
        raise problem(MESSAGES, "no_list")
    yield Reading(CODE, iter(entries), notes=notes, total=len(entries), is_whole_document=True)


class _Building:
    """Makes the entries of one report, and the notes on what was left out."""

    def __init__(self, front: Front, wanted: Wanted):
        self._front = front
        self._knows_state = wanted.knows_state
        self._is_english = front.language == "en"
        self._entries: list[Entry] = []
        # The paragraphs of the last list above, by their number in it: "7" → the entry of 95.7.
        self._above: dict[str, Entry] = {}
        # Lists whose lead-in does not answer them: a later paragraph may.
        self._unanswered: list[tuple[Paragraph, list[Entry]]] = []
        self._notes: list[str] = []

    def build(self, conclusions: Conclusions) -> tuple[list[Entry], list[str]]:
        """All entries, in the order of the report."""
        for section in conclusions.sections:
            said = said_in(section.lead.text) if self._is_english else Said()
            if section.items:
                self._add_list(section, said)
            elif self._is_english:
                self._speak_of_others(section.lead, said)
        for lead, entries in self._unanswered:
            for entry in entries:
                entry.doubts.append(
                    _(
                        "Paragraph %(number)s does not say in known words whether the State supports it: “%(text)s”."
                    )
                    % {"number": lead.number, "text": lead.text[:200]}
                )
        if self._entries and conclusions.sections[-1].items:
            self._entries[-1].doubts.append(
                _("The paragraph that closes every report does not follow: is the file complete?")
            )
        for page, text in conclusions.strays:
            words = f"“{text[:100]}…”" if len(text) > 100 else f"“{text}”"
            place = _("Page %(page)s: ") % {"page": page} if page else ""
            self._notes.append(
                place + _("%(text)s belongs to no numbered paragraph and was left out.") % {"text": words}
            )
        if len(self._notes) > _MOST_NOTES:
            more = len(self._notes) - _MOST_NOTES
            self._notes = [*self._notes[:_MOST_NOTES], _("… and %(count)s more.") % {"count": more}]
        return self._entries, self._notes

    def _add_list(self, section: Section, said: Said) -> None:
        self._above = {}
        for item in section.items:
            entry = self._entry(item)
            entry.doubts += section.lead.doubts
            self._entries.append(entry)
            self._above[item.number.partition(".")[2]] = entry
        if not self._is_english:
            return
        listed = list(self._above.values())
        if said.position:
            self._answer(listed, section.lead, said)
        else:
            self._unanswered.append((section.lead, listed))
        if said.claim:
            self._claim(listed, section.lead, said)

    def _entry(self, item: Paragraph) -> Entry:
        entry = Entry(
            len(self._entries) + 1,
            place=_("paragraph %(number)s") % {"number": item.number},
            state=self._front.state,
            symbol=self._front.symbol,
            published_on=self._front.published_on,
            session=self._front.session,
            paragraph=item.number,
            texts=[(self._front.language, str(TextKind.OFFICIAL), item.text)],
            recommending=recommending_states(item.text, self._knows_state),
            doubts=list(item.doubts),
        )
        unknown = unknown_closing(item.text, self._knows_state)
        if unknown:
            entry.recommending.append(FromState(unknown))
        if not entry.recommending:
            entry.doubts.append(_("No recommending State was found in this paragraph."))
        if not _COMPLETE.search(item.text):
            entry.doubts.append(_("The paragraph has no end: part of it may be missing."))
        for note in item.footnotes:
            self._notes.append(
                _("Paragraph %(number)s has a footnote: “%(text)s”") % {"number": item.number, "text": note}
            )
        return entry

    def _answer(self, entries: list[Entry], paragraph: Paragraph, said: Said) -> None:
        for entry in entries:
            locator = f"para. {paragraph.number}"
            entry.answers.append(Answer(said.position, locator=locator, quote=paragraph.text))
            if said.is_mixed:
                entry.doubts.append(
                    _("Paragraph %(number)s gives more than one answer: “%(text)s”.")
                    % {"number": paragraph.number, "text": paragraph.text[:200]}
                )

    def _claim(self, entries: list[Entry], paragraph: Paragraph, said: Said) -> None:
        for entry in entries:
            entry.claims.append(Claim(said.claim, locator=f"para. {paragraph.number}", quote=paragraph.text))

    def _speak_of_others(self, paragraph: Paragraph, said: Said) -> None:
        """A paragraph without a list: it may say something of recommendations that are listed elsewhere."""
        if is_closing(paragraph.text) or not _RECOMMENDATIONS.search(paragraph.text):
            return
        named = recommendations_named(paragraph.text) if said.claim or said.position else []
        if said.position and not named and self._unanswered and speaks_of_all_above(paragraph.text):
            _lead, entries = self._unanswered.pop()
            self._answer(entries, paragraph, said)
            return
        by_number = {entry.paragraph: entry for entry in self._entries}
        found = {number: self._above.get(number) or by_number.get(number) for number in named}
        unfound = [number for number, entry in found.items() if entry is None]
        if not named or unfound:
            self._notes.append(
                _("Paragraph %(number)s speaks of recommendations that are not in its list: “%(text)s”.")
                % {"number": paragraph.number, "text": ", ".join(unfound) or paragraph.text[:300]}
            )
        entries = [entry for entry in found.values() if entry is not None]
        if said.claim:
            self._claim(entries, paragraph, said)
        for entry in entries:
            if said.position and said.position not in {answer.words for answer in entry.answers}:
                entry.doubts.append(
                    _("Paragraph %(number)s gives another answer than the list: “%(text)s”.")
                    % {"number": paragraph.number, "text": paragraph.text[:200]}
                )


def _is_matrix(header: list[list[str]]) -> bool:
    """Whether a Word document holds OHCHR's table of recommendations, which quotes such reports."""
    for row in header:
        cells = [cell.strip().casefold() for cell in row]
        if any(cell.startswith("recommendation") for cell in cells) and any(
            cell.startswith("position") for cell in cells
        ):
            return True
    return False
