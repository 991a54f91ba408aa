"""Who is in danger through an item of evidence: sources, consent, and the changes of who may see it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.evidence.models import Evidence
from recommendations.formats.sealed_field import AlwaysSealedField
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Confidentiality, LevelChangeState, RiskLevel

__all__ = [
    "AdmissionRequest",
    "ConsentRecord",
    "LevelChange",
    "PersonInEvidence",
    "ProtectedSource",
    "SourceIdentity",
]

PERSON = settings.AUTH_USER_MODEL


class LevelChange(models.Model):
    """That an item's level was raised, or is to be lowered: with the reason, and the second person who agreed."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="level_changes")
    before = models.CharField(max_length=12, choices=Confidentiality.choices)
    after = models.CharField(_("who may see it"), max_length=12, choices=Confidentiality.choices)
    reason = AlwaysSealedField(_("reason"))
    state = models.CharField(max_length=10, choices=LevelChangeState.choices)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=LevelChangeState.LOWERED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="level_lowered_by_two",
            ),
            models.UniqueConstraint(
                fields=["evidence"], condition=Q(state=LevelChangeState.ASKED), name="level_asked_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="level_change_has_a_reason"),
        ]

    def __str__(self) -> str:
        return str(self.evidence)


class ProtectedSource(models.Model):
    """A person whose safety depends on not being known: shown by a pseudonym, with the risk she runs."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="protected_sources")
    pseudonym = models.CharField(_("pseudonym"), max_length=80)
    risk = models.CharField(_("risk"), max_length=6, choices=RiskLevel.choices)
    # Those who may read who it is, and nobody else.
    named_people: models.ManyToManyField = models.ManyToManyField(
        PERSON, related_name="trusted_with", verbose_name=_("who may know who it is")
    )
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=1)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("pseudonym", "pk")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "pseudonym"], name="pseudonym_once"),
            models.CheckConstraint(condition=Q(risk__in=RiskLevel.values), name="source_risk_known"),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class SourceIdentity(models.Model):
    """Who a protected source is, and how to reach her: for the people named there only."""

    source = models.OneToOneField(ProtectedSource, models.CASCADE, related_name="identity")
    identity = AlwaysSealedField(_("who it is"))
    notes = AlwaysSealedField(_("notes"), blank=True)

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        # Never the identity: what a row is called stands in logs.
        return f"#{self.pk}"


class PersonInEvidence(models.Model):
    """Somebody who can be recognised in an item, a protected source or another, by her pseudonym."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="people_in_it")
    source = models.ForeignKey(
        ProtectedSource, models.PROTECT, null=True, blank=True, related_name="appearances"
    )
    pseudonym = models.CharField(_("pseudonym"), max_length=80)
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("pseudonym", "pk")
        constraints = [
            models.UniqueConstraint(fields=["evidence", "pseudonym"], name="person_once_per_evidence")
        ]

    def __str__(self) -> str:
        return self.pseudonym


class ConsentRecord(models.Model):
    """What a person who can be recognised agreed to, until when; recorded once, perhaps withdrawn."""

    person = models.ForeignKey(PersonInEvidence, models.CASCADE, related_name="consents")
    for_coalition = models.BooleanField(_("use within the coalition"), default=False)
    for_un = models.BooleanField(_("submission to the UN"), default=False)
    for_public = models.BooleanField(_("publication"), default=False)
    # The last day on which it holds; none: until it is withdrawn.
    until = models.DateField(_("until"), null=True, blank=True)
    given_on = models.DateField(_("given on"))
    note = AlwaysSealedField(_("how it was given"), blank=True)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    withdrawal_reason = AlwaysSealedField(blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-given_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(for_coalition=True) | Q(for_un=True) | Q(for_public=True),
                name="consent_to_something",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("given_on")),
                name="consent_ends_after_it_was_given",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="consent_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AdmissionRequest(models.Model):
    """That a reviewer should be let in to a restricted item, asked of the people whose item it is."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="admission_requests")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    admitted = models.BooleanField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "person"],
                condition=Q(decided_at__isnull=True),
                name="admission_asked_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.evidence)
