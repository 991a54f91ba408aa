"""The transition engine: a table of actions, one question (``refusal``) and one writer (``perform``).

It knows no assessment: a subject is any model row with ``status`` and ``revision``. The question feeds the
buttons and the endpoints alike; the writer asks it, compares and sets in one UPDATE, applies the action's
effects and appends the audit event, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.audit.log import record

# A guard says why this person may not do this to this subject now, or None.
Guard = Callable[[Any, Any], str | None]
# An effect changes what follows from the action; it runs after the status was set, in the same transaction.
Effect = Callable[["Happening"], None]


class Refused(Exception):
    """The action was not allowed; the message is the reason, for the person."""


class Stale(Refused):
    """Somebody else changed the subject since it was read; nothing was done."""


@dataclass(frozen=True)
class Happening:
    """What an effect is told: the subject as it stands now, who did what, when, and with which words."""

    subject: Any
    action: str
    by: Any
    note: str
    at: datetime
    before: str


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    ``sources`` and ``target`` are statuses; ``who`` says in words whom the guards allow, for the page and the
    generated docs; ``stamps`` names columns to be set to the person (``…_by``) or the moment (``…_at``).
    """

    action: str
    label: Any
    sources: tuple[str, ...]
    target: str
    who: Any
    guards: tuple[Guard, ...] = ()
    needs: Any = ""
    note_required: bool = False
    stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    by_itself: bool = False  # happens through another action, never through a button


@dataclass(frozen=True)
class Offer:
    """An action as the page shows it: allowed, or greyed with its reason."""

    transition: Transition
    refusal: str | None


@dataclass(frozen=True)
class Workflow:
    """A table of transitions over a vocabulary of statuses."""

    name: str
    statuses: type[models.TextChoices]
    transitions: tuple[Transition, ...]
    verb: str  # audit verbs are "<verb>.<action>"
    dated: tuple[str, ...] = ()  # columns that every action sets to its moment
    _by_action: dict[str, Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_action", {row.action: row for row in self.transitions})

    def transition(self, action: str) -> Transition:
        """The row of this action; KeyError for an action that is not in the table."""
        return self._by_action[action]

    def knows(self, action: str) -> bool:
        """Whether the table has such an action."""
        return action in self._by_action

    def refusal(self, subject: Any, action: str, *, by: Any) -> str | None:
        """Why this person may not do this now, in words; None when nothing stands against it."""
        row = self._by_action.get(action)
        if row is None:
            return _("There is no such action.")
        if subject.status not in row.sources:
            return _("This is not possible while it is “%(status)s”.") % {
                "status": self.statuses(subject.status).label
            }
        for guard in row.guards:
            reason = guard(subject, by)
            if reason:
                return str(reason)
        return None

    def offers(self, subject: Any, *, by: Any) -> list[Offer]:
        """The actions that exist from the subject's status, each with the reason why not, for the buttons."""
        return [
            Offer(row, self.refusal(subject, row.action, by=by))
            for row in self.transitions
            if subject.status in row.sources and not row.by_itself
        ]

    @transaction.atomic
    def perform(
        self,
        subject: Any,
        action: str,
        *,
        by: Any,
        note: str = "",
        at: datetime | None = None,
        detail: dict[str, Any] | None = None,
    ) -> Any:
        """Do the action, or raise ``Refused`` with the reason; the only writer of ``status``.

        ``subject.revision`` is what the person saw: when it is no longer true, ``Stale`` is raised and nothing
        is done. Returns the subject, refreshed.
        """
        reason = self.refusal(subject, action, by=by)
        if reason:
            raise Refused(reason)
        row = self.transition(action)
        note = note.strip()
        if row.note_required and not note:
            raise Refused(_("Give the reason, please: the people concerned will read it."))
        at = at or timezone.now()
        before = subject.status
        changes: dict[str, Any] = {name: by if name.endswith("_by") else at for name in row.stamps}
        changes |= dict.fromkeys(row.clears) | dict.fromkeys(self.dated, at)
        changed = (
            type(subject)
            ._base_manager.filter(pk=subject.pk, status=before, revision=subject.revision)
            .update(status=row.target, revision=F("revision") + 1, **changes)
        )
        if not changed:
            raise Stale(
                _("Somebody else changed this a moment ago. Nothing was done; look at it again, please.")
            )
        subject.refresh_from_db()
        happening = Happening(subject, action, by, note, at, before)
        for effect in row.effects:
            effect(happening)
        record(
            f"{self.verb}.{action}",
            subject,
            by=by,
            detail={"from": before, "to": row.target, "note": note} | (detail or {}),
            at=at,
        )
        return subject

    def as_markdown(self) -> str:
        """The table and its diagram, for docs/workflow.md, which CI compares with this."""
        lines = [
            "| action | from → to | who | needs |",
            "|---|---|---|---|",
        ]
        for row in self.transitions:
            needs = [str(row.needs)] if row.needs else []
            if row.note_required:
                needs.append(str(gettext_lazy("a reason")))
            lines.append(
                f"| {row.action} | {', '.join(map(str, row.sources))} → {row.target} | {row.who} | {'; '.join(needs)} |"
            )
        lines += ["", "```mermaid", "stateDiagram-v2"]
        lines += [f"    [*] --> {first}" for first in self.first_statuses()]
        lines += [
            f"    {source} --> {row.target}: {row.action}"
            for row in self.transitions
            for source in row.sources
        ]
        lines.append("```")
        return "\n".join(lines) + "\n"

    def first_statuses(self) -> Iterable[str]:
        """Where a subject begins: the first word of the vocabulary."""
        return [next(iter(self.statuses.values))]
