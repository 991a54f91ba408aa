"""Compliance status: what the assessments say of each recommendation of a round, kept per audience."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from recommendations.assessments.models import ComplianceStatus, ItemRating, RoundItem
from recommendations.vocabulary import AssessmentStatus, Audience

# Which ratings speak to an audience; of an organisation's several the first status here counts: what is
# approved is newer than what is published, since it will replace it.
SPEAKING: dict[str, tuple[str, ...]] = {
    Audience.PUBLIC: (AssessmentStatus.PUBLISHED,),
    Audience.COALITION: (AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED),
}


@transaction.atomic
def refresh_compliance(item_ids: Iterable[int], *, at: datetime | None = None) -> int:
    """Work out anew what is said of these round items, for both audiences; returns how many rows stand now.

    Called in the transaction that changes a rating's status. The common rating where all organisations agree,
    else that they differ with the spread; no row where nobody speaks. The items are locked, so that two
    organisations publishing at once do not overlook each other.
    """
    ids = sorted(set(item_ids))
    list(RoundItem.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    spoken: dict[int, list[ItemRating]] = defaultdict(list)
    rows = ItemRating.objects.filter(
        item__in=ids, demand=None, status__in=SPEAKING[Audience.COALITION]
    ).order_by("item", "organisation")
    for row in rows:
        spoken[row.item_id].append(row)
    shown = set(
        ItemRating.objects.visible_to(Audience.PUBLIC)
        .filter(item__in=ids, demand=None)
        .values_list("pk", flat=True)
    )
    moment = at or timezone.now()
    statuses = [
        status
        for item_id, ratings in spoken.items()
        for audience, speaking in SPEAKING.items()
        if (
            status := _status(
                item_id,
                audience,
                newest_of_each(
                    [row for row in ratings if audience != Audience.PUBLIC or row.pk in shown], speaking
                ),
                moment,
            )
        )
    ]
    ComplianceStatus.objects.filter(item__in=ids).delete()
    ComplianceStatus.objects.bulk_create(statuses, batch_size=500)
    return len(statuses)


def newest_of_each(ratings: list[ItemRating], speaking: tuple[str, ...]) -> list[ItemRating]:
    """One rating of each organisation: the one whose status comes first in ``speaking``."""
    newest: dict[int, ItemRating] = {}
    for status in reversed(speaking):
        newest |= {row.organisation_id: row for row in ratings if row.status == status}
    return list(newest.values())


def _status(item_id: int, audience: str, ratings: list[ItemRating], at: datetime) -> ComplianceStatus | None:
    if not ratings:
        return None
    spread = Counter(row.rating for row in ratings)
    differs = len(spread) > 1
    return ComplianceStatus(
        item_id=item_id,
        audience=audience,
        rating="" if differs else ratings[0].rating,
        differs=differs,
        reversed_mark=any(row.reversed_mark for row in ratings),
        under_way=any(row.steps_under_way for row in ratings),
        spread=dict(spread),
        updated_at=at,
    )
