"""The work of a coalition on one cycle: a round with clusters, evidence and published assessments, all invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from recommendations.assessments.models import Round
from recommendations.assessments.rounds import make_cluster, open_round
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.catalogue.models import Recommendation, ReviewCycle
from recommendations.evidence.models import Evidence
from recommendations.evidence.recording import add_evidence, check_evidence, link_evidence
from recommendations.vocabulary import (
    Confidentiality,
    EvidenceCheck,
    EvidenceKind,
    Rating,
    RoundPurpose,
    Shows,
    TestRating,
)
from tests.benchmarks.generated import SUMMARY_CYCLE

CLUSTER_SIZE = 6
NARRATIVE = "Invented for a benchmark: " + "nothing here was found by anybody. " * 12


def do_the_work(people: list[Any]) -> Round:
    """Every recommendation of the cycle in a cluster, with two items of evidence and a published assessment."""
    coordinator, reviewer, author = people[:3]
    cycle = ReviewCycle.objects.get(key=SUMMARY_CYCLE)
    recommendations = list(Recommendation.objects.filter(cycle=cycle).in_order())
    opened = open_round(
        by=coordinator,
        cycle=cycle,
        title="Mid-term (invented)",
        purpose=RoundPurpose.MID_TERM,
        cutoff_on=date(2017, 6, 30),
        deadline=timezone.localdate() + timedelta(days=90),
        recommendations=recommendations,
    )
    items = list(opened.items.select_related("recommendation").order_by("recommendation__order_key"))
    for start in range(0, len(items), CLUSTER_SIZE):
        number = start // CLUSTER_SIZE + 1
        members = items[start : start + CLUSTER_SIZE]
        cluster = make_cluster(
            opened,
            title=f"Cluster {number} (invented)",
            items=members,
            by=coordinator,
            organisation=author.organisation,
            assignee=author,
        )
        found = [_evidence(number, part, author, reviewer) for part in (1, 2)]
        for item in members:
            for evidence in found:
                link_evidence(
                    evidence,
                    recommendation=item.recommendation,
                    shows=Shows.NON,
                    why="Invented for a benchmark.",
                    by=author,
                )
        _publish(cluster, found, author, reviewer, coordinator)
    return opened


def _evidence(number: int, part: int, author: Any, reviewer: Any) -> Evidence:
    evidence = add_evidence(
        by=author,
        title=f"Invented statistic {number}.{part}",
        kind=EvidenceKind.STATISTIC,
        confidentiality=Confidentiality.PUBLIC,
        source={"publisher": "Bureau of Invented Statistics", "published_text": "2016"},
        happened_from=date(2016, 5, 1),
        description="Invented for a benchmark.",
    )
    return check_evidence(evidence, status=EvidenceCheck.CHECKED, by=reviewer)


def _publish(cluster: Any, found: list[Evidence], author: Any, reviewer: Any, coordinator: Any) -> None:
    draft = start_assessment(by=author, cluster=cluster)
    cited = " ".join(f"[E-{evidence.number}]" for evidence in found)
    assessment = save_draft(
        draft,
        by=author,
        revision=draft.revision,
        fields={
            "implemented_when": "the benchmark says so (invented)",
            "law": TestRating.NOT_REQUIRED,
            "policy": TestRating.NOT_REQUIRED,
            "practice": TestRating.NOT,
            "practice_text": f"Invented figures {cited}.",
            "rating": Rating.NOT,
            "narrative": f"{NARRATIVE}{cited}",
            "next_ask": "Ask nobody anything: this is invented.",
            "to_be_confirmed": False,
        },
    )
    for action, person in (("submit", author), ("approve", reviewer), ("publish", coordinator)):
        assessment = perform(assessment, action, by=person)
