"""The counts beside every filter value: each facet counted with all filters but its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import is_member, visible
from recommendations.assessments.models import RoundItem
from recommendations.catalogue.models import (
    AffectedGroup,
    Body,
    Goal,
    Recommendation,
    ReviewCycle,
    State,
    Theme,
)
from recommendations.evidence.models import EvidenceLink
from recommendations.organisations.models import Organisation
from recommendations.overview import counted
from recommendations.overview.filters import DIFFER, NO, NONE, PROGRESS, YES, RecommendationFilter
from recommendations.overview.tallies import tallies
from recommendations.vocabulary import PositionKind, Rating
from recommendations.words.alphabet import alphabetical

SHOWN = 12  # values of a facet in the page at first; the rest on demand
NOTHING: Any = _("none")


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: how it stands in the address, in words, and how many rows it would leave."""

    value: str
    label: str | Promise
    count: int
    chosen: bool
    share: int  # of the selection, per cent, for the hairline bar


@dataclass(frozen=True)
class Facet:
    """One filter with its values; ``more`` tells how many values are not shown."""

    name: str
    label: str | Promise
    values: tuple[FacetValue, ...]
    more: int
    is_open: bool


# Counts rows by value: (value in the address, label or None, count); a None label leaves the value out.
Counts = list[tuple[str, Any, int]]
Counter = Callable[[RecommendationFilter, QuerySet[Recommendation]], Counts]


def facets(selection: RecommendationFilter, *, all_of: str = "", total: int) -> list[Facet]:
    """Every facet of the selection; ``all_of`` names one whose values are wanted beyond the first twelve."""
    stamp = selection.stamp
    not_chosen = [name for name in TERMS if name not in selection.chosen]
    together = cache(lambda: tallies(selection.rows(), not_chosen))

    def count_terms(name: str) -> Counts:
        # With no filter of their own to leave out, these are counted together.
        found = together() if name in not_chosen else tallies(selection.rows(without=name), [name])
        return TERMS[name](found[name], stamp)

    def count_own(name: str, is_empty: bool) -> Counts:
        rows = selection.rows(without=name)
        return COUNTERS[name](selection, rows.none() if is_empty else rows)

    found = []
    for name in NAMES:
        state = (stamp, total, *_state(selection, name))
        if name in TERMS:
            counts = counted.once((*state, name, _reader(selection, name)), partial(count_terms, name))
        else:
            is_empty = counted.once(
                (*state, _EMPTY[name], _reader(selection, name, own=False)),
                partial(_is_empty, selection, name),
            )
            # What nobody works on is the same for all who may see the work.
            reader = _reader(selection, name, own=not is_empty)
            counts = counted.once((*state, name, reader), partial(count_own, name, is_empty))
        chosen = selection.chosen.get(name, [])
        facet = _facet(selection, name, counts, chosen, total=total, everything=all_of == name)
        if facet:
            found.append(facet)
    return found


def _is_empty(selection: RecommendationFilter, name: str) -> bool:
    """Whether nothing can be counted here, whoever counts: then the database need not be asked."""
    ask = selection.has_evidence if name == "evidence" else selection.is_followed
    return not ask(without=name)


def _state(selection: RecommendationFilter, name: str) -> tuple[Hashable, ...]:
    """What a facet's counts depend on, beside the data and the reader."""
    others = tuple(
        (other, value if isinstance(value, str) else tuple(value))
        for other, value in sorted(selection.chosen.items())
        if other != name
    )
    scope = selection.scope
    return others, scope.round and scope.round.pk, get_language()


def _reader(selection: RecommendationFilter, name: str, *, own: bool | None = None) -> Hashable:
    """Who shares a facet's counts. What the catalogue says is the same for all who may see the same of it; ratings,
    assignments and evidence are a person's own, and so is every count under a filter by one of them."""
    reader = selection.scope.reader
    if own is None:
        own = name not in TERMS
    if own or not selection.chosen.keys() - {name} <= {"q", *TERMS}:
        return getattr(reader, "pk", str(reader))
    return is_member(reader), str(visible(Recommendation, reader))


def _facet(
    selection: RecommendationFilter,
    name: str,
    counts: Counts,
    chosen: list[str],
    *,
    total: int,
    everything: bool,
) -> Facet | None:
    values = [
        FacetValue(
            value=value,
            label=label,
            count=count,
            chosen=value in chosen,
            share=min(100, round(100 * count / total)) if total else 0,
        )
        for value, label, count in counts
        if count or value in chosen
    ]
    if not values or (len(values) == 1 and not chosen and name in ("state", "body")):
        return None
    shown = values if everything else [*values[:SHOWN], *(value for value in values[SHOWN:] if value.chosen)]
    return Facet(
        name=name,
        label=selection.filters[name].label,
        values=tuple(shown),
        more=len(values) - len(shown),
        is_open=bool(chosen) or name in OPEN_AT_FIRST,
    )


OPEN_AT_FIRST = ("cycle", "position", "rating")


def _most_first(row: tuple[str, Any, int]) -> Any:
    return -row[2], alphabetical(str(row[1]), get_language() or "en")


def _terms(model: Any, key: str) -> Callable[[dict[Any, int], str], Counts]:
    """Counts by a term, the most frequent first."""

    def name(found: dict[Any, int], stamp: str) -> Counts:
        known = counted.once(
            (stamp, model, get_language()),
            lambda: {
                term.pk: (str(getattr(term, key)), _term_label(term)) for term in model._base_manager.all()
            },
        )
        counts = [(*known[pk], n) for pk, n in found.items() if pk in known]
        return sorted(counts, key=_most_first)

    return name


def _term_label(term: Any) -> str:
    if isinstance(term, ReviewCycle):
        return term.key
    if isinstance(term, Body):
        return term.code
    return str(term)


def _cycles(found: dict[Any, int], stamp: str) -> Counts:
    return sorted(_terms(ReviewCycle, "key")(found, stamp), key=lambda row: row[0], reverse=True)


def _positions(found: dict[Any, int], stamp: str) -> Counts:
    known = [(kind.value, kind.label, found.get(kind.value, 0)) for kind in PositionKind]
    return [*known, (NONE, _("no position recorded"), found.get("", 0))]


def _ratings(selection: RecommendationFilter, rows: QuerySet[Recommendation]) -> Counts:
    told = selection.scope.statuses().filter(item__recommendation__in=rows.values("pk"))
    found = {
        (DIFFER if differs else rating): n
        for rating, differs, n in told.values_list("rating", "differs").annotate(n=Count("pk"))
    }
    known = [(rating.value, rating.label, found.get(rating.value, 0)) for rating in Rating]
    rest = selection.count(without="rating") - sum(found.values())
    return [
        *known,
        (DIFFER, _("organisations differ"), found.get(DIFFER, 0)),
        (NONE, _("not yet assessed"), rest),
    ]


def _statuses(selection: RecommendationFilter, rows: QuerySet[Recommendation]) -> Counts:
    ratings = selection.scope.ratings().filter(item__recommendation__in=rows.values("pk"))
    labels = {
        "draft": _("draft"),
        "in_review": _("in review"),
        "approved": _("approved"),
        "published": _("published"),
    }
    wanted = {
        name: Count("item__recommendation", distinct=True, filter=Q(status__in=statuses))
        for name, statuses in PROGRESS.items()
    }
    known = [status for statuses in PROGRESS.values() for status in statuses]
    counts = ratings.aggregate(
        **wanted, any_of_them=Count("item__recommendation", distinct=True, filter=Q(status__in=known))
    )
    return [
        (NONE, _("not yet begun"), selection.count(without="status") - counts["any_of_them"]),
        *((name, labels[name], counts[name]) for name in PROGRESS),
    ]


def _organisations(selection: RecommendationFilter, rows: QuerySet[Recommendation]) -> Counts:
    if not is_member(selection.scope.reader):
        return []
    items = RoundItem.objects.filter(selection.scope.items(), recommendation__in=rows.values("pk"))
    found = dict(
        items.filter(organisation__isnull=False)
        .values_list("organisation")
        .annotate(n=Count("pk"))
        .values_list("organisation", "n")
    )
    names = Organisation.objects.in_bulk(list(found))
    counts = sorted(((str(pk), str(names[pk]), n) for pk, n in found.items()), key=_most_first)
    if not counts:
        return []
    return [*counts, (NONE, _("nobody yet"), selection.count(without="organisation") - sum(found.values()))]


def _mine(selection: RecommendationFilter, rows: QuerySet[Recommendation]) -> Counts:
    reader = selection.scope.reader
    if not is_member(reader):
        return []
    items = RoundItem.objects.filter(
        selection.scope.items(), assignee=reader.pk, recommendation__in=rows.values("pk")
    )
    return [(YES, _("yes"), items.count())]


def _evidence(selection: RecommendationFilter, rows: QuerySet[Recommendation]) -> Counts:
    links = EvidenceLink.objects.visible_to(selection.scope.reader)
    linked = links.filter(recommendation__in=rows.values("pk")).aggregate(
        n=Count("recommendation", distinct=True)
    )["n"]
    return [
        (YES, _("has evidence"), linked),
        (NO, _("has none"), selection.count(without="evidence") - linked),
    ]


# From what `tallies` found, and the stamp of the data, to the counts of a facet.
TERMS: dict[str, Callable[[dict[Any, int], str], Counts]] = {
    "state": _terms(State, "code"),
    "cycle": _cycles,
    "position": _positions,
    "theme": _terms(Theme, "code"),
    "group": _terms(AffectedGroup, "code"),
    "goal": _terms(Goal, "number"),
    "recommending": _terms(State, "code"),
    "body": _terms(Body, "code"),
}
COUNTERS: dict[str, Counter] = {
    "rating": _ratings,
    "status": _statuses,
    "organisation": _organisations,
    "mine": _mine,
    "evidence": _evidence,
}
# What there must be for one of these to count anything.
_EMPTY = {name: "no evidence" if name == "evidence" else "no work" for name in COUNTERS}
# In the order of the page.
NAMES = (
    "state",
    "cycle",
    "position",
    "rating",
    "status",
    "theme",
    "group",
    "goal",
    "recommending",
    "body",
    "organisation",
    "mine",
    "evidence",
)


def labels_of(selection: RecommendationFilter, found: list[Facet]) -> list[tuple[str, Any, str, Any]]:
    """The chosen filters as (name, label, value, value's label), for the removable words above the table."""
    known = {(facet.name, value.value): value.label for facet in found for value in facet.values}
    words = []
    for name, value in selection.chosen.items():
        for one in [value] if name == "q" else value:
            words.append((name, selection.filters[name].label, one, known.get((name, one), one)))
    return words
