"""How what is proposed for all reaches each recommendation and demand of an assessment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recommendations.assessments.method import LAW, POLICY, PRACTICE, combine, propose, propose_over_demands
from recommendations.assessments.models import Assessment, ItemRating
from recommendations.vocabulary import Rating, TestRating

TEST_FIELDS = (LAW, POLICY, PRACTICE)
VERDICT_FIELDS = ("rating", "override_reason", "cannot_reason", "cannot_steps", "steps_under_way")
FINDING_FIELDS = ("implemented_when", *TEST_FIELDS, *VERDICT_FIELDS)


def spread_findings(assessment: Assessment, rows: Iterable[ItemRating]) -> None:
    """Fill each row (in memory): what is not rated apart follows the whole, a split recommendation its demands.

    A row rated apart takes from the whole the tests it leaves blank, and every recommendation the sentence
    "implemented when". A demand has its own sentence or none: one sentence cannot test two demands.
    """
    rows = list(rows)
    demands: dict[int, list[ItemRating]] = {}
    for row in rows:
        if row.demand_id:
            demands.setdefault(row.item_id, []).append(row)
    for row in rows:
        if row.demand_id or row.item_id not in demands:
            _fill_leaf(row, assessment)
    for row in rows:
        if not row.demand_id and row.item_id in demands:
            _fill_split(row, demands[row.item_id], assessment)


def unfill(assessment: Assessment, rows: Iterable[ItemRating]) -> None:
    """Take back (in memory) what rows have from the whole, so that they follow it when it changes."""
    for row in rows:
        if not row.demand_id and row.implemented_when == assessment.implemented_when:
            row.implemented_when = ""
        for name in TEST_FIELDS:
            if getattr(row, name) == getattr(assessment, name) or not row.is_own:
                setattr(row, name, "")
        if not row.is_own:
            for name in VERDICT_FIELDS:
                setattr(row, name, False if name == "steps_under_way" else "")


def _fill_leaf(row: ItemRating, whole: Assessment) -> None:
    if row.is_own:
        for name in TEST_FIELDS:
            setattr(row, name, getattr(row, name) or getattr(whole, name))
    else:
        for name in (*TEST_FIELDS, *VERDICT_FIELDS):
            setattr(row, name, getattr(whole, name))
    if not row.demand_id:
        row.implemented_when = row.implemented_when.strip() or whole.implemented_when
    row.reversed_mark = _is_marked(row.rating, propose(row.law, row.policy, row.practice).reversed_mark)


def _fill_split(row: ItemRating, demands: Sequence[ItemRating], whole: Assessment) -> None:
    """The recommendation from its demands, unless it is rated apart from them with a reason."""
    over = propose_over_demands((demand.rating, demand.reversed_mark) for demand in demands)
    for name in TEST_FIELDS:
        required = [
            value for demand in demands if (value := getattr(demand, name)) != TestRating.NOT_REQUIRED
        ]
        setattr(row, name, combine(required).rating if required else TestRating.NOT_REQUIRED.value)
    row.implemented_when = whole.implemented_when
    if not row.is_own:
        first = next((demand for demand in demands if demand.rating == over.rating), None)
        row.rating = over.rating
        row.override_reason = ""
        row.cannot_reason = first.cannot_reason if first and over.rating == Rating.CANNOT else ""
        row.cannot_steps = first.cannot_steps if first and over.rating == Rating.CANNOT else ""
        row.steps_under_way = over.rating == Rating.NOT and any(demand.steps_under_way for demand in demands)
    row.reversed_mark = _is_marked(row.rating, over.reversed_mark)


def _is_marked(rating: str, mark: bool) -> bool:
    """The mark ↺ stands on "partially" only: something went backwards while another part is in place."""
    return mark and rating == Rating.PARTIALLY
