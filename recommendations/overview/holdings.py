"""What a summary holds, and what of it its audience may no longer see: so that a take-down reaches what was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from recommendations.access.visibility import Reader
from recommendations.assessments.models import Assessment
from recommendations.evidence.models import Evidence
from recommendations.overview.summary import CycleSummary

ASSESSMENT, EVIDENCE = "assessment", "evidence"
# The kinds of rows that can be taken away from an audience; facts of the review itself cannot.
MODELS: dict[str, Any] = {ASSESSMENT: Assessment, EVIDENCE: Evidence}


class Held(NamedTuple):
    """One row that stands in a file: its kind (a key of MODELS) and its primary key."""

    kind: str
    pk: int


def holdings_of(summary: CycleSummary) -> list[Held]:
    """The assessments and the items of evidence that stand in a summary, each once, in a fixed order."""
    assessments = {int(finding.key) for row in summary.rows for finding in row.findings}
    numbers = {int(note.reference.removeprefix("E-")) for note in summary.endnotes}
    evidence = Evidence.objects.filter(number__in=numbers).values_list("pk", flat=True)
    return [Held(ASSESSMENT, pk) for pk in sorted(assessments)] + [
        Held(EVIDENCE, pk) for pk in sorted(evidence)
    ]


def no_longer_allowed(held: Iterable[Held], audience: Reader) -> list[Held]:
    """Those of the rows that this audience may not see now, asked of the visibility rules; rows that are gone too."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for row in held:
        by_kind[row.kind].add(row.pk)
    lost: list[Held] = []
    for kind, keys in sorted(by_kind.items()):
        seen = MODELS[kind].objects.visible_to(audience).filter(pk__in=keys).values_list("pk", flat=True)
        lost += [Held(kind, pk) for pk in sorted(keys - set(seen))]
    return lost
