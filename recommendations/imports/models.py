"""An import run with its staged rows: confirming applies exactly what was seen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.catalogue.models import Recommendation, SourceFile, State
from recommendations.jobs.models import Job
from recommendations.vocabulary import ImportAction, ImportDecision, ImportState, UnknownLabels

__all__ = ["ImportRow", "ImportRun", "ImportTrace"]


class ImportRun(models.Model):
    """One reading of one file: counts and problems, and what became of it."""

    file = models.ForeignKey(SourceFile, models.PROTECT, related_name="runs")
    # What the file was recognised as: a reader's code; of our own table the kind of file.
    format = models.CharField(_("format"), max_length=40)
    # The format that a person chose, "" where the content decides.
    chosen_format = models.CharField(max_length=40, blank=True)
    state = models.ForeignKey(State, models.PROTECT, null=True, related_name="import_runs")
    status = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.PLANNED)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    conflicts = models.PositiveIntegerField(_("in conflict"), default=0)
    # Rows of which nobody knows yet which recommendation they mean, and what was decided: the key of a row → a
    # reference, "new" or "out" (``imports.matching``).
    undecided = models.PositiveIntegerField(_("to be decided"), default=0)
    choices = models.JSONField(default=dict)
    # How many rows hold something that a person should look at.
    doubts = models.PositiveIntegerField(_("to look at"), default=0)
    # Cycles and documents that are not here yet and come with the rows (``imports.places.Places.proposals``).
    proposals = models.JSONField(default=list)
    # What becomes of labels that are not known, the questions on them, and the answers given for this run alone:
    # labels to leave out by kind, and what was put right of the proposals (``imports.asking``, ``imports.places``).
    unknown = models.CharField(max_length=10, choices=UnknownLabels.choices, default=UnknownLabels.ASK)
    questions = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    # [{"row": …, "column": …, "message": …}]
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)
    # The background work that reads or applies it, where there is any.
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return self.file.name


class ImportRow(models.Model):
    """One record of the file as it will be applied, beside what it changes."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="staged")
    number = models.PositiveIntegerField(_("row"))
    action = models.CharField(max_length=10, choices=ImportAction.choices)
    reference = models.CharField(max_length=40, blank=True)
    recommendation = models.ForeignKey(Recommendation, models.SET_NULL, null=True, related_name="+")
    record = models.JSONField()
    # [{"field": …, "old": …, "new": …}]; with "hand": true what a person wrote or corrected here.
    changes = models.JSONField(default=list)
    # Of a row in conflict: whose wording stays.
    decision = models.CharField(max_length=6, choices=ImportDecision.choices, default=ImportDecision.OURS)

    # Sentences on what the reader was unsure of, and whether somebody looked.
    doubts = models.JSONField(default=list)
    looked_at = models.BooleanField(default=False)
    # How the row found its recommendation by its words, or what a person may choose from (``imports.parsed``).
    match = models.JSONField(default=dict)

    class Meta:
        ordering = ("run", "number", "pk")
        indexes = [
            models.Index(fields=["run", "action", "number"], name="import_rows_by_action"),
            models.Index(fields=["run", "reference"], name="import_rows_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.reference}"


class ImportTrace(models.Model):
    """What an import wrote of one State, a thousand rows at a time: what taking it back needs (imports.traces)."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="traces")
    state = models.CharField(max_length=3)
    # {"created": …, "changed": …} of some rows, or {"made": …, "last": …} once the State is written.
    content = models.JSONField()

    class Meta:
        ordering = ("run", "pk")

    def __str__(self) -> str:
        return f"{self.run_id} {self.state}"
