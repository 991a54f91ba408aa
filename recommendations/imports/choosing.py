"""Rows of which a person says which recommendation they mean: what she sees, and what becomes of her choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from recommendations.catalogue import provisional
from recommendations.catalogue.lookup import recommendation_named
from recommendations.catalogue.models import Recommendation, RecommendationText
from recommendations.imports import runs
from recommendations.imports.display import ShownRow, shown
from recommendations.imports.matching import IS_NEW, LEAVE_OUT
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.vocabulary import ImportAction, ImportState, TextKind


@dataclass
class Offer:
    """A recommendation that the row may mean; ``percent`` is how alike their words are."""

    reference: str
    percent: int
    text: str
    states: str


@dataclass
class ShownChoice:
    """A row to be decided on, with what is offered."""

    pk: int
    row: ShownRow
    offers: list[Offer]


def choices_shown(rows: Iterable[ImportRow]) -> list[ShownChoice]:
    """The rows in words, with the recommendations that each may mean; a fixed number of queries."""
    found = list(rows)
    wanted = {reference for row in found for reference, _score in row.match["candidates"]}
    kinds = list(TextKind.values)
    texts: dict[str, tuple[int, str]] = {}
    english = RecommendationText.objects.filter(recommendation__reference__in=wanted, language="en")
    for reference, kind, text in english.values_list("recommendation__reference", "kind", "text"):
        texts[reference] = min(texts.get(reference, (len(kinds), "")), (kinds.index(kind), text))
    states: dict[str, list[str]] = {}
    for one in Recommendation.objects.filter(reference__in=wanted).prefetch_related("recommending__state"):
        states[one.reference] = [str(made.state) for made in one.recommending.all()]
    return [
        ShownChoice(
            row.pk,
            words,
            [
                Offer(reference, round(score * 100), texts[reference][1], ", ".join(states[reference]))
                for reference, score in row.match["candidates"]
                if reference in texts
            ],
        )
        for row, words in zip(found, shown(found), strict=True)
    ]


def choose(run: ImportRun, *, chosen: Mapping[int, str], everything: str = "", by: Any) -> int:
    """Keep what was chosen for rows (by key of ``ImportRow``) and have the plan made anew; returns for how many.

    A choice is a reference of the same State's cycle, "new" or "out"; ``everything`` is one of these two for all rows
    that are still open. Raises ``NotPossible`` where the run no longer waits, or no such recommendation is here.
    """
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().filter(pk=run.pk, status=ImportState.PLANNED).first()
        if locked is None:
            raise runs.NotPossible(_("Nothing was done: this import no longer waits for confirmation."))
        rows = ImportRow.objects.filter(run=run, action=ImportAction.UNDECIDED)
        kept = dict(locked.choices)
        count = 0
        for pk, match, state, cycle in rows.values_list("pk", "match", "record__state", "record__cycle"):
            choice = chosen.get(pk, "") or (everything if everything in (IS_NEW, LEAVE_OUT) else "")
            if choice:
                if choice not in (IS_NEW, LEAVE_OUT):
                    choice = _official(choice, state, cycle)
                kept[match["key"]] = choice
                count += 1
        if count:
            locked.choices = kept
            locked.save(update_fields=["choices"])
            runs.plan_anew(locked, answers=locked.answers, by=by)
    run.refresh_from_db()
    return count


def _official(reference: str, state: int, cycle: int) -> str:
    """The reference of a recommendation of that State's cycle with a paragraph, as it is stored."""
    found = recommendation_named(reference)
    if (
        found is None
        or found.state_id != state
        or found.cycle is None
        or found.cycle.number != cycle
        or provisional.is_list(found.document.symbol)
    ):
        message = _("Nothing was kept: %(reference)s is no official recommendation of this row's cycle.")
        raise runs.NotPossible(message % {"reference": reference[:40]})
    return found.reference
