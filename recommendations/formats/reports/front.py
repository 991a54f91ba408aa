"""What the first pages of a report say of it: symbol, language, State under review, session, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from recommendations.formats.reports.documents import Document
from recommendations.formats.reports.words import is_addendum, is_title, language_of

_MOST_LINES = 200
_SYMBOL = re.compile(r"\bA\s?/\s?HRC\s?/\s?(\d{1,3})\s?/\s?(\d{1,3})(\s?/\s?Add\.\s?\d+)?(?![\d/])")
# Of the documents that every review is based on: A/HRC/WG.6/20/KAZ/1.
_BASIS = re.compile(r"\bA/HRC/WG\.6/(\d{1,3})/([A-Z]{3})/[123]\b")
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
_DATE = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d{{4}})\b")


@dataclass(frozen=True)
class Front:
    """``symbol`` as A/HRC/28/10, ``state`` a label that the caller knows or "", ``published_on`` an ISO date or ""."""

    language: str = ""
    symbol: str = ""
    state: str = ""
    session: int | None = None
    published_on: str = ""
    is_addendum: bool = False


def front_of(document: Document, knows_state: Callable[[str], bool]) -> Front:
    """Read the first pages. What is not found stays empty."""
    lines = [line.text for line in document.lines[:_MOST_LINES]]
    # Symbols are broken behind a stroke where a line ends.
    text = "\n".join(lines).replace("/\n", "/")
    symbols = list(_SYMBOL.finditer(text))
    basis = _BASIS.search(text)
    return Front(
        language=language_of(text),
        symbol=f"A/HRC/{symbols[0][1]}/{symbols[0][2]}" if symbols else "",
        state=_state(lines, knows_state) or (basis[2] if basis and knows_state(basis[2]) else ""),
        session=int(basis[1]) if basis else None,
        published_on=_first_date(text),
        is_addendum=bool(symbols and symbols[0][3]) or is_addendum(lines[:30]),
    )


def _state(lines: list[str], knows_state: Callable[[str], bool]) -> str:
    """The State whose name stands below the title, on one line or two."""
    for end in range(len(lines[:60])):
        if not any(is_title(" ".join(lines[begin : end + 1])) for begin in range(max(0, end - 3), end + 1)):
            continue
        below = [line.strip(" *†") for line in lines[end + 1 : end + 4]]
        for label in (*below[:2], " ".join(below[:2]), " ".join(below[:3])):
            if knows_state(label):
                return label
    return ""


def _first_date(text: str) -> str:
    """The date on the front page, in English; the other languages' reports bear the same."""
    for match in _DATE.finditer(text):
        try:
            return date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])).isoformat()
        except ValueError:
            continue
    return ""
