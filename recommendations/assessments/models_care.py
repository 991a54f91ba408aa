"""What is done out of care: the legal-risk step before the public sees an assessment, and redacted reissues."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models_assessment import Assessment

__all__ = ["LegalCaution", "LegalClearance", "OfficialsNamed", "Redaction"]

PERSON = settings.AUTH_USER_MODEL


class LegalCaution(models.Model):
    """A theme whose assessments the public sees only once two people looked at the legal risk."""

    # A theme's code, or vocabulary.NAMED_OFFICIALS for whatever names an official.
    code = models.SlugField(_("theme"), max_length=80, unique=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    added_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class LegalClearance(models.Model):
    """That the legal risk of showing an assessment to the public was weighed, by whom and with which reasons."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="clearance")
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_reason = models.TextField(_("reason"))
    cleared_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)
    cleared_reason = models.TextField(blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cleared_by__isnull=True) | ~Q(cleared_by=F("asked_by")), name="cleared_by_two"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True, cleared_by__isnull=True)
                | (Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(cleared_reason="")),
                name="clearance_keeps_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.assessment)


class OfficialsNamed(models.Model):
    """That an assessment names an official, so that the legal risk is weighed before the public sees it."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="officials_named")
    noted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.assessment)


class Redaction(models.Model):
    """That passages citing an item of evidence were taken out of an assessment for the safety of its sources."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="redactions")
    number = models.PositiveIntegerField()  # of the item of evidence
    passages = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.assessment} {self.at:%Y-%m-%d}"
