"""Stems that people take for one word and stemmers do not: *ratify* and *ratification*, *наказать* and *наказание*.

``join(stem, language)`` is asked after the stemmer, for the index and for the query alike; what it gives need not be
a root, only the same for the whole family. A rule that would join strangers (*образ*, *образование*) stays out.
"""

import re

_ENGLISH = {
    "women": "woman",
    "men": "man",
    "children": "child",
    "peopl": "person",
    "abolit": "abolish",
    "regist": "registr",
}
_RUSSIAN = {
    # «Отмена» and «измена» end like participles, and the stemmer takes half the word for an ending.
    "отм": "отмен",
    "изм": "измен",
    "ребенк": "дет",
    "человк": "люд",
    "принят": "приня",
    "принима": "приня",
    "примет": "приня",
}
_RULES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "en": (
        # identify, identification; discriminate, discriminatory.
        (re.compile(r"(?<=..)if$"), "ifi"),
        (re.compile(r"(?<=.{5})atori$"), ""),
    ),
    "ru": (
        # журналистка beside журналист.
        (re.compile(r"(?<=ист)к$"), ""),
        # дискриминация, дискриминационный, дискриминировать; ратификация, ратифицировать.
        (re.compile(r"(?<=.{3})фицирова?н?$"), "фик"),
        (re.compile(r"(?<=.{4})ац(?:ион)?н?$"), ""),
        (re.compile(r"(?<=.{4})ир(?:ова?н?|овк)$"), ""),
        # расследование, расследовать, расследуют: the short form only of long words.
        (re.compile(r"(?<=.{6})ован?$"), ""),
        (re.compile(r"(?<=.{3})ован$"), "ова"),
        # наказание, наказать; обвинение, обвинить, обвинять.
        (re.compile(r"(?<=.{4})ан$"), "а"),
        (re.compile(r"(?<=.{4})ен$"), ""),
        (re.compile(r"(?<=.{4}[бвмнлр])я$"), ""),
    ),
}
_KNOWN = {"en": _ENGLISH, "ru": _RUSSIAN}


def join(stem: str, language: str) -> str:
    """The one stem of the family that this English or Russian stem belongs to; most are families of their own."""
    known = _KNOWN[language].get(stem)
    if known:
        return known
    for pattern, instead in _RULES[language]:
        joined, times = pattern.subn(instead, stem)
        if times:
            return joined
    return stem
