"""The editions of the method: what the definitions, rules and workflow said when a round was opened."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet

__all__ = ["MethodEdition"]


class MethodEdition(models.Model):
    """One wording of the method. Rounds name it by its number; written once, never changed."""

    number = models.CharField(_("edition of the method"), max_length=20, unique=True)
    # SHA-256 of the text in English: the same method is kept once.
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    # language → the text, shaped as assessments.method_text says.
    text = models.JSONField(editable=False)
    kept_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("kept_at", "pk")

    def __str__(self) -> str:
        return self.number
