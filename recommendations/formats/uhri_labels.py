"""Labels, dates and sessions as OHCHR writes them into the cells of UHRI's spreadsheet and the values of its JSON."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from datetime import date, timedelta

from recommendations.words.clean import clean_line

# Labels of OHCHR's that hold the sign which separates labels.
_WITH_DASH = re.compile(
    r".* - (?:general|general measures of implementation)"
    r"|(?:.* )?(?:Right to health|Right to education|Institutions & policies) - General"
    r"|Asylum-seekers - refugees|HIV - Aids"
)
_GOAL = re.compile(r"\d{1,2}(?:\.[0-9a-z]{1,2})?\Z")
_ONE_LINE = re.compile(r"(?:^|\s+)-\s+")
_BULLET = re.compile(r"\A\s*[-–•]\s*")
_SESSION = re.compile(
    r"(\d{1,3})\s*(?:st|nd|rd|th)?\s*session|session\s*(?:no\.?\s*)?(\d{1,3})", re.IGNORECASE
)
_CYCLE = re.compile(
    r"(\d{1,2})\s*(?:st|nd|rd|th)\s*cycle|cycle\s*(?:no\.?\s*)?(\d{1,2})|\A\s*(\d{1,2})\s*\Z", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN_DATE = re.compile(r"(\d{1,2})[ \-]([A-Za-z]{3})[a-z]*\.?[ \-,]+(\d{4})\b")


def values_of(cell: str) -> list[str]:
    """The labels in a cell: "- " before each, a line each or all on one; without dashes a line each.

    ``- Spain - Timor-Leste - 16 - PEACE`` gives three; a line without a dash goes on with the label above it.
    """
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    if not lines:
        return []
    if not _BULLET.match(lines[0]):
        return [label for line in lines if (label := label_of(line))]
    found: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        if not bullet and found:
            found[-1] = f"{found[-1]} {line}"
            continue
        found += _on_one_line(line[bullet.end() :] if bullet else line)
    return [label for part in found if (label := label_of(part))]


def session_and_cycle(labels: Iterable[str]) -> tuple[int | None, int | None]:
    """The numbers in ``28th Session - Cycle 2``; also of labels that hold only one of the two."""
    session = cycle = None
    for label in labels:
        found = _SESSION.search(label)
        if found and session is None:
            session = int(found[1] or found[2])
        found = _CYCLE.search(label)
        if found and cycle is None:
            cycle = int(found[1] or found[2] or found[3])
    return session, cycle


def iso_date(text: str) -> str:
    """An ISO date from a serial number of Excel's, an ISO date with or without time, or "12 Feb 2025"; else ""."""
    text = text.strip()
    try:
        if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
            return (date(1899, 12, 30) + timedelta(days=int(text[:5]))).isoformat()
        if re.match(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text[:10]).isoformat()
        found = _WRITTEN_DATE.match(text)
        if found and found[2].lower() in _MONTHS:
            return date(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1])).isoformat()
    except ValueError:
        pass
    return ""


@functools.lru_cache(maxsize=20_000)
def label_of(text: str) -> str:
    """One label without a dash in front, an asterisk behind, entities and blanks."""
    return _BULLET.sub("", clean_line(text, entities=True), count=1).strip(" *") if text else ""


def _on_one_line(line: str) -> list[str]:
    """The labels of a line, cut at " - " where that does not belong to a label."""
    found: list[str] = []
    for part in _ONE_LINE.split(line):
        before = found[-1] if found else ""
        whole = f"{before} - {part}"
        if before and (_GOAL.match(before) or _WITH_DASH.fullmatch(whole)):
            found[-1] = whole
        elif part:
            found.append(part)
    return found
