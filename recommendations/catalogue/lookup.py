"""What people type for a State, a document or a recommendation, and what they probably meant."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import Document, Recommendation, ReferenceAlias, State, StateAlias
from recommendations.words.clean import clean_line, fold_label
from recommendations.words.likeness import nearest


def state_named(label: str) -> State:
    """The State of that name, code or other spelling; ``Refused`` names the nearest."""
    alias = StateAlias.objects.select_related("state").filter(folded=fold_label(label)).first()
    if alias is not None:
        return alias.state
    state = State.objects.filter(code=label.strip().upper()).first()
    if state is not None:
        return state
    raise Refused(
        _unknown(
            _("“%(label)s” is no State known here."), label, State.objects.values_list("name_en", flat=True)
        )
    )


def document_named(symbol: str) -> Document | None:
    """The document of that symbol, whatever the case and blanks; None where it is not recorded."""
    return (
        Document.objects.filter(symbol__iexact=re.sub(r"\s+", "", symbol))
        .select_related("cycle", "state")
        .first()
    )


def unknown_document(symbol: str) -> str:
    """The sentence on a symbol that is not recorded, with the nearest that are."""
    symbols = Document.objects.values_list("symbol", flat=True)
    return _unknown(_("“%(label)s” is no document recorded here."), symbol, symbols)


def recommendation_named(reference: str) -> Recommendation | None:
    """The recommendation of that reference, of now or of before; None where there is none."""
    wanted = clean_line(reference).replace(" ", "")
    found = Recommendation.objects.filter(reference__iexact=wanted).first()
    if found is None:
        alias = (
            ReferenceAlias.objects.filter(reference__iexact=wanted).select_related("recommendation").first()
        )
        found = alias.recommendation if alias else None
    return found


def _unknown(sentence: str, label: str, candidates: object) -> str:
    message = sentence % {"label": label[:80]}
    near = nearest(label[:200], candidates, limit=2)  # type: ignore[arg-type]
    if near:
        names = _(" or ").join(_("“%(name)s”") % {"name": name} for name in near)
        message += " " + _("Did you mean %(near)s?") % {"near": names}
    return message
