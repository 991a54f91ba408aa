"""Why the UN's totals of a cycle and ours differ, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.catalogue.models import ReviewCycle
from recommendations.vocabulary import PositionKind


def totals_note(cycle: ReviewCycle, ours: Mapping[str, int]) -> str:
    """The explanation, or nothing where they are equal; ``ours`` counts our recommendations by latest position."""
    recorded, expected = sum(ours.values()), cycle.un_received
    if expected is not None and recorded < expected:
        return _("%(ours)d of the %(un)d recommendations are recorded here so far.") % {
            "ours": recorded,
            "un": expected,
        }
    if expected is not None and recorded > expected:
        return _(
            "More recommendations are recorded here (%(ours)d) than the UN counts (%(un)d): compare the numbering."
        ) % {"ours": recorded, "un": expected}
    theirs = {PositionKind.SUPPORTED: cycle.un_supported, PositionKind.NOTED: cycle.un_noted}
    if all(count in (None, ours.get(kind, 0)) for kind, count in theirs.items()):
        return ""
    if missing := ours.get("", 0):
        return ngettext(
            "Of %(n)d recommendation no position is recorded here yet.",
            "Of %(n)d recommendations no position is recorded here yet.",
            missing,
        ) % {"n": missing}
    return _("Counted here is the latest position recorded of each: compare where the UN's count is another.")
