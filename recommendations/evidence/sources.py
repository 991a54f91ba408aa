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
from recommendations.evidence import secrecy
from recommendations.evidence.models import Evidence, Observation, Source
from recommendations.evidence.rules import SOURCE_FIELDS
from recommendations.formats.sealed_field import Sealed
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


def keep_source(
    given: Source | Mapping[str, Any] | None, *, before: Source | None = None, sealed: bool = False
) -> Source | None:
    """The row that holds this source: the one given, the one ``before`` brought up to date, or a new one.

    A row that other items or observations share is left as it is and a new one made. ``sealed`` is whether the item is
    restricted: its source's texts lie sealed, in a row that no other item shares.
    """
    if given is None:
        return None
    if isinstance(given, Source):
        return _row_kept(given, sealed=sealed, is_own=before is not None and given.pk == before.pk)
    values = tidy(given)
    if not any(values.values()):
        return None
    if before is None:
        return Source.objects.create(**secrecy.as_kept(Source, values, sealed=sealed))
    if values == values_of(before):
        return before
    if _uses(before) > 1:
        return Source.objects.create(**secrecy.as_kept(Source, values, sealed=sealed))
    if values["url"] != before.url:
        values["dead_since"] = None
    Source.objects.filter(pk=before.pk).update(**secrecy.as_kept(Source, values, sealed=sealed))
    before.refresh_from_db()
    return before


def _row_kept(source: Source, *, sealed: bool, is_own: bool) -> Source:
    """The row itself where it lies as it should, else the row written anew, or a copy where others share it."""
    texts = {field: getattr(source, field) for field in secrecy.SEALED[Source]}
    if all(isinstance(text, Sealed) == sealed for text in texts.values() if text):
        return source
    kept = secrecy.as_kept(Source, texts, sealed=sealed)
    if _uses(source) > is_own:
        values = values_of(source) | kept
        return Source.objects.create(**values, dead_since=source.dead_since)
    Source.objects.filter(pk=source.pk).update(**kept)
    source.refresh_from_db()
    return source


def _uses(source: Source) -> int:
    return Evidence.objects.filter(source=source).count() + Observation.objects.filter(source=source).count()
