"""Translating assessments: taken on, saved as a draft, checked by another person, behind when its source changes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from recommendations.access import policy
from recommendations.access.visibility import can_see
from recommendations.assessments.models import Assessment, Translation
from recommendations.assessments.versions import PARTS
from recommendations.audit.log import record
from recommendations.vocabulary import OPEN_STATUSES, AssessmentStatus, Language
from recommendations.words.citations import cited_numbers
from recommendations.workflow.engine import Refused

# The parts that are translated, in the order in which they are read.
TRANSLATED = ("law_text", "policy_text", "practice_text", "narrative", "next_ask")
STANDING = (*OPEN_STATUSES, AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED)


class State(models.TextChoices):
    """How far a translation has come."""

    MISSING = "missing", pgettext_lazy("translation", "Missing")
    DRAFT = "draft", pgettext_lazy("translation", "Draft")
    BEHIND = "behind", gettext_lazy("Behind its source")
    CHECKED = "checked", pgettext_lazy("translation", "Checked")


class Changed(Exception):
    """Somebody else saved the translation meanwhile."""


@dataclass(frozen=True)
class Piece:
    """What one assessment needs in one language; ``translation`` is None where nobody began."""

    assessment: Assessment
    language: str
    translation: Translation | None
    state: State

    @property
    def language_word(self) -> str:
        """The language in words."""
        return str(Language(self.language).label)


def source_of(assessment: Assessment) -> dict[str, str]:
    """The parts of an assessment that have a text to translate."""
    return {part: text for part in TRANSLATED if (text := getattr(assessment, part).strip())}


def mark_of(assessment: Assessment) -> str:
    """The fingerprint of the source as it reads now."""
    return hashlib.sha256(json.dumps(source_of(assessment), ensure_ascii=False).encode()).hexdigest()


def state_of(translation: Translation | None, assessment: Assessment) -> State:
    """How far the translation of this assessment has come."""
    if translation is None or not translation.texts:
        return State.MISSING
    if translation.source_mark != mark_of(assessment):
        return State.BEHIND
    return State.CHECKED if translation.checked_at else State.DRAFT


def pieces_for(person: Any, *, round_id: int | None = None) -> list[Piece]:
    """Every text a person sees that stands and is to be had in another language; two queries.

    Of each assessment the two languages in which it is not written.
    """
    rows = Assessment.objects.visible_to(person).filter(status__in=STANDING)
    if round_id:
        rows = rows.filter(round=round_id)
    rows = rows.select_related("cluster", "item__recommendation", "organisation", "round").order_by(
        "-updated_at", "pk"
    )
    assessments = [row for row in rows if source_of(row)]
    known = Translation.objects.visible_to(person).filter(assessment__in=[row.pk for row in assessments])
    made = {
        (row.assessment_id, row.language): row for row in known.select_related("translator", "checked_by")
    }
    return [
        Piece(row, language, found := made.get((row.pk, language)), state_of(found, row))
        for row in assessments
        for language in Language.values
        if language != row.language
    ]


def translations_of(assessment: Assessment) -> list[tuple[str, str, State]]:
    """For each other language its code, its name and how far the translation is; for members who see the assessment."""
    if assessment.status not in STANDING or not source_of(assessment):
        return []
    made = {row.language: row for row in assessment.translations.all()}
    return [
        (language.value, str(language.label), state_of(made.get(language.value), assessment))
        for language in Language
        if language != assessment.language
    ]


def completeness(pieces: Iterable[Piece]) -> list[tuple[Any, str, list[tuple[State, int]]]]:
    """For each round and language how many texts are in which state, in the order of the states."""
    counted: dict[tuple[Any, str], Counter[State]] = {}
    for piece in pieces:
        counted.setdefault((piece.assessment.round, piece.language), Counter())[piece.state] += 1
    return [
        (round_, str(Language(language).label), [(state, counts[state]) for state in State])
        for (round_, language), counts in counted.items()
    ]


def checked_texts(assessments: Iterable[Assessment], language: str) -> dict[int, dict[str, str]]:
    """The checked translations into a language by assessment, of those whose source did not change since; one query.

    For documents: the caller has chosen assessments that its audience may see.
    """
    by_key = {row.pk: row for row in assessments if row.language != language}
    if not by_key:
        return {}
    rows = Translation.objects.filter(assessment__in=list(by_key), language=language)
    return {
        row.assessment_id: row.texts
        for row in rows
        if state_of(row, by_key[row.assessment_id]) == State.CHECKED
    }


def refusal(assessment: Assessment, language: str, *, by: Any) -> str | None:
    """Why this person may not translate this text into that language; None when she may."""
    reason = policy.refusal(by, "assessment.translate")
    if reason:
        return reason
    if not can_see(assessment, by):
        return _("You cannot see this assessment.")
    if assessment.status not in STANDING:
        return _("This assessment is no longer in force: it is not translated.")
    if language == assessment.language:
        return _("The assessment is written in this language.")
    return None


def check_refusal(translation: Translation, *, by: Any) -> str | None:
    """Why this person may not mark the translation as checked; None when she may."""
    assessment = translation.assessment
    reason = refusal(assessment, translation.language, by=by)
    if reason:
        return reason
    state = state_of(translation, assessment)
    if translation.translator_id == by.pk:
        return _("Another person than the translator checks it.")
    if state == State.BEHIND:
        return _("The source changed: the translation follows it first.")
    if state != State.DRAFT:
        return _("There is no draft to check.")
    missing = [str(PARTS[part]) for part in source_of(assessment) if not translation.texts.get(part)]
    if missing:
        return _("Not translated yet: %(parts)s.") % {"parts": ", ".join(missing)}
    return None


@transaction.atomic
def take(assessment: Assessment, language: str, *, by: Any, at: datetime | None = None) -> Translation:
    """Take a translation on: it stands on one's own list until it is checked. Taken on twice it stays as it was."""
    reason = refusal(assessment, language, by=by)
    if reason:
        raise Refused(reason)
    translation, is_new = Translation.objects.get_or_create(
        assessment=assessment,
        language=language,
        defaults={"translator": by, "taken_at": at or timezone.now()},
    )
    if not is_new and translation.translator_id != by.pk and not translation.texts:
        # Nothing is written yet: whoever has the time takes it over.
        Translation.objects.filter(pk=translation.pk).update(translator=by, taken_at=at or timezone.now())
        translation.refresh_from_db()
        is_new = True
    if is_new:
        record("translation.taken", assessment, by=by, at=at, detail={"language": language})
    return translation


@transaction.atomic
def save(
    assessment: Assessment,
    language: str,
    *,
    texts: Mapping[str, str],
    revision: int,
    by: Any,
    at: datetime | None = None,
) -> Translation:
    """Save the translated parts as a draft of the source as it reads now; who saves is its translator.

    ``revision`` is the one seen, 0 where there was none. Each part must cite what its source cites, so that no
    translation leads to an item that the text does not. Raises ``Refused`` or ``Changed``.
    """
    reason = refusal(assessment, language, by=by)
    if reason:
        raise Refused(reason)
    source = source_of(assessment)
    kept = {part: text for part in source if (text := str(texts.get(part, "")).strip())}
    for part, text in kept.items():
        if set(cited_numbers(text)) != set(cited_numbers(source[part])):
            raise Refused(
                _("“%(part)s” must cite the same items of evidence as its source.") % {"part": PARTS[part]}
            )
    at = at or timezone.now()
    found = Translation.objects.select_for_update(of=("self",)).filter(
        assessment=assessment, language=language
    )
    translation = found.first()
    if translation is None:
        translation = Translation(assessment=assessment, language=language, taken_at=at, revision=0)
    if translation.revision != revision:
        raise Changed
    translation.translator, translation.texts = by, kept
    translation.source_mark, translation.saved_at = mark_of(assessment), at
    translation.checked_by, translation.checked_at = None, None
    translation.revision = revision + 1
    translation.save()
    record(
        "translation.saved", assessment, by=by, at=at, detail={"language": language, "parts": sorted(kept)}
    )
    return translation


@transaction.atomic
def check(translation: Translation, *, by: Any, revision: int, at: datetime | None = None) -> None:
    """Mark a draft as checked against its source. Raises ``Refused`` or ``Changed``."""
    reason = check_refusal(translation, by=by)
    if reason:
        raise Refused(reason)
    done = Translation.objects.filter(pk=translation.pk, revision=revision, checked_at=None).update(
        checked_by=by, checked_at=at or timezone.now(), revision=revision + 1
    )
    if not done:
        raise Changed
    detail = {"language": translation.language}
    record("translation.checked", translation.assessment, by=by, at=at, detail=detail)
