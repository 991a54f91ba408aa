"""What the lead-in of a list says of it: the State's answer, and what it claims to have done already.

The words are those that reports of all four cycles use, in English: texts in the other languages are joined by number
to what the English report said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommendations.vocabulary import ClaimKind, PositionKind

_NOT = r"(?:not|n’t|n't|neither|nor|unable to|no)\b"
# In this order: what waits for an answer may speak of support as well, and a refusal always does.
_WAITS = re.compile(
    r"\b(?:will|would|shall|are to|to) be (?:further )?(?:examined|considered|studied|reviewed)"
    r"|\bwill (?:examine|consider|study|review|provide (?:its |a |their )?(?:responses?|answers?|repl(?:y|ies)))"
    r"|\bprovide (?:responses?|answers?|repl(?:y|ies))\b.*\b(?:due (?:time|course)|no later than)"
    r"|\bwill be included in the outcome\b"
    r"|\bno later than the\b.*\bsession\b|\bpending\b|\bdefer(?:s|red)?\b|under consideration",
    re.IGNORECASE | re.DOTALL,
)
_IN_PART = re.compile(
    r"\b(?:partial(?:ly)?|in part|partly)\b[^.;:]{0,60}\b(?:support|accept)"
    r"|\b(?:support|accept)\w*\b[^.;:]{0,60}\b(?:partial(?:ly)?|in part|partly)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    rf"\b{_NOT}[^.;:]{{0,60}}\b(?:enjoy(?:\s+(?:the\s+)?support)?|support|accept)\w*"
    r"|\b(?:cannot|can’t|could not) (?:be )?(?:accept|support)"
    r"|\breject(?:s|ed)?\b"
    r"|\b(?:been|are|were|be|is|was|thus|therefore|hence)\s+(?:duly )?noted\b(?! (?:in|during|above|below) )"
    r"|\b(?:takes?|took|taken) note\b|\bnoted by\b|\b(?:wish(?:es)?|would like) to note\b",
    re.IGNORECASE,
)
_SUPPORTED = re.compile(
    r"\benjoy(?:s|ed)?\s+(?:the\s+)?(?:full\s+)?support\b|\bsupport(?:s|ed)\b|\baccept(?:s|ed|able)\b"
    r"|\bhas the support\b|\bthe support of\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\balready (?:been )?(?:fully )?implemented|\bhave been (?:fully )?implemented|\bimplemented already",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"\bin (?:the )?(?:process|course) of (?:being )?implement(?:ed|ation|ing)|\b(?:being|under) implement(?:ed|ation)",
    re.IGNORECASE,
)
_ENDORSED = re.compile(r"\bconstrued as endorsed\b|\breflect the positions? of the submitting", re.IGNORECASE)
# "Nos. 7, 8–12 and 14", "124.1, 124.3-124.7": what a paragraph says of recommendations listed elsewhere.
_LISTED = re.compile(
    r"\brecommendations?\s+(?:contained in paragraphs?\s+|in paragraphs?\s+)?(?:nos?\.?\s*|numbers?\s*|nrs?\.?\s*)?"
    r"(?P<list>\d[\d.]*(?:\s*(?:,|;|and|to|&|[-–—])\s*(?:and\s+)?\d[\d.]*)*)",
    re.IGNORECASE,
)
_ONE = re.compile(r"(\d+(?:\.\d+)?)\.?(?:\s*(?:[-–—]|to)\s*(\d+(?:\.\d+)?))?")
_LONGEST_RANGE = 400
# The first sessions' reports list first and answer below: "The response of X to these recommendations will be …".
_ALL_ABOVE = re.compile(
    r"\b(?:these|the above|the foregoing|all(?: of)? the(?:se)?) recommendations\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """What a paragraph says: a PositionKind or "", a ClaimKind or "", and whether several answers are in it."""

    position: str = ""
    claim: str = ""
    is_mixed: bool = False


def said_in(text: str) -> Said:
    """What a lead-in, or a paragraph on recommendations listed elsewhere, says of them."""
    if is_closing(text):
        return Said()
    refused, supported = bool(_REFUSED.search(text)), bool(_SUPPORTED.search(_REFUSED.sub(" ", text)))
    if _WAITS.search(text):
        position = PositionKind.UNDER_CONSIDERATION
    elif _IN_PART.search(text):
        position = PositionKind.SUPPORTED_IN_PART
    elif refused:
        position = PositionKind.NOTED
    elif supported:
        position = PositionKind.SUPPORTED
    else:
        return Said(claim=_claim(text))
    mixed = supported and position in (PositionKind.UNDER_CONSIDERATION, PositionKind.NOTED)
    return Said(str(position), _claim(text), mixed)


def is_closing(text: str) -> bool:
    """Whether it is the paragraph that ends every report: nothing in it is endorsed by the Working Group."""
    return bool(_ENDORSED.search(text))


def speaks_of_all_above(text: str) -> bool:
    """Whether a paragraph speaks of the whole list above it."""
    return bool(_ALL_ABOVE.search(text))


def recommendations_named(text: str) -> list[str]:
    """The numbers of recommendations that a paragraph speaks about: "Nos. 7, 9–11 above" gives 7, 9, 10, 11."""
    found: list[str] = []
    for match in _LISTED.finditer(text):
        for first, last in _ONE.findall(match["list"]):
            found += _between(first, last) if last else [first]
    return list(dict.fromkeys(found))


def _claim(text: str) -> str:
    done, doing = bool(_DONE.search(text)), bool(_DOING.search(text))
    if done and doing:
        return str(ClaimKind.IMPLEMENTED_OR_IN_PROCESS)
    if done:
        return str(ClaimKind.IMPLEMENTED)
    return str(ClaimKind.IN_PROCESS) if doing else ""


def _between(first: str, last: str) -> list[str]:
    head, _dot, begin = first.rpartition(".")
    end = last.rpartition(".")[2]
    if int(end) < int(begin) or int(end) - int(begin) > _LONGEST_RANGE:
        return [first, last]
    return [f"{head}.{number}" if head else str(number) for number in range(int(begin), int(end) + 1)]
