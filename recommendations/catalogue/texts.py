"""Which of a recommendation's texts a reader is shown."""

from __future__ import annotations

from collections.abc import Iterable

from recommendations.catalogue.models import Recommendation, RecommendationText
from recommendations.vocabulary import Language, TextKind, TextLanguage

KIND_ORDER = {kind: place for place, kind in enumerate(TextKind.values)}
LANGUAGE_ORDER = {language: place for place, language in enumerate(TextLanguage.values)}


def shown_texts(texts: Iterable[RecommendationText]) -> list[RecommendationText]:
    """The texts that may be shown, the most reliable first.

    A paraphrase is kept, but hidden once an official text exists in any language: our own words must not stand
    beside the UN's as if they were another version of them.
    """
    found = list(texts)
    if any(row.kind == TextKind.OFFICIAL for row in found):
        found = [row for row in found if row.kind != TextKind.PARAPHRASE]
    return sorted(found, key=lambda row: (LANGUAGE_ORDER[row.language], KIND_ORDER[row.kind]))


def preferred_text(recommendation: Recommendation, language: str) -> tuple[RecommendationText | None, bool]:
    """The text to show a reader of ``language``, and whether it is in another language than asked for.

    Reads the prefetched ``texts``. In the reader's language first, then English, then any other; within a
    language the official text before a working translation before a paraphrase. (None, True) without any text.
    """
    found = shown_texts(recommendation.texts.all())
    for wanted in (language[:2], Language.ENGLISH.value):
        for row in found:
            if row.language == wanted:
                return row, row.language != language[:2]
    return (found[0], True) if found else (None, True)
