"""Rows of earlier assessments: what each says of which recommendation of a round, and making drafts of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from recommendations.assessments.models import Round, RoundItem
from recommendations.assessments.writing import open_assessment, save_draft, start_assessment
from recommendations.evidence import picking
from recommendations.imports.bringing.cells import CODES, NotUnderstood, code_of, day_of
from recommendations.imports.bringing.evidence import Draft
from recommendations.imports.bringing.models import Bringing, BroughtRow
from recommendations.vocabulary import Rating
from recommendations.words.clean import clean_text

TEXTS = ("law_text", "policy_text", "practice_text", "narrative", "next_ask")
CODED = ("rating", "law", "policy", "practice", "cannot_reason")
OWN = ("implemented_when", *CODED, "cannot_steps")  # what one recommendation of a cluster may say apart


class Items:
    """The recommendations of a round by what people call them, and where the organisation writes already."""

    def __init__(self, bringing: Bringing, reader: Any) -> None:
        assert bringing.round is not None
        self.round: Round = bringing.round
        self.organisation = bringing.organisation
        self.reader = reader
        rows = RoundItem.objects.visible_to(reader).filter(round=self.round)
        rows = rows.select_related("recommendation", "cluster")
        self.by_recommendation = {row.recommendation_id: row for row in rows}
        self.by_paragraph: dict[str, list[RoundItem]] = {}
        for row in self.by_recommendation.values():
            self.by_paragraph.setdefault(row.recommendation.paragraph.casefold(), []).append(row)
        self.rows_seen: dict[int, int] = {}

    def find(self, said: str) -> RoundItem:
        """The item that is meant. Raises ``NotUnderstood``."""
        in_round = self.by_paragraph.get(clean_text(said).strip(" .").casefold(), [])
        if len(in_round) == 1:
            return in_round[0]
        picked = picking.understand(said, reader=self.reader)
        if len(picked.targets) != 1 or picked.unknown:
            raise NotUnderstood(
                _(
                    "“%(said)s” names no single recommendation of this round. Write its reference, as KAZ-2-124.26."
                )
                % {"said": clean_text(said)[:60]}
            )
        found = self.by_recommendation.get(picked.targets[0].recommendation.pk)
        if found is None:
            raise NotUnderstood(
                _("%(reference)s is not followed in this round.")
                % {"reference": picked.targets[0].recommendation.reference}
            )
        return found


def drafted(cells: Mapping[str, str], numbers: frozenset[str], *, items: Items, number: int) -> Draft:
    """The record of one row."""
    draft = Draft()
    values: dict[str, Any] = {}
    try:
        item = items.find(cells.get("references", ""))
    except NotUnderstood as reason:
        draft.problems["references"] = str(reason)
        return draft
    for name, cell in cells.items():
        if name == "references" or not cell.strip():
            continue
        try:
            if name in CODES:
                values[name] = code_of(name, cell)
            elif name == "cutoff_on":
                day = day_of(cell, is_number=name in numbers)
                values[name] = day.isoformat() if day else ""
            else:
                values[name] = clean_text(cell, entities=True)
        except NotUnderstood as reason:
            draft.problems[name] = str(reason)
    if item.pk in items.rows_seen:
        draft.problems["references"] = _(
            "%(reference)s stands in row %(row)s, too: leave one of the two."
        ) % {
            "reference": item.recommendation.reference,
            "row": items.rows_seen[item.pk],
        }
    items.rows_seen.setdefault(item.pk, number)
    values = {name: value for name, value in values.items() if value}
    if not values and not draft.problems:
        draft.problems["rating"] = _("This row says nothing about its recommendation.")
    draft.record = {
        "item": item.pk,
        "reference": item.recommendation.reference,
        "cluster": item.cluster_id,
        "cluster_title": str(item.cluster) if item.cluster else "",
        "values": values,
    }
    return draft


def stands_open(item_id: int, bringing: Bringing) -> str:
    """Why nothing is begun: the organisation writes about it already."""
    items = RoundItem.objects.filter(pk=item_id)
    cluster_id = items.values_list("cluster", flat=True).first()
    if cluster_id:
        items = RoundItem.objects.filter(cluster=cluster_id)
    found = open_assessment(organisation=bringing.organisation, items=list(items))
    if found is None:
        return ""
    return _("An assessment is open already (“%(status)s”): it is not touched.") % {
        "status": found.get_status_display()
    }


def make(rows: Sequence[BroughtRow], *, by: Any) -> None:
    """One draft of rows that belong to one cluster, or of one row; marked as carried over, to be confirmed."""
    bringing = rows[0].bringing
    items = {
        item.pk: item
        for item in RoundItem.objects.visible_to(by)
        .filter(pk__in=[row.record["item"] for row in rows])
        .select_related("round", "cluster__round", "recommendation")
    }
    cluster = items[rows[0].record["item"]].cluster
    draft = start_assessment(
        by=by,
        cluster=cluster,
        item=None if cluster else items[rows[0].record["item"]],
        organisation=bringing.organisation,
        language=bringing.defaults.get("language", ""),
    )
    values = {row.record["item"]: row.record["values"] for row in rows}
    of_all = set(draft.ratings.filter(demand=None).values_list("item", flat=True))
    fields: dict[str, Any] = {"to_be_confirmed": True}
    for name in TEXTS:
        if text := _joined([(row.record["reference"], row.record["values"].get(name, "")) for row in rows]):
            fields[name] = text
    days = {found["cutoff_on"] for found in values.values() if "cutoff_on" in found}
    if len(days) == 1:
        fields["cutoff_on"] = days.pop()
    common = [
        name
        for name in OWN
        if set(values) == of_all and len({found.get(name, "") for found in values.values()}) == 1
    ]
    first = next(iter(values.values()))
    fields |= {name: first[name] for name in common if first.get(name)}
    ratings = []
    for item, found in values.items():
        own = {name: found[name] for name in OWN if name not in common and found.get(name)}
        if own.get("rating") not in (None, Rating.CANNOT):
            own.pop("cannot_reason", None)
        if own:
            apart = bool(set(own) - {"implemented_when"})
            ratings.append({"item": item, "demand": None, "is_own": apart, **own})
    if "cutoff_on" in fields:
        fields["cutoff_on"] = day_of(fields["cutoff_on"], is_number=False)
    saved = save_draft(draft, by=by, revision=draft.revision, fields=fields, ratings=ratings)
    for row in rows:
        row.assessment = saved


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    """One text of several: the same text once, else each behind its recommendation's reference."""
    said = [(reference, text) for reference, text in parts if text]
    if not said:
        return ""
    if len(said) == len(parts) and len({text for _reference, text in said}) == 1:
        return said[0][1]
    return "\n\n".join(f"{reference}: {text}" for reference, text in said)
