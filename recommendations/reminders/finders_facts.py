"""What the facts call for: contradictions, stale assessments, open positions, expected values, dead addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments.models import Assessment, Citation, ItemRating
from recommendations.catalogue.models import ReviewCycle
from recommendations.evidence import consents
from recommendations.evidence.models import Evidence, EvidenceLink, Indicator
from recommendations.organisations.models import User
from recommendations.reminders.rules import Due, Window
from recommendations.vocabulary import AssessmentStatus, PositionKind, Rating, Shows
from recommendations.web.many import among

# What evidence linked after the cut-off contradicts: non-compliance a good rating, compliance a bad one.
CONTRADICTED_BY = {
    Shows.NON: (Rating.FULLY, Rating.PARTIALLY),
    Shows.REGRESSION: (Rating.FULLY, Rating.PARTIALLY),
    Shows.FULL: (Rating.NOT, Rating.REVERSED),
}


def contradictions(rule: Any, window: Window) -> Iterator[Due]:
    """Evidence linked after the cut-off of a published assessment that says otherwise: its authors."""
    links = EvidenceLink.objects.filter(window.of("linked_at"), shows__in=CONTRADICTED_BY).select_related(
        "evidence", "recommendation"
    )
    by_recommendation: dict[int, list[EvidenceLink]] = {}
    for link in links:
        by_recommendation.setdefault(link.recommendation_id, []).append(link)
    ratings = ItemRating.objects.filter(
        item__recommendation__in=among(by_recommendation),
        demand=None,
        status=AssessmentStatus.PUBLISHED,
        assessment__status=AssessmentStatus.PUBLISHED,
        item__is_current=True,
    ).values_list("item__recommendation", "rating", "assessment", "assessment__cutoff_on")
    pairs = [
        (link, assessment)
        for recommendation, rating, assessment, cutoff in ratings
        for link in by_recommendation[recommendation]
        if rating in CONTRADICTED_BY[Shows(link.shows)] and timezone.localdate(link.linked_at) > cutoff
    ]
    authors = _authors({assessment for _link, assessment in pairs})
    told = set()
    for link, assessment in pairs:
        if link.pk in told:
            continue
        told.add(link.pk)
        yield Due(
            "EvidenceLink",
            link.pk,
            timezone.localdate(link.linked_at),
            reverse("recommendation_detail", args=[link.recommendation.reference]),
            in_charge=authors.get(assessment, []),
            never=frozenset({link.linked_by_id}),
            # Not the title: the number says enough to whoever may see the item.
            params={"what": link.recommendation.reference, "number": link.evidence.label},
        )


def stale(rule: Any, window: Window) -> Iterator[Due]:
    """Published assessments whose cut-off lies too far back, that newer evidence or an amended act has overtaken."""
    months = rule.months or 12
    linked = EvidenceLink.objects.filter(window.of("linked_at"))
    overtaken = ItemRating.objects.filter(item__recommendation__in=linked.values("recommendation"))
    changed = Citation.objects.filter(evidence__amended_on__range=(window.first, window.last))
    # Months differ in length: a few days more than needed, and exactly below.
    room = timedelta(days=3)
    rows = list(
        Assessment.objects.filter(status=AssessmentStatus.PUBLISHED, ratings__item__is_current=True)
        .filter(
            Q(cutoff_on__lte=_months_after(window.last, -months) + room)
            | Q(pk__in=overtaken.values("assessment"))
            | Q(pk__in=changed.values("assessment")),
            cutoff_on__gte=_months_after(window.first, -months) - room,
        )
        .distinct()
        .annotate(
            newest=Max(
                "ratings__item__recommendation__evidence_links__linked_at",
                filter=Q(ratings__item__recommendation__evidence_links__linked_at__date__gt=F("cutoff_on")),
            ),
        )
        .select_related("cluster", "item__recommendation", "organisation")
    )
    amended: dict[int, date] = {}
    cited = Citation.objects.filter(
        assessment__in=among(row.pk for row in rows), evidence__amended_on__gt=F("assessment__cutoff_on")
    ).values_list("assessment", "evidence__amended_on")
    for assessment, day in cited:
        assert day is not None
        amended[assessment] = min(day, amended.get(assessment, day))
    due = []
    for row in rows:
        days = [_months_after(row.cutoff_on, months)]
        if row.newest:
            days.append(timezone.localdate(row.newest))
        if row.pk in amended:
            days.append(amended[row.pk])
        if window.first <= (since := min(days)) <= window.last:
            due.append((row, since))
    authors = _authors({row.pk for row, _since in due})
    for row, since in due:
        yield Due(
            "Assessment",
            row.pk,
            since,
            reverse("assessment_detail", args=[row.pk]),
            in_charge=authors.get(row.pk, []),
            params={"what": str(row), "cutoff_on": row.cutoff_on.isoformat()},
        )


def under_consideration(rule: Any, window: Window) -> Iterator[Due]:
    """Cycles that were adopted while answers of the State are still open."""
    rows = ReviewCycle.objects.filter(
        adopted_on__range=(window.first, window.last), state__is_followed=True
    ).annotate(
        open=Count(
            "recommendations", filter=Q(recommendations__position__in=["", PositionKind.UNDER_CONSIDERATION])
        )
    )
    for row in rows.filter(open__gt=0):
        url = f"{reverse('recommendation_list')}?cycle={row.key}&position={PositionKind.UNDER_CONSIDERATION}"
        assert row.adopted_on is not None
        yield Due(
            "ReviewCycle", row.pk, row.adopted_on, url, params={"cycle": row.key, "count": str(row.open)}
        )


def observations_expected(rule: Any, window: Window) -> Iterator[Due]:
    """Indicators whose next value should be there: whoever recorded the last one."""
    rows = Indicator.objects.filter(expected_every__isnull=False).annotate(last=Max("observations__on"))
    due = []
    for row in rows:
        since = _months_after(row.last, row.expected_every) if row.last and row.expected_every else None
        if since and window.first <= since <= window.last:
            due.append((row, since))
    recorded: dict[int, int] = {}
    latest = (
        Indicator.objects.filter(pk__in=among(row.pk for row, _since in due))
        .order_by("observations__on")
        .values_list("pk", "observations__recorded_by")
    )
    for pk, person in latest:
        if person:
            recorded[pk] = person
    for row, since in due:
        yield Due(
            "Indicator",
            row.pk,
            since,
            reverse("indicator_detail", args=[row.slug]),
            in_charge=[recorded[row.pk]] if row.pk in recorded else [],
            params={"what": row.name},
        )


def dead_links(rule: Any, window: Window) -> Iterator[Due]:
    """Evidence whose source no longer answers: whoever added it."""
    rows = Evidence.objects.filter(source__dead_since__range=(window.first, window.last)).select_related(
        "source"
    )
    for row in rows:
        assert row.source is not None and row.source.dead_since is not None
        yield Due(
            "Evidence",
            row.pk,
            row.source.dead_since,
            reverse("evidence_detail", args=[row.number]),
            in_charge=[row.added_by_id],
            params={"number": row.label},
        )


def consents_ending(rule: Any, window: Window) -> Iterator[Due]:
    """Consents that end and were not given anew: the people in whose hands the item is."""
    rows = list(consents.ending(first=window.first, last=window.last))
    keepers: dict[int, list[int]] = {}
    organisations = among(row.person.evidence.organisation_id for row in rows)
    people = User.objects.filter(organisation__in=organisations, is_active=True)
    for person, organisation in people.values_list("pk", "organisation"):
        keepers.setdefault(organisation, []).append(person)
    for row in rows:
        evidence = row.person.evidence
        in_charge = keepers.get(evidence.organisation_id, [])
        if evidence.organisation.works_by_mail:
            in_charge = [*in_charge, evidence.added_by_id]
        assert row.until is not None
        yield Due(
            "ConsentRecord",
            row.pk,
            row.until,
            reverse("evidence_people", args=[evidence.number]),
            in_charge=in_charge,
            # Neither the title nor the pseudonym: the number says enough to whoever may see the item.
            params={"number": evidence.label},
        )


def _authors(assessments: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    through = Assessment.authors.through._base_manager.filter(assessment__in=among(assessments))
    for assessment, person in through.values_list("assessment", "user"):
        found.setdefault(assessment, []).append(person)
    return found


def _months_after(day: date, months: int) -> date:
    """The same day so many months later; the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))
