"""The order of names as a reader's language writes its alphabet, the same as PostgreSQL's ICU collations give.

``alphabetical(text, language)`` is a key for ``sorted``; ``compare`` is the same for a database that asks two by two.
"""

import functools
import unicodedata

_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Each language puts its own letters first; letters of the neighbours stand where their look-alikes do.
_RUSSIAN = "аәбвгғдежзиійкқлмнңоөпрстуүұфхһцчшщъыьэюя"
_KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_LETTERS = {"en": _LATIN + _RUSSIAN, "ru": _RUSSIAN + _LATIN, "kk": _KAZAKH + _LATIN}
# Signs stand before digits, digits before letters; any other sign behind these.
_SIGNS = " _-–—,;:!?./·'’‘\"“”„«»()[]{}@*&#%"
_DIGITS = "0123456789"
_FROM = {
    language: {sign: place for place, sign in enumerate(_SIGNS + _DIGITS + letters)}
    for language, letters in _LETTERS.items()
}
_BEHIND = 1_000

Key = tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...]]


@functools.lru_cache(maxsize=20_000)
def alphabetical(text: str, language: str) -> Key:
    """The key of one name: letters first, then marks (*é* behind *e*; in Russian *ё* behind *е*), then capitals.

    ``language`` is "en", "ru" or "kk", or a code that begins so; of any other the order is that of English.
    """
    places = _FROM.get(language[:2], _FROM["en"])
    letters: list[int] = []
    marks: list[int] = []
    capitals: list[bool] = []
    for sign in unicodedata.normalize("NFC", text):
        lower = sign.lower()
        mark = 0
        if lower not in places:
            apart = unicodedata.normalize("NFD", lower)
            if len(apart) > 1 and apart[0] in places:
                lower, mark = apart[0], ord(apart[1])
        letters.append(places.get(lower, _BEHIND + ord(lower[0])))
        marks.append(mark)
        capitals.append(sign != sign.lower())
    return tuple(letters), tuple(marks), tuple(capitals)


def compare(one: str, other: str, *, language: str) -> int:
    """-1, 0 or 1 as ``one`` stands before, with or behind ``other``."""
    first, second = alphabetical(one, language), alphabetical(other, language)
    return (first > second) - (first < second)
