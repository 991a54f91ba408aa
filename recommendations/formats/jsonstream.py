"""The objects of a JSON file one after the other, however long the file: only one is held at a time.

Python's own parser reads each object; this module finds where it ends, by asking for more text while it is not whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from recommendations.formats.encodings import NotText, json_encoding
from recommendations.formats.problems import FileProblem, problem

MESSAGES = {
    "empty": _("The file is empty. Expected a list of records in JSON."),
    "not_text": _(
        "The file is no text in Unicode (UTF-8 or UTF-16), as JSON must be. Fetch it again from its source."
    ),
    "wrong_letters": _(
        "The file is not written in %(encoding)s throughout, as JSON must be. Fetch it again from its source."
    ),
    "no_list": _(
        "Expected a list of records, that is, JSON which begins with “[”. The file begins with “%(found)s”."
    ),
    "no_object": _("This is no record. Expected an object, that is, “{…}”; found “%(found)s”."),
    "malformed": _("This record is no valid JSON: %(what)s. Fetch the file again from its source."),
    "cut_off": _(
        "The file is cut off: this record, or the list, has no end. Fetch the file again from its source."
    ),
    "too_long": _("This record has more than %(most)s characters. No record of a recommendation is so long."),
    "too_deep": _("This record is nested too deeply for a record of a recommendation."),
    "twice": _("This record names “%(key)s” twice, so that it is not clear which of the two counts."),
    "no_number": _("This record holds “%(found)s”, which is no value in JSON."),
    "more": _("There is something behind the list's end: “%(found)s”. Expected nothing more."),
}

CHUNK = 256 * 1024
LONGEST = 4_000_000
_BLANK = re.compile(r"\s*")
# Where a text that goes on is broken off, the parser complains this close to its end at most.
_NEAR = 16


class _Twice(ValueError):
    pass


class _NoNumber(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _Twice(next(key for key, _value in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _no_number(name: str) -> Any:
    raise _NoNumber(name)


def _whole_number(digits: str) -> Any:
    # Python refuses to read endless figures; such a number is no value of ours either.
    return int(digits) if len(digits) <= 30 else digits[:100]


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole_number, strict=False
)


def objects(
    source: IO[bytes], *, progress: Callable[[int], None] = lambda done: None, longest: int = LONGEST
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Numbers, from 1, and objects of a list; also of objects without a list around them, one after the other.

    ``progress`` is told how many bytes were read. Raises ``FileProblem`` with the number of the object where the file
    cannot be read on.
    """
    text = _Text(source, progress)
    text.skip_blank()
    first = text.peek()
    if not first:
        raise problem(MESSAGES, "empty")
    if first not in "[{":
        raise problem(MESSAGES, "no_list", found=_shown(text))
    is_list = first == "["
    if is_list:
        text.place += 1
    number = 0
    while True:
        text.skip_blank()
        if is_list and text.peek() == "]":
            text.place += 1
            break
        if not is_list and not text.peek():
            return
        if number and text.peek() == ",":
            text.place += 1
            text.skip_blank()
        elif number and is_list:
            if not text.peek():
                raise problem(MESSAGES, "cut_off", number)
            raise problem(MESSAGES, "malformed", number + 1, what=_("there is no comma before it"))
        number += 1
        if text.peek() not in ("{", ""):
            raise problem(MESSAGES, "no_object", number, found=_shown(text))
        yield number, _object(text, number, longest)
    text.skip_blank()
    if text.peek():
        raise problem(MESSAGES, "more", found=_shown(text))


class _Text:
    """The file's text from ``place`` on, as much of it as is needed."""

    def __init__(self, source: IO[bytes], progress: Callable[[int], None]):
        source.seek(0)
        self._source, self._progress, self._done = source, progress, 0
        head = source.read(CHUNK)
        try:
            self.encoding, decoder = json_encoding(head)
        except NotText:
            raise problem(MESSAGES, "not_text") from None
        self._decoder = decoder
        self.text, self.place, self.is_whole = "", 0, False
        self._add(head)

    def more(self, at_least: int = CHUNK) -> bool:
        """Read on; False where there is nothing more."""
        if self.is_whole:
            return False
        self.text, self.place = self.text[self.place :], 0
        goal = len(self.text) + at_least
        while len(self.text) < goal and not self.is_whole:
            self._add(self._source.read(CHUNK))
        return True

    def _add(self, chunk: bytes) -> None:
        self._done += len(chunk)
        self.is_whole = not chunk
        try:
            self.text += self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise problem(MESSAGES, "wrong_letters", encoding=self.encoding.upper()) from None
        self._progress(self._done)

    def skip_blank(self) -> None:
        while True:
            match = _BLANK.match(self.text, self.place)
            assert match is not None
            self.place = match.end()
            if self.place < len(self.text) or not self.more():
                return

    def peek(self) -> str:
        """The next sign, "" at the end."""
        return self.text[self.place : self.place + 1]


def _object(text: _Text, number: int, longest: int) -> dict[str, Any]:
    while True:
        try:
            value, text.place = _DECODER.raw_decode(text.text, text.place)
            return value  # type: ignore[no-any-return]
        except json.JSONDecodeError as fault:
            held = len(text.text) - text.place
            goes_on = fault.pos >= len(text.text) - _NEAR or fault.msg.startswith("Unterminated")
            if not goes_on:
                raise problem(MESSAGES, "malformed", number, what=_what(fault, text.place)) from None
            if held > longest:
                raise problem(MESSAGES, "too_long", number, most=longest) from None
            # Twice as much each time: a long object is not read over and over.
            if not text.more(max(CHUNK, held)):
                raise problem(MESSAGES, "cut_off", number) from None
        except _Twice as fault:
            raise problem(MESSAGES, "twice", number, key=str(fault)[:80]) from None
        except _NoNumber as fault:
            raise problem(MESSAGES, "no_number", number, found=str(fault)) from None
        except RecursionError:
            raise problem(MESSAGES, "too_deep", number) from None


def _what(fault: json.JSONDecodeError, start: int) -> str:
    return f"{fault.msg}, character {fault.pos - start + 1}"


def _shown(text: _Text) -> str:
    return text.text[text.place : text.place + 20].strip()


__all__ = ["FileProblem", "objects"]
