"""Citations of evidence in a narrative: ``[E-12]``, several as ``[E-12, E-15]``.

In text the numbers stay as the writer typed them; pages turn them into links, documents into endnotes.
"""

import re

# Е and e: the Cyrillic letter looks the same and is what a Russian keyboard gives.
_ONE = r"[EeЕе][-‐‑‒–—−]?\s?(\d{1,9})"
_CITATION = re.compile(rf"\[\s*{_ONE}(?:\s*[,;]\s*{_ONE})*\s*\]")
_NUMBER = re.compile(_ONE)


def cited_numbers(text: str) -> list[int]:
    """The evidence numbers a text cites, in order of first mention, each once."""
    found = (int(number) for match in _CITATION.finditer(text) for number in _NUMBER.findall(match.group()))
    return list(dict.fromkeys(found))


def without_citations(text: str) -> str:
    """The text alone, for excerpts: no number that its reader may not know, no mark that leads nowhere."""
    return re.sub(rf"[ \u00a0]*{_CITATION.pattern}", "", text)


def split_citations(text: str) -> list[str | list[int]]:
    """The text as parts in order: a str between citations, a list of evidence numbers for each citation."""
    parts: list[str | list[int]] = []
    end = 0
    for match in _CITATION.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append(_numbers_of(match))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    return parts


def _numbers_of(match: re.Match[str]) -> list[int]:
    return list(dict.fromkeys(int(number) for number in _NUMBER.findall(match.group())))
