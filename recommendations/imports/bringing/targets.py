"""What a column of one's own table may mean: fields with the headings people give them, in three languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from recommendations.assessments.versions import PARTS
from recommendations.vocabulary import Language
from recommendations.words.clean import fold_label
from recommendations.words.likeness import likeness

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
