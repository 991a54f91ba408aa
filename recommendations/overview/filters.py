"""The one filter of recommendations: it serves the page, the counts beside its values, and the exports.

Every condition is a ``Q`` without joins, so that conditions combine without doubling rows and each facet can be
counted with all conditions but its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import Reader, is_member
from recommendations.assessments.models import ComplianceStatus, ItemRating, Round, RoundItem
from recommendations.catalogue.models import (
    AffectedGroup,
    Body,
    Goal,
    Recommendation,
    RecommendingState,
    ReviewCycle,
    State,
    Theme,
)
from recommendations.evidence.models import EvidenceLink
from recommendations.overview import counted
from recommendations.overview.search import matching
from recommendations.vocabulary import OPEN_STATUSES, AssessmentStatus, Confidentiality, PositionKind, Rating

NONE = "none"
DIFFER = "differ"
YES, NO = "yes", "no"

# Statuses as people tell them apart in a list; a value covers one or several statuses of the workflow.
PROGRESS: dict[str, tuple[str, ...]] = {
    "draft": (AssessmentStatus.DRAFT,),
    "in_review": (AssessmentStatus.SUBMITTED, AssessmentStatus.RETURNED),
    "approved": (AssessmentStatus.APPROVED,),
    "published": (AssessmentStatus.PUBLISHED,),
}
assert set(OPEN_STATUSES) <= {status for statuses in PROGRESS.values() for status in statuses}


class WordsField(forms.Field):
    """Any number of short words from the address; what no row has simply matches nothing."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        """The words, without doubles, at most a hundred."""
        # PostgreSQL takes no NUL in a text, and no code holds one.
        words = [word.strip()[:80] for word in value or [] if word.strip() and "\x00" not in word]
        return list(dict.fromkeys(words))[:100]


class Words(django_filters.Filter):
    """A filter over several words, any of which may match."""

    field_class = WordsField


@dataclass(frozen=True)
class Scope:
    """In which round ratings, statuses and assignments are read, and for whom."""

    reader: Reader
    round: Round | None = None
    # Whether another filter leaves few rows: a way of asking, never another answer.
    narrow: bool = False

    def items(self, prefix: str = "") -> Q:
        """The round items in question: of the chosen round, else of each recommendation's current one."""
        if self.round is not None:
            return Q(**{f"{prefix}round": self.round})
        return Q(**{f"{prefix}is_current": True})

    def statuses(self) -> QuerySet[ComplianceStatus]:
        """The compliance statuses this reader is told."""
        return ComplianceStatus.objects.visible_to(self.reader).filter(self.items("item__"))

    def ratings(self) -> QuerySet[ItemRating]:
        """The ratings of whole recommendations in assessments this reader may see."""
        return ItemRating.objects.visible_to(self.reader).filter(self.items("item__"), demand=None)


class RecommendationFilter(django_filters.FilterSet):
    """Which recommendations: by what was asked, by whom, what was answered, and how the work on it stands."""

    q = django_filters.CharFilter(label=_("Search"))
    state = Words(label=_("State under review"))
    cycle = Words(label=_("Cycle"))
    position = Words(label=_("Position"))
    rating = Words(label=_("Rating"))
    status = Words(label=_("Status of the assessment"))
    theme = Words(label=_("Theme"))
    group = Words(label=_("Affected group"))
    goal = Words(label=_("SDG"))
    recommending = Words(label=_("Recommending State"))
    body = Words(label=_("Body"))
    organisation = Words(label=_("Responsible organisation"))
    mine = Words(label=_("Assigned to me"))
    evidence = Words(label=_("Evidence"))

    class Meta:
        model = Recommendation
        fields: list[str] = []

    def __init__(self, data: QueryDict | None, *, reader: Reader, round_: Round | None = None) -> None:
        super().__init__(data, queryset=Recommendation.objects.visible_to(reader))
        self.scope = Scope(reader, round_)
        self._counts: dict[str, int] = {}
        self._followed: dict[str, bool] = {}
        self._conditions: dict[tuple[str, bool], Q] = {}

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def condition(self, name: str, values: list[str], *, narrow: bool = False) -> Q:
        """The rows that one filter lets through."""
        if (name, narrow) not in self._conditions:
            scope = replace(self.scope, narrow=narrow)
            self._conditions[name, narrow] = CONDITIONS[name](scope, values)
        return self._conditions[name, narrow]

    def count(self, *, without: str = "") -> int:
        """How many rows there are; asked once of the database however often it is needed."""
        key = without if without in self.chosen else ""
        if key not in self._counts:
            self._counts[key] = self.rows(without=key).count()
        return self._counts[key]

    def is_followed(self, *, without: str = "") -> bool:
        """Whether a round follows any of the rows: else nothing of them is rated, written or given out."""
        key = without if without in self.chosen else ""
        if key not in self._followed:
            items = RoundItem.objects.filter(self.scope.items())
            self._followed[key] = items.filter(
                recommendation__in=self.rows(without=key).values("pk")
            ).exists()
        return self._followed[key]

    def has_evidence(self, *, without: str = "") -> bool:
        """Whether any evidence, whoever may see it, is linked to any of the rows."""
        linked = EvidenceLink.objects.filter(recommendation__in=self.rows(without=without).values("pk"))
        return linked.exists()

    def holds_restricted(self) -> bool:
        """Whether restricted evidence that the reader may see is linked to any of the rows, and so counted in them."""
        links = EvidenceLink.objects.visible_to(self.scope.reader).filter(
            evidence__confidentiality=Confidentiality.RESTRICTED
        )
        return links.filter(recommendation__in=self.rows().values("pk")).exists()

    @cached_property
    def stamp(self) -> str:
        """Of which state of the data counts and names are true (``counted``)."""
        return counted.stamp()

    def rows(self, *, without: str = "") -> QuerySet[Recommendation]:
        """The selection, unordered; ``without`` leaves one filter out, for that filter's own counts."""
        found = self.queryset.order_by()
        if self.scope.round is not None:
            items = RoundItem.objects.filter(round=self.scope.round).values("recommendation")
            found = found.filter(pk__in=items)
        narrow = self.scope.round is not None or any(
            name in self.chosen and name != without for name in ("state", "cycle")
        )
        for name, value in self.chosen.items():
            if name not in ("q", without):
                found = found.filter(self.condition(name, value, narrow=narrow))
        if "q" in self.chosen:
            found = matching(found, self.chosen["q"])
        return found

    @property
    def qs(self) -> QuerySet[Recommendation]:
        """The selection as django-filter names it."""
        return self.rows()


def _state(scope: Scope, values: list[str]) -> Q:
    return Q(state__in=_ids(State, code__in=values))


def _cycle(scope: Scope, values: list[str]) -> Q:
    return Q(cycle__in=_ids(ReviewCycle, key__in=values)) | (
        Q(cycle=None) if NONE in values else Q(pk__in=[])
    )


def _position(scope: Scope, values: list[str]) -> Q:
    known = [value for value in values if value in PositionKind.values]
    return Q(position__in=[*known, *([""] if NONE in values else [])])


def _theme(scope: Scope, values: list[str]) -> Q:
    return _many(scope, Recommendation.themes.through, "theme", _ids(Theme, code__in=values))


def _group(scope: Scope, values: list[str]) -> Q:
    return _many(scope, Recommendation.groups.through, "affectedgroup", _ids(AffectedGroup, code__in=values))


def _goal(scope: Scope, values: list[str]) -> Q:
    numbers = [int(value) for value in values if value.isdecimal() and len(value) < 3]
    return _many(scope, Recommendation.goals.through, "goal", _ids(Goal, number__in=numbers))


def _recommending(scope: Scope, values: list[str]) -> Q:
    return _many(scope, RecommendingState, "state", _ids(State, code__in=values))


def _body(scope: Scope, values: list[str]) -> Q:
    return Q(body__in=_ids(Body, code__in=values))


def _rating(scope: Scope, values: list[str]) -> Q:
    told = scope.statuses()
    wanted = Q(rating__in=[value for value in values if value in Rating.values])
    if DIFFER in values:
        wanted |= Q(differs=True)
    found = Q(pk__in=told.filter(wanted).values("item__recommendation"))
    if NONE in values:
        found |= ~Q(pk__in=told.values("item__recommendation"))
    return found


def _status(scope: Scope, values: list[str]) -> Q:
    ratings = scope.ratings()
    statuses = [status for value in values for status in PROGRESS.get(value, ())]
    found = Q(pk__in=ratings.filter(status__in=statuses).values("item__recommendation"))
    if NONE in values:
        known = [status for statuses in PROGRESS.values() for status in statuses]
        found |= ~Q(pk__in=ratings.filter(status__in=known).values("item__recommendation"))
    return found


def _organisation(scope: Scope, values: list[str]) -> Q:
    if not is_member(scope.reader):
        return Q()
    items = RoundItem.objects.filter(scope.items())
    ids = [int(value) for value in values if value.isdecimal() and len(value) < 12]
    found = Q(pk__in=items.filter(organisation__in=ids).values("recommendation"))
    if NONE in values:
        found |= ~Q(pk__in=items.filter(organisation__isnull=False).values("recommendation"))
    return found


def _mine(scope: Scope, values: list[str]) -> Q:
    if YES not in values or not getattr(scope.reader, "pk", None):
        return Q()
    items = RoundItem.objects.filter(scope.items(), assignee=scope.reader.pk)
    return Q(pk__in=items.values("recommendation"))


def _evidence(scope: Scope, values: list[str]) -> Q:
    linked = Q(pk__in=EvidenceLink.objects.visible_to(scope.reader).values("recommendation"))
    if YES in values:
        return Q() if NO in values else linked
    return ~linked if NO in values else Q()


def _many(scope: Scope, through: Any, name: str, ids: list[int]) -> Q:
    links = through._base_manager.filter(**{f"{name}__in": ids})
    if scope.narrow:
        # Of the rows of one State or cycle each is looked up; listing all that have the term would take longer.
        return Q(Exists(links.filter(recommendation=OuterRef("pk"))))
    return Q(pk__in=links.values("recommendation"))


def _ids(model: type[models.Model], **lookup: Any) -> list[int]:
    """Keys of terms by their codes, looked up first: the databases plan better over plain keys."""
    return list(model._base_manager.filter(**lookup).values_list("pk", flat=True))


CONDITIONS: dict[str, Callable[[Scope, list[str]], Q]] = {
    "state": _state,
    "cycle": _cycle,
    "position": _position,
    "rating": _rating,
    "status": _status,
    "theme": _theme,
    "group": _group,
    "goal": _goal,
    "recommending": _recommending,
    "body": _body,
    "organisation": _organisation,
    "mine": _mine,
    "evidence": _evidence,
}
