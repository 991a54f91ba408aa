"""What the coalition files with the UN: submissions in numbered parts, their frozen versions, and who signs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models import Assessment
from recommendations.catalogue.models import ReviewCycle
from recommendations.organisations.models import Organisation
from recommendations.publications.models_decisions import Decision
from recommendations.vocabulary import Language, SignOffKind, SubmissionStatus
from recommendations.workflow.steps import Reviewed

__all__ = ["SignOff", "Submission", "SubmissionPart", "SubmissionVersion"]

PERSON = settings.AUTH_USER_MODEL


class Submission(Reviewed):
    """One report to the UN in a review cycle; ``status`` is written by publications.workflow only."""

    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="submissions", verbose_name=_("lead organisation")
    )
    is_joint = models.BooleanField(_("joint submission"), default=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    # Empty: the cycle's limit.
    word_limit = models.PositiveIntegerField(_("words at most"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=SubmissionStatus.choices, default=SubmissionStatus.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)
    authors: models.ManyToManyField = models.ManyToManyField(PERSON, related_name="submissions")
    filed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("cycle", "number")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="submission_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=SubmissionStatus.values), name="submission_status_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="submission_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SubmissionStatus.APPROVED, SubmissionStatus.FILED])
                | Q(approved_by__isnull=False),
                name="submission_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.title}"

    @property
    def label(self) -> str:
        """What people say: KAZ-4, submission 2."""
        return translation.gettext("%(cycle)s, submission %(number)s") % {
            "cycle": self.cycle.key,
            "number": self.number,
        }

    @property
    def lead_id(self) -> int:
        """The organisation that leads it, which is named first."""
        return self.organisation_id

    @property
    def limit(self) -> int:
        """The most words: its own limit, else the cycle's for one or for several organisations."""
        cycle = self.cycle
        return self.word_limit or (cycle.words_jointly if self.is_joint else cycle.words_alone)


class SubmissionPart(models.Model):
    """A heading with its paragraphs; where it was taken from an approved assessment, with what was taken."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="parts")
    place = models.PositiveSmallIntegerField(default=0)
    heading = models.CharField(_("heading"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, null=True, blank=True, related_name="submission_parts"
    )
    taken_text = models.TextField(blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("submission", "place", "pk")

    def __str__(self) -> str:
        return self.heading or f"{self.submission_id}.{self.place}"


class SubmissionVersion(models.Model):
    """What was submitted for review, frozen: title, settings and parts."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    words = models.PositiveIntegerField()
    submitted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("submission", "-number")
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="submission_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} v{self.number}"


class SignOff(Decision):
    """What one organisation decided about one filing."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="sign_offs")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sign_offs")

    class Meta:
        ordering = ("organisation__name",)
        constraints = [
            models.UniqueConstraint(fields=["submission", "organisation"], name="sign_off_once"),
            models.CheckConstraint(condition=Q(kind__in=SignOffKind.values), name="sign_off_known"),
            models.CheckConstraint(
                condition=~Q(kind=SignOffKind.RESERVATION) | ~Q(reservation=""),
                name="sign_off_reservation_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} · {self.organisation}"
