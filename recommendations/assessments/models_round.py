"""The exercise: a round, what it follows, and the clusters in which the work is given out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.catalogue.models import Recommendation, ReviewCycle, State, Theme
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Audience, Rating, RoundPurpose

__all__ = ["Cluster", "ComplianceStatus", "Round", "RoundItem"]


class Round(models.Model):
    """One dated exercise: which recommendations, for what, up to which date, until when."""

    state = models.ForeignKey(State, models.PROTECT, related_name="rounds")
    # The cycle on whose page the round stands; none for a treaty body's review.
    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, null=True, blank=True, related_name="rounds")
    title = models.CharField(_("title"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=20, choices=RoundPurpose.choices)
    cutoff_on = models.DateField(_("evidence cut-off date"))
    deadline = models.DateField(_("deadline"))
    method_edition = models.CharField(_("edition of the method"), max_length=20)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["state", "title"], name="round_title_once_per_state"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="round_closed_after_it_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether assessments can still be written in it."""
        return self.closed_on is None


class Cluster(models.Model):
    """Recommendations that ask the same, worked on together in a round: the unit of assignment and review."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="clusters")
    title = models.CharField(_("title"), max_length=200)
    title_ru = models.CharField(_("title in Russian"), max_length=200, blank=True)
    title_kk = models.CharField(_("title in Kazakh"), max_length=200, blank=True)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="+")
    # Lead organisation, person and date; their copies on the items are written by assessments.rounds only.
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clusters",
        verbose_name=_("organisation"),
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="clusters"
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("round", "order", "title")
        constraints = [
            models.UniqueConstraint(fields=["round", "title"], name="cluster_title_once_per_round")
        ]

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        """The title in this language, else the one it was made under."""
        return getattr(self, f"title_{language[:2]}", "") or self.title


class RoundItem(models.Model):
    """That a recommendation is followed in a round: where, by whom, until when."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="items")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="followed")
    cluster = models.ForeignKey(Cluster, models.SET_NULL, null=True, blank=True, related_name="items")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="items"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="items"
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    # The latest round that follows the recommendation: what lists show unless a round is chosen.
    is_current = models.BooleanField(default=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("round", "recommendation__order_key")
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation"], condition=Q(is_current=True), name="followed_currently_once"
            ),
            models.UniqueConstraint(fields=["round", "recommendation"], name="followed_once_per_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round} · {self.recommendation}"


class ComplianceStatus(models.Model):
    """What the published (coalition: also approved) assessments say of an item: a rating, or that they differ."""

    item = models.ForeignKey(RoundItem, models.CASCADE, related_name="compliance")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    rating = models.CharField(max_length=10, choices=Rating.choices, blank=True)
    differs = models.BooleanField(default=False)
    # Whether the mark "partially, yet something was reversed" applies (GLOSSARY §4.4).
    reversed_mark = models.BooleanField(default=False)
    under_way = models.BooleanField(default=False)
    # rating → number of organisations.
    spread = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "audience"], name="compliance_once_per_audience"),
            models.CheckConstraint(
                condition=Q(differs=True, rating="") | Q(differs=False, rating__in=Rating.values),
                name="compliance_is_a_rating_or_differs",
            ),
        ]
        indexes = [models.Index(fields=["audience", "rating"], name="compliance_by_rating")]

    def __str__(self) -> str:
        return self.rating or "differs"
