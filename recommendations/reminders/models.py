"""Reminders: rules, what was told in the product, and the ledger that says each thing once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.jobs.models import Job
from recommendations.vocabulary import ReminderKind

__all__ = ["Delivery", "Digest", "Notification", "ReminderRule"]


class ReminderRule(models.Model):
    """A rule as data: of which kind of event, how many days ahead (or after), told to whom."""

    kind = models.CharField(max_length=30, choices=ReminderKind.choices, unique=True)
    # Days before the anchor's date (negative: after it), each told once.
    leads = models.JSONField(_("days before"), default=list)
    # Whom it tells: values of ReminderAudience.
    audience = models.JSONField(_("told to"), default=list)
    # Coordinators are told as well from so many days of waiting on; empty: they are not.
    escalate_after = models.PositiveSmallIntegerField(
        _("coordinators join after so many days"), null=True, blank=True
    )
    # A measure of the rule's own: after how many months an assessment has gone stale.
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    # What the coalition adds to the product's sentence, in its own words.
    words = models.CharField(_("added words"), max_length=300, blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("kind",)

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Digest(models.Model):
    """One e-mail digest to one person, written with the job that sends it; that job says what went wrong."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    on = models.DateField()
    # Whether it tells one thing at once instead of all of the day.
    is_single = models.BooleanField(default=False)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "on"], condition=models.Q(is_single=False), name="digest_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.message_id


class Notification(models.Model):
    """One thing told to one person in the product; the words are made when it is read, in her language."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30)
    # What the sentence needs: labels and dates, nothing confidential.
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    in_digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="notifications")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["recipient", "read_at"], name="notification_unread")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"


class Delivery(models.Model):
    """The ledger: that this was told to this person for this anchor and lead, once."""

    rule = models.ForeignKey(ReminderRule, models.CASCADE, related_name="deliveries")
    anchor_kind = models.CharField(max_length=60)
    anchor_id = models.BigIntegerField()
    anchor_on = models.DateField()
    lead = models.SmallIntegerField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    notification = models.OneToOneField(Notification, models.SET_NULL, null=True, related_name="delivery")
    made_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "anchor_kind", "anchor_id", "anchor_on", "lead", "recipient"],
                name="told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.anchor_id} → {self.recipient_id}"
