"""An export: what was asked for, and the file that came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models import Round
from recommendations.catalogue.models import ReviewCycle, SourceFile
from recommendations.jobs.models import Job
from recommendations.vocabulary import Audience, Language

__all__ = ["Export", "ExportHolding", "FullExport"]


class Export(models.Model):
    """A cycle summary or a filled matrix for an audience, or a selection for the person who asked."""

    class Kind(models.TextChoices):
        SUMMARY = "summary", _("Cycle summary")
        MATRIX = "matrix", _("OHCHR's list with assessments")
        SELECTION = "selection", _("Selection of recommendations")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    format = models.CharField(_("format"), max_length=10)
    # Empty for a selection: that is for the person who made it.
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, null=True, blank=True, related_name="exports")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="exports")
    # Of a matrix: OHCHR's list as it was received; none for one built anew.
    source = models.ForeignKey(SourceFile, models.PROTECT, null=True, blank=True, related_name="exports")
    # Of a matrix: how many rows it has, how many were filled, which of its paragraphs are not recorded here.
    about = models.JSONField(default=dict)
    query = models.CharField(max_length=2000, blank=True)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="export")
    file_name = models.CharField(max_length=200, blank=True)
    stored_as = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="exports")
    made_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    # Whether ``holdings`` say what stands in the file; of a file made before they were kept nobody knows.
    is_accounted = models.BooleanField(default=False)
    # The export in whose place this one was made, because that is no longer handed out.
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="renewals")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="selection", audience="")
                | Q(kind__in=["summary", "matrix"], audience__in=Audience.values),
                name="export_summary_has_an_audience",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or f"{self.get_kind_display()} {self.format}"


class ExportHolding(models.Model):
    """One row that stands in an export's file, by its kind and key (overview.holdings)."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="holdings")
    kind = models.CharField(max_length=20)
    row = models.PositiveBigIntegerField()
    # How often passages had been taken out of it by then.
    edition = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "kind", "row"], name="holding_once")]
        indexes = [models.Index(fields=["kind", "row"], name="holding_by_row")]

    def __str__(self) -> str:
        return f"{self.export}: {self.kind} {self.row}"


class FullExport(models.Model):
    """A complete export as one ZIP, asked for by an administrator; its file is kept for some days only."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="full_export")
    ready_at = models.DateTimeField(null=True)
    # Empty until it is made, and again once it is removed.
    stored_as = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    files = models.PositiveIntegerField(_("files"), default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"everything-{self.asked_at:%Y-%m-%d}-{self.pk}.zip"
