"""What an organisation has to write in a round, as the rows of a sheet: each with its values as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.access.visibility import can_see
from recommendations.assessments.forms import DraftForm, RowForm
from recommendations.assessments.models import Assessment, Cluster, ItemRating, Round, RoundItem
from recommendations.assessments.reading import rating_rows
from recommendations.assessments.writing import EDITABLE, as_begun
from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.texts import preferred_text
from recommendations.evidence.models import Evidence
from recommendations.imports.fieldwork.columns import BY_NAME, WHOLE
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import OPEN_STATUSES, Audience

WHOLE_ROW = ""  # the key of what is said for all recommendations of a unit


@dataclass
class Row:
    """One row of a sheet: ``key`` is "" for the whole, else the round item's id, with the demand's behind a dot."""

    key: str
    label: str
    values: dict[str, Any]
    locked: dict[str, str]


@dataclass
class Unit:
    """What is assessed as one: a cluster ("c12") or a recommendation that stands single ("i34")."""

    key: str
    cluster: Cluster | None
    item: RoundItem | None
    assessment: Assessment  # not saved where nothing was begun
    rows: dict[str, Row]

    @property
    def is_begun(self) -> bool:
        """Whether there is a draft or more."""
        return self.assessment.pk is not None

    @property
    def title(self) -> str:
        """What is assessed."""
        return self.assessment.subject

    @property
    def is_open(self) -> bool:
        """Whether its cells may be filled in, as far as its status says."""
        return not self.is_begun or self.assessment.status in EDITABLE


def units_of(round_: Round, organisation: Organisation, *, reader: Any, language: str) -> list[Unit]:
    """The clusters and recommendations given to the organisation, and whatever else it is writing in the round.

    Drafts that the reader may not see count as not begun: she sees the last agreed text, as everybody.
    """
    opened = open_by_item(round_, organisation)
    clusters = Cluster.objects.visible_to(reader).filter(round=round_, items__isnull=False).distinct()
    loose = RoundItem.objects.visible_to(reader).filter(round=round_, cluster=None)
    given: list[tuple[Cluster | None, RoundItem | None]] = [
        (cluster, None) for cluster in clusters.filter(organisation=organisation)
    ]
    given += [
        (None, item)
        for item in loose.filter(organisation=organisation)
        .select_related("recommendation")
        .order_by("recommendation__order_key")
    ]
    known = {key_of(cluster, item) for cluster, item in given}
    for assessment in {row.pk: row for row in opened.values()}.values():
        if key_of(assessment.cluster, assessment.item) not in known and can_see(assessment, reader):
            given.append((assessment.cluster, assessment.item))
    found = []
    for cluster, item in given:
        draft = open_for(cluster, item, opened)
        if draft is ELSEWHERE:
            continue
        if draft is not None and not can_see(draft, reader):
            draft = None
        found.append(unit_of(cluster, item, organisation, assessment=draft, by=reader, language=language))
    _add_reference_columns(found, reader)
    return found


ELSEWHERE: Any = object()


def open_by_item(round_: Round, organisation: Organisation) -> dict[int, Assessment]:
    """Round item → the organisation's open assessment of it."""
    rows = ItemRating.objects.filter(
        item__round=round_, organisation=organisation, demand=None, status__in=OPEN_STATUSES
    ).select_related("assessment__cluster", "assessment__item__recommendation", "assessment__organisation")
    return {row.item_id: row.assessment for row in rows.select_related("assessment__round")}


def open_for(
    cluster: Cluster | None, item: RoundItem | None, opened: dict[int, Assessment]
) -> Assessment | None:
    """The open assessment of this; ``ELSEWHERE`` where part of it is being assessed otherwise."""
    items = list(cluster.items.values_list("pk", flat=True)) if cluster else [item.pk if item else 0]
    found = {opened[pk].pk: opened[pk] for pk in items if pk in opened}
    if not found:
        return None
    first = next(iter(found.values()))
    if len(found) == 1 and key_of(first.cluster, first.item) == key_of(cluster, item):
        return first
    return ELSEWHERE


def key_of(cluster: Cluster | None, item: RoundItem | None) -> str:
    """The key of a unit."""
    return f"c{cluster.pk}" if cluster is not None else f"i{item.pk if item else 0}"


def unit_of(
    cluster: Cluster | None,
    item: RoundItem | None,
    organisation: Organisation,
    *,
    assessment: Assessment | None,
    by: Any,
    language: str,
) -> Unit:
    """The unit with its values: of its draft, or of what would be begun."""
    if assessment is None:
        assessment, ratings, _earlier = as_begun(
            by=by, cluster=cluster, item=item, organisation=organisation, language=language
        )
    else:
        ratings = list(rating_rows(assessment))
    return Unit(key_of(cluster, item), cluster, item, assessment, _rows_of(assessment, ratings))


def _rows_of(assessment: Assessment, ratings: Sequence[ItemRating]) -> dict[str, Row]:
    demands: dict[int, list[ItemRating]] = {}
    for rating in ratings:
        if rating.demand_id:
            demands.setdefault(rating.item_id, []).append(rating)
    rows = {WHOLE_ROW: Row(WHOLE_ROW, assessment.subject, values_of(DraftForm(assessment=assessment)), {})}
    ordered = sorted(
        ratings,
        key=lambda row: (row.item.recommendation.order_key, row.demand.letter if row.demand else ""),
    )
    for rating in ordered:
        of_it = [] if rating.demand_id else demands.get(rating.item_id, [])
        form = RowForm(row=rating, whole=assessment, demands=of_it)
        key = row_key(rating)
        rows[key] = Row(key, form.name, values_of(form), {})
    return rows


def row_key(rating: ItemRating) -> str:
    """The key of a row within its unit."""
    return f"{rating.item_id}.{rating.demand_id}" if rating.demand_id else str(rating.item_id)


def values_of(form: DraftForm | RowForm) -> dict[str, Any]:
    """What the editor shows, by the names of the sheet's columns."""
    found: dict[str, Any] = {}
    for name in form.fields:
        if name not in BY_NAME:
            continue
        value = form.initial.get(name)
        if BY_NAME[name].kind == "yes":
            value = bool(value)
        elif value is None:
            value = ""
        found[name] = value if isinstance(value, bool) else str(value)
    if isinstance(form, DraftForm):
        found["cite"] = ""
        return {name: found[name] for name in WHOLE if name in found}
    return found


def shown_rows(unit: Unit) -> list[Row]:
    """The rows that stand in a sheet: of one recommendation without demands the whole says everything."""
    rows = list(unit.rows.values())
    return rows[:1] if unit.cluster is None and len(rows) == 2 else rows


def _add_reference_columns(units: Iterable[Unit], reader: Any) -> None:
    """Fill what is locked: texts, positions, States, evidence; in a fixed number of queries."""
    units = list(units)
    items = {int(key.split(".")[0]) for unit in units for key in unit.rows if key}
    recommendations = {
        item.pk: item.recommendation
        for item in RoundItem.objects.filter(pk__in=items)
        .select_related("recommendation")
        .prefetch_related(
            "recommendation__texts",
            "recommendation__recommending__state",
            "recommendation__demands__texts",
        )
    }
    linked = _linked(recommendations.values(), reader)
    for unit in units:
        cluster = str(unit.cluster) if unit.cluster else ""
        status = unit.assessment.get_status_display() if unit.is_begun else _("not begun")
        rows = shown_rows(unit)
        for row in rows:
            whole_only = row.key == WHOLE_ROW and len(rows) > 1
            item = int(row.key.split(".")[0]) if row.key else unit.item.pk if unit.item else 0
            recommendation = recommendations.get(item)
            row.locked = {"cluster": cluster, "status": str(status)}
            if recommendation is None or whole_only:
                row.locked |= {"reference": row.label, "text": _("For all of it together")}
                if not unit.cluster and recommendation is not None:
                    row.locked["reference"] = _("%(reference)s, as a whole") % {"reference": row.label}
            else:
                row.locked |= _about(recommendation, row)
                row.locked["evidence"] = ", ".join(linked.get(recommendation.pk, []))
            if row.key == WHOLE_ROW and unit.is_begun:
                numbers = _cited(unit.assessment, reader)
                row.locked["cited"] = ", ".join(f"E-{number}" for number in numbers)


def _about(recommendation: Recommendation, row: Row) -> dict[str, str]:
    language = (get_language() or "en")[:2]
    text = preferred_text(recommendation, language)[0]
    words = text.text if text else ""
    demand_id = int(row.key.split(".")[1]) if "." in row.key else 0
    for demand in recommendation.demands.all():
        if demand.pk == demand_id:
            texts = {one.language: one.text for one in demand.texts.all()}
            words = texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
    return {
        "reference": row.label,
        "text": words,
        "position": str(recommendation.get_position_display()) if recommendation.position else "",
        "states": ", ".join(str(one.state) for one in recommendation.recommending.all()),
    }


def _linked(recommendations: Iterable[Recommendation], reader: Any) -> dict[int, list[str]]:
    """Recommendation → numbers of evidence on it. A file is passed on: what is restricted is left out."""
    rows = (
        Evidence.objects.visible_to(reader)
        .filter(pk__in=Evidence.objects.visible_to(Audience.COALITION).values("pk"))
        .filter(links__recommendation__in=[row.pk for row in recommendations])
        .order_by("number")
        .values_list("links__recommendation", "number")
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for recommendation, number in rows:
        found.setdefault(recommendation, []).append(f"E-{number}")
    return found


def _cited(assessment: Assessment, reader: Any) -> list[int]:
    rows = (
        Evidence.objects.visible_to(reader)
        .filter(pk__in=Evidence.objects.visible_to(Audience.COALITION).values("pk"))
        .filter(citations__assessment=assessment)
    )
    return list(rows.order_by("number").values_list("number", flat=True))
