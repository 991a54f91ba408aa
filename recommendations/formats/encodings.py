"""Which encoding a text file has: by its mark, by its bytes, or "unsure", never a silent guess.

Knows no Django: the parsers use it too.
"""

import codecs
import re
from typing import IO

_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheets saved before Unicode, on Windows, Macs and DOS in Russian, Kazakh and Western settings.
_OLD = ("cp1251", "kz1048", "koi8_r", "cp866", "mac_cyrillic", "cp1252", "mac_roman")

_CYRILLIC_WORD = re.compile("[Ѐ-ӿ]+")
_MIXED_WORD = re.compile("[A-Za-zÀ-ſ][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-zÀ-ſ]")
_FREQUENT_CYRILLIC = frozenset("оеаинтсрвлкмдпуяыьгзбчйхж")
_KAZAKH = frozenset("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
_FREQUENT_LATIN = frozenset("éèêëàâáäãåçîïíìñôöóòõùûúüßøæœ")
_TYPOGRAPHY = frozenset("“”‘’–—…•«»„№°§©®·\u00a0")


class Unsure(Exception):
    """The bytes fit several encodings, or none, about equally."""


class NotText(Exception):
    """The bytes are no text in any encoding we know."""


def detect_encoding(source: IO[bytes]) -> str:
    """The Python name of the encoding of a whole file, which is read to its end and left at its start.

    Raises ``Unsure`` and ``NotText``.
    """
    source.seek(0)
    try:
        return _detect(source)
    finally:
        source.seek(0)


def json_encoding(head: bytes) -> tuple[str, codecs.IncrementalDecoder]:
    """The encoding of a JSON file by its beginning, and its decoder: UTF-8 unless its bytes say UTF-16 or 32.

    Raises ``NotText``.
    """
    name = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    if name == "utf-8" and b"\x00" in head:
        name = _without_mark(head)
    return name.removesuffix("-sig"), codecs.getincrementaldecoder(name)()


def _detect(source: IO[bytes]) -> str:
    head = source.read(_SAMPLE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _without_mark(head)
    decoder = codecs.getincrementaldecoder("utf-8")()
    high = bytearray()
    valid = True
    chunk = head
    while chunk:
        if b"\x00" in chunk:
            raise NotText
        if valid:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                valid = False
        if len(high) < _SAMPLE and not chunk.isascii():
            for line in chunk.splitlines():
                if not line.isascii() and len(high) < _SAMPLE:
                    high += line[:2000] + b"\n"
        chunk = source.read(_CHUNK)
    if valid:
        try:
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            pass
    return _most_likely(bytes(high))


def _without_mark(head: bytes) -> str:
    """UTF-16 whose mark is missing: every second byte of blanks, digits and commas is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) * 20 > max(even, odd):
        raise NotText
    text = head[: len(head) // 2 * 2].decode(name, "replace")
    odd_signs = sum(not sign.isprintable() and sign not in "\r\n\t" for sign in text)
    if odd_signs * 50 > len(text):
        raise NotText
    return name


def _most_likely(sample: bytes) -> str:
    found: list[tuple[float, str, str]] = []
    for name in _OLD:
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        if all(text != other for _, _, other in found):
            found.append((_points(text), name, text))
    if not found:
        raise NotText
    found.sort(key=lambda each: -each[0])
    points, name, text = found[0]
    if points < 0.5 * sum(sign >= 0x80 for sign in sample):
        raise Unsure
    for other_points, _, other in found[1:]:
        # Only the letters that the two read differently tell them apart.
        different = sum(one != another for one, another in zip(text, other, strict=True))
        if points - other_points < max(1.0, different / 4):
            raise Unsure
    return name


def _points(text: str) -> float:
    """How much the signs beyond ASCII look like writing: about 1 for each that does, less than 0 for a wrong one."""
    points = 0.0
    for index, sign in enumerate(text):
        if sign < "\x80":
            continue
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        inside_a_word = before.isalpha() and after.isalpha()
        if "\u0400" <= sign <= "\u04ff":
            points += 1 if sign.lower() in _FREQUENT_CYRILLIC else 0.7
            if sign in _KAZAKH:
                points += 0.3
            elif not "а" <= sign.lower() <= "ё":
                points -= 1
        elif sign.lower() in _FREQUENT_LATIN:
            lonely_capital = sign.isupper() and before.isalpha() and (before.islower() or after.islower())
            points += -1 if lonely_capital else 1 if inside_a_word else 0.6 if before.isalpha() else 0.3
        elif sign in _TYPOGRAPHY:
            # In "State’s" cp1252 and MacRoman ("Stateís") are equally good: other signs must decide.
            points += -1 if inside_a_word and sign not in "’·" else 1
        elif sign.isprintable():
            points -= 1
        else:
            points -= 3
    for word in _CYRILLIC_WORD.findall(text):
        if not (word.islower() or word.isupper() or word[1:].islower()):
            points -= len(word)
    points -= 2 * len(_MIXED_WORD.findall(text))
    return points
