"""What is due for ten thousand people with two hundred recommendations each, by all rules; and nothing due."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recommendations.assessments.models import Assessment, Cluster, Comment, ItemRating, Round, RoundItem
from recommendations.catalogue.models import Milestone, Recommendation, ReviewCycle, State
from recommendations.evidence.models import Evidence, EvidenceLink, Indicator, Observation, Source
from recommendations.imports import bulk
from recommendations.organisations.models import Organisation, User
from recommendations.reminders.dispatch import dispatch, ensure_rules, found_due, to_tell
from recommendations.reminders.models import Delivery, Notification
from recommendations.reminders.rules import People
from recommendations.vocabulary import AssessmentStatus, Rating, RoundPurpose, Shows
from tests.benchmarks.figures import COUNT, MEGABYTES, MS, SECONDS, Bar, Figure, busy_seconds, medians
from tests.benchmarks.generated import SUMMARY_CYCLE
from tests.benchmarks.memory import Peak

PEOPLE, EACH, CLUSTERS, ORGANISATIONS = 10_000, 200, 10, 200
REVIEWERS, COORDINATORS = 40, 10
# So many assessments wait for review, came back and carry a question; ten times as many are published.
SOME = 500
# So far ahead that nothing of the benchmark is due any more.
LATER = datetime(2060, 1, 1, 12, tzinfo=UTC)
MANY = "email LIKE 'many%%@bench.example'"

# Both databases understand these. A person has CLUSTERS clusters: the first is due in a week, the second is overdue
# for each tenth person, the others have time; a cluster's `order` says which part of the round's items is its own.
MAKE_CLUSTERS = f"""
INSERT INTO {Cluster._meta.db_table}
       (round_id, title, title_ru, title_kk, organisation_id, assignee_id, due_on, "order")
WITH RECURSIVE part(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM part WHERE n < {CLUSTERS - 1}),
     person AS (SELECT id, organisation_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place
                FROM {User._meta.db_table} WHERE {MANY}),
     opened AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place
                FROM {Round._meta.db_table} WHERE title LIKE 'Many %%')
SELECT opened.id, 'Cluster ' || person.place || '.' || part.n, '', '', person.organisation_id, person.id,
       CASE WHEN part.n = 0 THEN %(soon)s WHEN part.n = 1 AND person.place %% 10 = 0 THEN %(over)s ELSE %(late)s END,
       person.place %% %(share)s * {CLUSTERS} + part.n
FROM person CROSS JOIN part JOIN opened ON opened.place = person.place / %(share)s
"""
MAKE_ITEMS = f"""
INSERT INTO {RoundItem._meta.db_table}
       (round_id, recommendation_id, cluster_id, organisation_id, assignee_id, due_on, is_current)
WITH listed AS (SELECT id, (ROW_NUMBER() OVER (ORDER BY id) - 1) / {EACH // CLUSTERS} AS part
                FROM {Recommendation._meta.db_table})
SELECT cluster.round_id, listed.id, cluster.id, cluster.organisation_id, cluster.assignee_id, cluster.due_on, FALSE
FROM {Cluster._meta.db_table} AS cluster
JOIN {User._meta.db_table} AS person ON person.id = cluster.assignee_id
JOIN listed ON listed.part = cluster."order"
WHERE person.{MANY}
"""
# The same question for the rule that finds most, in plain SQL: whose cluster is due, with work in it unsettled.
RAW = f"""
SELECT cluster.id, cluster.due_on, cluster.assignee_id FROM {Cluster._meta.db_table} AS cluster
JOIN {Round._meta.db_table} AS opened ON opened.id = cluster.round_id AND opened.closed_on IS NULL
JOIN {User._meta.db_table} AS person ON person.id = cluster.assignee_id AND person.is_active
WHERE cluster.due_on BETWEEN %s AND %s AND EXISTS (
  SELECT 1 FROM {RoundItem._meta.db_table} AS item WHERE item.cluster_id = cluster.id AND NOT EXISTS (
    SELECT 1 FROM {ItemRating._meta.db_table} AS rating
    WHERE rating.item_id = item.id AND rating.organisation_id = item.organisation_id
      AND rating.demand_id IS NULL AND rating.status IN ('submitted', 'approved', 'published')))
"""


def measure(kind: str) -> list[Figure]:
    """Make the people and their work, find what is due, tell it, and find nothing."""
    began = time.monotonic()
    _make()
    making = time.monotonic() - began
    print(f"    the rows: {making:.0f} s", flush=True)
    today = timezone.localdate()
    with Peak() as peak:
        began, idle = time.monotonic(), busy_seconds()
        due, most, slowest = _look(today)
        took, busy = time.monotonic() - began, busy_seconds() - idle
    raw = min(_raw(today) for _time in range(3))
    began = time.monotonic()
    told = dispatch(now=timezone.now(), send=False).notifications
    telling = time.monotonic() - began
    assert told == due, f"{told} told, {due} found"
    dispatch(now=LATER, send=False)
    quiet, quiet_busy = medians(lambda: dispatch(now=LATER, send=False), times=5, warm=0)
    print(f"    slowest rules: {slowest}", flush=True)
    return [
        Figure(
            "reminders",
            f"what is due for {PEOPLE:,} people, {EACH} recommendations each, all rules ({due:,} to tell)",
            kind,
            SECONDS,
            took,
            bar=Bar(10),
            busy=busy,
        ),
        Figure("reminders memory", "memory of that", kind, MEGABYTES, peak.most - peak.before, bar=Bar(200)),
        Figure("reminders queries", "queries of the rule that asks most", kind, COUNT, most, bar=Bar(8)),
        Figure(
            "assignments due",
            "the rule that finds most, without who may see it",
            kind,
            SECONDS,
            _assignments(today),
            raw=raw,
        ),
        Figure("reminders told", "writing them down, with the day's digests", kind, SECONDS, telling),
        Figure("nothing due", "a run with nothing due", kind, MS, quiet, bar=Bar(100), busy=quiet_busy),
    ]


def _look(today: date) -> tuple[int, int, str]:
    """How many are to be told, the most queries a rule needed, and which rules took longest."""
    people, due, most = People.load(), 0, 0
    times = []
    for rule in ensure_rules():
        began = time.monotonic()
        with CaptureQueriesContext(connection) as asked:
            tellings, _hidden = to_tell(rule, found_due(rule, today), people, today)
        most = max(most, len(asked))
        due += len(tellings)
        assert tellings, f"nothing is due by the rule {rule.kind}: the benchmark must give each something"
        times.append((time.monotonic() - began, f"{rule.kind} ({len(tellings):,})"))
    said = ", ".join(f"{name} {took:.1f} s" for took, name in sorted(times, reverse=True)[:4])
    return due, most, said


def _assignments(today: date) -> float:
    (rule,) = [one for one in ensure_rules() if one.kind == "assignment_due"]
    began = time.monotonic()
    found_due(rule, today)
    return time.monotonic() - began


def _raw(today: date) -> float:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(RAW, [today - timedelta(days=14), today + timedelta(days=7)])
        assert len(cursor.fetchall()) >= PEOPLE
    return time.monotonic() - began


def _make() -> None:
    """Rounds whose clusters are given to these people, and for every rule something that is due."""
    today = timezone.localdate()
    people = _people()
    cycle = ReviewCycle.objects.get(key=SUMMARY_CYCLE)
    State.objects.filter(pk=cycle.state_id).update(is_followed=True)
    # Each item of a round is one person's; so a round has room for so many people.
    share = min(PEOPLE, Recommendation.objects.count() // EACH)
    rounds = Round.objects.bulk_create(
        Round(
            state=cycle.state,
            cycle=cycle,
            title=f"Many {number} (invented)",
            purpose=RoundPurpose.OTHER,
            cutoff_on=today,
            deadline=today + timedelta(days=2 if number == 0 else 200),
            method_edition="1",
            opened_on=today,
        )
        for number in range(-(-PEOPLE // share))
    )
    days = {"soon": today + timedelta(days=7), "over": today - timedelta(days=1)}
    days["late"] = today + timedelta(days=60)
    with connection.cursor() as cursor:
        cursor.execute(
            _typed(MAKE_CLUSTERS), {name: str(day) for name, day in days.items()} | {"share": share}
        )
        cursor.execute(MAKE_ITEMS.replace("%%", "%"))
    bulk.refresh_statistics([Round, Cluster, RoundItem, User])
    _milestones(cycle, today)
    _assessments(rounds, people, today)
    _facts(cycle, people, today)
    bulk.refresh_statistics([Assessment, ItemRating, Comment, Evidence, EvidenceLink, Delivery, Notification])


def _typed(statement: str) -> str:
    """PostgreSQL wants to be told that a parameter among others is a date."""
    if connection.vendor != "postgresql":
        return statement
    for name in ("soon", "over", "late"):
        statement = statement.replace(f"%({name})s", f"%({name})s::date")
    return statement.replace("%(share)s", "%(share)s::int")


def _people() -> list[User]:
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Organisation {n} (invented)", short_name=f"O{n}") for n in range(ORGANISATIONS)
    )
    return User.objects.bulk_create(
        [
            User(
                email=f"many{n:05d}@bench.example",
                password="!",
                name=f"Person {n} (invented)",
                is_editor=True,
                is_reviewer=n < REVIEWERS,
                is_coordinator=n < COORDINATORS,
                organisation=organisations[n % ORGANISATIONS],
            )
            for n in range(PEOPLE)
        ],
        batch_size=1000,
    )


def _milestones(cycle: ReviewCycle, today: date) -> None:
    for days in (7, -1):
        Milestone.objects.create(
            cycle=cycle, kind="other", title=f"Bench {days}", on=today + timedelta(days=days)
        )
    ReviewCycle.objects.filter(pk=cycle.pk).update(adopted_on=today - timedelta(days=10))
    # One answer of the State is still open.
    opened = Recommendation.objects.filter(cycle=cycle).order_by("pk").values("pk")[:1]
    Recommendation.objects.filter(pk__in=list(opened.values_list("pk", flat=True))).update(position="")


def _assessments(rounds: list[Round], people: list[User], today: date) -> None:
    """Some submitted, some returned, some asked about, and ten times as many published and gone stale."""
    before = timezone.now() - timedelta(days=4)
    approver = User.objects.get(email="person1@bench.example")
    items = RoundItem.objects.filter(round=rounds[-1]).order_by("pk")
    # Stale are those of recommendations that are followed now.
    free = RoundItem.objects.filter(round__in=rounds, assignee__isnull=False).exclude(
        recommendation__in=RoundItem.objects.filter(is_current=True).values("recommendation")
    )
    stale = list(free.filter(round=rounds[0]).order_by("-pk")[: 10 * SOME])
    RoundItem.objects.filter(pk__in=[item.pk for item in stale]).update(is_current=True)
    parts: dict[AssessmentStatus, list[RoundItem]] = {AssessmentStatus.PUBLISHED: stale}
    rest = list(items[: 2 * SOME])
    parts[AssessmentStatus.SUBMITTED], parts[AssessmentStatus.RETURNED] = rest[:SOME], rest[SOME:]
    for status, chosen in parts.items():
        published = status == AssessmentStatus.PUBLISHED
        made = Assessment.objects.bulk_create(
            [
                Assessment(
                    round_id=item.round_id,
                    item=item,
                    organisation_id=item.organisation_id,
                    status=status,
                    cutoff_on=today - timedelta(days=370) if published else today,
                    created_by_id=item.assignee_id,
                    updated_at=before,
                    submitted_by_id=item.assignee_id,
                    submitted_at=before,
                    returned_at=before,
                    approved_by=approver if published else None,
                    published_by=approver if published else None,
                    rating=Rating.FULLY,
                )
                for item in chosen
            ],
            batch_size=500,
        )
        pairs = list(zip(made, chosen, strict=True))
        ItemRating.objects.bulk_create(
            [
                ItemRating(
                    assessment=assessment,
                    item=item,
                    organisation_id=item.organisation_id,
                    status=status,
                    rating=Rating.FULLY,
                )
                for assessment, item in pairs
            ],
            batch_size=500,
        )
        through: Any = Assessment.authors.through
        through._base_manager.bulk_create(
            [through(assessment=assessment, user_id=item.assignee_id) for assessment, item in pairs],
            batch_size=500,
        )
        if status == AssessmentStatus.SUBMITTED:
            Comment.objects.bulk_create(
                Comment(assessment=assessment, text="Why?", author=approver, written_at=before)
                for assessment in made
            )


def _facts(cycle: ReviewCycle, people: list[User], today: date) -> None:
    """Evidence against published ratings, sources that no longer answer, and values that should be there."""
    evidence = list(Evidence.objects.order_by("pk"))
    found = (
        ItemRating.objects.filter(status=AssessmentStatus.PUBLISHED, assessment__cutoff_on__lt=today)
        .exclude(item__recommendation__cycle=cycle)
        .values_list("item__recommendation", flat=True)[:SOME]
    )
    EvidenceLink.objects.bulk_create(
        EvidenceLink(
            evidence=evidence[n % len(evidence)],
            recommendation_id=recommendation,
            shows=Shows.NON,
            linked_by_id=evidence[0].added_by_id,
        )
        for n, recommendation in enumerate(found)
    )
    Source.objects.filter(evidence__in=evidence).update(dead_since=today)
    expected = Indicator.objects.bulk_create(
        Indicator(
            state=cycle.state,
            name=f"Invented indicator {n}",
            slug=f"bench-{n}",
            unit="cases",
            expected_every=12,
        )
        for n in range(100)
    )
    Observation.objects.bulk_create(
        Observation(indicator=one, on=today - timedelta(days=370), value=1, recorded_by=people[n])
        for n, one in enumerate(expected)
    )
