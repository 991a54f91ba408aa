"""A translation of an assessment's text: work with a person and a state, beside its source and never instead of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models_assessment import Assessment
from recommendations.vocabulary import Language

__all__ = ["Translation"]

PERSON = settings.AUTH_USER_MODEL


class Translation(models.Model):
    """One assessment's text in one other language; written by assessments.translating only."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    translator = models.ForeignKey(PERSON, models.PROTECT, related_name="translations")
    # The translated parts by the name of the assessment's field; empty while it is only taken on.
    texts = models.JSONField(default=dict, blank=True)
    # A fingerprint of the source as it read when the translator last saved: another one now means it changed since.
    source_mark = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=1)
    taken_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("assessment", "language")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "language"], name="translation_once_per_language"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("translator")),
                name="translation_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.language}"
