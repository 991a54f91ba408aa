"""Evidence with its sources, files and links, and the indicators with their observations."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.catalogue.models import Demand, Recommendation, State
from recommendations.evidence.words import CameBy, CopyKind, Scan
from recommendations.formats.sealed_field import AlwaysSealedField, SealedField
from recommendations.formats.sealing import TEXT_MARK
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Confidentiality, EvidenceCheck, EvidenceKind, Shows, TextLanguage
from recommendations.web.alphabet import InAlphabet

__all__ = [
    "Evidence",
    "EvidenceCopy",
    "EvidenceFile",
    "EvidenceLink",
    "Indicator",
    "Observation",
    "Source",
    "Upload",
    "UploadPiece",
]


# The texts of a restricted item that lie sealed.
SEALED_TEXTS = ("description", "method", "held_by", "check_note")


def _all_sealed(fields: tuple[str, ...]) -> Q:
    """That each of these columns is empty or sealed."""
    condition = Q()
    for field in fields:
        condition &= Q(Exact(Length(field), 0)) | Q(Exact(Left(field, len(TEXT_MARK)), TEXT_MARK))
    return condition


class Source(models.Model):
    """Where something comes from: publisher, title, address, date of publication."""

    # Of a restricted item its texts lie sealed (secrecy.SEALED), as do the SealedFields below.
    publisher = SealedField(_("publisher"))
    title = SealedField(_("title of the source"), blank=True)
    url = SealedField(_("address"), blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    # Where only the year or month is known: 2019, 2019-04.
    published_text = SealedField(_("date as known"), blank=True)
    accessed_on = models.DateField(_("accessed on"), null=True, blank=True)
    # Since when somebody, or the check of links, found that the address no longer answers.
    dead_since = models.DateField(_("no longer answers since"), null=True, blank=True)
    # When the product last asked the address, and since when it got no answer; one failure may be the network's.
    asked_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("publisher", "title")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.publisher, self.title) if part)


class Evidence(models.Model):
    """One item of evidence; people say its number: E-12."""

    number = models.PositiveIntegerField(unique=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=30, choices=EvidenceKind.choices)
    description = SealedField(_("description"), blank=True)
    method = SealedField(_("how it was obtained or measured"), blank=True)
    held_by = SealedField(_("who keeps it"), blank=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="evidence")
    # Dates and place of the facts, not of the publication.
    happened_from = models.DateField(_("facts from"), null=True, blank=True)
    happened_until = models.DateField(_("facts until"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    language = models.CharField(
        _("language of the item"), max_length=2, choices=TextLanguage.choices, blank=True
    )
    confidentiality = models.CharField(
        _("who may see it"), max_length=12, choices=Confidentiality.choices, default=Confidentiality.COALITION
    )
    named_people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="admitted_to", verbose_name=_("also shown to")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="evidence")
    check_status = models.CharField(
        _("check"), max_length=15, choices=EvidenceCheck.choices, default=EvidenceCheck.NOT_CHECKED
    )
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    check_note = SealedField(_("note on the check"), blank=True)
    # Act with its version, for a law: what §4.5 asks of every claim about law.
    act_version = models.CharField(_("version of the act"), max_length=120, blank=True)
    # When the act was changed after that version: assessments that rest on it have gone stale.
    amended_on = models.DateField(_("act amended on"), null=True, blank=True)
    state = models.ForeignKey(State, models.PROTECT, null=True, blank=True, related_name="+")
    # What the item is found by (words.stems), blank before and after each; of restricted items the title only.
    stems = models.TextField(default="", blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence_added")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(confidentiality__in=Confidentiality.values), name="evidence_confidentiality_known"
            ),
            models.CheckConstraint(
                condition=Q(happened_from__isnull=True)
                | Q(happened_until__isnull=True)
                | Q(happened_until__gte=F("happened_from")),
                name="evidence_facts_end_after_they_began",
            ),
            # The database itself holds that no text of a restricted item lies in clear.
            models.CheckConstraint(
                condition=~Q(confidentiality=Confidentiality.RESTRICTED) | _all_sealed(SEALED_TEXTS),
                name="evidence_restricted_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people say and write: E-12."""
        return f"E-{self.number}"


class EvidenceFile(models.Model):
    """A file as received: never altered, stored under its hash, opened only through a permission check."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=100)
    name = SealedField(_("name as received"))
    stored_as = models.CharField(max_length=255)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    came_by = models.CharField(max_length=10, choices=CameBy.choices, default=CameBy.FORM)
    # Sealed: from which address it was fetched, over which turns, with which headers.
    capture = SealedField(default="", blank=True)
    # Why no copy for sharing can be made (formats.copies.MESSAGES); empty while one is made or there is one.
    copy_problem = models.CharField(max_length=30, blank=True)
    scan = models.CharField(max_length=12, choices=Scan.choices, default=Scan.NOT_SCANNED)
    scan_found = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("received_at", "pk")
        constraints = [models.UniqueConstraint(fields=["evidence", "sha256"], name="file_once_per_evidence")]

    def __str__(self) -> str:
        return self.name


class EvidenceCopy(models.Model):
    """A file made from one that was received, or a redacted one beside it; the original is never touched."""

    file = models.ForeignKey(EvidenceFile, models.CASCADE, related_name="copies")
    kind = models.CharField(max_length=10, choices=CopyKind.choices)
    # The redacted copy from which this one was made; empty where it was made from the file as received.
    made_from = models.ForeignKey("self", models.CASCADE, null=True, related_name="copies")
    page = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=100)
    stored_as = models.CharField(max_length=255)
    # As for files: why no copy of this redacted one can be made.
    copy_problem = models.CharField(max_length=30, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("file", "kind", "page", "pk")
        verbose_name_plural = "evidence copies"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CopyKind.values), name="copy_kind_known"),
            models.UniqueConstraint(
                fields=["file", "kind", "page"],
                condition=Q(made_from__isnull=True) & ~Q(kind=CopyKind.REDACTED),
                name="copy_of_original_once",
            ),
            models.UniqueConstraint(
                fields=["made_from", "kind", "page"],
                condition=Q(made_from__isnull=False),
                name="copy_of_redacted_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CopyKind.REDACTED) | Q(made_by__isnull=False, made_from__isnull=True),
                name="copy_redacted_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} · {self.get_kind_display()}"


class Upload(models.Model):
    """A file on its way in pieces, over a connection that breaks; gone when it is whole, given up or a day old."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="uploads")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads")
    name = AlwaysSealedField()
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("begun_at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="upload_no_more_than_announced")
        ]

    def __str__(self) -> str:
        return str(self.key)


class UploadPiece(models.Model):
    """A piece of a file on its way: sealed as whole files are."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="pieces")
    start = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=255)

    class Meta:
        ordering = ("upload", "start")
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="upload_piece_once")]

    def __str__(self) -> str:
        return f"{self.upload} {self.start}"


class EvidenceLink(models.Model):
    """What an item of evidence shows about a recommendation (or one demand of it), and why."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="links")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="evidence_links")
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, blank=True, related_name="evidence_links")
    shows = models.CharField(_("shows"), max_length=12, choices=Shows.choices)
    why = SealedField(_("why"), blank=True)
    passage = SealedField(_("page or passage"), blank=True)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("evidence", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "recommendation"],
                condition=Q(demand__isnull=True),
                name="evidence_linked_once",
            ),
            models.UniqueConstraint(
                fields=["evidence", "recommendation", "demand"],
                condition=Q(demand__isnull=False),
                name="evidence_linked_once_per_demand",
            ),
            models.CheckConstraint(condition=Q(shows__in=Shows.values), name="evidence_shows_known"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} · {self.recommendation}"


class Indicator(models.Model):
    """A figure followed over time."""

    slug = models.SlugField(max_length=80, unique=True)
    state = models.ForeignKey(State, models.PROTECT, related_name="indicators")
    name = models.CharField(_("name"), max_length=300)
    name_ru = models.CharField(_("name in Russian"), max_length=300, blank=True)
    name_kk = models.CharField(_("name in Kazakh"), max_length=300, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    unit = models.CharField(_("unit"), max_length=60)
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=4, null=True, blank=True)
    target_note = models.CharField(_("note on the target"), max_length=300, blank=True)
    expected_every = models.PositiveSmallIntegerField(
        _("a new value every so many months"), null=True, blank=True
    )
    recommendations = models.ManyToManyField(Recommendation, blank=True, related_name="indicators")
    is_demo = models.BooleanField(default=False, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = (InAlphabet("name", "name_ru", "name_kk"),)

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the reader's language, else in English."""
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name


class Observation(models.Model):
    """An indicator's value at a time, with its source."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="observations")
    on = models.DateField(_("date"))
    # How the date is said where a day would claim too much: "2017", "start of 2019".
    when_label = models.CharField(_("date in words"), max_length=60, blank=True)
    # What the value is of, where one indicator has several series: "by court order".
    series = models.CharField(_("series"), max_length=120, blank=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="observations")
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("indicator", "series", "on")
        constraints = [models.UniqueConstraint(fields=["indicator", "series", "on"], name="observation_once")]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.when_label or self.on}"
