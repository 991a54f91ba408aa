"""The filters of the evidence list: one set that serves page and counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Confidentiality, EvidenceCheck, EvidenceKind
from recommendations.web.queries import without
from recommendations.words.stems import query_terms

LINKED = (("yes", gettext_lazy("Linked to recommendations")), ("no", gettext_lazy("Not linked yet")))
SORTS = {
    "number": ("number",),
    "-number": ("-number",),
    "title": ("title", "number"),
    "-title": ("-title", "-number"),
    "date": (F("happened_from").asc(nulls_last=True), "number"),
    "-date": (F("happened_from").desc(nulls_last=True), "-number"),
}
_NUMBERS = re.compile(r"(?:[EeЕе][-‐–—]?\s?)?(\d{1,9})\Z")


def matching(query: str) -> Q:
    """The items that hold every word of the query, in whatever form; ``E-12`` or ``12`` names one."""
    if found := _NUMBERS.match(query.strip()):
        return Q(number=int(found[1])) | Q(stems__contains=f" {found[1]} ")
    condition = Q()
    for tokens in query_terms(query)[:12]:
        any_form = Q()
        for token in tokens:
            any_form |= Q(stems__contains=f" {token} ")
        condition &= any_form
    return condition


class EvidenceFilter(django_filters.FilterSet):
    """What the list may be narrowed by; several values of one filter widen it."""

    q = django_filters.CharFilter(method="filter_words", label=gettext_lazy("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=EvidenceKind.choices, label=gettext_lazy("Kind"))
    confidentiality = django_filters.MultipleChoiceFilter(
        choices=Confidentiality.choices, label=gettext_lazy("Who may see it")
    )
    check = django_filters.MultipleChoiceFilter(
        field_name="check_status", choices=EvidenceCheck.choices, label=gettext_lazy("Check")
    )
    organisation = django_filters.MultipleChoiceFilter(label=gettext_lazy("Organisation"))
    linked = django_filters.MultipleChoiceFilter(
        choices=LINKED, method="filter_linked", label=gettext_lazy("Recommendations")
    )

    class Meta:
        model = Evidence
        fields: list[str] = []

    def __init__(self, *args: Any, organisations: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["organisation"].extra["choices"] = list(organisations.items())

    def filter_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """By words of title, description, place and source, or by number."""
        return queryset.filter(matching(value))

    def filter_linked(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        """By whether any recommendation is linked."""
        wanted = set(value)
        if len(wanted) != 1:
            return queryset
        linked = Exists(EvidenceLink.objects.filter(evidence=OuterRef("pk")))
        return queryset.filter(linked if "yes" in wanted else ~linked)


@dataclass(frozen=True)
class FacetValue:
    """One value of a filter: how many items it would leave, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One filter with its values; ``most`` is the highest count, for the bars."""

    name: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def most(self) -> int:
        """The highest count, at least 1."""
        return max([value.count for value in self.values] + [1])


COLUMNS = {
    "kind": "kind",
    "confidentiality": "confidentiality",
    "check": "check_status",
    "organisation": "organisation_id",
    "linked": "linked",
}


class Narrowed:
    """The items a reader sees, narrowed by a query string: ``rows``, and ``facets`` whose counts follow the others.

    Values that no filter knows are passed over: an old link still shows something.
    """

    def __init__(self, data: QueryDict, visible: QuerySet[Evidence]) -> None:
        self.data, self.visible = data, visible
        of_whom = Organisation.objects.filter(pk__in=visible.order_by().values("organisation"))
        self.words: dict[str, dict[str, Any]] = {
            "kind": dict(EvidenceKind.choices),
            "confidentiality": dict(Confidentiality.choices),
            "check": dict(EvidenceCheck.choices),
            "organisation": {str(one.pk): str(one) for one in of_whom},
            "linked": dict(LINKED),
        }

    @property
    def rows(self) -> QuerySet[Evidence]:
        """The items that fit everything chosen."""
        return self._narrowed()

    def _narrowed(self, *, but: str = "") -> QuerySet[Evidence]:
        tidy = self.data.copy()
        for name, words in self.words.items():
            tidy.setlist(name, [value for value in self.data.getlist(name) if value in words and name != but])
        return EvidenceFilter(tidy, queryset=self.visible, organisations=self.words["organisation"]).qs

    def facets(self) -> list[Facet]:
        """Each filter with the values that some item has, counted among what the other filters leave."""
        labels = {name: each.label for name, each in EvidenceFilter.base_filters.items()}
        return [Facet(name, str(labels[name]), self._values(name)) for name in self.words]

    def _values(self, name: str) -> tuple[FacetValue, ...]:
        left = self._narrowed(but=name).order_by()
        if name == "linked":
            left = left.annotate(linked=Exists(EvidenceLink.objects.filter(evidence=OuterRef("pk"))))
        counted = left.values_list(COLUMNS[name]).annotate(count=Count("pk", distinct=True))
        codes = {True: "yes", False: "no"} if name == "linked" else {}
        counts = {str(codes.get(value, value)): count for value, count in counted}
        chosen = self.data.getlist(name)
        return tuple(
            FacetValue(value, str(label), counts.get(value, 0), value in chosen)
            for value, label in self.words[name].items()
            if counts.get(value) or value in chosen
        )


def chips(data: QueryDict, found: list[Facet]) -> list[dict[str, Any]]:
    """The chosen filters as removable words."""
    words: list[dict[str, Any]] = [
        {"name": facet.label, "value": value.label, "url": without(data, facet.name, value.value)}
        for facet in found
        for value in facet.values
        if value.chosen
    ]
    if data.get("q"):
        words.insert(0, {"name": _("Search"), "value": data["q"], "url": without(data, "q", data["q"])})
    return words
