"""Recommendations that are known from UPR Info's database alone: they have no UN paragraph and no UN symbol yet.

Nothing is invented for them. Their document is UPR Info's list for one State and session, named as what it is; their
number counts the recommendations of that list as they came here. An official source gives them their true document,
paragraph and reference later, and the old reference leads to the same recommendation (decision 28).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from recommendations.catalogue.models import Recommendation, ReferenceAlias, RetiredReference

# The source in the identifiers of recommendations, and in references: KAZ-UPRINFO-2-17.
SOURCE = "upr_info"
_MARK = "UPRINFO"
_NAME = "UPR Info"
# What the document is called: a name, in no language's own words.
TITLE = "UPR Info, Database of UPR Recommendations"
_DOCUMENT = re.compile(r"UPR Info, ([A-Z]{3}), session ([0-9]+)\Z")
_REFERENCE = re.compile(rf"([A-Z]{{3}})-{_MARK}-([0-9]+)-([0-9]+)\Z")


def cycle_of_session(session: int) -> int:
    """The cycle of a session of the UPR Working Group: 12 sessions in the first, 14 in each that followed."""
    return 1 if session <= 12 else (session - 13) // 14 + 2


def document_name(code: str, session: int) -> str:
    """What stands in a document's symbol for UPR Info's list of one State and session; no UN symbol looks like it."""
    return f"{_NAME}, {code}, session {session}"


def is_list(symbol: str) -> bool:
    """Whether a document's symbol is such a name."""
    return bool(_DOCUMENT.match(symbol))


def cycle_of_list(symbol: str) -> str:
    """The key of the cycle of such a list, KAZ-2."""
    found = _DOCUMENT.match(symbol)
    assert found is not None
    return f"{found[1]}-{cycle_of_session(int(found[2]))}"


def paragraph_of(number: int) -> str:
    """What stands in place of a paragraph."""
    return f"{_NAME} {number}"


def reference_of(code: str, cycle: int, paragraph: str) -> str:
    """The provisional reference, KAZ-UPRINFO-2-17 of "UPR Info 17"."""
    return f"{code}-{_MARK}-{cycle}-{paragraph.removeprefix(_NAME).strip()}"


def cycle_in(reference: str) -> int | None:
    """The cycle in a provisional reference; None for every other reference."""
    found = _REFERENCE.match(reference)
    return int(found[2]) if found else None


def next_number(code: str, cycle: int) -> int:
    """The first number that no recommendation of UPR Info's list on that cycle has or ever had."""
    first, behind = f"{code}-{_MARK}-{cycle}-", f"{code}-{_MARK}-{cycle}."
    return 1 + max(
        (
            int(found[3])
            for model in (Recommendation, ReferenceAlias, RetiredReference)
            for found in _matches(
                model._base_manager.filter(reference__gt=first, reference__lt=behind).values_list(
                    "reference", flat=True
                )
            )
        ),
        default=0,
    )


def _matches(references: Iterable[str]) -> list[re.Match[str]]:
    return [found for found in map(_REFERENCE.match, references) if found]
