"""Editions: the summary of a round frozen for an audience, its files, what stands in them, and who signs it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.assessments.models import Round
from recommendations.jobs.models import Job
from recommendations.organisations.models import Organisation
from recommendations.publications.models_decisions import Decision
from recommendations.vocabulary import Audience, EditionStatus, Language, SignOffKind

__all__ = ["Edition", "EditionFile", "EditionHolding", "EditionSignOff"]

PERSON = settings.AUTH_USER_MODEL


class Edition(models.Model):
    """What is frozen is written once, when its files are made, and never again; only taking it back may follow."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="editions", verbose_name=_("round"))
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    # The permanent address: KAZ-2-7-1 is the first edition of round 7, of Kazakhstan's second cycle.
    key = models.SlugField(max_length=40, unique=True)
    languages = models.JSONField(default=list)
    status = models.CharField(
        _("status"), max_length=10, choices=EditionStatus.choices, default=EditionStatus.OPEN
    )
    prepared_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    frozen_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    # When its files were finished; from then on it is handed out.
    made_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    method_edition = models.CharField(max_length=40, blank=True)
    figures = models.JSONField(default=dict)
    # Of each recommendation by its reference: [outcome, position]; what the next edition is compared with.
    standing = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    signers = models.JSONField(default=list)
    unnamed = models.PositiveSmallIntegerField(default=0)
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="renewals")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="edition")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-prepared_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["round", "audience"], condition=Q(status="open"), name="edition_open_once"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="edition_audience_known"),
            models.CheckConstraint(condition=Q(status__in=EditionStatus.values), name="edition_status_known"),
            models.CheckConstraint(
                condition=~Q(status="frozen") | Q(frozen_by__isnull=False, frozen_at__isnull=False),
                name="edition_frozen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people say: KAZ-2, edition 1."""
        cycle = self.key.rsplit("-", 2)[0]
        return translation.gettext("%(cycle)s, edition %(number)s") % {"cycle": cycle, "number": self.number}

    @property
    def is_made(self) -> bool:
        """Whether its files were finished."""
        return self.made_at is not None

    @property
    def language(self) -> str:
        """The first of its languages, in whose order names stand."""
        return str(self.languages[0])

    @property
    def lead_id(self) -> None:
        """Nobody leads an edition: all who sign stand in the order of their names."""
        return None


class EditionFile(models.Model):
    """One file of an edition, with the checksum by which anybody can tell that it is the one."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    language = models.CharField(max_length=2, choices=Language.choices)
    format = models.CharField(max_length=10)
    stored_as = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("language", "format")
        constraints = [
            models.UniqueConstraint(fields=["edition", "language", "format"], name="edition_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition.key}-{self.language}.{self.format}"


class EditionHolding(models.Model):
    """One row that stands in an edition, by its kind and key (overview.holdings)."""

    held_by = models.ForeignKey(Edition, models.CASCADE, related_name="holdings")
    kind = models.CharField(max_length=20)
    row = models.PositiveBigIntegerField()
    # How often passages had been taken out of it by then.
    edition = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["held_by", "kind", "row"], name="edition_holding_once")
        ]
        indexes = [models.Index(fields=["kind", "row"], name="edition_holding_by_row")]

    def __str__(self) -> str:
        return f"{self.held_by_id}: {self.kind} {self.row}"


class EditionSignOff(Decision):
    """What one organisation decided about one edition."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sign_offs")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="edition_sign_offs")

    class Meta:
        ordering = ("organisation__name",)
        constraints = [
            models.UniqueConstraint(fields=["edition", "organisation"], name="edition_sign_off_once"),
            models.CheckConstraint(condition=Q(kind__in=SignOffKind.values), name="edition_sign_off_known"),
            models.CheckConstraint(
                condition=~Q(kind=SignOffKind.RESERVATION) | ~Q(reservation=""),
                name="edition_reservation_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.organisation}"
