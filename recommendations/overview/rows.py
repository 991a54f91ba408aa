"""The rows of the list, for the page and for every export alike: read in batches, with a fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.text import Truncator
from django.utils.translation import get_language

from recommendations.access.visibility import is_member
from recommendations.assessments.models import RoundItem
from recommendations.catalogue.models import (
    AffectedGroup,
    Goal,
    Recommendation,
    RecommendationText,
    RecommendingState,
    ReviewCycle,
    State,
    Theme,
)
from recommendations.catalogue.texts import best_text
from recommendations.evidence.models import EvidenceLink
from recommendations.overview import counted
from recommendations.overview.filters import Scope
from recommendations.overview.matched import Found, Piece, marked, why_found
from recommendations.vocabulary import AssessmentStatus, Rating

BATCH = 2000
FEW = 200
EXCERPT = 260


@dataclass(frozen=True, slots=True)
class Row:
    """A recommendation as a line of the list; codes where the page has a component, words elsewhere."""

    pk: int
    reference: str
    cycle: str
    document: str
    paragraph: str
    text: str
    text_language: str
    text_kind: str
    is_fallback: bool
    recommending: tuple[str, ...]
    position: str
    position_on: date | None
    lead_theme: str
    themes: tuple[str, ...]
    groups: tuple[str, ...]
    goals: tuple[int, ...]
    rating: str  # a Rating, "differ" or nothing
    reversed_mark: bool
    under_way: bool
    single_source: bool
    spread: dict[str, int]
    progress: tuple[str, ...]  # statuses of the assessments the reader may see
    organisation: str
    evidence: int
    freshness: date | None  # the newest cut-off date of an assessment that speaks
    # Of a search: the excerpt with the words that were asked for marked, and where else they stand.
    pieces: tuple[Piece, ...] = ()
    found: tuple[Found, ...] = ()

    @property
    def excerpt(self) -> str:
        """The text as far as a line of the list shows it; most are short, and cutting looks at every letter."""
        return self.text if len(self.text) <= EXCERPT else Truncator(self.text).chars(EXCERPT)


class Terms:
    """Names of terms in one language, read once for a whole export, and with a stamp once for many pages."""

    def __init__(self, language: str, stamp: str = "") -> None:
        self.language = language
        self.stamp = stamp
        self._names: dict[Any, dict[int, str]] = {}

    def __call__(self, model: Any, key: int | None) -> str:
        """The name of one term, empty for none."""
        if key is None:
            return ""
        if model not in self._names:
            self._names[model] = counted.once(
                (self.stamp, "names", model, self.language), partial(self._read, model)
            )
        return self._names[model].get(key, "")

    def _read(self, model: Any) -> dict[int, str]:
        if model is ReviewCycle:
            return dict(model._base_manager.values_list("pk", "key"))
        return {term.pk: term.name_in(self.language) for term in model._base_manager.all()}


def in_order(selection: QuerySet[Recommendation], sort: str, scope: Scope) -> QuerySet[Recommendation]:
    """The selection in the order of one of ``SORTS``, with ``-`` before it the other way round.

    Rows alike in that stand in the order of the documents; what has no rating or date stands last either way.
    """
    backwards, name = sort.startswith("-"), sort.lstrip("-")
    if name not in SORTS or name == "reference":
        return selection.order_by("-order_key" if backwards else "order_key")
    column = SORTS[name](scope)
    selection = selection.annotate(sort_column=column)
    key = F("sort_column")
    return selection.order_by(
        key.desc(nulls_last=True) if backwards else key.asc(nulls_last=True), "order_key"
    )


def _rating_column(scope: Scope) -> Any:
    told = scope.statuses().filter(item__recommendation=OuterRef("pk"))
    places = [When(rating=rating, then=Value(place)) for place, rating in enumerate(Rating.values)]
    return Subquery(
        told.annotate(
            place=Case(*places, default=Value(len(Rating.values)), output_field=IntegerField())
        ).values("place")[:1]
    )


def _evidence_column(scope: Scope) -> Any:
    links = EvidenceLink.objects.visible_to(scope.reader).filter(recommendation=OuterRef("pk")).order_by()
    counted = links.values("recommendation").annotate(n=Count("evidence", distinct=True)).values("n")
    return Coalesce(Subquery(counted), Value(0))


def _freshness_column(scope: Scope) -> Any:
    speaking = scope.ratings().filter(item__recommendation=OuterRef("pk"), status__in=SPEAKING).order_by()
    return Subquery(
        speaking.values("item__recommendation").annotate(newest=Max("assessment__cutoff_on")).values("newest")
    )


SPEAKING = (AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED)
OVER = (AssessmentStatus.WITHDRAWN, AssessmentStatus.RETRACTED, AssessmentStatus.SUPERSEDED)
SORTS: dict[str, Callable[[Scope], Any]] = {
    "reference": lambda scope: F("order_key"),
    "position": lambda scope: F("position"),
    "theme": lambda scope: F("lead_theme__order"),
    "rating": _rating_column,
    "evidence": _evidence_column,
    "freshness": _freshness_column,
}


def rows_of(
    ids: Sequence[int],
    scope: Scope,
    *,
    language: str | None = None,
    terms: Terms | None = None,
    lists: bool = True,
) -> list[Row]:
    """The rows of these recommendations, in their order; some ten queries however many they are.

    Without ``lists`` their themes, groups and goals are left empty: a line on the screen shows the leading theme only.
    """
    language = (language or get_language() or "en")[:2]
    terms = terms or Terms(language)
    keys = _as_one_value(ids)
    heads = {
        head[0]: head
        for head in Recommendation.objects.visible_to(scope.reader)
        .filter(pk__in=keys)
        .order_by()
        .values_list(
            "pk",
            "reference",
            "cycle_id",
            "document__symbol",
            "paragraph",
            "position",
            "position_on",
            "lead_theme_id",
        )
    }
    texts = _grouped(
        RecommendationText.objects.filter(recommendation__in=keys).values_list(
            "recommendation_id", "language", "kind", "text"
        )
    )
    states = _grouped(
        RecommendingState.objects.filter(recommendation__in=keys)
        .order_by("recommendation", "order", "pk")
        .values_list("recommendation_id", "state_id")
    )
    themes = _through(Recommendation.themes.through, "theme_id", keys) if lists else {}
    groups = _through(Recommendation.groups.through, "affectedgroup_id", keys) if lists else {}
    goals = _through(Recommendation.goals.through, "goal_id", keys) if lists else {}
    # Where no round follows any of them, nothing can be rated, written or given out.
    followed = (
        RoundItem.objects.visible_to(scope.reader)
        .filter(scope.items(), recommendation__in=keys)
        .values_list("recommendation", "organisation__short_name")
    )
    named = is_member(scope.reader)
    organisations = {pk: name if named and name else "" for pk, name in followed}
    told, progress, fresh, single = (
        _work(list(organisations), scope) if organisations else ({}, {}, {}, set())
    )
    evidence = dict(
        EvidenceLink.objects.visible_to(scope.reader)
        .filter(recommendation__in=keys)
        .values_list("recommendation")
        .annotate(n=Count("evidence", distinct=True))
        .order_by()
    )
    numbers = {goal.pk: goal.number for goal in Goal.objects.all()} if goals else {}
    found = []
    for pk in ids:
        if pk not in heads:
            continue
        _pk, reference, cycle, document, paragraph, position, position_on, lead = heads[pk]
        text, is_fallback = best_text(texts.get(pk, ()), language)
        rating, differs, reversed_mark, under_way, spread = told.get(pk, ("", False, False, False, {}))
        found.append(
            Row(
                pk=pk,
                reference=reference,
                cycle=terms(ReviewCycle, cycle),
                document=document,
                paragraph=paragraph,
                text_language=text[0] if text else "",
                text_kind=text[1] if text else "",
                text=text[2] if text else "",
                is_fallback=is_fallback,
                recommending=tuple(terms(State, state) for (state,) in states.get(pk, ())),
                position=position,
                position_on=position_on,
                lead_theme=terms(Theme, lead),
                themes=tuple(terms(Theme, theme) for theme in themes.get(pk, ())),
                groups=tuple(terms(AffectedGroup, group) for group in groups.get(pk, ())),
                goals=tuple(sorted(numbers[goal] for goal in goals.get(pk, ()))),
                rating="differ" if differs else rating,
                reversed_mark=reversed_mark,
                under_way=under_way,
                single_source=pk in single,
                spread=spread,
                progress=tuple(progress.get(pk, ())),
                organisation=organisations.get(pk, ""),
                evidence=evidence.get(pk, 0),
                freshness=fresh.get(pk),
            )
        )
    return found


def with_reasons(rows: list[Row], query: str) -> list[Row]:
    """The rows of a search with why each was found; six queries however many they are."""
    found = why_found([row.pk for row in rows], query, {row.pk: row.text for row in rows})
    told = []
    for row in rows:
        pieces = marked(row.excerpt, query, row.text_language)
        # What the line shows marked anyway need not be said again.
        in_sight = {part for part, hit in pieces if hit}
        elsewhere = tuple(
            one for one in found.get(row.pk, ()) if not {part for part, hit in one.pieces if hit} <= in_sight
        )
        told.append(replace(row, pieces=pieces, found=elsewhere))
    return told


def _work(
    ids: Sequence[int], scope: Scope
) -> tuple[dict[int, tuple], dict[int, list[str]], dict[int, date], set[int]]:
    """What the round says of these recommendations.

    Compliance status; statuses of assessments; newest cut-off date; those found so from a single source.
    """
    told = {
        row[0]: row[1:]
        for row in scope.statuses()
        .filter(item__recommendation__in=ids)
        .values_list("item__recommendation", "rating", "differs", "reversed_mark", "under_way", "spread")
    }
    progress: dict[int, list[str]] = defaultdict(list)
    fresh: dict[int, date] = {}
    ratings = scope.ratings().filter(item__recommendation__in=ids).order_by("pk")
    single: set[int] = set()
    for pk, status, cutoff, one_source in ratings.values_list(
        "item__recommendation", "status", "assessment__cutoff_on", "assessment__single_source"
    ):
        if status not in OVER:
            progress[pk].append(status)
        if status in SPEAKING and cutoff:
            fresh[pk] = max(cutoff, fresh.get(pk, cutoff))
        if status in SPEAKING and one_source:
            single.add(pk)
    return told, progress, fresh, single


def all_rows(selection: QuerySet[Recommendation], scope: Scope, *, sort: str, language: str) -> Iterator[Row]:
    """Every row of a selection, batch by batch, in flat memory."""
    terms = Terms(language)
    ids = list(in_order(selection, sort, scope).values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield from rows_of(ids[start : start + BATCH], scope, language=language, terms=terms)


def _grouped(pairs: Iterable[tuple]) -> dict[int, list[tuple]]:
    groups: dict[int, list[tuple]] = defaultdict(list)
    for key, *rest in pairs:
        groups[key].append(tuple(rest))
    return groups


def _as_one_value(ids: Sequence[int]) -> Any:
    """The keys for ``…__in``: many as one parameter, since Django takes its time over each value of a long list."""
    if len(ids) <= FEW:
        return ids
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])


def _through(through: Any, column: str, ids: Any) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    links = (
        through._base_manager.filter(recommendation__in=ids)
        .order_by("pk")
        .values_list("recommendation_id", column)
    )
    for recommendation, term in links:
        groups[recommendation].append(term)
    return groups
