"""What a column of one's own table may mean: fields with the headings people give them, and how cells are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.assessments.versions import PARTS
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
from recommendations.words.likeness import likeness, nearest

# How alike a heading must be to a known one to be proposed: "Publishers", "Titel".
ALIKE = 0.8


@dataclass(frozen=True)
class Target:
    """A field that a column may fill; ``also`` are headings people give it, in three languages."""

    name: str
    title: Any
    also: tuple[str, ...] = ()
    most: int = 0  # characters; 0: a long text


EVIDENCE = (
    Target(
        "title",
        gettext_lazy("Title"),
        ("name", "evidence", "название", "заголовок", "наименование", "атауы", "тақырыбы"),
        300,
    ),
    Target("kind", gettext_lazy("Kind"), ("type", "вид", "тип", "вид доказательства", "түрі")),
    Target(
        "description",
        gettext_lazy("Description"),
        (
            "summary",
            "content",
            "abstract",
            "описание",
            "содержание",
            "краткое содержание",
            "сипаттама",
            "мазмұны",
        ),
    ),
    Target(
        "publisher",
        gettext_lazy("Publisher"),
        ("source", "organisation", "author", "издатель", "источник", "автор", "дереккөз", "баспагер"),
        200,
    ),
    Target(
        "source_title",
        gettext_lazy("Title of the source"),
        (
            "publication",
            "document",
            "название источника",
            "документ",
            "публикация",
            "дереккөз атауы",
            "құжат",
        ),
        400,
    ),
    Target(
        "url",
        gettext_lazy("Address"),
        (
            "link",
            "url",
            "hyperlink",
            "website",
            "web address",
            "ссылка",
            "адрес",
            "сайт",
            "гиперссылка",
            "сілтеме",
        ),
        1000,
    ),
    Target(
        "published",
        gettext_lazy("Date of publication"),
        (
            "date",
            "published",
            "publication date",
            "published on",
            "дата публикации",
            "дата",
            "опубликовано",
            "жарияланған күні",
            "күні",
        ),
    ),
    Target(
        "accessed_on",
        gettext_lazy("Read on"),
        ("accessed", "date of access", "дата обращения", "дата доступа", "қаралған күні"),
    ),
    Target(
        "happened_from",
        gettext_lazy("Facts from"),
        ("date of event", "event date", "date of the facts", "дата события", "начало", "оқиға күні"),
    ),
    Target("happened_until", gettext_lazy("Facts until"), ("end date", "until", "окончание", "аяқталуы")),
    Target(
        "place",
        gettext_lazy("Place"),
        ("location", "region", "city", "место", "регион", "город", "область", "орны", "өңір", "қала"),
        200,
    ),
    Target("language", gettext_lazy("Language of the item"), ("language", "язык", "тілі")),
    Target(
        "act_version",
        gettext_lazy("Version of the act"),
        ("redaction", "version", "редакция", "редакциясы"),
        120,
    ),
    Target(
        "held_by",
        gettext_lazy("Who keeps it"),
        ("held by", "kept by", "хранится у", "у кого хранится", "кімде сақталады"),
        300,
    ),
    Target(
        "method",
        gettext_lazy("How it was obtained or measured"),
        ("method", "methodology", "метод", "методика", "способ получения", "әдісі"),
    ),
    Target(
        "references",
        gettext_lazy("Recommendations"),
        (
            "recommendation",
            "reference",
            "references",
            "paragraph",
            "recommendation number",
            "рекомендация",
            "рекомендации",
            "номер рекомендации",
            "пункт",
            "ұсыным",
            "ұсынымдар",
            "тармақ",
        ),
    ),
    Target(
        "shows",
        gettext_lazy("What it shows"),
        ("shows", "conclusion", "finding", "что показывает", "вывод", "нені көрсетеді"),
    ),
    Target(
        "why",
        gettext_lazy("Why it shows that"),
        ("why", "reason", "explanation", "почему", "обоснование", "пояснение", "неге", "түсіндірме"),
    ),
    Target(
        "passage",
        gettext_lazy("Page or passage"),
        ("page", "pages", "passage", "страница", "стр", "страницы", "бет"),
        200,
    ),
)
ASSESSMENTS = (
    Target(
        "references",
        gettext_lazy("Recommendation"),
        (
            "reference",
            "paragraph",
            "number",
            "recommendation number",
            "рекомендация",
            "номер рекомендации",
            "номер",
            "пункт",
            "ұсыным",
            "тармақ",
            "нөмірі",
        ),
    ),
    Target(
        "rating",
        PARTS["rating"],
        (
            "status",
            "assessment",
            "implementation",
            "level of implementation",
            "оценка",
            "статус",
            "выполнение",
            "степень выполнения",
            "бағалау",
            "орындалуы",
        ),
    ),
    Target(
        "narrative",
        PARTS["narrative"],
        (
            "summary",
            "comment",
            "comments",
            "finding",
            "narrative",
            "вывод",
            "комментарий",
            "краткий вывод",
            "обоснование",
            "қорытынды",
            "түсініктеме",
        ),
    ),
    Target(
        "implemented_when",
        PARTS["implemented_when"],
        ("criterion", "test", "indicator", "критерий", "выполнена, если", "өлшем"),
    ),
    Target("law", PARTS["law"], ("law rating", "оценка законодательства")),
    Target(
        "law_text",
        PARTS["law_text"],
        ("law", "legislation", "законодательство", "в законодательстве", "заңнама", "заңнамада"),
    ),
    Target("policy", PARTS["policy"], ("policy rating", "оценка политики")),
    Target(
        "policy_text",
        PARTS["policy_text"],
        ("policy", "policies", "политика", "в политике", "саясат", "саясатта"),
    ),
    Target("practice", PARTS["practice"], ("practice rating", "оценка практики")),
    Target(
        "practice_text",
        PARTS["practice_text"],
        ("practice", "situation", "практика", "на практике", "ситуация", "іс жүзінде", "тәжірибе"),
    ),
    Target(
        "next_ask",
        PARTS["next_ask"],
        (
            "next steps",
            "what to ask",
            "recommendation of the coalition",
            "предложения",
            "что просить",
            "дальнейшие шаги",
            "ұсыныстар",
        ),
    ),
    Target("cannot_reason", PARTS["cannot_reason"], ()),
    Target("cannot_steps", PARTS["cannot_steps"], ()),
    Target(
        "cutoff_on",
        gettext_lazy("Evidence considered up to"),
        ("date", "as of", "cut-off date", "дата", "по состоянию на", "күні"),
    ),
)


def propose(header: Sequence[str], targets: Sequence[Target]) -> dict[int, str]:
    """Column → field, by heading: the same words first, then what is much alike; each field once."""
    names: dict[str, str] = {}
    for language in Language.values:
        with translation.override(language):
            for target in targets:
                names.setdefault(fold_label(str(target.title)), target.name)
    for target in targets:
        for words in (target.name.replace("_", " "), *target.also):
            names.setdefault(fold_label(words), target.name)
    found: dict[int, str] = {}
    for index, title in enumerate(header):
        name = names.get(fold_label(title))
        if name and name not in found.values():
            found[index] = name
    for index, title in enumerate(header):
        if index in found or len(fold_label(title)) < 4:
            continue
        score, near = max((likeness(title, name), name) for name in names)
        if score >= ALIKE and names[near] not in found.values():
            found[index] = names[near]
    return found


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
