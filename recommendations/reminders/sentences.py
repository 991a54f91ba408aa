"""What a notification says, made when it is read, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.vocabulary import MilestoneKind, ReminderKind

# kind → sentence; parameters ending in _on are dates. Nothing confidential stands in any of them.
SENTENCES: dict[str, Any] = {
    ReminderKind.MILESTONE: gettext_lazy("%(what)s of %(cycle)s is on %(anchor_on)s"),
    ReminderKind.MILESTONE_PASSED: gettext_lazy(
        "%(what)s of %(cycle)s was on %(anchor_on)s, and work is still open"
    ),
    ReminderKind.ROUND_DEADLINE: gettext_lazy("The round “%(what)s” is due on %(anchor_on)s"),
    ReminderKind.ASSIGNMENT_DUE: gettext_lazy("“%(what)s” is yours to assess until %(anchor_on)s"),
    ReminderKind.ASSIGNMENT_OVERDUE: gettext_lazy("“%(what)s” was due on %(anchor_on)s"),
    ReminderKind.WAITING_REVIEW: gettext_lazy("“%(what)s” has been waiting for review since %(anchor_on)s"),
    ReminderKind.RETURNED_DRAFT: gettext_lazy("“%(what)s” was returned on %(anchor_on)s and waits for you"),
    ReminderKind.COMMENT_WAITING: gettext_lazy(
        "A comment of %(anchor_on)s on “%(what)s” waits for an answer"
    ),
    ReminderKind.CONTRADICTION: gettext_lazy(
        "%(number)s contradicts the published rating of %(what)s: linked on %(anchor_on)s"
    ),
    ReminderKind.STALE: gettext_lazy(
        "“%(what)s” has gone stale: its evidence ends on %(cutoff_on)s. Look at it again."
    ),
    ReminderKind.UNDER_CONSIDERATION: gettext_lazy(
        "%(cycle)s was adopted on %(anchor_on)s: %(count)s answers of the State are still open"
    ),
    ReminderKind.OBSERVATION_EXPECTED: gettext_lazy(
        "A new value of “%(what)s” is expected since %(anchor_on)s"
    ),
    ReminderKind.DEAD_LINK: gettext_lazy("The source of %(number)s has not answered since %(anchor_on)s"),
    ReminderKind.CONSENT_ENDING: gettext_lazy(
        "A consent in %(number)s ends on %(anchor_on)s. Ask the person again: without it others see the item no longer"
    ),
    "assessment.submitted": gettext_lazy("“%(what)s” was submitted for review"),
    "assessment.returned": gettext_lazy("“%(what)s” was returned; the reason stands with it"),
    "assessment.approved": gettext_lazy("“%(what)s” was approved"),
    "assessment.published": gettext_lazy("“%(what)s” was published"),
    "assessment.redacted": gettext_lazy(
        "Passages were taken out of “%(what)s” for the safety of sources; files made of it are no longer handed out"
    ),
    "evidence.admission_asked": gettext_lazy("A reviewer asks to see %(what)s: admit her or decline"),
    "milestone.moved": gettext_lazy("%(what)s of %(cycle)s moved from %(anchor_on)s to %(moved_on)s"),
    "work.assigned": gettext_lazy("Work in the round “%(what)s” was assigned to you"),
    "export.made": gettext_lazy("Your export “%(what)s” is ready"),
    "everything.asked": gettext_lazy(
        "%(what)s, an administrator, asked for a complete export of the product, restricted evidence included"
    ),
    "export.failed": gettext_lazy("Your export could not be made"),
    "freeze.asked": gettext_lazy("A member asks to freeze a colleague's account; a second one is needed"),
    "freeze.begun": gettext_lazy("A colleague's account was frozen"),
    "freeze.thaw_asked": gettext_lazy("A frozen account is to be thawed; a second person is needed"),
    "import.applied": gettext_lazy("The import of “%(what)s” is done"),
    "comment.mentioned": gettext_lazy("You are mentioned in a comment on “%(what)s”"),
    "import.failed": gettext_lazy("The import of “%(what)s” was stopped; nothing was written"),
}


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of one notification; a kind that is no longer known says so rather than nothing."""
    words = {
        name: date_format(date.fromisoformat(value), "DATE_FORMAT")
        if name.endswith("_on") and value
        else value
        for name, value in params.items()
    }
    if words.get("what") in MilestoneKind.values:
        words["what"] = MilestoneKind(words["what"]).label
    if kind not in SENTENCES:
        return _("Something happened that concerns you")
    known = dict.fromkeys(("what", "cycle", "anchor_on", "moved_on", "cutoff_on", "number", "count"), "")
    said = str(SENTENCES[kind]) % (known | words)
    return f"{said} ({words['words']})" if words.get("words") else said


# Kinds whose "what" names a person, or a file as somebody called it: a mail says the kind alone.
NAMELESS = frozenset({"everything.asked", "import.applied", "import.failed"})
# Kinds whose "what" is an assessment: its subject, and after a dot its organisation, which no mail names.
OF_ASSESSMENTS = frozenset(
    {
        ReminderKind.WAITING_REVIEW,
        ReminderKind.RETURNED_DRAFT,
        ReminderKind.COMMENT_WAITING,
        ReminderKind.STALE,
        "assessment.submitted",
        "assessment.returned",
        "assessment.approved",
        "assessment.published",
        "assessment.redacted",
        "comment.mentioned",
    }
)


def mailed_sentence(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence as a mail says it, which other eyes may read: without people, organisations and names of files."""
    if kind in NAMELESS:
        return kind_words(kind)
    if kind in OF_ASSESSMENTS:
        what = str(params.get("what", ""))
        return sentence(kind, {**params, "what": what.rpartition(" · ")[0] or what})
    return sentence(kind, params)


KINDS: dict[str, Any] = {
    "assessment.submitted": gettext_lazy("Submitted for review"),
    "assessment.returned": gettext_lazy("Returned to you"),
    "assessment.approved": gettext_lazy("Approved"),
    "assessment.published": gettext_lazy("Published"),
    "assessment.redacted": gettext_lazy("Redacted for safety"),
    "evidence.admission_asked": gettext_lazy("A reviewer asks to be admitted"),
    "milestone.moved": gettext_lazy("A date moved"),
    "work.assigned": gettext_lazy("Work given to you"),
    "comment.mentioned": gettext_lazy("You were mentioned"),
    "export.made": gettext_lazy("An export is ready"),
    "everything.asked": gettext_lazy("A complete export was asked for"),
    "export.failed": gettext_lazy("An export failed"),
    "freeze.asked": gettext_lazy("An account is to be frozen"),
    "freeze.begun": gettext_lazy("An account was frozen"),
    "freeze.thaw_asked": gettext_lazy("An account is to be thawed"),
    "import.applied": gettext_lazy("An import is done"),
    "import.failed": gettext_lazy("An import was stopped"),
}


def kind_words(kind: str) -> str:
    """A kind in a few words, for filters."""
    if kind in ReminderKind.values:
        return str(ReminderKind(kind).label)
    return str(KINDS.get(kind, kind))
