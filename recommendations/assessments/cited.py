"""Where an item of evidence is cited: the section that assessments add to its page."""

from __future__ import annotations

from typing import Any

from recommendations.assessments.models import Assessment
from recommendations.evidence.models import Evidence
from recommendations.evidence.pages import Panel


def cited_in(evidence: Evidence, reader: Any) -> Panel | None:
    """The assessments citing the item that the reader may see; nothing where there is none."""
    rows = (
        Assessment.objects.visible_to(reader)
        .filter(citations__evidence=evidence)
        .select_related("round", "cluster", "item__recommendation", "organisation")
        .order_by("-updated_at", "-pk")
    )
    found = list(rows)
    return Panel("assessments/_cited_in.html", {"assessments": found}) if found else None
