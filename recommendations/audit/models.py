"""The append-only log: events chained by hash, their detail in a side row, and the chain's head."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet

__all__ = ["ChainHead", "DetailRetention", "Event", "EventDetail"]


class Event(models.Model):
    """One thing that one person (or the product itself) did to one subject, at one moment."""

    number = models.PositiveBigIntegerField(unique=True)
    verb = models.CharField(_("what"), max_length=60)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(_("of what"), max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))
    detail_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-number"], name="event_of_subject"),
            models.Index(fields=["actor", "-number"], name="event_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject_label}"


class EventDetail(models.Model):
    """What an event said beyond who, what and when; it can be erased while the chain stays whole."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="detail")
    detail = models.JSONField(default=dict)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.event_id)


class ChainHead(models.Model):
    """The single row whose lock puts events in order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="chain_head_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)


class DetailRetention(models.Model):
    """How many days the details of one kind of act are kept; a kind without a row keeps them for ever."""

    # What verbs begin with, up to the full stop: "export", "person".
    kind = models.CharField(_("kind"), max_length=60, unique=True)
    days = models.PositiveIntegerField(_("days"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("kind",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="audit") & models.Q(days__gte=1), name="retention_is_possible"
            )
        ]

    def __str__(self) -> str:
        return self.kind
