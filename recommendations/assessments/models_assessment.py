"""An assessment: what an organisation finds in a round for a cluster or one recommendation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models_round import Cluster, Round, RoundItem
from recommendations.catalogue.models import Demand
from recommendations.evidence.models import Evidence
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import (
    OPEN_STATUSES,
    AssessmentStatus,
    CannotReason,
    Language,
    Rating,
    TestRating,
)
from recommendations.workflow.steps import Reviewed

__all__ = ["Assessment", "AssessmentVersion", "Citation", "Comment", "ItemRating"]

PERSON = settings.AUTH_USER_MODEL


class AssessmentQuerySet(VisibleQuerySet):
    """Assessments, in the users' words."""

    def open(self) -> AssessmentQuerySet:
        """Those still on their way."""
        return self.filter(status__in=OPEN_STATUSES)

    def awaiting_review(self) -> AssessmentQuerySet:
        """Those submitted, the longest waiting first."""
        return self.filter(status=AssessmentStatus.SUBMITTED).order_by("submitted_at", "pk")

    def published(self) -> AssessmentQuerySet:
        """Those published now."""
        return self.filter(status=AssessmentStatus.PUBLISHED)


class Findings(models.Model):
    """What is found: the three tests and the rating; of an assessment as a whole and of each item in it."""

    implemented_when = models.TextField(_("It is implemented when …"), blank=True)
    law = models.CharField(_("law"), max_length=12, choices=TestRating.choices, blank=True)
    policy = models.CharField(_("policy"), max_length=12, choices=TestRating.choices, blank=True)
    practice = models.CharField(_("practice"), max_length=12, choices=TestRating.choices, blank=True)
    rating = models.CharField(_("rating"), max_length=10, choices=Rating.choices, blank=True)
    override_reason = models.TextField(_("why the rating differs from the one proposed"), blank=True)
    cannot_reason = models.CharField(
        _("why it cannot be assessed"), max_length=15, choices=CannotReason.choices, blank=True
    )
    cannot_steps = models.TextField(_("what was tried"), blank=True)
    steps_under_way = models.BooleanField(_("steps are under way"), default=False)

    class Meta:
        abstract = True


class Assessment(Findings, Reviewed):
    """One organisation's assessment; ``status`` is written by assessments.workflow only."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="assessments")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="assessments")
    item = models.ForeignKey(RoundItem, models.PROTECT, null=True, blank=True, related_name="assessments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assessments")
    status = models.CharField(
        _("status"), max_length=12, choices=AssessmentStatus.choices, default=AssessmentStatus.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)
    language = models.CharField(
        _("written in"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    authors: models.ManyToManyField = models.ManyToManyField(PERSON, related_name="assessments")
    # The narrative, in law, in policy and in practice; [E-12] cites evidence.
    law_text = models.TextField(_("in law"), blank=True)
    policy_text = models.TextField(_("in policy"), blank=True)
    practice_text = models.TextField(_("in practice"), blank=True)
    narrative = models.TextField(_("summary of the finding"), blank=True)
    next_ask = models.TextField(_("what to ask next"), blank=True)
    cutoff_on = models.DateField(_("evidence considered up to"))
    carried_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    to_be_confirmed = models.BooleanField(_("carried over, to be confirmed"), default=False)
    supersedes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="superseded_by"
    )
    # Practice rests on one unsystematic item: said on every page and export (GLOSSARY §4.5).
    single_source = models.BooleanField(default=False)
    # Cited items that no approver saw, as evidence numbers.
    unseen_by_approver = models.JSONField(default=list, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    published_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    retraction_asked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    retraction_reason = models.TextField(blank=True)
    retracted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    retracted_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(cluster__isnull=True, item__isnull=False)
                | Q(cluster__isnull=False, item__isnull=True),
                name="assessment_of_a_cluster_or_an_item",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AssessmentStatus.values), name="assessment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="assessment_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("submitted_by")),
                name="assessment_not_published_by_submitter",
            ),
            models.CheckConstraint(
                condition=~Q(status=AssessmentStatus.RETRACTED)
                | (Q(retraction_asked_by__isnull=False) & ~Q(retraction_asked_by=F("retracted_by"))),
                name="assessment_retracted_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED])
                | Q(approved_by__isnull=False),
                name="assessment_approved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["organisation", "cluster"],
                condition=Q(cluster__isnull=False, status__in=OPEN_STATUSES),
                name="assessment_one_open_per_cluster",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="assessment_queue"),
            models.Index(fields=["round", "status"], name="assessment_of_round"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.organisation.short_name}"

    @property
    def subject(self) -> str:
        """What is assessed: the cluster's title or the recommendation's reference."""
        return str(self.cluster) if self.cluster_id else str(self.item.recommendation)  # type: ignore[union-attr]


class ItemRating(Findings):
    """The findings for one recommendation of an assessment, or for one of its demands.

    ``organisation`` and ``status`` are copies, so that the database can hold one open and one published
    rating per organisation and round item; assessments.workflow writes them.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="ratings")
    item = models.ForeignKey(RoundItem, models.PROTECT, related_name="ratings")
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, blank=True, related_name="ratings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=AssessmentStatus.choices, default=AssessmentStatus.DRAFT)
    # Changed singly, not what is proposed for all.
    is_own = models.BooleanField(_("rated apart"), default=False)
    sentence = models.TextField(_("a sentence of its own"), blank=True)
    reversed_mark = models.BooleanField(default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("assessment", "item", "demand")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "item"], condition=Q(demand__isnull=True), name="rating_once_per_item"
            ),
            models.UniqueConstraint(
                fields=["assessment", "item", "demand"],
                condition=Q(demand__isnull=False),
                name="rating_once_per_demand",
            ),
            models.UniqueConstraint(
                fields=["organisation", "item"],
                condition=Q(demand__isnull=True, status__in=OPEN_STATUSES),
                name="one_open_rating_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["organisation", "item"],
                condition=Q(demand__isnull=True, status=AssessmentStatus.PUBLISHED),
                name="one_published_rating_per_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[AssessmentStatus.SUBMITTED, AssessmentStatus.APPROVED])
                | (~Q(rating="") & (~Q(rating=Rating.CANNOT) | ~Q(cannot_reason=""))),
                name="rating_complete_once_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.rating}"


class Citation(models.Model):
    """That an assessment cites an item of evidence; kept equal to the numbers in its text."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="citations")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="citations")
    # Cited without standing in the text.
    by_hand = models.BooleanField(default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("assessment", "evidence__number")
        constraints = [models.UniqueConstraint(fields=["assessment", "evidence"], name="citation_once")]

    def __str__(self) -> str:
        return str(self.evidence)


class AssessmentVersion(models.Model):
    """What was submitted, frozen: text, ratings, citations with their source, recommendation text and position."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    submitted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("assessment", "-number")
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.assessment_id} v{self.number}"


class Comment(models.Model):
    """A remark in a review, at a part of the text or on the whole."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="comments")
    part = models.CharField(_("part"), max_length=40, blank=True)
    text = models.TextField(_("comment"))
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    # Whom the text names with an "@": they are asked to answer.
    mentioned: models.ManyToManyField = models.ManyToManyField(PERSON, blank=True, related_name="mentions")
    written_at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return self.text[:80]
