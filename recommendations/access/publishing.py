"""Who sees what the coalition puts its name to: submissions, editions, and who signs them. Part of ``visibility``."""

from __future__ import annotations

from django.db.models import Q

from recommendations.access.readers import (
    EVERYTHING,
    NOTHING,
    Reader,
    is_member,
    is_observer,
    model_of,
    organisation_of,
    roles_of,
)
from recommendations.vocabulary import Audience, Role


def submissions(reader: Reader) -> Q:
    """Drafts: lead organisation, authors, coordinators; once submitted all members, who sign; filed: observers, too."""
    return _written(reader, "Submission", "submission", final="filed")


def fact_sheets(reader: Reader) -> Q:
    """The same for fact sheets; approved ones: observers, too."""
    return _written(reader, "FactSheet", "factsheet", final="approved")


def _written(reader: Reader, model: str, column: str, *, final: str) -> Q:
    if not is_member(reader) or isinstance(reader, Audience):
        return Q(status=final) if is_observer(reader) else NOTHING
    seen = Q(status__in={"submitted", "approved", final})
    if Role.COORDINATOR in roles_of(reader):
        return EVERYTHING
    written = model_of(model).authors.through._base_manager.filter(user=reader.pk)
    seen |= Q(pk__in=written.values(column))
    if organisation_of(reader):
        seen |= Q(organisation=organisation_of(reader))
    return seen


def of_submission(reader: Reader) -> Q:
    """Parts, versions and decisions of a submission: as the submission, for members."""
    if not is_member(reader):
        return NOTHING
    return Q(submission__in=model_of("Submission")._base_manager.filter(submissions(reader)).values("pk"))


def editions(reader: Reader) -> Q:
    """Editions: members those that were not given up; observers and the public those made for the public."""
    if is_member(reader):
        return ~Q(status="dropped")
    if reader == Audience.PUBLIC or is_observer(reader):
        return Q(audience=Audience.PUBLIC, status="frozen", made_at__isnull=False)
    return NOTHING


def of_edition(reader: Reader) -> Q:
    """Files of an edition: as the edition."""
    return Q(edition__in=model_of("Edition")._base_manager.filter(editions(reader)).values("pk"))


def edition_sign_offs(reader: Reader) -> Q:
    """Who signs an edition and who stays unnamed: members."""
    return of_edition(reader) if is_member(reader) else NOTHING
