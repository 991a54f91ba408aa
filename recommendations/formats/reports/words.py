"""What a Working Group report is called in the UN's six languages: its title, its sections, its answers.

Spellings are compared folded: without blanks, case, apostrophes' shapes and the Arabic and Latin signs that files
write in several ways.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# Language → the title on the front page, which every report bears.
_TITLES = {
    "en": ("Report of the Working Group on the Universal Periodic Review",),
    "ru": ("Доклад Рабочей группы по универсальному периодическому обзору",),
    "fr": ("Rapport du Groupe de travail sur l’Examen périodique universel",),
    "es": ("Informe del Grupo de Trabajo sobre el Examen Periódico Universal",),
    "ar": ("تقرير الفريق العامل المعني بالاستعراض الدوري الشامل",),
    "zh": ("普遍定期审议工作组报告", "普遍定期审议工作组的报告"),
}
_CONCLUSIONS = (
    "Conclusions and/or recommendations",
    "Conclusions and recommendations",
    "Выводы и/или рекомендации",
    "Выводы и рекомендации",
    "Conclusions et/ou recommandations",
    "Conclusions et recommandations",
    "Conclusiones y/o recomendaciones",
    "Conclusiones y recomendaciones",
    "الاستنتاجات و/أو التوصيات",
    "الاستنتاجات والتوصيات",
    "结论和/或建议",
    "结论和建议",
)
_ANNEXES = ("Annex", "Приложение", "Annexe", "Anexo", "المرفق", "附件")
_ADDENDA = ("Addendum", "Добавление", "Additif", "Adición", "إضافة", "增编")
_ORDER = re.compile(r"^[IVXivx]{1,5}\s*[.\-–]?\s*|^(?:ثانيا|أولا|ثالثا|[一二三四])[ً]?\s*[\-–.、]?\s*")
_DROPPED = re.compile(r"[\s\u0640\u064b-\u065f.*†:：'’‘ʼ`´\-–]")


@functools.lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The key under which two spellings of a title meet."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.replace("ё", "е").replace("أ", "ا").replace("إ", "ا").replace("آ", "ا").replace("ى", "ي")
    # Accents are lost in some files.
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not "\u0300" <= sign <= "\u036f")
    return _DROPPED.sub("", bare)


def language_of(beginning: str) -> str:
    """The language whose title of such reports stands in the beginning of a text; "" where none does."""
    folded = fold(beginning[:20_000])
    places = {
        language: min((folded.find(fold(title)) for title in titles if fold(title) in folded), default=-1)
        for language, titles in _TITLES.items()
    }
    found = {language: place for language, place in places.items() if place >= 0}
    return min(found, key=lambda language: found[language]) if found else ""


def is_title(text: str) -> bool:
    """Whether lines of the front page, joined, end with the report's title."""
    return any(fold(text).endswith(fold(title)) for titles in _TITLES.values() for title in titles)


def is_heading(text: str) -> bool:
    """Whether a line is the heading of the conclusions: not the contents' line, which ends in a page number."""
    return len(text) < 80 and fold(_ORDER.sub("", text.strip())) in _folded(_CONCLUSIONS)


def is_annex(text: str) -> bool:
    """Whether a line is the heading of an annex: "Annex", "Annex I"."""
    bare = re.sub(r"\s+[IVX\d]{1,4}\W*$", "", text.strip())
    return len(text) < 30 and fold(bare) in _folded(_ANNEXES)


def is_addendum(lines: list[str]) -> bool:
    """Whether a front page is that of an addendum, the State's answers."""
    return any(fold(line) in _folded(_ADDENDA) for line in lines)


@functools.cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)
