"""How many words a text has, as a word processor counts them."""

import re

# Between words stand blanks and long dashes; a word holds at least one letter or digit.
_BETWEEN = re.compile(r"[\s\u2013\u2014]+")
_SPOKEN = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """The number of words: what stands between blanks and long dashes and holds a letter or a digit.

    ``well-known`` and ``2024/25`` are one word each, a lone sign is none. Citations are for the caller to take out.
    """
    return sum(1 for piece in _BETWEEN.split(text) if _SPOKEN.search(piece))
