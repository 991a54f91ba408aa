"""What stands where on the pages of a PDF: lines, columns, headers and footers, footnotes.

A PDF knows only which letters are printed where. What is a header or a footnote is told by its place, its size and
what comes again from page to page, not by its words.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Where headers and footers stand: this part of the page's height from its upper and lower edge.
_MARGIN = 0.13
# The mark of a footnote; a raised "st" or "bis" belongs to the text.
_MARK = re.compile(r"[0-9]{1,3}|[*†‡§]{1,4}|[a-z]")
_STARS = re.compile(r"[*†‡]{1,4}(?:\s|$)")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass
class Part:
    """Letters side by side: lengths in points, ``base`` from the top; ``runs`` of text, raised or not."""

    left: float
    right: float
    base: float
    size: float
    runs: list[Any]

    @property
    def text(self) -> str:
        """What is written there."""
        return " ".join("".join(text for text, _raised in self.runs).split())


@dataclass
class Page:
    """A page and what is printed on it."""

    number: int
    width: float
    height: float
    parts: list[Part]


@dataclass
class LaidOut:
    """All lines of the running text: (page, indent, distance from the line above, the line)."""

    lines: list[tuple[int, float, float, Part]] = field(default_factory=list)
    footnotes: dict[tuple[int, str], str] = field(default_factory=dict)
    leading: float = 0


def without_marks(runs: list[Any]) -> tuple[str, list[str]]:
    """The text without the marks of footnotes, and these."""
    parts: list[str] = []
    marks: list[str] = []
    for text, raised in runs:
        if raised and _MARK.fullmatch(text.strip()):
            marks.append(text.strip())
            # The blank that some writers raise together with the mark.
            parts.append(" " if text.endswith(" ") else "")
        else:
            parts.append(text)
    return " ".join("".join(parts).split()), marks


def lay_out(pages: list[Page]) -> LaidOut:
    """The running text of all pages in reading order, and the footnotes."""
    sample = "".join(part.text for page in pages[:20] for part in page.parts)
    from_right = 2 * len(_RIGHT_TO_LEFT.findall(sample)) > len(_LETTER.findall(sample))
    for page in pages:
        page.parts = _in_reading_order(page, from_right)
    furniture = _furniture(pages)
    found = LaidOut()
    distances: Counter[int] = Counter()
    for page in pages:
        kept = [part for part in page.parts if not _is_furniture(part, page, furniture)]
        body, notes = _footnotes_apart(kept, page.height)
        found.footnotes.update({(page.number, mark): text for mark, text in notes})
        before: Part | None = None
        for part in body:
            above = max(0.0, part.base - before.base) if before is not None else 0.0
            indent = page.width - part.right if from_right else part.left
            found.lines.append((page.number, indent, above, part))
            distances[round(above)] += above > 0
            before = part
    found.leading = distances.most_common(1)[0][0] if distances else 0
    return found


# --- Lines and columns --------------------------------------------------------------------------------------------


def _in_reading_order(page: Page, from_right: bool) -> list[Part]:
    """Parts of one height joined to lines, from above; in two columns one column after the other."""
    rows = _rows(page.parts)
    middle = _gutter(rows)
    if middle is None:
        return [_joined(row, from_right) for row in rows]
    lines: list[Part] = []
    columns: list[list[Part]] = [[], []]
    for row in rows:
        sides = [[part for part in row if (part.left >= middle) == right] for right in (False, True)]
        if any(part.left < middle < part.right for part in row):
            # A line across both columns ends what stands above it.
            lines += [*columns[from_right], *columns[not from_right], _joined(row, from_right)]
            columns = [[], []]
            continue
        for column, side in zip(columns, sides, strict=True):
            if side:
                column.append(_joined(side, from_right))
    return [*lines, *columns[from_right], *columns[not from_right]]


def _rows(parts: list[Part]) -> list[list[Part]]:
    """Parts that stand on one line, from above; a mark beside a line's letters, smaller and higher, is one of them."""
    rows: list[list[Part]] = []
    for part in sorted(parts, key=lambda each: each.base):
        for row in reversed(rows[-4:]):
            largest = max(row, key=lambda each: each.size)
            small, large = sorted((part, largest), key=lambda each: each.size)
            near = abs(part.base - largest.base)
            is_mark = small.size < 0.85 * large.size and _MARK.fullmatch(small.text)
            if near < 0.25 * large.size or (is_mark and near < 0.6 * large.size):
                row.append(part)
                break
        else:
            rows.append([part])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _gutter(rows: list[list[Part]]) -> float | None:
    """Where the blank between two columns is: most rows of the page have it, and words on both sides."""
    middles: Counter[int] = Counter()
    for row in rows:
        for left, right in itertools.pairwise(row):
            # A number before its text is no column.
            if len(left.text) > 15 and len(right.text) > 15:
                middles[round((left.right + right.left) / 40)] += 1
    if not middles:
        return None
    middle, count = middles.most_common(1)[0]
    return middle * 20.0 if count >= 8 and count * 2 > len(rows) else None


def _joined(row: list[Part], from_right: bool) -> Part:
    if len(row) == 1:
        return row[0]
    largest = max(row, key=lambda part: part.size)
    runs: list[Any] = []
    for part in reversed(row) if from_right else row:
        raised = part.size < 0.85 * largest.size and part.base < largest.base - 0.12 * largest.size
        if runs and not raised:
            runs.append([" ", False])
        runs += [[text, was or raised] for text, was in part.runs]
    left, right = min(part.left for part in row), max(part.right for part in row)
    return Part(left, right, largest.base, largest.size, runs)


# --- Headers and footers ------------------------------------------------------------------------------------------


def _shape(part: Part) -> str:
    """What is the same in a header from page to page: its words, whatever their figures are."""
    return re.sub(r"\d+", "#", part.text)


def _furniture(pages: list[Page]) -> set[tuple[str, int]]:
    """Shape and height of lines that stand near the edge of page after page."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({(_shape(part), round(part.base / 4)) for part in _at_edges(page)})
    # Left and right pages may differ, and a front page has none.
    enough = max(2, len(pages) // 4)
    return {place for place, count in seen.items() if count >= enough}


def _at_edges(page: Page) -> Iterator[Part]:
    return (part for part in page.parts if not _MARGIN < part.base / page.height < 1 - _MARGIN)


def _is_furniture(part: Part, page: Page, furniture: set[tuple[str, int]]) -> bool:
    if _MARGIN < part.base / page.height < 1 - _MARGIN:
        return False
    shape, near = _shape(part), round(part.base / 4)
    again = any((shape, near + step) in furniture for step in (-1, 0, 1))
    return again or re.fullmatch(r"\W*#\W*", shape) is not None


# --- Footnotes ----------------------------------------------------------------------------------------------------


def _footnotes_apart(parts: list[Part], height: float) -> tuple[list[Part], list[tuple[str, str]]]:
    """The lines of the page's text, and its footnotes: the first line that begins with a mark, and all below it."""
    first = next(
        (n for n, part in enumerate(parts) if part.base > 0.4 * height and _begins_a_note(part)), len(parts)
    )
    notes: list[tuple[str, str]] = []
    for note in parts[first:]:
        text, marks = without_marks(note.runs)
        if not _begins_a_note(note):
            notes[-1] = notes[-1][0], f"{notes[-1][1]} {text}"
        elif note.runs[0][1]:
            notes.append((marks[0], text))
        else:
            mark, _blank, rest = text.partition(" ")
            notes.append((mark, rest))
    return parts[:first], notes


def _begins_a_note(part: Part) -> bool:
    text, raised = part.runs[0]
    # A star may stand at the height of the letters; no paragraph of a report begins with one.
    return bool(_MARK.fullmatch(text.strip())) if raised else bool(_STARS.match(part.text))
