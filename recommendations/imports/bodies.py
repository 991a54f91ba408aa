"""Documents of treaty bodies and special procedures: found by symbol, or proposed with body and number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from recommendations.imports.known import KnownDocument, Misplaced
from recommendations.imports.parsed import Parsed
from recommendations.imports.stock import UPR
from recommendations.vocabulary import DocumentKind, MechanismKind

if TYPE_CHECKING:
    from recommendations.imports.places import Places

# How the symbols of treaty bodies begin, where it is not with the body's code.
_SYMBOLS = {"E/C.12/": "CESCR", "CAT/OP/": "SPT"}
# CCPR/C/KAZ/CO/3, CRC/C/KAZ/CO/5-6: the last number of the reports that were considered together.
_SERIES = re.compile(r"/([A-Z]{3})/CO/(?:[0-9]{1,2}-)?([0-9]{1,2})(?:/|\Z)")


def body_of(symbol: str, codes: Iterable[str]) -> str:
    """The code of the treaty body whose documents have such symbols; "" for others, those of the Council too."""
    for beginning, code in _SYMBOLS.items():
        if symbol.startswith(beginning):
            return code
    first = symbol.partition("/")[0]
    return first if first in codes else ""


def document_of_body(
    places: Places, parsed: Parsed, code: str, body: str, document: KnownDocument | None
) -> KnownDocument:
    """The document of the row, of this body; one that is not here yet is proposed. Raises ``Misplaced``."""
    if not parsed.symbol:
        raise Misplaced(
            "symbol", _("The document's symbol is missing. Expected one such as CCPR/C/KAZ/CO/3.")
        )
    parsed.cycle = parsed.session = None
    if document is not None:
        if document.treaty_body != body:
            raise Misplaced(
                "body",
                _("%(symbol)s is recorded here as a document of %(known)s, not of %(found)s.")
                % {"symbol": parsed.symbol, "known": document.treaty_body or UPR, "found": body},
            )
        if document.state not in (None, parsed.state):
            raise places.of_another_state(parsed, document)
        return document
    assert parsed.state is not None
    told = _SERIES.search(parsed.symbol)
    if told and told[1] != code and told[1] in places.terms.state_codes.values():
        raise Misplaced(
            "symbol",
            _("%(symbol)s concerns %(found)s; the row is about %(expected)s.")
            % {
                "symbol": parsed.symbol,
                "found": told[1],
                "expected": places.terms.state_names[parsed.state],
            },
        )
    taken = places.series.setdefault((parsed.state, body), {})
    given = places.answers.get("series", {}).get(parsed.symbol)
    number = int(given or (told[2] if told else max(taken, default=0) + 1))
    if number in taken:
        raise Misplaced(
            "symbol",
            _("Number %(number)s of %(body)s is %(known)s; %(symbol)s cannot have the same.")
            % {"number": number, "body": body, "known": taken[number], "symbol": parsed.symbol},
        )
    taken[number] = parsed.symbol
    is_treaty_body = places.kinds[body] == MechanismKind.TREATY_BODY
    kind = DocumentKind.CONCLUDING_OBSERVATIONS if is_treaty_body else DocumentKind.OTHER
    document = KnownDocument(None, kind, body, parsed.state, "", number, told is not None)
    places.add_document(parsed, document)
    return document
