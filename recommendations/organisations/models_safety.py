"""That a colleague's account is frozen, and whether the site is closed: each undone by two people only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet

__all__ = ["Freeze", "SiteState"]


class Freeze(models.Model):
    """That an account was to be frozen, who took part, since when it is, and who together ended it."""

    person = models.ForeignKey("User", models.PROTECT, related_name="freezes")
    reason = models.TextField(_("reason"), blank=True)
    asked_by = models.ForeignKey("User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    # A coordinator needs no second person to freeze; to thaw always two are needed.
    as_coordinator = models.BooleanField(default=False)
    frozen_at = models.DateTimeField(null=True)
    thaw_asked_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    thaw_asked_at = models.DateTimeField(null=True)
    thawed_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    thawed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | Q(as_coordinator=True) | Q(confirmed_by__isnull=False),
                name="freeze_takes_two_or_a_coordinator",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                name="freeze_by_two_different_people",
            ),
            models.CheckConstraint(
                condition=Q(thawed_at__isnull=True)
                | (
                    Q(thaw_asked_by__isnull=False, thawed_by__isnull=False) & ~Q(thawed_by=F("thaw_asked_by"))
                ),
                name="freeze_undone_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person"))
                & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person")))
                & (Q(thaw_asked_by__isnull=True) | ~Q(thaw_asked_by=F("person")))
                & (Q(thawed_by__isnull=True) | ~Q(thawed_by=F("person"))),
                name="freeze_by_others",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(thawed_at__isnull=True, withdrawn_at__isnull=True),
                name="freeze_one_open_per_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class SiteState(models.Model):
    """The one row that says whether the site is closed to the outside, by whom, and which two opened it again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    closed_at = models.DateTimeField(null=True)
    # None: from a shell of the server.
    closed_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    opening_asked_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    opening_asked_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="site_state_is_one_row"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True)
                | (
                    Q(opening_asked_by__isnull=False, opened_by__isnull=False)
                    & ~Q(opened_by=F("opening_asked_by"))
                ),
                name="site_opened_by_two",
            ),
        ]

    def __str__(self) -> str:
        return str(_("closed")) if self.is_closed else str(_("open"))

    @property
    def is_closed(self) -> bool:
        """Whether it is closed at this moment."""
        return self.closed_at is not None and self.opened_at is None
