"""Indicators and their observations as people record them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Recommendation, State
from recommendations.evidence import rules
from recommendations.evidence.models import Indicator, Observation, Source
from recommendations.evidence.recording import NotRight
from recommendations.evidence.sources import keep_source
from recommendations.words.clean import clean_line, clean_text

FIELDS = ("name", "name_ru", "name_kk", "definition", "unit", "target", "target_note", "expected_every")
RESERVED_SLUGS = frozenset({"new", "observations"})


def free_slug(name: str) -> str:
    """An address for an indicator of this name that no other has."""
    wanted = slugify(name)[:70].strip("-") or "indicator"
    taken = (
        set(Indicator.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)) | RESERVED_SLUGS
    )
    number = 2
    slug = wanted
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"no such fields of an indicator: {', '.join(sorted(unknown))}")
    tidied = dict(values)
    for field, value in tidied.items():
        if field == "definition":
            tidied[field] = clean_text(value or "")
        elif field not in ("target", "expected_every"):
            tidied[field] = clean_line(value or "")
    return tidied


def _problems(values: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    if not values["name"]:
        found["name"] = _("Give it a name.")
    if not values["unit"]:
        found["unit"] = _("Say in what it is counted.")
    return found


@transaction.atomic
def add_indicator(
    *,
    by: Any,
    state: State,
    name: str,
    unit: str,
    slug: str = "",
    recommendations: Iterable[Recommendation] = (),
    is_demo: bool = False,
    at: datetime | None = None,
    **fields: Any,
) -> Indicator:
    """Add an indicator; ``fields`` are FIELDS of Indicator, the slug is made from the name where none is given.

    Raises ``NotRight``, and ``Refused`` where the slug is taken.
    """
    values = _tidied(fields | {"name": name, "unit": unit})
    if problems := _problems(values):
        raise NotRight(problems)
    slug = slug or free_slug(values["name"])
    if slug in RESERVED_SLUGS:
        raise Refused(_("This address is taken."))
    try:
        with transaction.atomic():
            indicator = Indicator.objects.create(slug=slug, state=state, is_demo=is_demo, **values)
    except IntegrityError:
        raise Refused(_("There is an indicator of this address already.")) from None
    indicator.recommendations.set(recommendations)
    record("indicator.added", indicator, by=by, at=at)
    return indicator


@transaction.atomic
def change_indicator(
    indicator: Indicator,
    *,
    by: Any,
    revision: int,
    recommendations: Iterable[Recommendation] | None = None,
    **changes: Any,
) -> Indicator:
    """Change FIELDS of the indicator, and which recommendations it follows (None leaves them).

    Raises ``Conflict`` with the current row when somebody changed it since ``revision``, and ``NotRight``.
    """
    values = _tidied(changes)
    current = Indicator.objects.select_for_update(of=("self",)).select_related("state").get(pk=indicator.pk)
    if current.revision != revision:
        raise Conflict(current)
    after = {field: getattr(current, field) for field in FIELDS} | values
    if problems := _problems(after):
        raise NotRight(problems)
    changed = [field for field in values if getattr(current, field) != values[field]]
    if recommendations is not None:
        linked = {recommendation.pk for recommendation in recommendations}
        if linked != set(current.recommendations.values_list("pk", flat=True)):
            current.recommendations.set(linked)
            changed.append("recommendations")
    if not changed:
        return current
    Indicator.objects.filter(pk=current.pk).update(**values, revision=F("revision") + 1)
    current.refresh_from_db()
    record("indicator.changed", current, by=by, detail={"fields": changed})
    return current


@transaction.atomic
def record_observation(
    indicator: Indicator,
    *,
    on: date,
    value: Decimal | int,
    by: Any,
    when_label: str = "",
    series: str = "",
    source: Source | Mapping[str, Any] | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Observation:
    """Record a value; one for each day and series. Raises ``NotRight``."""
    at = at or timezone.now()
    problems = rules.problems({"source": source}, today=timezone.localdate(at))
    if on > timezone.localdate(at):
        problems["on"] = _("This date lies in the future.")
    if problems:
        raise NotRight(problems)
    series = clean_line(series)
    try:
        with transaction.atomic():
            observation = Observation.objects.create(
                indicator=indicator,
                on=on,
                when_label=clean_line(when_label),
                series=series,
                value=Decimal(value),
                source=keep_source(source),
                note=clean_text(note),
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        raise NotRight(
            {"on": _("There is a value for this day already. Take it out first if it is wrong.")}
        ) from None
    detail = {"on": on, "series": series, "value": str(value)}
    record("observation.recorded", indicator, by=by, detail=detail, at=at)
    return observation


@transaction.atomic
def remove_observation(observation: Observation, *, by: Any) -> None:
    """Take a value out; one that is gone already stays gone. What it was stays in the log."""
    detail = {"on": observation.on, "series": observation.series, "value": str(observation.value)}
    gone, _kinds = Observation.objects.filter(pk=observation.pk).delete()
    if gone:
        record("observation.removed", observation.indicator, by=by, detail=detail)
