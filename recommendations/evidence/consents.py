"""Which consents end, so that the people in whose hands the items are ask again in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from recommendations.evidence.models_safety import ConsentRecord
from recommendations.vocabulary import ConsentUse

# So many days ahead the people of the item see it on My work, and so many after it ended.
AHEAD, BEHIND = timedelta(days=30), timedelta(days=14)


def ending(*, first: date, last: date) -> QuerySet[ConsentRecord]:
    """Consents whose last day lies between these, but for those withdrawn or renewed: the soonest first.

    Renewed is what the same person agreed to anew, at least as widely, until later or without an end.
    """
    later = ConsentRecord.objects.filter(
        Q(until=None) | Q(until__gt=OuterRef("until")), person=OuterRef("person"), withdrawn_at=None
    )
    for use in ConsentUse:
        field = f"for_{use.value}"
        later = later.filter(**{f"{field}__gte": OuterRef(field)})  # yes is more than no
    rows = ConsentRecord.objects.filter(until__range=(first, last), withdrawn_at=None).exclude(Exists(later))
    return rows.select_related("person__evidence__organisation").order_by("until", "pk")


def ending_for(person: Any, today: date) -> QuerySet[ConsentRecord]:
    """Those of the items in this person's hands, near today."""
    visible = ConsentRecord.objects.visible_to(person).values("pk")
    mine = Q(person__evidence__organisation=person.organisation_id) | Q(
        person__evidence__organisation__works_by_mail=True, person__evidence__added_by=person
    )
    return ending(first=today - BEHIND, last=today + AHEAD).filter(mine, pk__in=visible)
