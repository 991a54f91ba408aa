"""What a frozen or departed colleague could open, and what she opened lately: for those who must now take care."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _

from recommendations.assessments.models import Assessment, Comment
from recommendations.audit.models import Event
from recommendations.audit.words import sentence
from recommendations.evidence.models import Evidence, EvidenceFile
from recommendations.organisations.models import Membership, User
from recommendations.vocabulary import AssessmentStatus, Confidentiality

# How far back "lately" reaches, and how much of it is listed.
LATELY = timedelta(days=90)
MOST = 200
# What took content out of the product, or showed a file.
TAKEN = Q(verb__endswith="downloaded") | Q(verb__endswith="_opened") | Q(verb__endswith="viewed")
TAKEN |= Q(verb__in=["fieldsheet.made", "everything.asked", "export.asked"])


@dataclass
class Reach:
    """Counts by kind, restricted items (those the reader may see; the others are a number), and recent acts."""

    counts: list[tuple[str, int]] = field(default_factory=list)
    restricted: list[Evidence] = field(default_factory=list)
    restricted_unseen: int = 0
    taken: list[tuple[datetime, str]] = field(default_factory=list)


def reach_of(person: User, *, reader: Any, now: datetime) -> Reach:
    """What the person's account opened while it was open, told to a reader who sees no more than otherwise."""
    then = _as_she_was(person)
    evidence = Evidence.objects.visible_to(then)
    restricted = evidence.filter(confidentiality=Confidentiality.RESTRICTED)
    seen = restricted & Evidence.objects.visible_to(reader)
    open_work = Assessment.objects.visible_to(then).exclude(
        status__in=[AssessmentStatus.PUBLISHED, AssessmentStatus.SUPERSEDED]
    )
    found = Reach(
        counts=[
            (_("Assessments not yet published"), open_work.count()),
            (_("Comments on them"), Comment.objects.visible_to(then).count()),
            (_("Evidence for the coalition"), evidence.filter(confidentiality="coalition").count()),
            (_("Restricted evidence"), restricted.count()),
            (_("Files of evidence"), EvidenceFile.objects.visible_to(then).count()),
            (_("Exports"), _visible("Export", then).count()),
            (_("Imports"), _visible("ImportRun", then).count()),
            (_("Names of colleagues"), User.objects.visible_to(then).count()),
        ]
    )
    found.restricted = list(seen.distinct().order_by("number")[:MOST])
    found.restricted_unseen = restricted.count() - seen.distinct().count()
    events = Event.objects.filter(TAKEN, actor=person, at__gte=now - LATELY).select_related("actor")
    rows = list(events.order_by("-number")[:MOST])
    hidden = _hidden(rows, reader)
    found.taken = [
        (row.at, _("something that you may not see was opened") if row.pk in hidden else sentence(row))
        for row in rows
    ]
    return found


def _visible(kind: str, reader: Any) -> Any:
    """Rows of a sibling capability that the reader may see."""
    return apps.get_model("recommendations", kind)._default_manager.visible_to(reader)  # type: ignore[attr-defined]


def _as_she_was(person: User) -> User:
    """The person with the account open, in memory only; in the organisation she last belonged to."""
    then = copy.copy(person)
    then.is_active = True
    if then.organisation_id is None:
        last = Membership.objects.filter(user=person).order_by("-until", "-pk").first()
        then.organisation_id = last.organisation_id if last else None
    return then


def _hidden(rows: list[Event], reader: Any) -> set[int]:
    """The events about evidence that the reader may not see."""
    about = {row.pk: row.subject_id for row in rows if row.subject_kind == "Evidence"}
    seen = set(
        Evidence.objects.visible_to(reader).filter(pk__in=set(about.values())).values_list("pk", flat=True)
    )
    return {pk for pk, subject in about.items() if subject not in seen}
