"""The Job table: the truth about background work. A broker only rings; it never remembers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.vocabulary import JobState

__all__ = ["Heartbeat", "Job"]


class Job(models.Model):
    """One piece of work, asked for in the transaction that needs it, done once."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # By the database's clock, as everything that decides who works and when: the machines' own may differ.
    run_after = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    done_units = models.PositiveIntegerField(_("done so far"), default=0)
    total_units = models.PositiveIntegerField(_("to do"), default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["state", "run_after"], name="job_due")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=JobState.RUNNING)
                | models.Q(token__isnull=False, lease_until__isnull=False),
                name="job_running_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.key}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in (JobState.DONE, JobState.FAILED)


class Heartbeat(models.Model):
    """When a part of the site, the worker or the clock, was last seen at work."""

    part = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("part", "name")
        constraints = [models.UniqueConstraint(fields=["part", "name"], name="heartbeat_once_a_process")]

    def __str__(self) -> str:
        return f"{self.part} {self.name}"
