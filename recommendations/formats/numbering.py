"""The number of a paragraph in front of a text, in the ways in which the UN's files write it."""

from __future__ import annotations

import re

# "26.1 Ratify", "166.6. Ratify", "95.1To", "13.The", "24 (a) Adopt", "24. (a) Adopt", "140.7: Ratify"
_NUMBER = re.compile(
    r"""
    (?P<number>\d{1,4}(?:\s?\.\s?\d{1,4}){0,3})   # 26.1, 97.3.1
    (?P<end>\s*[.:)]|(?=[\s(]|[A-Z][a-z]))         # its final mark, if any
    (?P<letter>\s*\(\s*[a-z]{1,2}\s*\)(?=\s*[A-Z“"]))?   # (a), where the item's own words begin
    [\s.]*                                        # "186.132. .Inform"
    (?=[^\W\d_]|[(“"‘'«[…])                       # the words: not another figure, not a sign of a sum
    """,
    re.VERBOSE,
)
# "Recommendation No. 21 (para. 96: 21) Adopt": the paragraph and the place in its list.
_NAMED = re.compile(
    r"""
    Recommendations?\s+(?:(?:no|nr|number)\b\.?|№|n°)?\s*(?P<place>\d{1,4}(?:\.\d{1,4})*)\s*
    (?:[(\[]\s*para(?:graph|s)?\b\.?\s*(?P<head>\d{1,4}(?:\.\d{1,4})*)\s*(?:[:.,]\s*(?P<item>\d{1,4}))?\s*[)\]])?
    \s*[.:–—-]?\s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"(?:Paragraphs?|Para)\b\.?\s*(?=\d)", re.IGNORECASE)
# Words that make a figure in front one of the text's own: "10 years after …", "2030 Agenda".
_COUNTED = re.compile(
    r"(?:years?|months?|days?|per\s?cent|percent|Agenda|million|thousand|January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b"
)


def split_number(text: str) -> tuple[str, str]:
    """The paragraph number in front of a text and the text without it; ("", text) where there is none.

    ``26.1 Ratify``, ``166.6. Ratify`` and ``Recommendation No. 21 (para. 96: 21) Adopt`` give 26.1, 166.6 and
    96.21; an item's letter goes with it: ``24 (a) Adopt`` gives 24a.
    """
    stripped = text.lstrip()
    named = _NAMED.match(stripped)
    if named and named.end() < len(stripped):
        head, item = named["head"], named["item"] or named["place"]
        return (f"{head}.{item}" if head and "." not in head else head or named["place"]), stripped[
            named.end() :
        ]
    begin = _PARAGRAPH.match(stripped)
    match = _NUMBER.match(stripped, begin.end() if begin else 0)
    if match is None:
        return "", text
    rest = stripped[match.end() :]
    has_mark = bool(match["end"]) or bool(match["letter"]) or "." in match["number"]
    if not has_mark and (_COUNTED.match(rest) or rest[:1].islower()):
        return "", text
    number = re.sub(r"\s", "", match["number"])
    letter = re.sub(r"[\s()]", "", match["letter"] or "")
    return number + letter, rest
