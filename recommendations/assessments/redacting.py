"""Redacted reissues: what cites an item that endangers somebody loses those passages, and says so.

Withdrawn consent or danger beats permanence. A passage is a whole paragraph: a citation alone would leave the story
that it stood for. The old text is kept nowhere, neither in the assessment nor in what was submitted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from recommendations.access.visibility import APPROVED, PUBLISHED, safe_for
from recommendations.assessments.models import Assessment, AssessmentVersion, ItemRating, Redaction
from recommendations.assessments.requirements import CITING_FINDINGS, CITING_PARTS
from recommendations.audit.log import record
from recommendations.evidence.models import Evidence
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.vocabulary import AssessmentStatus, ConsentUse
from recommendations.words.citations import cited_numbers

WHOLE = (*CITING_PARTS, *CITING_FINDINGS, "implemented_when")
ROW = ("sentence", *CITING_FINDINGS, "implemented_when")
TAKE_BACK = "exports.take_back"
TELL = "reminders.redacted"


def endangering(assessment: Assessment, use: str | None = None) -> set[int]:
    """The numbers of the items it cites that are not safe for this use, by default that of those who read it."""
    use = use or (ConsentUse.PUBLIC if assessment.status in PUBLISHED else ConsentUse.COALITION)
    cited = Evidence.objects.filter(citations__assessment=assessment)
    return set(cited.exclude(safe_for(use)).values_list("number", flat=True))


def to_redact() -> list[Assessment]:
    """The approved and published assessments that cite something unsafe for their readers, today."""
    safe_in = {
        ConsentUse.PUBLIC: PUBLISHED,
        ConsentUse.COALITION: (AssessmentStatus.APPROVED,),
    }
    found: list[Assessment] = []
    for use, statuses in safe_in.items():
        unsafe = Evidence.objects.exclude(safe_for(use))
        found += Assessment.objects.filter(
            status__in=statuses, citations__evidence__in=unsafe.values("pk")
        ).distinct()
    return found


def redact_all(*, at: datetime | None = None) -> int:
    """Reissue whatever has to be; returns how many assessments were. Run as often as one likes."""
    return sum(bool(redact(assessment, at=at)) for assessment in to_redact())


@transaction.atomic
def redact(assessment: Assessment, *, at: datetime | None = None) -> list[Redaction]:
    """Take out every passage that cites an endangering item, state it, and take back the files that were made."""
    at = at or timezone.now()
    current = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    numbers = endangering(current) if current.status in APPROVED else set()
    if not numbers:
        return []
    said = _statement(current.language, at)
    counted = dict.fromkeys(numbers, 0)
    values = {part: _cut(getattr(current, part), numbers, said, counted) for part in WHOLE}
    rows = list(current.ratings.all())
    for row in rows:
        for part in ROW:
            setattr(row, part, _cut(getattr(row, part), numbers, said, counted))
    ItemRating.objects.bulk_update(rows, ROW)
    for version in current.versions.all():
        AssessmentVersion.objects.filter(pk=version.pk).update(
            content=_cut_content(version.content, numbers, said)
        )
    current.citations.filter(evidence__number__in=numbers).delete()
    Assessment.objects.filter(pk=current.pk).update(**values, updated_at=at, revision=F("revision") + 1)
    current.refresh_from_db()
    made = [
        Redaction.objects.create(assessment=current, number=number, passages=count, at=at)
        for number, count in sorted(counted.items())
    ]
    for name in (TAKE_BACK, TELL):
        if name in HANDLERS:
            key = f"{name}:{current.pk}:{current.revision}"
            enqueue(name, {"assessment": current.pk}, key=key)
    record("assessment.redacted", current, by=None, detail={"items": len(made)}, at=at)
    return made


def _statement(language: str, at: datetime) -> str:
    with translation.override(language):
        day = formats.date_format(timezone.localtime(at), "DATE_FORMAT")
        return _("(Taken out on %(day)s for the safety of sources.)") % {"day": day}


def _cut(text: str, numbers: Collection[int], said: str, counted: dict[int, int] | None = None) -> str:
    """The text with each line that cites one of the numbers replaced by the statement, once where several follow."""
    kept: list[str] = []
    for line in text.split("\n"):
        hit = set(cited_numbers(line)) & set(numbers)
        if not hit:
            kept.append(line)
            continue
        for number in hit:
            if counted is not None:
                counted[number] += 1
        if not kept or kept[-1] != said:
            kept.append(said)
    return "\n".join(kept)


def _cut_content(content: dict[str, Any], numbers: Collection[int], said: str) -> dict[str, Any]:
    """What was submitted, without those passages and citations."""

    def cut(values: dict[str, Any], parts: Collection[str]) -> dict[str, Any]:
        return values | {part: _cut(values[part], numbers, said) for part in parts if values.get(part)}

    return cut(content, WHOLE) | {
        "ratings": [cut(row, ROW) for row in content.get("ratings", [])],
        "citations": [row for row in content.get("citations", []) if row["number"] not in numbers],
    }
