"""The text of a PDF, line by line, with the place of each line on its page. Runs in the sandbox's child.

Only what is printed where is told here: what is a header, a footnote or a paragraph is for ``formats.documents``.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import pypdfium2
import pypdfium2.raw as pdfium

from recommendations.formats.parsers.letters import Letter, from_right, plain, read_from_right
from recommendations.formats.sandbox import Refused

# At the end of a line: what PDFium gives where it guesses that the word goes on, and the soft hyphen.
_HYPHENS = (0x02, 0xFFFE, 0xAD)
# Parts of one line that stand further apart than this many letters' heights may belong to two columns.
_GAP = 2.5


def lines(
    source: IO[bytes], *, most_pages: int, most_characters: int, first: int | None = None
) -> Iterator[dict[str, Any]]:
    """First ``{"pages": count}``, then ``{"width", "height", "lines": […]}`` of each page, or only the ``first`` ones.

    A line is ``[left, right, baseline from the top of the page, height of the letters, [[text, raised], …]]`` with
    lengths in points; ``raised`` marks what stands above the line, smaller, as the mark of a footnote does.
    """
    try:
        document = pypdfium2.PdfDocument(source.read())
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if error.err_code == pdfium.FPDF_ERR_PASSWORD else "damaged") from None
    if not pages:
        raise Refused("damaged")
    if first is None and pages > most_pages:
        raise Refused("too_many_pages", count=pages, most=most_pages)
    yield {"pages": pages}
    left = most_characters
    for number in range(min(pages, first or pages)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            raise Refused("damaged_page", page=number + 1) from None
        left -= text.count_chars()
        if left < 0:
            raise Refused("too_much_text")
        width, height = page.get_size()
        letters = list(_letters(text, page))
        if from_right(letters):
            letters = read_from_right(letters)
        yield {
            "width": round(width, 1),
            "height": round(height, 1),
            "lines": [part.told() for part in _parts(letters)],
        }
        text.close()
        page.close()


@dataclass
class _Part:
    """Letters side by side on one line."""

    left: float
    right: float
    base: float
    size: float
    runs: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, letter: Letter, raised: bool) -> None:
        blank = " " if letter.after_blank and self.runs and not self.runs[-1][0].endswith(" ") else ""
        if self.runs and self.runs[-1][1] == raised:
            self.runs[-1] = (self.runs[-1][0] + blank + letter.text, raised)
        else:
            if blank:
                text, was = self.runs[-1]
                self.runs[-1] = (text + blank, was)
            self.runs.append((letter.text, raised))
        self.left = min(self.left, letter.left)
        self.right = max(self.right, letter.right)

    def told(self) -> list[Any]:
        return [
            round(self.left, 1),
            round(self.right, 1),
            round(self.base, 1),
            round(self.size, 1),
            [[text, raised] for text, raised in self.runs],
        ]


def _letters(text: Any, page: Any) -> Iterator[Letter]:
    """Every printed letter and drawn blank in PDFium's order, upright and measured from the top."""
    upright = _turned(page)
    x, y = ctypes.c_double(), ctypes.c_double()
    matrix, box = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
    blank = False
    for index in range(text.count_chars()):
        sign = _sign(pdfium.FPDFText_GetUnicode(text, index))
        if not sign or pdfium.FPDFText_IsGenerated(text, index) == 1:
            blank = True
            continue
        if sign.isspace():
            blank, sign = True, " "
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        pdfium.FPDFText_GetMatrix(text, index, matrix)
        pdfium.FPDFText_GetLooseCharBox(text, index, box)
        size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        place = [x.value, y.value, box.left, box.bottom, box.right, box.top, size]
        if not all(map(math.isfinite, place)):
            continue
        (_x, base), corners = upright(x.value, y.value), [upright(*box_) for box_ in _corners(box)]
        left, right = min(each[0] for each in corners), max(each[0] for each in corners)
        yield Letter(sign, left, right, base, size, blank)
        blank = sign == " "


def _corners(box: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    return (box.left, box.bottom), (box.right, box.top)


def _sign(code: int) -> str:
    """One letter; nothing for what is no character: control signs, halves of surrogate pairs, signs of a bar code."""
    if code in _HYPHENS:
        return "-"
    if code < 0x20 or 0xD800 <= code <= 0xF8FF or code > 0x10FFFF:
        return ""
    return plain(chr(code))


def _turned(page: Any) -> Any:
    """Where a point of the page is when the page hangs upright: (from the left, from the top)."""
    left, bottom, right, top = page.get_mediabox()
    return {
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }.get(page.get_rotation(), lambda x, y: (x - left, top - y))


def _parts(letters: list[Letter]) -> list[_Part]:
    """Letters joined to the parts of lines, in the order in which they were read."""
    parts: list[_Part] = []
    part: _Part | None = None
    for letter in letters:
        if letter.text == " ":
            continue
        if part is not None and letter.size > 0:
            apart = max(letter.left - part.right, part.left - letter.right)
            smaller = letter.size < 0.85 * part.size
            lift = part.base - letter.base
            if apart < _GAP * part.size:
                if abs(lift) < 0.25 * part.size and not (smaller and lift > 0.12 * part.size):
                    if letter.size > 1.4 * part.size and _is_short(part):
                        part.size = letter.size
                    part.add(letter, False)
                    continue
                if smaller and 0 < lift < 0.75 * part.size:
                    part.add(letter, True)
                    continue
        part = _Part(letter.left, letter.right, letter.base, letter.size)
        part.add(letter, False)
        parts.append(part)
    return parts


def _is_short(part: _Part) -> bool:
    return sum(len(text) for text, _raised in part.runs) < 3
