"""What every decision to sign says, whatever is signed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.vocabulary import SignOffKind


class Decision(models.Model):
    """An organisation signs, with or without a reservation or its name, or stays out; with person and date."""

    kind = models.CharField(_("decision"), max_length=12, choices=SignOffKind.choices)
    reservation = models.TextField(_("reservation"), blank=True)
    # The version that was signed: 0 where it was decided before anything was submitted.
    version = models.PositiveSmallIntegerField(default=0)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Who decided for the organisation, where that is not who recorded it: by mail, by telephone.
    decided_by = models.CharField(_("who decided"), max_length=150, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True
