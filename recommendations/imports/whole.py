"""A whole document in another language: it must agree with what is here, or nothing of it is imported.

Paragraphs of translations are joined by their number alone. Another number of paragraphs, or of States in one, tells
that the numbers do not mean the same, and then every text would stand under the wrong recommendation.
"""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from recommendations.catalogue.models import RecommendationText
from recommendations.catalogue.references import paragraph_key
from recommendations.imports.difference import Held, Record
from recommendations.vocabulary import TextKind
from recommendations.words.clean import clean_line

# So many paragraphs are named in a sentence; more help nobody.
_MOST_NAMED = 12


class WholeDocuments:
    """Compares the documents of a file, paragraph by paragraph while it is read and as a whole at its end."""

    def __init__(self) -> None:
        self._paragraphs: dict[str, set[str]] = defaultdict(set)
        self._languages: dict[str, set[str]] = defaultdict(set)

    def look(self, record: Record, known: Held | None) -> str:
        """Take note of a paragraph; the sentence on its States where their number differs, else nothing."""
        languages = {language for language, kind, _text in record["texts"] if kind == TextKind.OFFICIAL}
        symbol = record["symbol"] or (known.document if known else "")
        self._paragraphs[symbol].add(known.paragraph if known else record["paragraph"])
        self._languages[symbol] |= languages
        if known is None or not known.recommending or len(record["recommending"]) == len(known.recommending):
            return ""
        held = {language for language, kind in known.texts if kind == TextKind.OFFICIAL}
        if not held or languages <= held:
            return ""
        return _(
            "Recommending States of %(reference)s: %(found)s in the file, %(here)s here from another language."
        ) % {
            "found": len(record["recommending"]),
            "reference": known.reference,
            "here": len(known.recommending),
        }

    def faults(self) -> list[str]:
        """A sentence with both counts for each document that has another number of paragraphs here."""
        return [sentence for symbol in self._paragraphs if (sentence := self._fault(symbol))]

    def _fault(self, symbol: str) -> str:
        languages = self._languages[symbol]
        texts = RecommendationText.objects.filter(
            recommendation__document__symbol=symbol, kind=TextKind.OFFICIAL
        )
        held: dict[str, set[str]] = defaultdict(set)
        for paragraph, language in texts.values_list("recommendation__paragraph", "language"):
            held[paragraph].add(language)
        others = {paragraph for paragraph, known in held.items() if known - languages}
        found = self._paragraphs[symbol]
        if not others or others == found or all(languages <= held[paragraph] for paragraph in others):
            return ""
        sentence = _(
            "Paragraphs of %(symbol)s: %(found)s in the file, %(here)s here from another language. "
            "Texts are joined by their number, so nothing is taken."
        ) % {"found": len(found), "symbol": symbol, "here": len(others)}
        for words, names in (
            (_("Not in the file: %(names)s."), others - found),
            (_("Not here: %(names)s."), found - others),
        ):
            if names:
                sentence += " " + words % {"names": _named(names)}
        return clean_line(sentence)


def _named(paragraphs: set[str]) -> str:
    ordered = sorted(paragraphs, key=paragraph_key)
    names = ", ".join(ordered[:_MOST_NAMED])
    return names + ", …" if len(ordered) > _MOST_NAMED else names
