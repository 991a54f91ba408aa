"""What is due for ten thousand people with two hundred recommendations each, by all rules; and nothing due."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recommendations.assessments.models import Cluster, Round, RoundItem
from recommendations.catalogue.cycles import add_milestone
from recommendations.catalogue.models import Recommendation, ReviewCycle, State
from recommendations.imports import bulk
from recommendations.organisations.models import Organisation, User
from recommendations.reminders.dispatch import dispatch, ensure_rules, found_due, to_tell
from recommendations.reminders.rules import People
from recommendations.vocabulary import MilestoneKind, RoundPurpose
from tests.benchmarks.figures import COUNT, MEGABYTES, MS, SECONDS, Bar, Figure
from tests.benchmarks.generated import SUMMARY_CYCLE
from tests.benchmarks.memory import Peak

PEOPLE, EACH, CLUSTERS, ORGANISATIONS = 10_000, 200, 10, 200
# Far beyond whatever the benchmark made.
LATER = datetime(2060, 1, 1, 12, tzinfo=UTC)


def measure(kind: str) -> list[Figure]:
    """Make the people and their work, find what is due, and find nothing."""
    _make()
    today = timezone.localdate()
    with Peak() as peak:
        began = time.monotonic()
        people, due, most = People.load(), 0, 0
        for rule in ensure_rules():
            with CaptureQueriesContext(connection) as asked:
                found = found_due(rule, today)
            most = max(most, len(asked))
            tellings, _hidden = to_tell(rule, found, people, today)
            due += len(tellings)
        took = time.monotonic() - began
    assert due >= PEOPLE
    dispatch(now=LATER)
    quiet = []
    for _time in range(5):
        began = time.monotonic()
        dispatch(now=LATER)
        quiet.append((time.monotonic() - began) * 1000)
    return [
        Figure(
            "reminders",
            f"what is due for {len(people.by_id):,} people, {EACH} recommendations each, all rules ({due:,} to tell)",
            kind,
            SECONDS,
            took,
            bar=Bar(10),
        ),
        Figure("reminders memory", "memory of that", kind, MEGABYTES, peak.most - peak.before, bar=Bar(200)),
        Figure("reminders queries", "queries of the rule that asks most", kind, COUNT, most, bar=Bar(6)),
        Figure("nothing due", "a run with nothing due", kind, MS, sorted(quiet)[2], bar=Bar(100)),
    ]


def _make() -> None:
    """Rounds whose clusters are given to these people, a tenth of them due in a week, and a milestone."""
    organisations = Organisation.objects.bulk_create(
        [Organisation(name=f"Organisation {n} (invented)", short_name=f"O{n}") for n in range(ORGANISATIONS)]
    )
    people = User.objects.bulk_create(
        [
            User(
                email=f"many{n}@bench.example",
                password="!",
                name=f"Person {n} (invented)",
                is_editor=True,
                organisation=organisations[n % ORGANISATIONS],
            )
            for n in range(PEOPLE)
        ],
        batch_size=1000,
    )
    cycle = ReviewCycle.objects.get(key=SUMMARY_CYCLE)
    State.objects.filter(pk=cycle.state_id).update(is_followed=True)
    today = timezone.localdate()
    add_milestone(by=None, cycle=cycle, kind=MilestoneKind.OTHER, title="Bench", on=today + timedelta(days=7))
    ids = list(Recommendation.objects.order_by("pk").values_list("pk", flat=True))
    for_one_round = max(1, len(ids) // EACH)
    for start in range(0, PEOPLE, for_one_round):
        _round(cycle, people[start : start + for_one_round], ids, start)
    bulk.refresh_statistics([Round, Cluster, RoundItem, User])


def _round(cycle: ReviewCycle, people: list[User], ids: list[int], number: int) -> None:
    today = timezone.localdate()
    opened = Round.objects.create(
        state=cycle.state,
        cycle=cycle,
        title=f"Round {number} (invented)",
        purpose=RoundPurpose.OTHER,
        cutoff_on=today,
        deadline=today + timedelta(days=200),
        method_edition="1",
        opened_on=today,
    )
    clusters = Cluster.objects.bulk_create(
        [
            Cluster(
                round=opened,
                title=f"Cluster {number} {place} {part}",
                organisation_id=person.organisation_id,
                assignee=person,
                due_on=today + timedelta(days=7 if part == 0 else 60),
            )
            for place, person in enumerate(people)
            for part in range(CLUSTERS)
        ],
        batch_size=2000,
    )
    size = EACH // CLUSTERS
    rows = []
    for place, cluster in enumerate(clusters):
        rows += [
            (
                opened.pk,
                recommendation,
                cluster.pk,
                cluster.organisation_id,
                cluster.assignee_id,
                cluster.due_on,
                False,
            )
            for recommendation in ids[place * size : (place + 1) * size]
        ]
    names = (
        "round_id",
        "recommendation_id",
        "cluster_id",
        "organisation_id",
        "assignee_id",
        "due_on",
        "is_current",
    )
    for start in range(0, len(rows), 20_000):
        bulk.insert(RoundItem, names, rows[start : start + 20_000])
