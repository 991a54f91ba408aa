"""Writing a submission: begin it, change its parts, take text blocks from approved assessments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.models import Assessment
from recommendations.assessments.translating import checked_texts, source_of
from recommendations.audit.log import record
from recommendations.catalogue.models import ReviewCycle
from recommendations.organisations.models import Organisation
from recommendations.publications.models import Submission, SubmissionPart, SubmissionVersion
from recommendations.vocabulary import AssessmentStatus, SubmissionStatus
from recommendations.words.citations import without_citations
from recommendations.words.counting import count_words
from recommendations.workflow.engine import Refused

SETTINGS = ("title", "is_joint", "language", "word_limit", "contact")
WRITABLE = (SubmissionStatus.DRAFT, SubmissionStatus.RETURNED)
TAKEN = (AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED)
MOST_PARTS = 200


class Changed(Refused):
    """Somebody else saved it meanwhile; ``current`` is the submission as it stands."""

    def __init__(self, current: Submission) -> None:
        super().__init__(_("Somebody else saved this a moment ago: both texts are shown."))
        self.current = current


def may_begin(person: Any) -> str | None:
    """Why this person may not begin a submission, or None."""
    reason = policy.refusal(person, "submission.write")
    if reason is None and person.organisation_id is None:
        return _("You belong to no organisation for which you could write.")
    return reason


def edit_refusal(submission: Submission, *, by: Any) -> str | None:
    """Why this person may not change the text now, or None."""
    if submission.status not in WRITABLE:
        return _("The text is “%(status)s”: recall or return it to change it.") % {
            "status": submission.get_status_display()
        }
    hers = by.organisation_id == submission.organisation_id or _is_author(submission, by)
    if not policy.may(by, "submission.write") or hers or policy.may(by, "submission.file"):
        return policy.refusal(by, "submission.write")
    return _("Only its lead organisation and its authors write it.")


def _is_author(submission: Submission, person: Any) -> bool:
    return submission.authors.filter(pk=person.pk).exists()


@transaction.atomic
def begin(
    *, by: Any, cycle: ReviewCycle, organisation: Organisation, at: datetime | None = None, **fields: Any
) -> Submission:
    """A new submission of the cycle with the next free number; ``fields`` are those of ``SETTINGS``."""
    reason = may_begin(by)
    if reason:
        raise Refused(reason)
    at = at or timezone.now()
    # The cycle's row orders two who begin at once.
    ReviewCycle.objects.select_for_update().get(pk=cycle.pk)
    last = Submission.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0
    submission = Submission.objects.create(
        cycle=cycle,
        number=last + 1,
        organisation=organisation,
        created_by=by,
        created_at=at,
        updated_at=at,
        **{name: fields[name] for name in SETTINGS if name in fields},
    )
    submission.authors.add(by)
    record("submission.started", submission, by=by, at=at)
    return submission


@transaction.atomic
def save(
    submission: Submission,
    *,
    by: Any,
    revision: int,
    settings: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    at: datetime | None = None,
) -> Submission:
    """Save settings and parts as they are given, in their order; parts that are not given are removed.

    Each part is ``{"pk": …|None, "heading": …, "text": …}``; an empty new one is left out. Raises ``Changed`` where
    ``revision`` is not the present one, ``Refused`` where the person may not.
    """
    at = at or timezone.now()
    current = Submission.objects.select_for_update().get(pk=submission.pk)
    if current.revision != revision:
        raise Changed(current)
    reason = edit_refusal(current, by=by)
    if reason:
        raise Refused(reason)
    if len(parts) > MOST_PARTS:
        raise Refused(_("A submission has at most %(most)s parts.") % {"most": MOST_PARTS})
    for name in SETTINGS:
        if name in settings:
            setattr(current, name, settings[name])
    current.revision, current.updated_at = current.revision + 1, at
    current.save(update_fields=[*SETTINGS, "revision", "updated_at"])
    _keep_parts(current, parts)
    if not _is_author(current, by):
        current.authors.add(by)
    record("submission.saved", current, by=by, detail={"parts": len(parts)}, at=at)
    return current


def _keep_parts(submission: Submission, parts: Sequence[Mapping[str, Any]]) -> None:
    known = {part.pk: part for part in submission.parts.all()}
    kept: set[int] = set()
    for place, given in enumerate(parts, start=1):
        heading, text = str(given.get("heading", "")).strip(), str(given.get("text", "")).strip()
        part = known.get(given.get("pk") or 0)
        if part is None:
            if not heading and not text:
                continue
            part = SubmissionPart(submission=submission)
        part.place, part.heading, part.text = place, heading, text
        part.save()
        kept.add(part.pk)
    submission.parts.exclude(pk__in=kept).delete()


@transaction.atomic
def take(
    submission: Submission, assessments: Iterable[Assessment], *, by: Any, at: datetime | None = None
) -> int:
    """Add a part for each approved or published assessment, with its text as it stands; returns how many.

    One that was taken already is left out: its part may have been edited since.
    """
    at = at or timezone.now()
    current = Submission.objects.select_for_update().get(pk=submission.pk)
    reason = edit_refusal(current, by=by)
    if reason:
        raise Refused(reason)
    taken = set(current.parts.values_list("assessment", flat=True))
    last = current.parts.aggregate(last=Max("place"))["last"] or 0
    new = [one for one in assessments if one.status in TAKEN and one.pk not in taken]
    for place, assessment in enumerate(new, start=last + 1):
        text = text_of(assessment, current.language)
        SubmissionPart.objects.create(
            submission=current,
            place=place,
            heading=assessment.subject[:300],
            text=text,
            assessment=assessment,
            taken_text=text,
        )
    if new:
        Submission.objects.filter(pk=current.pk).update(revision=F("revision") + 1, updated_at=at)
        record(
            "submission.texts_taken", current, by=by, detail={"assessments": [one.pk for one in new]}, at=at
        )
    return len(new)


def text_of(assessment: Assessment, language: str) -> str:
    """What a submission takes from an assessment: the finding, its reasons, and what should be asked next.

    In the submission's language where a checked translation exists, else as it was written.
    """
    return _joined(checked_texts([assessment], language).get(assessment.pk) or source_of(assessment))


def translations_into(assessment: Assessment, language: str) -> list[str]:
    """The texts that a submission may have taken from a translation, its source changed since or not."""
    return [_joined(row.texts) for row in assessment.translations.all() if row.language == language]


def _joined(texts: dict[str, str]) -> str:
    parts = ("narrative", "law_text", "policy_text", "practice_text", "next_ask")
    return "\n\n".join(texts[part] for part in parts if part in texts)


def available(submission: Submission, *, reader: Any) -> list[Assessment]:
    """The approved and published assessments of the State's rounds that were not taken yet, the latest round first.

    What is filed before a review says what came of earlier cycles, so that rounds of all of them count.
    """
    rows = (
        Assessment.objects.visible_to(reader)
        .filter(round__state=submission.cycle.state, status__in=TAKEN)
        .exclude(pk__in=submission.parts.exclude(assessment=None).values("assessment"))
        .select_related("cluster", "item__recommendation", "organisation", "round")
        .prefetch_related("ratings__item__recommendation__lead_theme")
    )
    return sorted(rows, key=lambda one: (-one.round_id, one.subject))


def word_count(parts: Iterable[Any]) -> int:
    """The words of headings and paragraphs; endnotes and the list of organisations are not counted."""
    return sum(count_words(part.heading) + count_words(without_citations(part.text)) for part in parts)


def content_of(submission: Submission) -> dict[str, Any]:
    """The submission as it stands, as plain JSON for a version."""
    return {
        **{name: getattr(submission, name) for name in SETTINGS},
        "parts": [{"heading": part.heading, "text": part.text} for part in submission.parts.all()],
    }


def freeze(submission: Submission, *, by: Any, at: datetime) -> SubmissionVersion:
    """Keep what is submitted as the next version."""
    last = submission.versions.aggregate(last=Max("number"))["last"] or 0
    try:
        return SubmissionVersion.objects.create(
            submission=submission,
            number=last + 1,
            content=content_of(submission),
            words=word_count(submission.parts.all()),
            submitted_by=by,
            submitted_at=at,
        )
    except IntegrityError:
        raise Refused(_("Somebody else submitted it a moment ago.")) from None
