"""Which of a recommendation's texts a reader is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

    Reads the prefetched ``texts``; the choice is that of ``best_text``. (None, True) without any text.
    """
    rows = {(row.language, row.kind): row for row in recommendation.texts.all()}
    found, is_fallback = best_text([(*key, "") for key in rows], language)
    return (rows[found[0], found[1]] if found else None), is_fallback


def best_text(
    texts: Sequence[tuple[str, str, str]], language: str
) -> tuple[tuple[str, str, str] | None, bool]:
    """Of (language, kind, text) the one to show a reader of ``language``, and whether it is in another language.

    In the reader's language first, then English, then any other; within a language the official text before a
    working translation before a paraphrase, and no paraphrase beside an official text.
    """
    official = any(kind == TextKind.OFFICIAL for _language, kind, _text in texts)
    shown = [row for row in texts if not (official and row[1] == TextKind.PARAPHRASE)]
    if not shown:
        return None, True
    wanted = {Language.ENGLISH.value: -1} | {language[:2]: -2}
    best = min(shown, key=lambda row: (wanted.get(row[0], LANGUAGE_ORDER[row[0]]), KIND_ORDER[row[1]]))
    return best, best[0] != language[:2]
