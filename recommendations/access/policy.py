"""Who may do what outside the workflow: one table, role × act, and the question asked of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from recommendations.access.visibility import roles_of
from recommendations.vocabulary import Role

EDITOR, REVIEWER, COORDINATOR = Role.EDITOR, Role.REVIEWER, Role.COORDINATOR
OBSERVER, ADMINISTRATOR = Role.OBSERVER, Role.ADMINISTRATOR

ACTS: dict[str, frozenset[Role]] = {
    # reading
    "content.read": frozenset({EDITOR, REVIEWER, COORDINATOR, OBSERVER}),
    "selection.export": frozenset({EDITOR, REVIEWER, COORDINATOR, OBSERVER}),
    "summary.export": frozenset({EDITOR, REVIEWER, COORDINATOR, OBSERVER}),
    "summary.export_coalition": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    # the record
    "recommendation.record": frozenset({EDITOR, COORDINATOR}),
    "recommendation.link": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "position.record": frozenset({EDITOR, COORDINATOR}),
    "cycle.edit": frozenset({COORDINATOR}),
    "import.run": frozenset({COORDINATOR}),
    # evidence
    "evidence.add": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "source.protect": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "evidence.check": frozenset({REVIEWER, COORDINATOR}),
    "indicator.edit": frozenset({EDITOR, COORDINATOR}),
    # assessments
    "assessment.write": frozenset({EDITOR, COORDINATOR}),
    "assessment.comment": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "assessment.review": frozenset({REVIEWER}),
    "review.queue": frozenset({REVIEWER, COORDINATOR}),
    "round.manage": frozenset({COORDINATOR}),
    "assessment.publish": frozenset({COORDINATOR}),
    "caution.edit": frozenset({COORDINATOR}),
    "reminder.edit": frozenset({COORDINATOR}),
    "signin.restore": frozenset({COORDINATOR}),
    "colleague.freeze": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    # administration
    "people.manage": frozenset({ADMINISTRATOR}),
    "audit.read": frozenset({ADMINISTRATOR}),
    "audit.erase": frozenset({ADMINISTRATOR}),
    "mail.read": frozenset({ADMINISTRATOR}),
    "everything.export": frozenset({ADMINISTRATOR}),
    "status.read": frozenset({ADMINISTRATOR}),
}


def may(person: Any, act: str) -> bool:
    """Whether the person's roles allow the act at all; the object's own rules come on top."""
    return bool(roles_of(person) & ACTS[act])


def refusal(person: Any, act: str) -> str | None:
    """The sentence that says which roles the act needs, or None where the person has one."""
    if may(person, act):
        return None
    roles = ", ".join(str(role.label) for role in Role if role in ACTS[act])
    return _("This needs one of these roles: %(roles)s.") % {"roles": roles}


def require(person: Any, act: str) -> None:
    """Stop with 403 and the reason unless the person may."""
    reason = refusal(person, act)
    if reason:
        raise PermissionDenied(reason)
