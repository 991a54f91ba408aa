"""What a summary holds, and what of it its audience may no longer see: so that a take-down reaches what was made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from recommendations.access.visibility import Reader
from recommendations.assessments.models import Assessment, Redaction
from recommendations.evidence.models import Evidence
from recommendations.overview.summary import CycleSummary

ASSESSMENT, EVIDENCE = "assessment", "evidence"
# The kinds of rows that can be taken away from an audience; facts of the review itself cannot.
MODELS: dict[str, Any] = {ASSESSMENT: Assessment, EVIDENCE: Evidence}


class Held(NamedTuple):
    """One row that stands in a file: its kind (a key of MODELS), its primary key, and which edition of it.

    The edition of an assessment is the number of redactions that it had.
    """

    kind: str
    pk: int
    edition: int = 0


def holdings_of(summary: CycleSummary) -> list[Held]:
    """The assessments and the items of evidence that stand in a summary, each once, in a fixed order."""
    assessments = {int(finding.key) for row in summary.rows for finding in row.findings}
    numbers = {int(note.reference.removeprefix("E-")) for note in summary.endnotes}
    evidence = Evidence.objects.filter(number__in=numbers).values_list("pk", flat=True)
    # Only those before: what was taken out meanwhile may still stand in the summary.
    redacted = Counter(
        _redactions(assessments).filter(at__lte=summary.made_at).values_list("assessment", flat=True)
    )
    return [Held(ASSESSMENT, pk, redacted[pk]) for pk in sorted(assessments)] + [
        Held(EVIDENCE, pk) for pk in sorted(evidence)
    ]


def files_with_losses(holdings: Iterable[tuple[int, Held]], audiences: dict[int, str]) -> set[int]:
    """The keys of those files that hold a row which their audience may no longer have; queries are fixed in number.

    ``holdings`` are pairs of a file's key and a row in it, ``audiences`` says for whom each file is.
    """
    standing: dict[str, dict[Held, set[int]]] = defaultdict(lambda: defaultdict(set))
    for key, held in holdings:
        standing[audiences[key]][held].add(key)
    found: set[int] = set()
    for audience, rows in standing.items():
        for lost in no_longer_allowed(rows, audience):
            found |= rows[lost]
    return found


def _redactions(assessments: Iterable[int]) -> QuerySet[Redaction]:
    return Redaction.objects.filter(assessment__in=assessments).order_by()


def no_longer_allowed(held: Iterable[Held], audience: Reader) -> list[Held]:
    """Those of the rows that this audience may not have now: asked of the visibility rules, or redacted since."""
    by_kind: dict[str, list[Held]] = defaultdict(list)
    for row in held:
        by_kind[row.kind].append(row)
    lost: list[Held] = []
    for kind, rows in sorted(by_kind.items()):
        keys = {row.pk for row in rows}
        seen = set(MODELS[kind].objects.visible_to(audience).filter(pk__in=keys).values_list("pk", flat=True))
        redacted: Counter[int] = Counter()
        if kind == ASSESSMENT:
            redacted = Counter(_redactions(keys).values_list("assessment", flat=True))
        lost += [row for row in rows if row.pk not in seen or redacted[row.pk] > row.edition]
    return lost
