"""Fact sheets: what a person writes on the one page about a theme or a cluster; the rest comes from the record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models import Cluster, Round
from recommendations.catalogue.models import Theme
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Language
from recommendations.workflow.steps import Reviewed

__all__ = ["FactSheet"]

PERSON = settings.AUTH_USER_MODEL


class SheetStatus(models.TextChoices):
    """Where a fact sheet is on its way."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted for review")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class FactSheet(Reviewed):
    """One sheet in one language; ``status`` is written by publications.fact_sheet_workflow only."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="fact_sheets", verbose_name=_("round"))
    # One of the two.
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="fact_sheets")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, related_name="fact_sheets")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="fact_sheets")
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    title = models.CharField(_("title"), max_length=200)
    experience = models.TextField(_("what people experience"), blank=True)
    ask_1 = models.CharField(_("first recommendation to be read out"), max_length=400, blank=True)
    ask_2 = models.CharField(_("second recommendation to be read out"), max_length=400, blank=True)
    ask_3 = models.CharField(_("third recommendation to be read out"), max_length=400, blank=True)
    question = models.CharField(_("advance question"), max_length=600, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=SheetStatus.choices, default=SheetStatus.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)
    authors: models.ManyToManyField = models.ManyToManyField(PERSON, related_name="fact_sheets")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(theme__isnull=True, cluster__isnull=False)
                | Q(theme__isnull=False, cluster__isnull=True),
                name="fact_sheet_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SheetStatus.values), name="fact_sheet_status_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="fact_sheet_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status=SheetStatus.APPROVED) | Q(approved_by__isnull=False),
                name="fact_sheet_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asks(self) -> list[str]:
        """The recommendations to be read out, those that are written."""
        return [text for text in (self.ask_1, self.ask_2, self.ask_3) if text.strip()]

    @property
    def subject(self) -> str:
        """The theme or the cluster, in the sheet's language."""
        return (
            self.theme.name_in(self.language) if self.theme else self.cluster.title_in(self.language)  # type: ignore[union-attr]
        )
