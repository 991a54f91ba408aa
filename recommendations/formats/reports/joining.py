"""Lines of one paragraph joined to its text: hyphens at the ends of lines, scripts without blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BEFORE = re.compile(r"([^\W\d_]+)-$")
_AFTER = re.compile(r"([^\W\d_]+)")
# Chinese and its punctuation: lines are joined without a blank.
_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_SOFT_HYPHEN = "\u00ad"


class Joiner:
    """Joins lines of one document.

    Some documents break words at the ends of lines, some only break behind a hyphen that belongs to the word. Which,
    and how a word is written where it is not broken, the rest of the document tells.
    """

    def __init__(self, lines: Iterable[str]):
        self._words: set[str] = set()
        broken: list[tuple[str, str]] = []
        before = ""
        for line in lines:
            first, last = _AFTER.match(line), _BEFORE.search(before)
            if first and last:
                broken.append((last[1].casefold(), first[1].casefold()))
            # Beside a hyphen at the end of a line stand halves, or what looks like them.
            words = _WORDS.findall(line)
            words = words[1 if before.endswith("-") else 0 : -1 if line.endswith("-") else None]
            self._words.update(word.casefold() for word in words)
            before = line
        self._breaks_words = any(one + two in self._words for one, two in broken)

    def join(self, lines: Iterable[str]) -> tuple[str, list[str]]:
        """The text, and the words of which it stays unsure whether their hyphen is their own."""
        text = ""
        unsure: list[str] = []
        for line in lines:
            if not text:
                text = line
            elif text.endswith(_SOFT_HYPHEN):
                text = text[:-1] + line
            elif text.endswith("-"):
                text = self._behind_hyphen(text, line, unsure)
            elif _CHINESE.match(text[-1]) or _CHINESE.match(line):
                text += line
            else:
                text = f"{text} {line}"
        return text.replace(_SOFT_HYPHEN, "").strip(), unsure

    def _behind_hyphen(self, text: str, line: str, unsure: list[str]) -> str:
        last, first = _BEFORE.search(text), _AFTER.match(line)
        if last is None and re.search(r"\s-$", text):
            return f"{text} {line}"  # a dash between words
        if not self._breaks_words or last is None or first is None or line[0].isupper():
            return text + line
        one, two = last[1].casefold(), first[1].casefold()
        if f"{one}-{two}" in self._words:
            return text + line
        if one + two in self._words:
            return text[:-1] + line
        is_compound = one in self._words and two in self._words
        joined = text + line if is_compound else text[:-1] + line
        unsure.append(f"{last[1]}-{first[1]}" if is_compound else f"{last[1]}{first[1]}")
        return joined
