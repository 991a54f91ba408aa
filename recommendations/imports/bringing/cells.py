"""How the cells of one's own tables are read: codes by the words people use for them, dates as far as known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from recommendations.imports.fieldwork.columns import read_day
from recommendations.vocabulary import (
    CannotReason,
    EvidenceKind,
    Language,
    Rating,
    Shows,
    TestRating,
    TextLanguage,
)
from recommendations.words.clean import clean_text, fold_label
from recommendations.words.likeness import nearest

CODES: dict[str, Any] = {
    "kind": EvidenceKind,
    "language": TextLanguage,
    "shows": Shows,
    "rating": Rating,
    "law": TestRating,
    "policy": TestRating,
    "practice": TestRating,
    "cannot_reason": CannotReason,
}
_IN_FULL = (
    "fully",
    "implemented",
    "выполнена",
    "выполнено",
    "выполнено полностью",
    "полностью",
    "орындалды",
    "толық",
)
_IN_PART = ("partially", "partly", "in part", "частично", "выполнено частично", "ішінара", "жартылай")
_NOT_AT_ALL = ("not", "no", "не выполнено", "не выполнена", "орындалмаған", "орындалмады")
_BACK = ("reversed", "regression", "went backwards", "регресс", "ухудшение", "кері кету")
_CANNOT = ("cannot", "unknown", "не поддаётся оценке", "оценить невозможно", "бағаланбайды")
_RATED = {"fully": _IN_FULL, "partially": _IN_PART, "not": _NOT_AT_ALL, "reversed": _BACK, "cannot": _CANNOT}
# Words people write in their own lists, beside the labels.
ALSO: dict[str, Mapping[str, tuple[str, ...]]] = {
    "rating": _RATED,
    "law": _RATED,
    "policy": _RATED,
    "practice": _RATED,
    "shows": {
        "full": ("compliance", "implementation", *_IN_FULL),
        "partial": ("partial compliance", *_IN_PART),
        "non": ("non-compliance", "violation", "невыполнение", "нарушение", "бұзушылық", *_NOT_AT_ALL),
        "regression": _BACK,
        "context": ("background", "контекст", "мәнмәтін"),
    },
    "kind": {
        "statistic": ("statistics", "data", "статистика", "статистические данные"),
        "law": ("act", "legislation", "закон", "нормативный акт", "нпа", "заң"),
        "judgment": ("court decision", "решение суда", "приговор", "судебное решение", "сот шешімі"),
        "testimony": ("interview", "свидетельство", "показания", "интервью", "куәлік"),
        "news": (
            "article",
            "media",
            "press",
            "статья",
            "новость",
            "сми",
            "публикация в сми",
            "жаңалық",
            "мақала",
        ),
        "official_answer": ("reply", "ответ", "официальный ответ", "ответ госоргана", "ресми жауап"),
        "un_finding": ("un document", "документ оон", "бұұ құжаты"),
        "ngo_report": ("report", "отчет", "отчёт нпо", "доклад", "баяндама"),
        "monitoring": ("мониторинг", "мониторинг нпо", "observation"),
        "photograph": ("photo", "фото", "фотография"),
        "recording": ("video", "audio", "видео", "аудио", "запись"),
    },
}


class NotUnderstood(ValueError):
    """The cell's content is none of the column's; the message says what was expected."""


@lru_cache(maxsize=32)
def _codes(name: str) -> dict[str, str]:
    words = CODES[name]
    found = {fold_label(code): code for code in words.values}
    for language in Language.values:
        with translation.override(language):
            found |= {fold_label(str(label)): code for code, label in words.choices}
    for code, others in ALSO.get(name, {}).items():
        for other in others:
            found.setdefault(fold_label(other), code)
    return found


def code_of(name: str, cell: str) -> str:
    """The code a cell names. Raises ``NotUnderstood``: a rating is never guessed."""
    text = clean_text(cell).strip(" .:;●◐○↺–")
    if not text:
        return ""
    code = _codes(name).get(fold_label(text))
    if code is not None:
        return code
    labels = [str(label) for label in CODES[name].labels]
    message = _("“%(said)s” is none of these: %(expected)s.") % {
        "said": text[:80],
        "expected": "; ".join(labels),
    }
    if near := nearest(text, labels, limit=1):
        message += " " + _("Did you mean “%(near)s”?") % {"near": near[0]}
    raise NotUnderstood(message)


_YEAR = re.compile(r"(?P<y>[12]\d{3})(?: ?г\.?| ?год| ?ж\.?)?")
_MONTH = re.compile(r"(?P<y>[12]\d{3})[-./](?P<m>\d{1,2})|(?P<m2>\d{1,2})[./](?P<y2>[12]\d{3})")


def known_day(cell: str, *, is_number: bool) -> tuple[date | None, str]:
    """A date as far as it is known: the day, or the year or month as text. Raises ``NotUnderstood``."""
    text = clean_text(cell)
    if not text:
        return None, ""
    if found := _YEAR.fullmatch(text):
        _not_ahead(date(int(found["y"]), 1, 1))
        return None, found["y"]
    if found := _MONTH.fullmatch(text):
        year, month = int(found["y"] or found["y2"]), int(found["m"] or found["m2"])
        if 1 <= month <= 12:
            _not_ahead(date(year, month, 1))
            return None, f"{year}-{month:02}"
    return day_of(text, is_number=is_number), ""


def day_of(cell: str, *, is_number: bool) -> date | None:
    """A whole day; None where the cell is empty. Raises ``NotUnderstood``."""
    text = clean_text(cell)
    if not text:
        return None
    day = read_day(text, is_number=is_number)
    if day is None:
        raise NotUnderstood(
            _("“%(said)s” is no date. Write 2019-04-17 or 17.04.2019; of a publication also 2019-04 or 2019.")
            % {"said": text[:40]}
        )
    _not_ahead(day)
    return day


def _not_ahead(day: date) -> None:
    if day > timezone.localdate():
        raise NotUnderstood(_("This date lies in the future."))
