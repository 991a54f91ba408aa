"""What people call a recommendation: its reference, and the key by which paragraphs sort."""

from __future__ import annotations

import re
from collections.abc import Iterable

from recommendations.catalogue.models import Body, Document, RetiredReference, ReviewCycle, State
from recommendations.vocabulary import MechanismKind

# What may stand in a paragraph's number, and so in an address: 124.26, 24a, 97.3(b).
PARAGRAPH = re.compile(r"[0-9]{1,5}[0-9A-Za-z.()]{0,15}\Z")

# A/HRC/14/37, CCPR/C/KAZ/CO/3, A/HRC/28/10/Add.1
SYMBOL = re.compile(r"[A-Z][A-Za-z]*(?:\.[0-9]+)?(?:/[A-Za-z0-9.\-]+)+")

_DIGITS = re.compile(r"[0-9]+")


def paragraph_key(paragraph: str) -> str:
    """The paragraph with its numbers padded to five digits, so that 124.3 sorts before 124.26."""
    return _DIGITS.sub(lambda found: found[0].zfill(5), paragraph)[:60]


def order_key(reference: str) -> str:
    """The key by which a reference stands in lists: State, the UPR before other bodies, the latest cycle first.

    ``KAZ||997|00124.00026`` for ``KAZ-2-124.26``.
    """
    state, *body, number, paragraph = reference.split("-", 3 if reference.count("-") > 2 else 2)
    return f"{state}|{''.join(body)}|{999 - int(number):03d}|{paragraph_key(paragraph)}"


def retired(references: Iterable[str]) -> dict[str, str]:
    """Those of the references whose recommendation was taken back, each with the symbol of its document.

    A reference is never given to another: only a recommendation of the same document may have it again.
    """
    found = RetiredReference.objects.filter(reference__in=list(references))
    return dict(found.values_list("reference", "symbol"))


def body_letters(code: str) -> str:
    """A body's code as references write it, without signs: SRTORTURE for SR-TORTURE."""
    return re.sub(r"[^A-Z]", "", code.upper())


def reference_for(
    *,
    state: State,
    body: Body,
    cycle: ReviewCycle | None,
    document: Document,
    paragraph: str,
) -> str:
    """The reference by which people call a recommendation of this document's paragraph.

    ``KAZ-2-124.26`` for the UPR (State, cycle, paragraph); ``KAZ-CCPR-2-24a`` for any other body: its code and the
    number of this document in its series for the State. Raises ``ValueError`` where that number is not known.
    """
    if body.kind == MechanismKind.UPR and cycle is not None:
        return f"{state.code}-{cycle.number}-{paragraph}"
    if document.number_in_series is None:
        raise ValueError(f"{document.symbol} has no number in its series for {state.code}")
    return f"{state.code}-{body_letters(body.code)}-{document.number_in_series}-{paragraph}"
