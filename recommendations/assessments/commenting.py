"""Remarks in a review: made, answered, and whom they ask by name."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import MEMBER_ROLES, can_see
from recommendations.assessments.models import Assessment, Comment
from recommendations.audit.log import record
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.organisations.models import User
from recommendations.workflow.engine import Refused

MENTION = "reminders.mentioned"


def add_comment(
    assessment: Assessment, *, part: str, text: str, by: Any, at: datetime | None = None
) -> Comment:
    """A remark at a part of the text ("" is the whole)."""
    reason = policy.refusal(by, "assessment.comment")
    if not reason and not can_see(assessment, by):
        reason = _("You cannot see this assessment.")
    if not reason and not text.strip():
        reason = _("Write the comment first.")
    if reason:
        raise Refused(reason)
    moment = at or timezone.now()
    with transaction.atomic():
        comment = Comment.objects.create(
            assessment=assessment, part=part, text=text.strip(), author=by, written_at=moment
        )
        asked = mentioned_in(text, assessment, but=by)
        comment.mentioned.set(asked)
        record("assessment.commented", assessment, by=by, at=at, detail={"part": part})
        if MENTION in HANDLERS:
            for person in asked:
                payload = {"comment": comment.pk, "person": person.pk}
                enqueue(MENTION, payload, key=f"{MENTION}:{comment.pk}:{person.pk}", by=by)
    return comment


def mentioned_in(text: str, assessment: Assessment, *, but: Any) -> list[User]:
    """The members whose name stands behind an "@" in the text and who may read the assessment, save its writer.

    A name counts whole, or as its first word where only one colleague has it.
    """
    if "@" not in text:
        return []
    folded = " ".join(text.casefold().split())
    members = [
        person
        for person in User.objects.filter(is_active=True).exclude(pk=but.pk)
        if person.roles & MEMBER_ROLES and person.name
    ]
    firsts = Counter(person.name.split()[0].casefold().strip(",") for person in members)
    found = []
    for person in members:
        first = person.name.split()[0].casefold().strip(",")
        named = f"@{person.name.casefold()}" in folded
        called = firsts[first] == 1 and re.search(rf"@{re.escape(first)}\b", folded) is not None
        if (named or called) and can_see(assessment, person):
            found.append(person)
    return found


def resolve_comment(comment: Comment, *, by: Any, at: datetime | None = None) -> Comment:
    """Mark a remark as dealt with; done twice it stays as it was."""
    reason = policy.refusal(by, "assessment.comment")
    if reason:
        raise Refused(reason)
    with transaction.atomic():
        done = Comment.objects.filter(pk=comment.pk, resolved_at=None).update(
            resolved_by=by, resolved_at=at or timezone.now()
        )
        if done:
            record("assessment.comment_resolved", comment.assessment, by=by, at=at)
    comment.refresh_from_db()
    return comment
