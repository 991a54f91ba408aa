"""Share links: secret addresses that open one published edition or one approved fact sheet without an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.publications.models_editions import Edition

__all__ = ["ShareLink"]

PERSON = settings.AUTH_USER_MODEL


class ShareLink(models.Model):
    """Only the hash of the address is kept; of who opened it, nothing but how often and when last."""

    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="share_links")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(_("what it is for"), max_length=150, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    openings = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.edition.label} ({self.pk})"

    @property
    def is_over(self) -> bool:
        """Whether it opens nothing any more, by its end or its date."""
        return self.ended_at is not None or self.expires_at <= timezone.now()
