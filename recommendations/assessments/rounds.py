"""Opening and closing rounds, making clusters, and giving out the work.

Who has an item (organisation, person, date) stands on the item; a cluster's own columns say it for all of its
items, and every function here keeps both equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.method_editions import keep_in_force
from recommendations.assessments.models import Assessment, Cluster, Round, RoundItem
from recommendations.audit.log import record
from recommendations.catalogue.models import Recommendation, ReviewCycle
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import OPEN_STATUSES, AssessmentStatus

TELL = "reminders.tell"


class NotPossible(Exception):
    """The act makes no sense as things stand; the message says why."""


@transaction.atomic
def open_round(
    *,
    by: Any,
    cycle: ReviewCycle,
    title: str,
    purpose: str,
    cutoff_on: date,
    deadline: date,
    recommendations: QuerySet[Recommendation] | Iterable[Recommendation],
    carry_from: Round | None = None,
    is_demo: bool = False,
    at: datetime | None = None,
) -> Round:
    """A round that follows these recommendations; clusters and assignments of ``carry_from`` come along."""
    moment = at or timezone.now()
    method = keep_in_force(at=moment)
    opened = Round.objects.create(
        state=cycle.state,
        cycle=cycle,
        title=title.strip(),
        purpose=purpose,
        cutoff_on=cutoff_on,
        deadline=deadline,
        method_edition=method.number,
        opened_on=timezone.localdate(moment),
        is_demo=is_demo,
        created_at=moment,
    )
    _follow(opened, recommendations)
    if carry_from is not None:
        _carry_clusters(carry_from, opened)
    record(
        "round.opened", opened, by=by, at=at, detail={"items": opened.items.count(), "method": method.number}
    )
    return opened


def _follow(round_: Round, recommendations: Iterable[Recommendation]) -> None:
    """Follow recommendations in the round, which becomes their current one unless a later round has them."""
    rows = list(recommendations)
    ids = [row.pk for row in rows]
    later = set(
        RoundItem.objects.filter(
            recommendation__in=ids, is_current=True, round__opened_on__gt=round_.opened_on
        ).values_list("recommendation_id", flat=True)
    )
    RoundItem.objects.filter(recommendation__in=ids, is_current=True).exclude(
        recommendation__in=later
    ).update(is_current=False)
    RoundItem.objects.bulk_create(
        [RoundItem(round=round_, recommendation=row, is_current=row.pk not in later) for row in rows],
        batch_size=500,
    )


def _carry_clusters(earlier: Round, later: Round) -> None:
    """The earlier round's clusters with their leads, holding those of the later round's items that they held."""
    items = {item.recommendation_id: item for item in later.items.all()}
    for cluster in earlier.clusters.prefetch_related("items"):
        kept = [
            items[item.recommendation_id] for item in cluster.items.all() if item.recommendation_id in items
        ]
        if not kept:
            continue
        copy = Cluster.objects.create(
            round=later,
            title=cluster.title,
            title_ru=cluster.title_ru,
            title_kk=cluster.title_kk,
            theme_id=cluster.theme_id,
            organisation_id=cluster.organisation_id,
            assignee_id=cluster.assignee_id,
            order=cluster.order,
        )
        _put_into(copy, kept)


@transaction.atomic
def add_items(round_: Round, *, recommendations: Iterable[Recommendation], by: Any) -> int:
    """Follow further recommendations in an open round; those it follows already are passed over. Returns how many."""
    _require_open(round_)
    followed = set(round_.items.values_list("recommendation_id", flat=True))
    new = [row for row in recommendations if row.pk not in followed]
    _follow(round_, new)
    if new:
        record("round.changed", round_, by=by, detail={"added": len(new)})
    return len(new)


@transaction.atomic
def change_round(round_: Round, *, by: Any, **fields: Any) -> Round:
    """Change title, purpose, cut-off date or deadline of an open round."""
    _require_open(round_)
    before = {name: str(getattr(round_, name)) for name in fields}
    for name, value in fields.items():
        setattr(round_, name, value)
    round_.save(update_fields=list(fields))
    record("round.changed", round_, by=by, detail={"before": before})
    return round_


@transaction.atomic
def close_round(round_: Round, *, by: Any, at: datetime | None = None) -> Round:
    """End a round: nothing new is written in it. Refused while something waits for review."""
    waiting = round_.assessments.filter(status=AssessmentStatus.SUBMITTED).count()
    if waiting:
        raise NotPossible(
            _("Assessments are still waiting for review (%(count)d): decide them first.") % {"count": waiting}
        )
    day = timezone.localdate(at or timezone.now())
    if not Round.objects.filter(pk=round_.pk, closed_on=None).update(closed_on=day):
        raise NotPossible(_("This round is closed already."))
    round_.refresh_from_db()
    record("round.closed", round_, by=by, at=at)
    return round_


@transaction.atomic
def make_cluster(
    round_: Round,
    *,
    title: str,
    items: Sequence[RoundItem],
    by: Any,
    organisation: Organisation | None = None,
    assignee: User | None = None,
    due_on: date | None = None,
    theme: Any = None,
    title_ru: str = "",
    title_kk: str = "",
    at: datetime | None = None,
) -> Cluster:
    """A cluster of these items; an item that stood in another cluster moves here, unless work on it is open."""
    _require_open(round_)
    if not items:
        raise NotPossible(_("Choose at least one recommendation for the cluster."))
    if Cluster.objects.filter(round=round_, title__iexact=title.strip()).exists():
        raise NotPossible(_("There is a cluster of this title already."))
    cluster = Cluster.objects.create(
        round=round_,
        title=title.strip(),
        title_ru=title_ru,
        title_kk=title_kk,
        theme=theme,
        organisation=organisation,
        assignee=assignee,
        due_on=due_on,
        order=round_.clusters.count() + 1,
    )
    _put_into(cluster, items)
    record("cluster.made", cluster, by=by, at=at, detail={"items": len(items)})
    return cluster


@transaction.atomic
def move_items(cluster: Cluster, *, items: Sequence[RoundItem], by: Any) -> Cluster:
    """Bring further items into the cluster."""
    _require_open(cluster.round)
    _put_into(cluster, items)
    record("cluster.changed", cluster, by=by, detail={"moved_in": len(items)})
    return cluster


@transaction.atomic
def take_out(cluster: Cluster, *, items: Sequence[RoundItem], by: Any) -> Cluster:
    """Take items out of the cluster; they are followed singly from then on."""
    _require_open(cluster.round)
    _refuse_open_work(items)
    RoundItem.objects.filter(pk__in=[item.pk for item in items], cluster=cluster).update(cluster=None)
    record("cluster.changed", cluster, by=by, detail={"taken_out": len(items)})
    return cluster


@transaction.atomic
def rename_cluster(cluster: Cluster, *, by: Any, **fields: Any) -> Cluster:
    """Change a cluster's titles."""
    for name, value in fields.items():
        setattr(cluster, name, value)
    cluster.save(update_fields=list(fields))
    record("cluster.changed", cluster, by=by, detail={"fields": sorted(fields)})
    return cluster


@transaction.atomic
def dissolve(cluster: Cluster, *, by: Any) -> None:
    """Undo a cluster nobody has written about; its recommendations are followed singly."""
    _require_open(cluster.round)
    if cluster.assessments.exists():
        raise NotPossible(_("Something was written about this cluster, so it stays."))
    record("cluster.dissolved", cluster, by=by)
    cluster.delete()


@transaction.atomic
def assign(
    *,
    round_: Round,
    by: Any,
    clusters: Sequence[Cluster] = (),
    items: Sequence[RoundItem] = (),
    organisation: Organisation | None,
    assignee: User | None,
    due_on: date | None,
    at: datetime | None = None,
) -> int:
    """Give clusters and single items to an organisation and a person until a date. Returns how many recommendations.

    None takes the assignment away. The person must belong to the organisation and be able to write.
    """
    _require_open(round_)
    if assignee is not None:
        if organisation is not None and assignee.organisation_id != organisation.pk:
            raise NotPossible(
                _("%(person)s does not belong to %(organisation)s.")
                % {"person": assignee, "organisation": organisation}
            )
        if not policy.may(assignee, "assessment.write"):
            raise NotPossible(_("%(person)s has no role in which to write.") % {"person": assignee})
        organisation = organisation or assignee.organisation
    given = {"organisation": organisation, "assignee": assignee, "due_on": due_on}
    ids = [cluster.pk for cluster in clusters]
    chosen = Q(cluster__in=ids) | Q(pk__in=[item.pk for item in items])
    work = RoundItem.objects.filter(chosen, round=round_)
    is_new_to_her = assignee is not None and work.exclude(assignee=assignee).exists()
    Cluster.objects.filter(pk__in=ids, round=round_).update(**given)
    count = work.update(**given)
    if is_new_to_her and assignee != by:
        _tell_of_work(round_, assignee, by=by, at=at or timezone.now())
    record(
        "work.assigned",
        round_,
        by=by,
        at=at,
        detail={"recommendations": count, "organisation": str(organisation or ""), "due": str(due_on or "")},
    )
    return count


def _tell_of_work(round_: Round, person: Any, *, by: Any, at: datetime) -> None:
    """Have the person told that work in the round is hers now, where somebody registered to do so."""
    if TELL in HANDLERS:
        payload = {"kind": "work.assigned", "person": person.pk, "round": round_.pk, "what": round_.title}
        enqueue(TELL, payload, key=f"work.assigned:{round_.pk}:{person.pk}:{at.timestamp()}", by=by)


@transaction.atomic
def clusters_from_themes(round_: Round, *, by: Any) -> list[Cluster]:
    """One cluster for each leading theme of the items that stand in none; returns the new clusters.

    Items without a theme stay single. Undone by dissolving.
    """
    _require_open(round_)
    groups: dict[Any, list[RoundItem]] = {}
    loose = round_.items.filter(cluster=None).select_related("recommendation__lead_theme")
    for item in loose:
        if item.recommendation.lead_theme is not None:
            groups.setdefault(item.recommendation.lead_theme, []).append(item)
    taken = {title.lower() for title in round_.clusters.values_list("title", flat=True)}
    made = []
    for theme in sorted(groups, key=lambda theme: (theme.order, theme.name_en)):
        title = theme.name_en
        number = 2
        while title.lower() in taken:
            title, number = f"{theme.name_en} ({number})", number + 1
        taken.add(title.lower())
        made.append(
            make_cluster(
                round_,
                title=title,
                title_ru=theme.name_ru,
                title_kk=theme.name_kk,
                items=groups[theme],
                theme=theme,
                by=by,
            )
        )
    return made


def work_plan(round_: Round) -> QuerySet[Cluster]:
    """The round's clusters with how many recommendations each holds, in a fixed number of queries."""
    return (
        round_.clusters.select_related("organisation", "assignee", "theme")
        .annotate(size=Count("items"))
        .order_by("order", "title")
    )


def _put_into(cluster: Cluster, items: Sequence[RoundItem]) -> None:
    strangers = [item for item in items if item.round_id != cluster.round_id]
    if strangers:
        raise NotPossible(_("A cluster holds recommendations of its own round only."))
    moving = [item for item in items if item.cluster_id not in (None, cluster.pk)]
    _refuse_open_work([*moving, *(item for item in items if item.cluster_id is None)])
    if Assessment.objects.filter(cluster=cluster, status__in=OPEN_STATUSES).exists():
        raise NotPossible(
            _(
                "An assessment of this cluster is on its way: finish or withdraw it before changing the cluster."
            )
        )
    given: dict[str, Any] = {"cluster": cluster}
    if cluster.organisation_id or cluster.assignee_id or cluster.due_on:
        given |= {
            "organisation": cluster.organisation_id,
            "assignee": cluster.assignee_id,
            "due_on": cluster.due_on,
        }
    RoundItem.objects.filter(pk__in=[item.pk for item in items]).update(**given)


def _refuse_open_work(items: Sequence[RoundItem]) -> None:
    """An item on which somebody is writing cannot change its cluster under her hands."""
    busy = (
        RoundItem.objects.filter(pk__in=[item.pk for item in items])
        .filter(ratings__status__in=OPEN_STATUSES)
        .values_list("recommendation__reference", flat=True)
        .distinct()[:5]
    )
    if busy:
        raise NotPossible(
            _("An assessment of these is on its way: %(references)s. Finish or withdraw it first.")
            % {"references": ", ".join(busy)}
        )


def _require_open(round_: Round) -> None:
    if not Round.objects.filter(pk=round_.pk, closed_on=None).exists():
        raise NotPossible(_("This round is closed: nothing in it can be changed."))
