"""Who sees what, written once: for each kind of row, the rows a reader may see, as a ``Q``.

A reader is a person (``organisations.User``) or an audience (``vocabulary.Audience``): what is made for an
audience holds what that audience may see, whoever presses the button. Rules are keyed by model label and
speak in lookup strings, so that this module imports no model.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone

from recommendations.access import publishing
from recommendations.access.readers import (
    EVERYTHING,
    MEMBER_ROLES,
    NOTHING,
    Reader,
    Rule,
    is_member,
    is_observer,
    model_of,
    organisation_of,
    roles_of,
)
from recommendations.vocabulary import (
    NAMED_OFFICIALS,
    AssessmentStatus,
    Audience,
    Confidentiality,
    ConsentUse,
    RiskLevel,
    Role,
)

PUBLISHED = (AssessmentStatus.PUBLISHED, AssessmentStatus.SUPERSEDED)
APPROVED = (AssessmentStatus.APPROVED, *PUBLISHED)
IN_REVIEW = (AssessmentStatus.SUBMITTED, AssessmentStatus.RETURNED)


def shared_facts(reader: Reader) -> Q:
    """Rows about the review itself (recommendations, cycles, indicators): members, observers, the public."""
    if reader == Audience.PUBLIC or is_member(reader) or is_observer(reader):
        return EVERYTHING
    return NOTHING


def cleared_for_the_public() -> Q:
    """Assessments that need no legal-risk step (by theme, or because they name officials) or went through it."""
    cautions = model_of("LegalCaution")._base_manager.values("code")
    rated = model_of("ItemRating")._base_manager.filter(item__recommendation__themes__code__in=cautions)
    needed = Q(pk__in=rated.values("assessment"))
    # Where coordinators removed the caution about named officials, nothing is cautioned for naming them.
    officials = model_of("LegalCaution")._base_manager.filter(code=NAMED_OFFICIALS)
    naming = model_of("OfficialsNamed")._base_manager.filter(Exists(officials))
    needed |= Q(pk__in=naming.values("assessment"))
    cleared = model_of("LegalClearance")._base_manager.filter(cleared_at__isnull=False)
    return ~needed | Q(pk__in=cleared.values("assessment"))


def assessments(reader: Reader) -> Q:
    """Assessments by status (HOUSE: who sees what); the public sees none before its legal risk was weighed."""
    if reader == Audience.PUBLIC:
        return Q(status__in=PUBLISHED) & cleared_for_the_public()
    if is_observer(reader) and not is_member(reader):
        return Q(status__in=PUBLISHED)
    if not is_member(reader):
        return NOTHING
    seen = Q(status__in=APPROVED)
    if reader == Audience.COALITION:
        return seen
    written = model_of("Assessment").authors.through._base_manager.filter(user=reader.pk)
    seen |= Q(pk__in=written.values("assessment"))
    if organisation_of(reader):
        seen |= Q(organisation=organisation_of(reader))
    if roles_of(reader) & {Role.REVIEWER, Role.COORDINATOR}:
        seen |= Q(status__in=IN_REVIEW)
    if Role.COORDINATOR in roles_of(reader):
        seen |= Q(status__in=[AssessmentStatus.RETRACTED, AssessmentStatus.WITHDRAWN])
        # Nobody of theirs signs in: the coordinators together are their hands.
        seen |= Q(organisation__works_by_mail=True)
    return seen


def assessment_insides(reader: Reader) -> Q:
    """Comments and frozen versions: those who write the assessment and those who review it."""
    roles = roles_of(reader)
    if not roles & MEMBER_ROLES:
        return NOTHING
    written = model_of("Assessment").authors.through._base_manager.filter(user=reader.pk)
    own = Q(assessment__in=written.values("assessment"))
    if reader.organisation_id:
        own |= Q(assessment__organisation=reader.organisation_id)
    if roles & {Role.REVIEWER, Role.COORDINATOR}:
        own |= ~Q(assessment__status=AssessmentStatus.DRAFT)
    if Role.COORDINATOR in roles:
        own |= Q(assessment__organisation__works_by_mail=True)
    return own


def safe_for(use: str) -> Q:
    """Items of evidence that endanger nobody when they are used so (a ``ConsentUse``), today.

    Everyone who can be recognised in the item agreed to this use and still does, and no source in it runs a high
    risk. An item in which nobody was noted to be recognisable is safe.
    """
    today = timezone.localdate()
    holding = model_of("ConsentRecord")._base_manager.filter(
        Q(until=None) | Q(until__gte=today), withdrawn_at=None, **{f"for_{use}": True}
    )
    people = model_of("PersonInEvidence")._base_manager
    endangered = people.filter(~Q(pk__in=holding.values("person")) | Q(source__risk=RiskLevel.HIGH))
    return ~Q(pk__in=endangered.values("evidence"))


def evidence(reader: Reader) -> Q:
    """Evidence by confidentiality and consent; the public sees public items that a published assessment cites.

    What is not safe for others stays with its organisation and the people named.
    """
    if reader == Audience.PUBLIC:
        shown = model_of("Assessment")._base_manager.filter(assessments(Audience.PUBLIC))
        cited = (
            model_of("Citation")._base_manager.filter(assessment__in=shown.values("pk")).values("evidence")
        )
        return Q(confidentiality=Confidentiality.PUBLIC, pk__in=cited) & safe_for(ConsentUse.PUBLIC)
    shared = ~Q(confidentiality=Confidentiality.RESTRICTED) & safe_for(ConsentUse.COALITION)
    if reader == Audience.COALITION:
        return shared
    if not is_member(reader):
        public = Q(confidentiality=Confidentiality.PUBLIC) & safe_for(ConsentUse.PUBLIC)
        return public if is_observer(reader) else NOTHING
    seen = shared
    named = model_of("Evidence").named_people.through._base_manager.filter(user=reader.pk)
    seen |= Q(pk__in=named.values("evidence"))
    if organisation_of(reader):
        seen |= Q(organisation=organisation_of(reader))
    return seen


def of_evidence(reader: Reader) -> Q:
    """Files, links and citations of evidence: as the evidence."""
    return Q(evidence__in=model_of("Evidence")._base_manager.filter(evidence(reader)).values("pk"))


def of_own_evidence(reader: Reader) -> Q:
    """What endangers people in an item: its organisation's members and the people the item names, as they see it."""
    if isinstance(reader, Audience) or not is_member(reader):
        return NOTHING
    named = model_of("Evidence").named_people.through._base_manager.filter(user=reader.pk)
    own = Q(evidence__in=named.values("evidence"))
    own |= Q(evidence__added_by=reader.pk, evidence__organisation__works_by_mail=True)
    if organisation_of(reader):
        own |= Q(evidence__organisation=organisation_of(reader))
    return own


def level_changes(reader: Reader) -> Q:
    """Changes of an item's level, with their reasons: members who see the item."""
    if isinstance(reader, Audience) or not is_member(reader):
        return NOTHING
    return of_evidence(reader)


def admission_requests(reader: Reader) -> Q:
    """Who is to be let in: the item's organisation, who asked, and whom it concerns."""
    if isinstance(reader, Audience) or not is_member(reader):
        return NOTHING
    return of_own_evidence(reader) | Q(asked_by=reader.pk) | Q(person=reader.pk)


def consents(reader: Reader) -> Q:
    """Consent: as the person in the item who gave it."""
    seen = model_of("PersonInEvidence")._base_manager.filter(of_own_evidence(reader))
    return Q(person__in=seen.values("pk"))


def protected_sources(reader: Reader) -> Q:
    """Protected sources, by pseudonym: members of the organisation that protects them, and who may know them."""
    if isinstance(reader, Audience) or not is_member(reader):
        return NOTHING
    named = model_of("ProtectedSource").named_people.through._base_manager.filter(user=reader.pk)
    seen = Q(pk__in=named.values("protectedsource"))
    if organisation_of(reader):
        seen |= Q(organisation=organisation_of(reader))
    return seen


def identities(reader: Reader) -> Q:
    """Who a protected source is: the people named there, and nobody else."""
    if isinstance(reader, Audience) or not is_member(reader):
        return NOTHING
    named = model_of("ProtectedSource").named_people.through._base_manager.filter(user=reader.pk)
    return Q(source__in=named.values("protectedsource"))


def ratings(reader: Reader) -> Q:
    """Ratings: as their assessment."""
    return Q(assessment__in=model_of("Assessment")._base_manager.filter(assessments(reader)).values("pk"))


def clearances(reader: Reader) -> Q:
    """How the legal risk was weighed, and translations: members who see the assessment."""
    if isinstance(reader, Audience) or not is_member(reader):
        return NOTHING
    return ratings(reader)


def compliance(reader: Reader) -> Q:
    """The compliance status that is kept for the reader's own audience."""
    if is_member(reader):
        return Q(audience=Audience.COALITION)
    if reader == Audience.PUBLIC or is_observer(reader):
        return Q(audience=Audience.PUBLIC)
    return NOTHING


def exports(reader: Reader) -> Q:
    """Exports: one's own; those made for an audience, also by those whom that audience holds."""
    roles = roles_of(reader)
    if not roles:
        return NOTHING
    seen = Q(made_by=reader.pk)
    if roles & MEMBER_ROLES:
        seen |= Q(audience__in=[Audience.PUBLIC, Audience.COALITION])
    elif Role.OBSERVER in roles:
        seen |= Q(audience=Audience.PUBLIC)
    return seen


def coordinators_only(reader: Reader) -> Q:
    """Rows of the coordinators' own work, such as import runs."""
    return EVERYTHING if Role.COORDINATOR in roles_of(reader) else NOTHING


def _of_own_organisation(reader: Reader, path: str, *persons: str) -> Q:
    """Rows of an organisation: for its members, for who made them, for coordinators where it works by mail."""
    roles = roles_of(reader)
    if not roles & MEMBER_ROLES:
        return NOTHING
    seen = Q()
    for person in persons:
        seen |= Q(**{person: reader.pk})
    if reader.organisation_id:
        seen |= Q(**{path: reader.organisation_id})
    if Role.COORDINATOR in roles:
        seen |= Q(**{f"{path}__works_by_mail": True})
    return seen


def field_sheets(reader: Reader) -> Q:
    """Sheets for work in the field hold drafts: their organisation's, and who made them."""
    return _of_own_organisation(reader, "organisation", "made_by")


def field_returns(reader: Reader) -> Q:
    """What came back: as the sheet, and who brought it in."""
    return _of_own_organisation(reader, "sheet__organisation", "returned_by")


def brought(reader: Reader) -> Q:
    """Files that an organisation brings in: its members', and who sent them."""
    return _of_own_organisation(reader, "organisation", "started_by")


def administrators_only(reader: Reader) -> Q:
    """Rows of the administration, such as the audit log."""
    return EVERYTHING if Role.ADMINISTRATOR in roles_of(reader) else NOTHING


def recipient_only(reader: Reader) -> Q:
    """Messages: the person they are for."""
    return Q(recipient=reader.pk) if roles_of(reader) else NOTHING


def owner_only(reader: Reader) -> Q:
    """A person's own secret addresses."""
    return Q(owner=reader.pk) if roles_of(reader) else NOTHING


def freezes(reader: Reader) -> Q:
    """That an account is frozen, or to be: colleagues and administrators, never the person herself."""
    if roles_of(reader) & (MEMBER_ROLES | {Role.ADMINISTRATOR}):
        return ~Q(person=reader.pk)
    return NOTHING


def people(reader: Reader) -> Q:
    """People and organisations: colleagues, and the administrators who keep the list."""
    if is_member(reader) and not isinstance(reader, Audience):
        return EVERYTHING
    return administrators_only(reader)


RULES: dict[str, Rule] = {
    "State": shared_facts,
    "Body": shared_facts,
    "ReviewCycle": shared_facts,
    "Milestone": shared_facts,
    "Document": shared_facts,
    "Recommendation": shared_facts,
    "Demand": shared_facts,
    "Position": shared_facts,
    "StateClaim": shared_facts,
    "Indicator": shared_facts,
    "Observation": shared_facts,
    "Theme": shared_facts,
    "AffectedGroup": shared_facts,
    "Goal": shared_facts,
    "MethodEdition": shared_facts,
    "Round": shared_facts,
    "RoundItem": shared_facts,
    "Cluster": shared_facts,
    "Assessment": assessments,
    "AssessmentVersion": assessment_insides,
    "Comment": assessment_insides,
    "LegalCaution": coordinators_only,
    **dict.fromkeys(("LegalClearance", "OfficialsNamed", "Translation"), clearances),
    "Redaction": ratings,
    "ItemRating": ratings,
    "ComplianceStatus": compliance,
    "Evidence": evidence,
    "EvidenceFile": of_evidence,
    "EvidenceCopy": lambda who: Q(
        file__in=model_of("EvidenceFile")._base_manager.filter(of_evidence(who)).values("pk")
    ),
    "Upload": owner_only,
    "EvidenceLink": of_evidence,
    "Citation": of_evidence,
    "LevelChange": level_changes,
    "AdmissionRequest": admission_requests,
    "ProtectedSource": protected_sources,
    "SourceIdentity": identities,
    "PersonInEvidence": of_own_evidence,
    "ConsentRecord": consents,
    "Submission": publishing.submissions,
    "SubmissionPart": publishing.of_submission,
    "SubmissionVersion": publishing.of_submission,
    "SignOff": publishing.of_submission,
    "FactSheet": publishing.fact_sheets,
    "Edition": publishing.editions,
    "EditionFile": publishing.of_edition,
    "EditionSignOff": publishing.edition_sign_offs,
    "Export": exports,
    "FullExport": administrators_only,
    "ImportRun": coordinators_only,
    "Bringing": brought,
    "FieldSheet": field_sheets,
    "FieldReturn": field_returns,
    "Event": administrators_only,
    "DetailRetention": administrators_only,
    "Delivery": administrators_only,
    "Digest": administrators_only,
    "ReminderRule": coordinators_only,
    "Invitation": administrators_only,
    "Notification": recipient_only,
    "CalendarFeed": owner_only,
    "ShareLink": owner_only,
    "SignInRestoration": coordinators_only,
    "Freeze": freezes,
    "User": people,
    "Organisation": people,
}


def visible(model: type[models.Model], reader: Reader) -> Q:
    """The rule for one kind of row; a kind without a rule is a programming error."""
    return RULES[model.__name__](reader)


class VisibleQuerySet(models.QuerySet):
    """Where every list, page, count, search and export starts: ``Model.objects.visible_to(reader)``."""

    def visible_to(self, reader: Reader) -> Self:
        """The rows that the reader may see."""
        return self.filter(visible(self.model, reader))


def can_see(row: models.Model, reader: Reader) -> bool:
    """Whether the reader may see this one row: asked of the same rule, never spelled again."""
    return type(row)._base_manager.filter(visible(type(row), reader), pk=row.pk).exists()  # type: ignore[attr-defined]
