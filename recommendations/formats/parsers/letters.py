"""Letters with their places on a page, and the order in which Arabic is read. Runs in the sandbox's child.

A PDF draws letters and knows no order. For scripts from right to left PDFium's guess breaks symbols such as
A/HRC/28/10 in pieces; the places of the letters give the order with certainty: from the right, except that Latin words
and numbers run from the left within it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# What is drawn further apart than this part of its height is two words, whether or not a blank is drawn between.
_BLANK = 0.25
_NUMBER = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_OPENING, _CLOSING = "([{«", ")]}»"


@dataclass
class Letter:
    """A letter and where it is drawn: lengths in points, ``base`` from the top of the page."""

    text: str
    left: float
    right: float
    base: float
    size: float
    after_blank: bool


def plain(sign: str) -> str:
    """The letter that a joined form stands for: PDFs in Arabic often name the drawn shape."""
    return unicodedata.normalize("NFKC", sign) if "\ufb50" <= sign <= "\ufefc" else sign


def from_right(letters: Iterable[Letter]) -> bool:
    """Whether most words are written from right to left."""
    balance = 0
    for letter in letters:
        if letter.text == " ":
            continue
        direction = unicodedata.bidirectional(letter.text[0])
        balance += (direction in ("R", "AL")) - (direction == "L")
    return balance > 0


def read_from_right(letters: list[Letter]) -> list[Letter]:
    """The same letters line by line as they are read; the drawn blanks among them are told by the letters now."""
    found: list[Letter] = []
    for row in _rows(letters):
        words = sorted(_words(row), key=lambda word: -(word[0].left + word[-1].left))
        read = _turn_runs(_tell_blanks([letter for word in words for letter in word]))
        _set_brackets(read)
        found += read
    return found


def _rows(letters: list[Letter]) -> list[list[Letter]]:
    """Letters of one line; accents go with the letter that they stand on."""
    rows: list[list[Letter]] = []
    for letter in letters:
        if rows and unicodedata.combining(letter.text[0]):
            rows[-1][-1].text += letter.text
            continue
        before = rows[-1][0] if rows else None
        if before is not None and abs(letter.base - before.base) < 0.6 * max(letter.size, before.size):
            rows[-1].append(letter)
        else:
            rows.append([letter])
    return rows


def _words(row: list[Letter]) -> Iterator[list[Letter]]:
    """Arabic letters that follow each other stay together: within a word PDFium's order holds where shapes overlap."""
    word: list[Letter] = []
    for letter in row:
        if word and _is_from_right(letter) and _is_from_right(word[-1]):
            apart = max(word[-1].left - letter.right, letter.left - word[-1].right)
            if apart < _BLANK * letter.size:
                word.append(letter)
                continue
        if word:
            yield word
        word = [letter]
    if word:
        yield word


def _is_from_right(letter: Letter) -> bool:
    return unicodedata.bidirectional(letter.text[0]) in ("R", "AL")


def _tell_blanks(row: list[Letter]) -> list[Letter]:
    """The row without its blanks; each letter knows whether one stands before it."""
    found: list[Letter] = []
    blank = False
    for letter in row:
        if letter.text == " ":
            blank = True
            continue
        letter.after_blank = bool(found) and (blank or found[-1].left - letter.right > _BLANK * letter.size)
        found.append(letter)
        blank = False
    return found


def _turn_runs(row: list[Letter]) -> list[Letter]:
    """Latin words with what stands between them, and numbers, turned to run from the left."""
    found: list[Letter] = []
    run: list[Letter] = []
    for letter in [*row, None]:
        if letter is not None and not _is_from_right(letter):
            run.append(letter)
            continue
        found += _turned(run)
        run = []
        if letter is not None:
            found.append(letter)
    return found


def _turned(run: list[Letter]) -> list[Letter]:
    strong = [n for n, letter in enumerate(run) if letter.text[0].isalnum()]
    if not strong:
        return run
    if any(letter.text[0].isalpha() for letter in run):
        first, last = strong[0], strong[-1]
        return run[:first] + _reversed(run[first : last + 1]) + run[last + 1 :]
    # Numbers only: each runs from the left, one after the other from the right.
    found: list[Letter] = []
    place = 0
    text = "".join(("\n" if letter.after_blank else "") + letter.text[0] for letter in run)
    owners = [n for n, letter in enumerate(run) for _sign in ("\n" * letter.after_blank) + letter.text[0]]
    for match in _NUMBER.finditer(text):
        first, last = owners[match.start()], owners[match.end() - 1]
        found += run[place:first] + _reversed(run[first : last + 1])
        place = last + 1
    return found + run[place:]


def _reversed(run: list[Letter]) -> list[Letter]:
    """A run the other way round; its blanks stay between the same two letters, and before all of it."""
    blanks = [run[0].after_blank, *(letter.after_blank for letter in reversed(run[1:]))]
    turned = run[::-1]
    for letter, blank in zip(turned, blanks, strict=True):
        letter.after_blank = blank
    return turned


def _set_brackets(row: list[Letter]) -> None:
    """Brackets by where they stand: files disagree on whether they name the sign or the shape that is drawn."""
    for place, letter in enumerate(row):
        pairs = _OPENING + _CLOSING
        if letter.text not in pairs:
            continue
        kind = pairs.index(letter.text) % len(_OPENING)
        following = row[place + 1] if place + 1 < len(row) else None
        if place == 0 or letter.after_blank or row[place - 1].text in _OPENING:
            letter.text = _OPENING[kind]
        elif following is None or following.after_blank or not following.text[0].isalnum():
            letter.text = _CLOSING[kind]
