"""How tables of official texts tell the State's answers: in the report, in the end, and what it claimed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommendations.catalogue.references import SYMBOL
from recommendations.vocabulary import ClaimKind, PositionKind

# Paragraph 96 of the first report claims for 68 of the recommendations listed in paragraph 95 that they "are either
# already implemented or in the process of implementation"; elsewhere the claim stands where the list does.
_CLAIMED_IN = {("A/HRC/14/10", "95"): "96"}
_PLACE = re.compile(r"\bparas?\.?\s*([0-9][0-9.–\-, ]*[0-9]|[0-9]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """One position: its kind, the symbol of the document that gives it, where, and what else is said of it."""

    kind: str
    symbol: str
    locator: str = ""
    note: str = ""


def position_in_report(words: str) -> str | None:
    """The position in words such as "Noted - did not enjoy the support"; None where they say none."""
    text = words.casefold()
    if text.startswith(("to be examined", "under consideration")):
        return PositionKind.UNDER_CONSIDERATION
    if text.startswith(("supported/noted", "supported in part")):
        return PositionKind.SUPPORTED_IN_PART
    if text.startswith("supported"):
        return PositionKind.SUPPORTED
    if text.startswith("noted"):
        return PositionKind.NOTED
    return None


def claim_in_report(words: str) -> str | None:
    """The claim that the same words carry, if any."""
    text = words.casefold()
    implemented = "already implemented" in text or "already been implemented" in text
    in_process = "in process" in text or "in the process" in text
    if implemented and in_process:
        return ClaimKind.IMPLEMENTED_OR_IN_PROCESS
    if implemented:
        return ClaimKind.IMPLEMENTED
    return ClaimKind.IN_PROCESS if in_process else None


def report_locator(paragraph: str) -> str:
    """Where the report lists the recommendation: the head of its number, "para. 124" of 124.26."""
    return f"para. {paragraph.split('.')[0]}"


def claim_locator(symbol: str, paragraph: str) -> str:
    """Where the report makes the claim."""
    head = paragraph.split(".")[0]
    return f"para. {_CLAIMED_IN.get((symbol, head), head)}"


def source_of(words: str) -> tuple[str, str, str]:
    """(symbol, locator, note) from words such as "A/HRC/14/37 para 306; A/HRC/14/10/Add.1"; symbol "" if none."""
    first, _sign, rest = words.partition(";")
    symbol = SYMBOL.search(first)
    if symbol is None:
        return "", "", words.strip()
    place = _PLACE.search(first, symbol.end())
    locator = f"para. {place[1]}" if place else ""
    remark = (first[place.end() if place else symbol.end() :]).strip(" ()")
    notes = [remark, rest.strip()]
    return symbol[0], locator, "; ".join(note for note in notes if note)
