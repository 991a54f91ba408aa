"""Several submitted assessments read beneath each other: what is shown of each, and what stands against deciding."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from recommendations.assessments import reading, workflow
from recommendations.assessments.models import Assessment
from recommendations.assessments.pages import for_pages, read_parts
from recommendations.vocabulary import AssessmentStatus


def waiting(request: HttpRequest) -> QuerySet[Assessment]:
    """What waits for a decision and the reader may see, the longest waiting first."""
    found: QuerySet[Assessment] = for_pages(request).filter(status=AssessmentStatus.SUBMITTED)
    return found.order_by("submitted_at", "pk")


def why_not(assessment: Assessment, action: str, person: Any) -> str | None:
    """The workflow's refusal; and what was not seen must be accepted singly, with the list of it in view."""
    if action == "approve" and workflow.unseen_by(person, assessment):
        return _("You may not see everything that it cites: decide it on its own page.")
    return workflow.refusal(assessment, action, by=person)


def shown(assessment: Assessment, person: Any) -> dict[str, Any]:
    """What the page shows of one."""
    shelf = reading.shelf(assessment, reader=person)
    return {
        "assessment": assessment,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "parts": read_parts(assessment, shelf),
    }
