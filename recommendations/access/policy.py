"""Who may do what outside the workflow: one table, role × act, and the question asked of it."""

from __future__ import annotations

from collections.abc import Callable
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
    "evidence.export": frozenset({EDITOR, REVIEWER, COORDINATOR, OBSERVER}),
    "fieldsheet.export": frozenset({EDITOR, COORDINATOR}),
    "submission.export": frozenset({EDITOR, REVIEWER, COORDINATOR, OBSERVER}),
    "calendar.export": frozenset({EDITOR, REVIEWER, COORDINATOR, OBSERVER}),
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
    "assessment.translate": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "assessment.review": frozenset({REVIEWER}),
    "review.queue": frozenset({REVIEWER, COORDINATOR}),
    "round.manage": frozenset({COORDINATOR}),
    "assessment.publish": frozenset({COORDINATOR}),
    "caution.edit": frozenset({COORDINATOR}),
    # what is filed
    "submission.write": frozenset({EDITOR, COORDINATOR}),
    "submission.sign": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "submission.file": frozenset({COORDINATOR}),
    "edition.freeze": frozenset({COORDINATOR}),
    "link.share": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    "reminder.edit": frozenset({COORDINATOR}),
    "signin.restore": frozenset({COORDINATOR}),
    "colleague.freeze": frozenset({EDITOR, REVIEWER, COORDINATOR}),
    # administration
    "people.manage": frozenset({ADMINISTRATOR}),
    "person.part": frozenset({COORDINATOR, ADMINISTRATOR}),
    "site.close": frozenset({ADMINISTRATOR}),
    "site.reopen": frozenset({COORDINATOR, ADMINISTRATOR}),
    "audit.read": frozenset({ADMINISTRATOR}),
    "audit.erase": frozenset({ADMINISTRATOR}),
    "mail.read": frozenset({ADMINISTRATOR}),
    "everything.export": frozenset({ADMINISTRATOR}),
    "status.read": frozenset({ADMINISTRATOR}),
}


# Acts by which content leaves: for the time being nobody's where the site is closed.
LEAVING = frozenset(act for act in ACTS if ".export" in act) | {"edition.freeze", "link.share"}
# Says why acts of LEAVING are suspended, or None; set by the capability that knows (organisations.closing).
suspended: list[Callable[[], str | None]] = []


def may(person: Any, act: str) -> bool:
    """Whether the person's roles allow the act at all, now; the object's own rules come on top."""
    return bool(roles_of(person) & ACTS[act]) and not _suspended(act)


def refusal(person: Any, act: str) -> str | None:
    """The sentence that says which roles the act needs, or why it is suspended; None where the person may."""
    if roles_of(person) & ACTS[act]:
        return _suspended(act)
    roles = ", ".join(str(role.label) for role in Role if role in ACTS[act])
    return _("This needs one of these roles: %(roles)s.") % {"roles": roles}


def _suspended(act: str) -> str | None:
    return next((why for ask in suspended if (why := ask())), None) if act in LEAVING else None


def require(person: Any, act: str) -> None:
    """Stop with 403 and the reason unless the person may."""
    reason = refusal(person, act)
    if reason:
        raise PermissionDenied(reason)
