"""The numbered paragraphs of a report's conclusions: lead-ins with the lists below them.

Numbers decide, in the order in which they must come: a line that begins with "2030." or "124.3" in the middle of a
sentence is no paragraph, because another number is due. What does not fit is told, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from recommendations.formats.reports.documents import Document, Line
from recommendations.formats.reports.joining import Joiner
from recommendations.formats.reports.words import is_annex, is_heading

# "124.26 Adopt", "124.26. Adopt", "124-26", "95. The", "95－", "7) To"; after a bare number a mark must stand.
_SIGN = r"[.．\-–—‑﹣－]"
_DOTTED = re.compile(rf"(\d{{1,4}})\s?{_SIGN}\s?(\d{{1,3}})(?!\d)(?:{_SIGN}|[):：、])?\s*(?=\D|$)")
_PLAIN = re.compile(rf"(\d{{1,4}})\s?(?:{_SIGN}|[)、])(?!\d)\s*")
_LARGEST_GAP = 40
_FINISHED = re.compile(r"[;.；。؛։][*†‡]*$")


@dataclass
class Paragraph:
    """A numbered paragraph: "124" or "124.26"; its text, the page it begins on (0 in Word), its doubts and notes."""

    number: str
    indent: float = 0
    page: int = 0
    lines: list[str] = field(default_factory=list)
    text: str = ""
    doubts: list[str] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The last line so far."""
        return self.lines[-1] if self.lines else ""


@dataclass
class Section:
    """A paragraph of the conclusions with the list below it, which may be empty."""

    lead: Paragraph
    items: list[Paragraph] = field(default_factory=list)


@dataclass
class Conclusions:
    """All of the section, and lines in it that belong to no paragraph, as (page, text)."""

    sections: list[Section] = field(default_factory=list)
    strays: list[tuple[int, str]] = field(default_factory=list)


def conclusions_of(document: Document) -> Conclusions | None:
    """The section "Conclusions and/or recommendations"; None where the document has none."""
    begin = max(_headings(document.lines), default=None)
    if begin is None:
        return None
    walk = _Walk(document)
    for line in document.lines[begin:]:
        if is_annex(line.text) and (walk.is_at_rest or line.is_paragraph):
            break
        walk.take(line)
    return walk.finished()


def _headings(lines: list[Line]) -> Iterator[int]:
    """Where the lines behind each heading of the section begin; a narrow column breaks the heading."""
    for place, line in enumerate(lines):
        if is_heading(line.text):
            yield place + 1
        elif place + 1 < len(lines) and is_heading(f"{line.text} {lines[place + 1].text}"):
            yield place + 2


class _Walk:
    """Goes through the lines of the section and knows which numbers are due."""

    def __init__(self, document: Document):
        self._document = document
        self._found = Conclusions()
        self._current: Paragraph | None = None
        self._lead_indent: float | None = None
        self._item_indent: float | None = None
        # "dotted" or "plain": how the list's paragraphs are numbered, known from the first of them.
        self._style = ""
        self._is_astray = False

    @property
    def is_at_rest(self) -> bool:
        """Whether the last paragraph is complete, as far as its text tells."""
        return self._current is None or bool(_FINISHED.search(self._current.last))

    def take(self, line: Line) -> None:
        """Put one line where it belongs."""
        text = f"{line.number} {line.text}".strip() if line.number else line.text
        text = text.translate(_DIGITS)
        for begins in (self._begins_dotted, self._begins_plain):
            rest = begins(text, line)
            if rest is not None:
                assert self._current is not None
                self._is_astray = False
                self._current.lines.append(_original(line, text, rest))
                self._call_notes(line)
                return
        if self._goes_astray(line):
            return
        assert self._current is not None
        self._current.lines.append(line.text)
        self._call_notes(line)

    def finished(self) -> Conclusions:
        """Everything that was found, its lines joined to texts."""
        joiner = Joiner(line.text for line in self._document.lines)
        for section in self._found.sections:
            for paragraph in (section.lead, *section.items):
                if self._document.kind == "docx":
                    paragraph.text = "\n".join(line for line in paragraph.lines if line)
                    continue
                paragraph.text, unsure = joiner.join(line for line in paragraph.lines if line)
                for word in unsure:
                    paragraph.doubts.append(
                        _("“%(word)s” was broken at the end of a line: is it written so?") % {"word": word}
                    )
        return self._found

    # --- numbers ----------------------------------------------------------------------------------------------

    def _begins_dotted(self, text: str, line: Line) -> str | None:
        match = _DOTTED.match(text)
        if match is None or self._style == "plain":
            return None
        head, place = int(match[1]), int(match[2])
        section = self._section
        follows = section is not None and section.items and head == int(section.lead.number) + 1
        if place == 1 and (section is None or (follows and self._begins_here(line))):
            # A list whose lead-in has no number, or was not read.
            section = self._begin_section(str(head), line)
        if section is None or head != int(section.lead.number) or not self._is_due(place, line, dotted=True):
            return None
        self._style = "dotted"
        self._begin_item(place, line)
        return text[match.end() :]

    def _begins_plain(self, text: str, line: Line) -> str | None:
        match = _PLAIN.match(text)
        if match is None:
            return None
        number, section = int(match[1]), self._section
        is_lead = section is None or number == int(section.lead.number) + 1
        is_item = section is not None and self._style != "dotted" and self._is_due(number, line)
        if is_lead and is_item:
            is_item = not self._stands_like_a_lead(line)
        if (
            is_lead
            and not is_item
            and (self._lead_indent is None or self._may_begin(line, self._lead_indent))
        ):
            self._begin_section(str(number), line)
            self._lead_indent = line.indent
            return text[match.end() :]
        if is_item:
            self._style = "plain"
            self._begin_item(number, line)
            return text[match.end() :]
        return None

    def _is_due(self, place: int, line: Line, *, dotted: bool = False) -> bool:
        """Whether a list's paragraph of that number may begin here."""
        section = self._section
        last = _place(section.items[-1]) if section is not None and section.items else 0
        if self._item_indent is not None and not self._may_begin(line, self._item_indent):
            return False
        if place == last + 1:
            return True
        # A number was left out, or stands twice: only where paragraphs begin. A bare number needs more to be believed.
        believed = dotted or (bool(last) and self.is_at_rest)
        return believed and self._begins_here(line) and abs(place - last) <= _LARGEST_GAP

    def _begins_here(self, line: Line) -> bool:
        if line.is_paragraph or not line.above:
            return True
        return line.above > 1.25 * self._document.leading

    def _may_begin(self, line: Line, indent: float) -> bool:
        return line.is_paragraph or abs(line.indent - indent) < 12 or self._begins_here(line)

    def _stands_like_a_lead(self, line: Line) -> bool:
        """Which of a list's 96th paragraph and paragraph 96 it is: each stands where its like stand."""
        if self._lead_indent is None or self._item_indent is None:
            return False
        return abs(line.indent - self._lead_indent) < abs(line.indent - self._item_indent)

    # --- paragraphs -------------------------------------------------------------------------------------------

    @property
    def _section(self) -> Section | None:
        return self._found.sections[-1] if self._found.sections else None

    def _begin_section(self, number: str, line: Line) -> Section:
        section = Section(Paragraph(number, line.indent, line.page))
        self._found.sections.append(section)
        self._current = section.lead
        self._style = ""
        self._item_indent = None
        return section

    def _begin_item(self, place: int, line: Line) -> None:
        section = self._section
        assert section is not None
        item = Paragraph(f"{section.lead.number}.{place}", line.indent, line.page)
        last = _place(section.items[-1]) if section.items else 0
        if place > last + 1:
            missing = f"{section.lead.number}.{last + 1}"
            item.doubts.append(_("Paragraph %(number)s was expected before this one.") % {"number": missing})
        elif place <= last:
            item.doubts.append(
                _("This number comes after %(number)s.") % {"number": f"{section.lead.number}.{last}"}
            )
        section.items.append(item)
        self._item_indent = line.indent if self._item_indent is None else self._item_indent
        self._current = item

    def _goes_astray(self, line: Line) -> bool:
        """Whether a line belongs to no paragraph, or goes on with what belongs to none; it is kept apart then."""
        if self._is_astray and not self._begins_here(line):
            page, text = self._found.strays[-1]
            self._found.strays[-1] = page, f"{text} {line.text}"
            return True
        self._is_astray = self._current is None or self._is_stray(line)
        if self._is_astray:
            self._found.strays.append((line.page, line.text))
        return self._is_astray

    def _is_stray(self, line: Line) -> bool:
        """Whether a line without a number begins something of its own: a heading, a text between two lists."""
        if not self.is_at_rest:
            return False
        assert self._current is not None
        if line.is_paragraph:
            # "(a) …" and further wordings go on; a heading does not end like them.
            return not (
                (_FINISHED.search(line.text) and line.text[:1] in '(–-•“"') or line.text[:1].islower()
            )
        if not line.above:
            # The page begins: a small letter or a bracket goes on with what the page before began.
            return not (line.text[:1].islower() or line.text[:1] in "(")
        return self._begins_here(line)

    def _call_notes(self, line: Line) -> None:
        assert self._current is not None
        for mark in line.marks:
            note = self._document.note(line, mark)
            if note:
                self._current.footnotes.append(note)


_DIGITS = {0x0660 + digit: str(digit) for digit in range(10)} | {
    0x06F0 + digit: str(digit) for digit in range(10)
}


def _original(line: Line, text: str, rest: str) -> str:
    """The rest of a line behind its number, its figures as they were written."""
    return line.text[len(line.text) - len(rest) :] if len(rest) <= len(line.text) else rest


def _place(item: Paragraph) -> int:
    return int(item.number.partition(".")[2])
