"""Writing an assessment: starting it, carrying earlier text over, saving drafts.

Two people may write the same draft: whoever saves second is shown both texts (``Conflict``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.findings import FINDING_FIELDS, spread_findings, unfill
from recommendations.assessments.models import (
    Assessment,
    Citation,
    Cluster,
    ItemRating,
    Round,
    RoundItem,
)
from recommendations.assessments.requirements import CITING_PARTS, cited_in
from recommendations.audit.log import record
from recommendations.catalogue.models import Demand
from recommendations.evidence.models import Evidence
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import AssessmentStatus, Language, Role
from recommendations.workflow.engine import Refused

EDITABLE = (AssessmentStatus.DRAFT, AssessmentStatus.RETURNED)
TEXT_FIELDS = ("language", *CITING_PARTS, "cutoff_on", "to_be_confirmed", *FINDING_FIELDS)
ROW_FIELDS = ("is_own", "sentence", *FINDING_FIELDS)
# An earlier finding worth carrying over: one that a second person agreed with.
AGREED = (AssessmentStatus.APPROVED, AssessmentStatus.PUBLISHED, AssessmentStatus.SUPERSEDED)


class AlreadyOpen(Refused):
    """The organisation is writing about the same already; ``assessment`` is that one."""

    def __init__(self, assessment: Assessment | None) -> None:
        super().__init__(_("Your organisation has an open assessment of this already."))
        self.assessment = assessment


class Conflict(Exception):
    """Somebody else saved since it was read: nothing was saved. ``current`` is the row as it stands now."""

    def __init__(self, current: Assessment) -> None:
        super().__init__(_("Somebody else saved this draft in the meantime."))
        self.current = current


def organisations_to_write_for(by: Any) -> QuerySet[Organisation]:
    """For whom this person may write: her own organisation; a coordinator also for those that work by mail."""
    found = Organisation.objects.filter(pk=by.organisation_id)
    if Role.COORDINATOR in by.roles:
        found = found | Organisation.objects.filter(works_by_mail=True)
    return found if policy.may(by, "assessment.write") else found.none()


def start_refusal(
    *, by: Any, cluster: Cluster | None, item: RoundItem | None, organisation: Organisation | None
) -> str | None:
    """Why this person cannot start an assessment of this for that organisation; None when she can."""
    reason = policy.refusal(by, "assessment.write")
    if reason:
        return reason
    subject = cluster or item
    if subject is None:
        return _("Choose a cluster or a recommendation to assess.")
    if not subject.round.is_open:
        return _("This round is closed: nothing in it can be changed.")
    if organisation is None:
        return _("You belong to no organisation: an administrator can change that.")
    if not organisations_to_write_for(by).filter(pk=organisation.pk).exists():
        return _("%(organisation)s writes its assessments itself.") % {"organisation": organisation}
    if cluster is not None and not cluster.items.exists():
        return _("This cluster holds no recommendation yet.")
    return None


@transaction.atomic
def start_assessment(
    *,
    by: Any,
    cluster: Cluster | None = None,
    item: RoundItem | None = None,
    organisation: Organisation | None = None,
    language: str = "",
    is_demo: bool = False,
    at: datetime | None = None,
) -> Assessment:
    """A draft for a cluster or one recommendation, in the name of ``organisation`` (one's own by default).

    The organisation's latest agreed text on the same recommendations comes along, to be confirmed. Raises
    ``Refused``, or ``AlreadyOpen`` where the organisation is writing about one of them already.
    """
    organisation = organisation or by.organisation
    reason = start_refusal(by=by, cluster=cluster, item=item, organisation=organisation)
    if reason or organisation is None:
        raise Refused(reason)
    assessment, rows, earlier = as_begun(
        by=by, cluster=cluster, item=item, organisation=organisation, language=language, at=at
    )
    assessment.is_demo = is_demo
    try:
        with transaction.atomic():
            assessment.save(force_insert=True)
            ItemRating.objects.bulk_create(rows)
    except IntegrityError:
        items = [row.item for row in rows if not row.demand_id]
        raise AlreadyOpen(open_assessment(organisation=organisation, items=items)) from None
    assessment.authors.add(by)
    if earlier is not None:
        Citation.objects.bulk_create(
            Citation(assessment=assessment, evidence_id=row.evidence_id, by_hand=row.by_hand)
            for row in earlier.citations.all()
        )
    record(
        "assessment.started",
        assessment,
        by=by,
        at=at,
        detail={"organisation": str(organisation), "carried_from": earlier.pk if earlier else None},
    )
    return assessment


def as_begun(
    *,
    by: Any,
    cluster: Cluster | None = None,
    item: RoundItem | None = None,
    organisation: Organisation,
    language: str = "",
    at: datetime | None = None,
) -> tuple[Assessment, list[ItemRating], Assessment | None]:
    """What ``start_assessment`` begins with, not saved: the draft, its rows, and whose text came along."""
    round_, items = _what(cluster, item)
    moment = at or timezone.now()
    assessment = Assessment(
        round=round_,
        cluster=cluster,
        item=None if cluster else item,
        organisation=organisation,
        language=language or (by.language if by.language in Language.values else Language.ENGLISH),
        cutoff_on=min(round_.cutoff_on, timezone.localdate(moment)),
        created_by=by,
        created_at=moment,
        updated_at=moment,
    )
    rows = _make_rows(assessment, items)
    earlier = _earlier(organisation, items)
    if earlier is not None:
        _carry_over(earlier, assessment, rows)
    return assessment, rows, earlier


def _what(cluster: Cluster | None, item: RoundItem | None) -> tuple[Round, list[RoundItem]]:
    """The round and the items of what is to be assessed: the cluster's, where there is one."""
    if cluster is not None:
        return cluster.round, list(cluster.items.select_related("recommendation"))
    if item is not None:
        return item.round, [item]
    raise ValueError("an assessment is of a cluster or of an item")


def open_assessment(*, organisation: Organisation, items: Sequence[RoundItem]) -> Assessment | None:
    """The organisation's open assessment of any of these."""
    return (
        Assessment.objects.open()
        .filter(organisation=organisation, ratings__item__in=items)
        .distinct()
        .first()
    )


def _make_rows(assessment: Assessment, items: Sequence[RoundItem]) -> list[ItemRating]:
    """A row for each recommendation and for each of its demands."""
    rows = [
        ItemRating(assessment=assessment, item=item, organisation=assessment.organisation) for item in items
    ]
    own = {item.recommendation_id: item for item in items}
    demands = Demand.objects.filter(recommendation__in=own).order_by("letter")
    rows += [
        ItemRating(
            assessment=assessment,
            item=own[demand.recommendation_id],
            demand=demand,
            organisation=assessment.organisation,
        )
        for demand in demands
    ]
    return rows


def _earlier(organisation: Organisation, items: Sequence[RoundItem]) -> Assessment | None:
    """The organisation's latest agreed assessment of any of these recommendations, in whatever round."""
    return (
        Assessment.objects.filter(
            organisation=organisation,
            status__in=AGREED,
            ratings__item__recommendation__in=[item.recommendation_id for item in items],
        )
        .order_by("-approved_at", "-pk")
        .first()
    )


def _carry_over(earlier: Assessment, assessment: Assessment, rows: Sequence[ItemRating]) -> None:
    """Text and findings of an earlier assessment (in memory), marked as to be confirmed; its date is not carried."""
    for name in (*CITING_PARTS, "language", *FINDING_FIELDS):
        setattr(assessment, name, getattr(earlier, name))
    assessment.carried_from = earlier
    assessment.to_be_confirmed = True
    old_rows = {
        (row.item.recommendation_id, row.demand_id): row for row in earlier.ratings.select_related("item")
    }
    for row in rows:
        old = old_rows.get((row.item.recommendation_id, row.demand_id))
        if old is not None:
            for name in ROW_FIELDS:
                setattr(row, name, getattr(old, name))
    spread_findings(assessment, rows)


def edit_refusal(assessment: Assessment, *, by: Any) -> str | None:
    """Why this person cannot change this text now; None when she can. The page and the saving both ask."""
    reason = policy.refusal(by, "assessment.write")
    if reason:
        return reason
    if assessment.status not in EDITABLE:
        return _("It can be changed only while it is a draft or was returned; it is “%(status)s”.") % {
            "status": assessment.get_status_display()
        }
    if not assessment.round.is_open:
        return _("This round is closed: nothing in it can be changed.")
    if organisations_to_write_for(by).filter(pk=assessment.organisation_id).exists():
        return None
    if assessment.authors.filter(pk=by.pk).exists():
        return None
    return _("It is written by %(organisation)s.") % {"organisation": assessment.organisation}


@transaction.atomic
def save_draft(
    assessment: Assessment,
    *,
    by: Any,
    revision: int,
    fields: Mapping[str, Any],
    ratings: Iterable[Mapping[str, Any]] = (),
    at: datetime | None = None,
) -> Assessment:
    """Save text and findings as they stand, complete or not; returns the assessment as saved.

    ``revision`` is what the person saw: ``Conflict`` with the current row when somebody saved since. ``ratings``
    name their row by ``item`` and ``demand`` (ids; None for the recommendation itself). What is the same already
    is no change, so a save that is sent twice does no harm. Whoever saves becomes an author.
    """
    reason = edit_refusal(assessment, by=by)
    if reason:
        raise Refused(reason)
    unknown = set(fields) - set(TEXT_FIELDS)
    if unknown:
        raise ValueError(f"not to be written here: {sorted(unknown)}")
    current = Assessment.objects.select_related("round", "organisation").get(pk=assessment.pk)
    rows = list(current.ratings.select_related("item__recommendation", "demand"))
    before = _state(current, rows)
    unfill(current, rows)
    for name, value in fields.items():
        setattr(current, name, value)
    _set_rows(rows, ratings)
    spread_findings(current, rows)
    if _state(current, rows) == before and not _citations_differ(current, rows, by):
        return current
    moment = at or timezone.now()
    changed = Assessment.objects.filter(pk=current.pk, revision=revision, status__in=EDITABLE).update(
        **{name: getattr(current, name) for name in TEXT_FIELDS},
        revision=F("revision") + 1,
        updated_at=moment,
    )
    if not changed:
        raise Conflict(Assessment.objects.get(pk=assessment.pk))
    _save_rows(rows)
    _keep_citations(current, rows, by)
    if not current.authors.filter(pk=by.pk).exists():
        current.authors.add(by)
        record("assessment.written", current, by=by, at=at)
    current.refresh_from_db()
    return current


def _state(assessment: Assessment, rows: Sequence[ItemRating]) -> list[Any]:
    """Everything that saving may change, to tell whether anything did."""
    return [
        *(getattr(assessment, name) for name in TEXT_FIELDS),
        *((row.pk, [getattr(row, name) for name in ROW_FIELDS]) for row in rows),
    ]


def _set_rows(rows: Sequence[ItemRating], given: Iterable[Mapping[str, Any]]) -> None:
    by_key = {(row.item_id, row.demand_id): row for row in rows}
    for values in given:
        row = by_key.get((values["item"], values.get("demand")))
        if row is None:
            raise Refused(
                _("One of the recommendations is no longer part of this assessment. Reload the page.")
            )
        for name in ROW_FIELDS:
            if name in values:
                setattr(row, name, values[name])


def _save_rows(rows: Sequence[ItemRating]) -> None:
    ItemRating.objects.bulk_update(rows, [*ROW_FIELDS, "reversed_mark"])


def _wanted_citations(
    assessment: Assessment, rows: Sequence[ItemRating], by: Any
) -> tuple[set[int], set[int]]:
    """(ids of evidence to cite now, ids cited so far). What the writer cannot see stays where it was cited."""
    numbers = cited_in(assessment, rows)
    kept = dict(assessment.citations.values_list("evidence__number", "evidence_id"))
    by_hand = set(assessment.citations.filter(by_hand=True).values_list("evidence_id", flat=True))
    new = numbers - set(kept)
    visible = Evidence.objects.visible_to(by).filter(number__in=new).values_list("pk", flat=True)
    wanted = {pk for number, pk in kept.items() if number in numbers} | by_hand | set(visible)
    return wanted, set(kept.values())


def _citations_differ(assessment: Assessment, rows: Sequence[ItemRating], by: Any) -> bool:
    """Whether a number in the text became known since: its evidence was added, or shown to the writer."""
    wanted, present = _wanted_citations(assessment, rows, by)
    return wanted != present


def _keep_citations(assessment: Assessment, rows: Sequence[ItemRating], by: Any) -> None:
    """Make the citations equal to the numbers in the text; numbers the writer cannot see are not taken in."""
    wanted, present = _wanted_citations(assessment, rows, by)
    assessment.citations.filter(evidence__in=present - wanted).delete()
    Citation.objects.bulk_create(
        Citation(assessment=assessment, evidence_id=pk) for pk in sorted(wanted - present)
    )
