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
    ReminderKind.ROUND_DEADLINE: gettext_lazy("The round “%(what)s” is due on %(anchor_on)s"),
    ReminderKind.ASSIGNMENT_DUE: gettext_lazy("“%(what)s” is yours to assess until %(anchor_on)s"),
    ReminderKind.WAITING_REVIEW: gettext_lazy("“%(what)s” has been waiting for review since %(anchor_on)s"),
    ReminderKind.RETURNED_DRAFT: gettext_lazy("“%(what)s” was returned on %(anchor_on)s and waits for you"),
    "assessment.submitted": gettext_lazy("“%(what)s” was submitted for review"),
    "assessment.returned": gettext_lazy("“%(what)s” was returned; the reason stands with it"),
    "assessment.approved": gettext_lazy("“%(what)s” was approved"),
    "assessment.published": gettext_lazy("“%(what)s” was published"),
    "milestone.moved": gettext_lazy("%(what)s of %(cycle)s moved from %(anchor_on)s to %(moved_on)s"),
    "work.assigned": gettext_lazy("Work in the round “%(what)s” was assigned to you"),
    "export.made": gettext_lazy("Your export “%(what)s” is ready"),
    "everything.asked": gettext_lazy(
        "%(what)s, an administrator, asked for a complete export of the product, restricted evidence included"
    ),
    "export.failed": gettext_lazy("Your export could not be made"),
    "import.applied": gettext_lazy("The import of “%(what)s” is done"),
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
    return str(SENTENCES[kind]) % ({"what": "", "cycle": "", "anchor_on": "", "moved_on": ""} | words)
