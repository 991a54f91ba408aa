"""What a coalition brings in from before: a file, how its columns are read, and each row with what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models import Assessment, Round
from recommendations.catalogue.models import SourceFile
from recommendations.evidence.models import Evidence
from recommendations.organisations.models import Organisation

__all__ = ["Bringing", "BroughtRow", "ColumnMemory"]


class Bringing(models.Model):
    """One file of one's own, from the upload to what was made of it."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("A list of evidence (XLSX, CSV)")
        ASSESSMENTS = "assessments", _("Earlier assessments (XLSX, CSV)")
        REFERENCES = "references", _("References of an earlier report (DOCX)")

    class Status(models.TextChoices):
        COLUMNS = "columns", _("Columns to be named")
        PLANNED = "planned", _("Waiting for confirmation")
        APPLYING = "applying", _("Being brought in")
        APPLIED = "applied", _("Brought in")
        # The background work failed for good before it was done; what it made until then is kept.
        STOPPED = "stopped", _("Interrupted")
        TAKEN_BACK = "taken_back", _("Taken back")
        DISCARDED = "discarded", _("Discarded")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    file = models.ForeignKey(SourceFile, models.PROTECT, related_name="brought")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="brought")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="brought")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.COLUMNS)
    sheet = models.CharField(max_length=100, blank=True)
    # Index of a column (as text) → field; defaults for what the table does not say.
    columns = models.JSONField(default=dict)
    defaults = models.JSONField(default=dict)
    # [{"row": …, "column": …, "message": …}]; rows with problems are left out.
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return self.file.name


class BroughtRow(models.Model):
    """One row of the file as it will be made; ``is_chosen`` says whether it shall be."""

    class Action(models.TextChoices):
        NEW = "new", pgettext_lazy("row", "New")
        LIKELY = "likely", _("Probably here already")
        HERE = "here", _("Here already")

    bringing = models.ForeignKey(Bringing, models.CASCADE, related_name="staged")
    number = models.PositiveIntegerField(_("row"))
    action = models.CharField(max_length=6, choices=Action.choices)
    is_chosen = models.BooleanField(default=False)
    title = models.CharField(max_length=300)
    record = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    # What it is, or probably is, already.
    likely = models.ForeignKey(Evidence, models.SET_NULL, null=True, related_name="+")
    # What was made of it.
    evidence = models.ForeignKey(Evidence, models.SET_NULL, null=True, related_name="brought_as")
    assessment = models.ForeignKey(Assessment, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("bringing", "number", "pk")
        constraints = [
            models.UniqueConstraint(fields=["bringing", "number"], name="brought_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ColumnMemory(models.Model):
    """How an organisation read a table with this header the last time."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Bringing.Kind.choices)
    header = models.CharField(max_length=64)  # hash of the folded header
    columns = models.JSONField()
    defaults = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "header"], name="columns_remembered_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"
