"""Keeping the method: every round stands under the edition that was in force when it was opened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from recommendations.assessments.method import METHOD_EDITION
from recommendations.assessments.method_text import (
    SOURCE,
    MethodText,
    fingerprint,
    in_every_language,
    text_in_force,
)
from recommendations.assessments.models import MethodEdition


@transaction.atomic
def keep_in_force(*, at: datetime) -> MethodEdition:
    """The edition with exactly the method in force: the one kept before, else a new one.

    A new one takes the number that the code gives, or where another wording has it, that number with the next
    part (1.0, 1.0.2, 1.0.3): two wordings never share a number.
    """
    texts = in_every_language()
    mark = fingerprint(texts[SOURCE])
    known = MethodEdition.objects.filter(fingerprint=mark).first()
    if known is not None:
        return known
    edition, _created = MethodEdition.objects.get_or_create(
        fingerprint=mark, defaults={"number": _free_number(), "text": texts, "kept_at": at}
    )
    return edition


def _free_number() -> str:
    taken = set(MethodEdition.objects.values_list("number", flat=True))
    number, part = METHOD_EDITION, 2
    while number in taken:
        number, part = f"{METHOD_EDITION}.{part}", part + 1
    return number


def number_in_force() -> str:
    """The number under which a round opened now would stand."""
    mark = fingerprint(text_in_force(SOURCE))
    known = MethodEdition.objects.filter(fingerprint=mark).values_list("number", flat=True).first()
    return known or _free_number()


def is_in_force(edition: MethodEdition) -> bool:
    """Whether the edition says what the code says now."""
    return edition.fingerprint == fingerprint(text_in_force(SOURCE))


def text_of(number: str, language: str) -> MethodText:
    """What this edition says in this language; of one that was not kept, the method in force."""
    if not number:
        return text_in_force(language)
    kept = MethodEdition.objects.filter(number=number).values_list("text", flat=True).first()
    return (kept or {}).get(language) or text_in_force(language)
