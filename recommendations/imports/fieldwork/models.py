"""A spreadsheet that went out for work in the field, as it was sent, and what came back of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models import Round
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import ImportState, Language

__all__ = ["FieldReturn", "FieldSheet"]


class FieldSheet(models.Model):
    """One workbook for one organisation and round; ``sent`` is the ancestor of whatever comes back."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="field_sheets")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="field_sheets")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    # {unit: {"assessment", "revision", "title", "rows": {row: {"number", "label", "locked", "values"}}}}
    sent = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.round} · {self.organisation.short_name}"


class FieldReturn(models.Model):
    """One file that came back: what it says otherwise than was sent, and what was taken over of it."""

    sheet = models.ForeignKey(FieldSheet, models.CASCADE, related_name="returns")
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.PLANNED)
    # {unit: {row: {field: value}}}: only what is not as it was sent.
    values = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    # {"unit|row|field": whose} of what was taken over or left.
    choices = models.JSONField(default=dict)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(default=timezone.now)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-returned_at", "-pk")

    def __str__(self) -> str:
        return self.name
