"""The legal-risk step: what the public does not see until two people weighed the risk, and why it was cleared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import PUBLISHED
from recommendations.assessments.compliance import refresh_compliance
from recommendations.assessments.models import (
    Assessment,
    ItemRating,
    LegalCaution,
    LegalClearance,
    OfficialsNamed,
)
from recommendations.assessments.transitions import is_author
from recommendations.audit.log import record
from recommendations.catalogue.models import Theme
from recommendations.vocabulary import NAMED_OFFICIALS, AssessmentStatus
from recommendations.words.clean import clean_line, clean_text
from recommendations.workflow.engine import Refused

WEIGHED = (AssessmentStatus.APPROVED, *PUBLISHED)


@dataclass(frozen=True)
class Weighing:
    """How it stands with an assessment: why it needs the step, and what was said so far."""

    grounds: tuple[str, ...]  # in words
    clearance: LegalClearance | None

    @property
    def is_open(self) -> bool:
        """Whether the public waits for it."""
        return bool(self.grounds) and not (self.clearance and self.clearance.cleared_at)


def grounds_of(assessment: Assessment) -> tuple[str, ...]:
    """Why the assessment needs the step, in words: its cautioned themes, and that it names officials."""
    cautions = set(LegalCaution.objects.values_list("code", flat=True))
    themes = Theme.objects.filter(
        code__in=cautions, recommendations__followed__ratings__assessment=assessment
    ).distinct()
    found = [theme.name_in((get_language() or "en")[:2]) for theme in themes]
    if NAMED_OFFICIALS in cautions and OfficialsNamed.objects.filter(assessment=assessment).exists():
        found.append(_("names officials"))
    return tuple(found)


def weighing(assessment: Assessment) -> Weighing:
    """How it stands with the legal-risk step."""
    return Weighing(grounds_of(assessment), LegalClearance.objects.filter(assessment=assessment).first())


def refusal_to_ask(assessment: Assessment, *, by: Any) -> str | None:
    """Why this person may not ask for the assessment to be cleared, or None: coordinators and reviewers."""
    if not (policy.may(by, "assessment.publish") or policy.may(by, "assessment.review")):
        return policy.refusal(by, "assessment.publish")
    if assessment.status not in WEIGHED:
        return _("The legal risk is weighed once the assessment is approved.")
    return None


def refusal_to_clear(assessment: Assessment, *, by: Any) -> str | None:
    """Why this person may not clear it, or None: a second person, who is no author of it."""
    reason = refusal_to_ask(assessment, by=by)
    if reason:
        return reason
    clearance = LegalClearance.objects.filter(assessment=assessment).first()
    if clearance is None:
        return _("First somebody else must say why the risk can be taken.")
    if clearance.cleared_at:
        return _("It was cleared already.")
    if clearance.asked_by_id == by.pk:
        return _("You asked for it: a second person must clear it.")
    if is_author(assessment, by):
        return _("You wrote this assessment: another person must clear it.")
    return None


@transaction.atomic
def ask_to_clear(
    assessment: Assessment, *, reason: str, by: Any, at: datetime | None = None
) -> LegalClearance:
    """Say why the legal risk can be taken; a second person decides. Raises ``Refused``."""
    refused = refusal_to_ask(assessment, by=by)
    reason = clean_text(reason)
    if not refused and not reason:
        refused = _("Give the reason, please: it is kept.")
    if refused:
        raise Refused(refused)
    try:
        with transaction.atomic():
            made = LegalClearance.objects.create(
                assessment=assessment, asked_by=by, asked_reason=reason, asked_at=at or timezone.now()
            )
    except IntegrityError:
        raise Refused(_("Somebody asked for it already.")) from None
    record("assessment.clearance_asked", assessment, by=by, at=at)
    return made


@transaction.atomic
def clear(assessment: Assessment, *, reason: str, by: Any, at: datetime | None = None) -> None:
    """Let the public see the assessment, as the second person. Raises ``Refused``."""
    refused = refusal_to_clear(assessment, by=by)
    reason = clean_text(reason)
    if not refused and not reason:
        refused = _("Give the reason, please: it is kept.")
    if refused:
        raise Refused(refused)
    at = at or timezone.now()
    changed = LegalClearance.objects.filter(assessment=assessment, cleared_at=None).exclude(asked_by=by)
    if not changed.update(cleared_by=by, cleared_at=at, cleared_reason=reason):
        raise Refused(_("It was cleared already."))
    refresh_compliance(assessment.ratings.values_list("item", flat=True), at=at)
    record("assessment.cleared", assessment, by=by, at=at)


@transaction.atomic
def keep_back(assessment: Assessment, *, reason: str, by: Any, at: datetime | None = None) -> None:
    """Take a clearance back, or decline what was asked: the public does not see the assessment. Raises ``Refused``."""
    refused = refusal_to_ask(assessment, by=by)
    reason = clean_text(reason)
    if not refused and not reason:
        refused = _("Give the reason, please: it is kept.")
    if refused:
        raise Refused(refused)
    gone, _kinds = LegalClearance.objects.filter(assessment=assessment).delete()
    if gone:
        refresh_compliance(assessment.ratings.values_list("item", flat=True), at=at)
        record("assessment.kept_back", assessment, by=by, detail={"note": reason}, at=at)


@transaction.atomic
def say_names_officials(assessment: Assessment, *, names: bool, by: Any) -> None:
    """Note whether the text names an official. Raises ``Refused``."""
    reason = refusal_to_ask(assessment, by=by) if not is_author(assessment, by) else None
    if reason:
        raise Refused(reason)
    if names:
        _row, changed = OfficialsNamed.objects.get_or_create(assessment=assessment, defaults={"noted_by": by})
    else:
        changed = bool(OfficialsNamed.objects.filter(assessment=assessment).delete()[0])
    if changed:
        refresh_compliance(assessment.ratings.values_list("item", flat=True))
        record("assessment.officials_noted", assessment, by=by, detail={"names": names})


@transaction.atomic
def add_caution(code: str, *, reason: str, by: Any) -> LegalCaution:
    """Ask for the step of every assessment of this theme (or that names officials). Raises ``Refused``."""
    policy.require(by, "caution.edit")
    if code != NAMED_OFFICIALS and not Theme.objects.filter(code=code).exists():
        raise Refused(_("There is no such theme."))
    caution, created = LegalCaution.objects.get_or_create(
        code=code, defaults={"reason": clean_line(reason), "added_by": by}
    )
    if not created:
        raise Refused(_("This theme has the step already."))
    _told_anew(code)
    record("caution.added", caution, by=by)
    return caution


@transaction.atomic
def remove_caution(caution: LegalCaution, *, by: Any) -> None:
    """Ask for the step no more."""
    policy.require(by, "caution.edit")
    record_of = LegalCaution.objects.filter(pk=caution.pk)
    if record_of.delete()[0]:
        _told_anew(caution.code)
        record("caution.removed", caution, by=by)


def _told_anew(code: str) -> None:
    """What is told to the public follows, of everything that was published under the theme."""
    ratings = ItemRating.objects.filter(status__in=PUBLISHED)
    if code == NAMED_OFFICIALS:
        ratings = ratings.filter(assessment__officials_named__isnull=False)
    else:
        ratings = ratings.filter(item__recommendation__themes__code=code)
    refresh_compliance(set(ratings.values_list("item", flat=True)))
