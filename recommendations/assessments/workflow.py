"""The three questions pages and endpoints ask of an assessment's workflow; the table is transitions.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from recommendations.assessments.models import Assessment
from recommendations.assessments.transitions import WORKFLOW, unseen_by
from recommendations.workflow.engine import Offer, Refused

__all__ = ["happened_already", "offers", "perform", "refusal", "unseen_by"]


def refusal(assessment: Assessment, action: str, *, by: Any) -> str | None:
    """Why this person may not do this now, in words; None when nothing stands against it."""
    if WORKFLOW.knows(action) and WORKFLOW.transition(action).by_itself:
        return _("This happens by itself, when the next assessment is published.")
    return WORKFLOW.refusal(assessment, action, by=by)


def offers(assessment: Assessment, *, by: Any) -> list[Offer]:
    """The actions that exist from its status, each with the reason why not."""
    return WORKFLOW.offers(assessment, by=by)


def perform(
    assessment: Assessment, action: str, *, by: Any, note: str = "", at: datetime | None = None
) -> Assessment:
    """Do it, or raise ``Refused`` (``Stale`` when somebody was faster); returns the assessment as it stands."""
    reason = refusal(assessment, action, by=by)
    if reason:
        raise Refused(reason)
    return WORKFLOW.perform(assessment, action, by=by, note=note, at=at)


def happened_already(assessment: Assessment, action: str, *, by: Any) -> bool:
    """Whether this very person did this very thing a moment ago: a second click does no harm."""
    if not WORKFLOW.knows(action):
        return False
    row = WORKFLOW.transition(action)
    if assessment.status != row.target or assessment.status in row.sources:
        return False
    persons = [name for name in row.stamps if name.endswith("_by")]
    return bool(persons) and all(getattr(assessment, f"{name}_id") == by.pk for name in persons)
