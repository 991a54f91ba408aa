"""What stands where on the pages of a PDF: lines, columns, headers and footers, footnotes.

A PDF knows only which letters are printed where. What is a header or a footnote is told by its place, its size and
what comes again from page to page, not by its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Where headers and footers stand: this part of the page's height from its upper and lower edge.
_MARGIN = 0.13
# A blank that parts them from the text, in heights of their letters: more than stands between two paragraphs.
_WIDE = 2.0
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
        edges = list(_at_edges(page))
        kept = [part for part in page.parts if not _is_furniture(part, edges, furniture)]
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
    middle = _gutter(page)
    if middle is None:
        return [_joined(row, from_right) for row in _rows(page.parts)]
    lines: list[Part] = []
    columns: tuple[list[Part], list[Part]] = ([], [])

    def finish() -> None:
        for column in reversed(columns) if from_right else columns:
            lines.extend(_joined(row, from_right) for row in _rows(column))
            column.clear()

    for part in sorted(page.parts, key=lambda each: each.base):
        if part.left < middle < part.right:
            # A line across both columns ends what stands above it.
            finish()
            lines.append(part)
        else:
            columns[part.left >= middle].append(part)
    finish()
    return lines


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


def _gutter(page: Page) -> float | None:
    """Where the blank between two columns is, which hardly a line crosses; None on pages of one column."""
    longer = [part for part in page.parts if len(part.text) > 15]
    steps = range(round(0.35 * page.width), round(0.65 * page.width), 4)
    crossed = {middle: sum(part.left < middle < part.right for part in longer) for middle in steps}
    if not crossed:
        return None
    middle = min(crossed, key=lambda each: (crossed[each], abs(each - page.width / 2)))
    sides = [sum(part.right <= middle for part in longer), sum(part.left >= middle for part in longer)]
    return float(middle) if min(sides) >= 8 and crossed[middle] * 5 < sum(sides) else None


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
    """Lines in the margins, as far as a wide blank parts them from the text."""
    lines = sorted(page.parts, key=lambda part: part.base)
    for ordered, inside in ((lines, _MARGIN * page.height), (lines[::-1], (1 - _MARGIN) * page.height)):
        block: list[Part] = []
        for part in ordered:
            apart = abs(part.base - block[-1].base) if block else 0.0
            if block and apart > _WIDE * max(part.size, block[-1].size):
                yield from block
                block = []
            if (part.base < inside) != (inside < page.height / 2):
                break
            block.append(part)


def _is_furniture(part: Part, edges: list[Part], furniture: set[tuple[str, int]]) -> bool:
    if not any(part is each for each in edges):
        return False
    shape, near = _shape(part), round(part.base / 4)
    again = any((shape, near + step) in furniture for step in (-1, 0, 1))
    return again or re.fullmatch(r"\W*#\W*", shape) is not None


# --- Footnotes ----------------------------------------------------------------------------------------------------


def _footnotes_apart(parts: list[Part], height: float) -> tuple[list[Part], list[tuple[str, str]]]:
    """The lines of the page's text, and its footnotes: a line that begins with a mark, and all below it."""
    body: list[Part] = []
    notes: list[tuple[str, str]] = []
    last: Part | None = None
    for part in parts:
        if last is not None and part.base < last.base:
            last = None  # the next column begins
        if part.base > 0.4 * height and _begins_a_note(part):
            text, marks = without_marks(part.runs)
            mark, _blank, rest = (marks[0], "", text) if part.runs[0][1] else text.partition(" ")
            notes.append((mark, rest))
        elif last is not None:
            notes[-1] = notes[-1][0], f"{notes[-1][1]} {without_marks(part.runs)[0]}"
        else:
            body.append(part)
            continue
        last = part
    return body, notes


def _begins_a_note(part: Part) -> bool:
    text, raised = part.runs[0]
    # A star may stand at the height of the letters; no paragraph of a report begins with one.
    return bool(_MARK.fullmatch(text.strip())) if raised else bool(_STARS.match(part.text))
