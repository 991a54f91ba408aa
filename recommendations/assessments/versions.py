"""What was submitted, frozen: written once at each submission, read by review differences and "as it was".

The content is plain JSON. Of restricted evidence it holds the number only: a frozen copy must not outlive, or
reach further than, the item itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy

from recommendations.assessments.findings import FINDING_FIELDS
from recommendations.assessments.models import Assessment, AssessmentVersion
from recommendations.assessments.requirements import CITING_PARTS, label
from recommendations.catalogue.texts import preferred_text
from recommendations.evidence.models import Evidence
from recommendations.vocabulary import AssessmentStatus, CannotReason, Confidentiality, Rating, TestRating
from recommendations.words.compare import Segment, word_differences

# The parts of an assessment in the order in which they are read; comments are made at them.
PARTS: dict[str, Any] = {
    "implemented_when": gettext_lazy("It is implemented when …"),
    "law": gettext_lazy("Test: law"),
    "law_text": gettext_lazy("In law"),
    "policy": gettext_lazy("Test: policy"),
    "policy_text": gettext_lazy("In policy"),
    "practice": gettext_lazy("Test: practice"),
    "practice_text": gettext_lazy("In practice"),
    "rating": gettext_lazy("Rating"),
    "override_reason": gettext_lazy("Why the rating is not the one proposed"),
    "cannot_reason": gettext_lazy("Why it cannot be assessed"),
    "cannot_steps": gettext_lazy("What was tried"),
    "narrative": gettext_lazy("Summary of the finding"),
    "next_ask": gettext_lazy("What to ask next"),
}
# Parts whose content is a code, shown by its word.
CODED: dict[str, Any] = {
    "law": TestRating,
    "policy": TestRating,
    "practice": TestRating,
    "rating": Rating,
    "cannot_reason": CannotReason,
}


def content_of(assessment: Assessment) -> dict[str, Any]:
    """The assessment as it stands now, with the recommendations' texts and positions and the evidence's sources."""
    rows = (
        assessment.ratings.select_related("item__recommendation", "demand")
        .prefetch_related("item__recommendation__texts")
        .order_by("item__recommendation__order_key", "item", "demand__letter")
    )
    citations = assessment.citations.select_related("evidence__source").order_by("evidence__number")
    return {
        "subject": assessment.subject,
        "organisation": assessment.organisation.name,
        "round": assessment.round.title,
        "method_edition": assessment.round.method_edition,
        "language": assessment.language,
        "cutoff_on": assessment.cutoff_on.isoformat(),
        "authors": sorted(str(person) for person in assessment.authors.all()),
        "single_source": assessment.single_source,
        **{part: getattr(assessment, part) for part in CITING_PARTS},
        **{name: getattr(assessment, name) for name in FINDING_FIELDS},
        "ratings": [_row(row, assessment.language) for row in rows],
        "citations": [_citation(row.evidence) for row in citations],
    }


def _row(row: Any, language: str) -> dict[str, Any]:
    recommendation = row.item.recommendation
    text, _is_fallback = preferred_text(recommendation, language)
    return {
        "label": label(row),
        "reference": recommendation.reference,
        "demand": row.demand.letter if row.demand_id else "",
        "text": text.text if text else "",
        "text_language": text.language if text else "",
        "text_kind": text.kind if text else "",
        "position": recommendation.position,
        "is_own": row.is_own,
        "sentence": row.sentence,
        "reversed_mark": row.reversed_mark,
        **{name: getattr(row, name) for name in FINDING_FIELDS},
    }


def _citation(item: Evidence) -> dict[str, Any]:
    if item.confidentiality == Confidentiality.RESTRICTED:
        return {"number": item.number, "confidentiality": item.confidentiality}
    source = item.source
    return {
        "number": item.number,
        "confidentiality": item.confidentiality,
        "title": item.title,
        "kind": item.kind,
        "check": item.check_status,
        "act_version": item.act_version,
        "source": str(source) if source else "",
        "url": source.url if source else "",
        "published_on": source.published_on.isoformat() if source and source.published_on else "",
    }


def freeze(assessment: Assessment, *, by: Any, at: datetime) -> AssessmentVersion:
    """Keep what is submitted as the next version."""
    last = assessment.versions.aggregate(last=Max("number"))["last"] or 0
    return AssessmentVersion.objects.create(
        assessment=assessment,
        number=last + 1,
        content=content_of(assessment),
        submitted_by=by,
        submitted_at=at,
    )


@dataclass(frozen=True)
class PartDifference:
    """One part of the text, old against new by word."""

    part: str
    label: str
    segments: tuple[Segment, ...]

    @property
    def changed(self) -> bool:
        """Whether a word differs."""
        return any(segment.kind != "same" for segment in self.segments)


@dataclass(frozen=True)
class RowDifference:
    """A recommendation or demand whose findings are not what they were; old or new is empty where it is new or gone."""

    label: str
    old_rating: str
    new_rating: str
    sentence: tuple[Segment, ...]


@dataclass(frozen=True)
class Differences:
    """What changed between two versions."""

    parts: tuple[PartDifference, ...]
    rows: tuple[RowDifference, ...]
    cited: tuple[int, ...]  # evidence cited now and not before
    no_longer_cited: tuple[int, ...]

    @property
    def anything(self) -> bool:
        """Whether anything changed at all."""
        return any(part.changed for part in self.parts) or bool(
            self.rows or self.cited or self.no_longer_cited
        )


def differences(old: dict[str, Any], new: dict[str, Any]) -> Differences:
    """What turns one version's content into another's, part by part."""
    before, after = _numbers(old), _numbers(new)
    return Differences(
        parts=tuple(
            PartDifference(part, str(name), tuple(word_differences(words(old, part), words(new, part))))
            for part, name in PARTS.items()
            if words(old, part) or words(new, part)
        ),
        rows=tuple(_row_differences(old.get("ratings", []), new.get("ratings", []))),
        cited=tuple(sorted(after - before)),
        no_longer_cited=tuple(sorted(before - after)),
    )


def words(content: dict[str, Any], part: str) -> str:
    """A part as it is read: a code by its word."""
    value = str(content.get(part, "") or "")
    if part in CODED and value in CODED[part].values:
        return str(CODED[part](value).label)
    return value


def _numbers(content: dict[str, Any]) -> set[int]:
    return {row["number"] for row in content.get("citations", [])}


def _row_differences(old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> Iterable[RowDifference]:
    before = {row["label"]: row for row in old}
    after = {row["label"]: row for row in new}
    for name in [*after, *(name for name in before if name not in after)]:
        was, now = before.get(name, {}), after.get(name, {})
        if (was.get("rating"), was.get("sentence")) != (now.get("rating"), now.get("sentence")):
            yield RowDifference(
                name,
                was.get("rating", ""),
                now.get("rating", ""),
                tuple(word_differences(was.get("sentence", ""), now.get("sentence", ""))),
            )


def version_before(assessment: Assessment, *, number: int) -> AssessmentVersion | None:
    """What a version is compared with: the one before it, else the last of the assessment it came from."""
    before = assessment.versions.filter(number__lt=number).order_by("-number").first()
    if before is None and assessment.carried_from_id:
        before = (
            AssessmentVersion.objects.filter(assessment=assessment.carried_from_id)
            .exclude(assessment__status=AssessmentStatus.RETRACTED)
            .order_by("-number")
            .first()
        )
    return before
