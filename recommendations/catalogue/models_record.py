"""The record: each recommendation with its texts, demands, recommending States, positions and claims."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.catalogue.models_review import Document, Obligation, PlanItem, ReviewCycle, StateBody
from recommendations.catalogue.models_terms import AffectedGroup, Body, Goal, State, Target, Theme
from recommendations.vocabulary import ActionCategory, ClaimKind, PositionKind, TextKind, TextLanguage

__all__ = [
    "Demand",
    "DemandText",
    "Position",
    "Recommendation",
    "RecommendationIdentifier",
    "RecommendationLink",
    "RecommendationText",
    "RecommendingState",
    "ReferenceAlias",
    "RetiredReference",
    "StateClaim",
]


class RecommendationQuerySet(VisibleQuerySet):
    """Recommendations, in the users' words."""

    def supported(self) -> RecommendationQuerySet:
        """Those the State supports, wholly or in part."""
        return self.filter(position__in=[PositionKind.SUPPORTED, PositionKind.SUPPORTED_IN_PART])

    def noted(self) -> RecommendationQuerySet:
        """Those the State took note of."""
        return self.filter(position=PositionKind.NOTED)

    def in_order(self) -> RecommendationQuerySet:
        """As the documents number them, the latest cycle first."""
        return self.order_by("order_key")


class Recommendation(models.Model):
    """One numbered paragraph of a document; ``reference`` (KAZ-2-124.26) is never given to another."""

    state = models.ForeignKey(State, models.PROTECT, related_name="recommendations")
    body = models.ForeignKey(Body, models.PROTECT, related_name="recommendations")
    document = models.ForeignKey(Document, models.PROTECT, related_name="recommendations")
    cycle = models.ForeignKey(
        ReviewCycle, models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    paragraph = models.CharField(_("paragraph"), max_length=20)
    # The paragraph with its numbers padded, for sorting: 00124.00026.
    paragraph_key = models.CharField(max_length=60, editable=False)
    # By what lists are ordered, one indexed column for all of it: catalogue.references.order_key.
    order_key = models.CharField(max_length=120, editable=False, unique=True)
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    # Copies of the latest position, written by catalogue.positions only and compared by a command.
    position = models.CharField(_("position"), max_length=20, choices=PositionKind.choices, blank=True)
    position_on = models.DateField(null=True, editable=False)
    lead_theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="led")
    themes = models.ManyToManyField(
        Theme, blank=True, related_name="recommendations", verbose_name=_("themes")
    )
    groups = models.ManyToManyField(
        AffectedGroup, blank=True, related_name="recommendations", verbose_name=_("affected groups")
    )
    goals = models.ManyToManyField(Goal, blank=True, related_name="recommendations", verbose_name=_("SDGs"))
    targets = models.ManyToManyField(Target, blank=True, related_name="recommendations")
    responsible_bodies = models.ManyToManyField(StateBody, blank=True, related_name="recommendations")
    obligations = models.ManyToManyField(Obligation, blank=True, related_name="recommendations")
    plan_items = models.ManyToManyField(PlanItem, blank=True, related_name="recommendations")
    # Names of what a person corrected besides texts: a later import reports a conflict instead of overwriting.
    corrected = models.JSONField(default=list, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ("order_key",)
        constraints = [
            models.CheckConstraint(condition=~Q(order_key=""), name="recommendation_has_its_place"),
            models.UniqueConstraint(
                fields=["document", "paragraph", "state"], name="recommendation_once_in_document"
            ),
            models.CheckConstraint(
                condition=Q(position="") | Q(position__in=PositionKind.values),
                name="recommendation_position_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "cycle", "position"], name="recommendation_facets"),
            models.Index(fields=["state", "order_key"], name="recommendation_in_order"),
            models.Index(fields=["cycle", "position"], name="recommendation_by_cycle"),
        ]

    def __str__(self) -> str:
        return self.reference


class ReferenceAlias(models.Model):
    """A reference under which a recommendation was known before."""

    reference = models.CharField(max_length=40, unique=True)
    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="old_references")

    def __str__(self) -> str:
        return self.reference


class RetiredReference(models.Model):
    """A reference of a recommendation that was taken back: only a paragraph of the same document gets it again."""

    reference = models.CharField(max_length=40, unique=True)
    # The document by its symbol: the document itself may have been taken back as well.
    symbol = models.CharField(max_length=60)
    retired_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.reference


class RecommendationIdentifier(models.Model):
    """A source's own identifier, such as OHCHR's annotation id."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="identifiers")
    source = models.CharField(max_length=30)
    value = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class RecommendationText(models.Model):
    """The text in one language, of one kind; a paraphrase is hidden once an official text exists."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=TextLanguage.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=TextKind.choices)
    text = models.TextField(_("text"))
    # Set when a person wrote or corrected it: a later import then reports a conflict instead of overwriting.
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "language", "kind"], name="text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="text_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class RecommendingState(models.Model):
    """That a State made the recommendation, in its own wording where it differs, with UPR Info's category."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="recommending")
    state = models.ForeignKey(State, models.PROTECT, related_name="made")
    order = models.PositiveSmallIntegerField(default=0)
    wording = models.TextField(_("its wording"), blank=True)
    action_category = models.PositiveSmallIntegerField(
        _("action category"), choices=ActionCategory.choices, null=True, blank=True
    )

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "state"], name="recommending_state_once"),
            models.CheckConstraint(
                condition=Q(action_category__isnull=True) | Q(action_category__range=(1, 5)),
                name="action_category_1_to_5",
            ),
        ]
        indexes = [models.Index(fields=["state", "recommendation"], name="recommending_by_state")]

    def __str__(self) -> str:
        return str(self.state)


class Demand(models.Model):
    """One separately checkable act or result within a recommendation: a, b, c."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="demands")
    letter = models.CharField(_("letter"), max_length=2)
    states = models.ManyToManyField(
        State, blank=True, related_name="+", verbose_name=_("States that asked it")
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("recommendation", "letter")
        constraints = [models.UniqueConstraint(fields=["recommendation", "letter"], name="demand_once")]

    def __str__(self) -> str:
        return f"{self.recommendation} ({self.letter})"


class DemandText(models.Model):
    """A demand's wording in one language."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2, choices=TextLanguage.choices)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand", "language"], name="demand_text_once")]

    def __str__(self) -> str:
        return self.text[:80]


class Position(models.Model):
    """The State's answer at one time, with the document that states it; the latest one counts."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="positions")
    kind = models.CharField(_("position"), max_length=20, choices=PositionKind.choices)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="positions", verbose_name=_("document")
    )
    locator = models.CharField(_("paragraph or page"), max_length=60, blank=True)
    # The position's own date, else the date of the event at which it was given.
    on = models.DateField(_("date"), null=True, blank=True)
    # Order among positions of one recommendation whose dates do not tell: the report 1, the plenary 2.
    sequence = models.PositiveSmallIntegerField(default=1)
    quote = models.TextField(_("in the State's words"), blank=True)
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("recommendation", F("on").asc(nulls_first=True), "sequence", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PositionKind.values), name="position_kind_known"),
            models.UniqueConstraint(
                fields=["recommendation", "document", "kind"],
                condition=Q(document__isnull=False),
                name="position_once_per_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_kind_display()}"


class StateClaim(models.Model):
    """What the State says it did with the recommendation, with its source."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="claims")
    kind = models.CharField(_("kind"), max_length=30, choices=ClaimKind.choices)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="claims")
    locator = models.CharField(_("paragraph or page"), max_length=60, blank=True)
    on = models.DateField(_("date"), null=True, blank=True)
    quote = models.TextField(_("in the State's words"), blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("recommendation", "on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "document", "locator", "kind"],
                condition=Q(document__isnull=False),
                name="claim_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_kind_display()}"


class RecommendationLink(models.Model):
    """That a later recommendation asks the same as an earlier one; entered by a person."""

    earlier = models.ForeignKey(Recommendation, models.CASCADE, related_name="repeated_by")
    later = models.ForeignKey(Recommendation, models.CASCADE, related_name="repeats")
    note = models.CharField(_("note"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="link_once"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="link_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier} → {self.later}"
