"""The filters of the list of assessments."""

from __future__ import annotations

from typing import Any

import django_filters
from crispy_forms.helper import FormHelper
from django.db.models import Q, QuerySet
from django.forms import CheckboxInput, CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from recommendations.assessments.models import Assessment, Round
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import AssessmentStatus, Rating


class AssessmentFilter(django_filters.FilterSet):
    """By status, rating, round, organisation, words of the title or a reference, and whether one wrote it."""

    q = django_filters.CharFilter(label=_("Title or reference"), method="by_words")
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=AssessmentStatus.choices, widget=CheckboxSelectMultiple
    )
    rating = django_filters.MultipleChoiceFilter(
        label=_("Rating"), choices=Rating.choices, method="by_rating", widget=CheckboxSelectMultiple
    )
    round = django_filters.ModelChoiceFilter(
        label=_("Round"), queryset=Round.objects.none(), empty_label=_("every round")
    )
    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("every organisation")
    )
    mine = django_filters.BooleanFilter(label=_("Written by me"), method="by_author", widget=CheckboxInput)

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader = self.request.user
        self.filters["round"].queryset = Round.objects.visible_to(reader)
        # Those of whom the reader may see an assessment, so that no name tells more than the list does.
        of_whom = Assessment.objects.visible_to(reader).order_by().values("organisation")
        self.filters["organisation"].queryset = Organisation.objects.filter(pk__in=of_whom)

    @property
    def helper(self) -> FormHelper:
        """How the form is laid out: by the page, which has the tag and the button."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def by_words(self, queryset: QuerySet[Assessment], _name: str, value: str) -> QuerySet[Assessment]:
        """Words of a cluster's title, or a recommendation's reference."""
        referred = Assessment.objects.filter(ratings__item__recommendation__reference__iexact=value.strip())
        titles = Q()
        for word in value.split():
            titles &= (
                Q(cluster__title__icontains=word)
                | Q(cluster__title_ru__icontains=word)
                | Q(cluster__title_kk__icontains=word)
                | Q(item__recommendation__reference__icontains=word)
            )
        return queryset.filter(titles | Q(pk__in=referred.values("pk")))

    def by_rating(self, queryset: QuerySet[Assessment], _name: str, value: list[str]) -> QuerySet[Assessment]:
        """Those that rate at least one recommendation so."""
        if not value:
            return queryset
        # What was retracted rates nothing any more.
        rated = Assessment.objects.filter(ratings__demand=None, ratings__rating__in=value).exclude(
            status=AssessmentStatus.RETRACTED
        )
        return queryset.filter(pk__in=rated.values("pk"))

    def by_author(self, queryset: QuerySet[Assessment], _name: str, value: bool) -> QuerySet[Assessment]:
        """Those in which the reader wrote."""
        if not value:
            return queryset
        return queryset.filter(pk__in=self.request.user.assessments.values("pk"))
