"""Keeping where something comes from: a source of its own for each item, never another item's changed under it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused
from recommendations.evidence.models import Evidence, Observation, Source
from recommendations.evidence.rules import SOURCE_FIELDS
from recommendations.words.clean import clean_line


def values_of(source: Source | None) -> dict[str, Any]:
    """The source as a mapping of SOURCE_FIELDS; empty values where there is none."""
    if source is None:
        return {field: None if field.endswith("_on") else "" for field in SOURCE_FIELDS}
    return {field: getattr(source, field) for field in SOURCE_FIELDS}


def tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of SOURCE_FIELDS with their text cleaned; what is missing is empty."""
    tidied = values_of(None)
    for field in SOURCE_FIELDS:
        value = values.get(field)
        if value:
            tidied[field] = clean_line(value) if isinstance(value, str) else value
    return tidied


@transaction.atomic
def mark_source(evidence: Evidence, *, answers: bool, by: Any, at: datetime | None = None) -> None:
    """Note that the address of the item's source answers, or no longer does; noting it twice changes nothing.

    Raises ``Refused`` where the item has no address, or the person may not add evidence.
    """
    reason = policy.refusal(by, "evidence.add")
    if not reason and (evidence.source is None or not evidence.source.url):
        reason = _("This item has no address.")
    if reason:
        raise Refused(reason)
    assert evidence.source is not None
    rows = Source.objects.filter(pk=evidence.source.pk, dead_since__isnull=not answers)
    if rows.update(dead_since=None if answers else timezone.localdate(at)):
        verb = "evidence.source_answers" if answers else "evidence.source_dead"
        record(verb, evidence, by=by, at=at)


def keep_source(given: Source | Mapping[str, Any] | None, *, before: Source | None = None) -> Source | None:
    """The row that holds this source: the one given, the one ``before`` brought up to date, or a new one.

    A row that other items or observations share is left as it is and a new one made.
    """
    if given is None or isinstance(given, Source):
        return given
    values = tidy(given)
    if not any(values.values()):
        return None
    if before is None:
        return Source.objects.create(**values)
    if values == values_of(before):
        return before
    uses = Evidence.objects.filter(source=before).count() + Observation.objects.filter(source=before).count()
    if uses > 1:
        return Source.objects.create(**values)
    if values["url"] != before.url:
        values["dead_since"] = None
    Source.objects.filter(pk=before.pk).update(**values)
    before.refresh_from_db()
    return before
