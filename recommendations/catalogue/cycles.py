"""Review cycles and their milestones: opening, changing, and moving dates with their history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.calendar import proposals
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Milestone, MilestoneChange, ReviewCycle, Session, State
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.vocabulary import MilestoneKind

TELL_MOVED = "reminders.milestone_moved"
_CYCLE_FIELDS = (
    "session",
    "review_on",
    "adopted_on",
    "decision",
    "un_received",
    "un_supported",
    "un_noted",
    "un_note",
    "words_alone",
    "words_jointly",
)


@transaction.atomic
def open_cycle(
    *,
    by: Any,
    state: State,
    number: int,
    with_usual_dates: bool = False,
    troika: Any = (),
    at: datetime | None = None,
    **fields: Any,
) -> ReviewCycle:
    """Open a review cycle of a State, which is followed from then on.

    ``fields`` are those of ``change_cycle``. With the usual dates the milestones of a review are added as
    estimates around ``review_on``, or around the session where only that is known. Raises ``Refused`` where the
    State has that cycle already.
    """
    _check_dates(fields.get("review_on"), fields.get("adopted_on"))
    try:
        with transaction.atomic():
            cycle = ReviewCycle.objects.create(
                state=state, number=number, key=f"{state.code}-{number}", **_known(fields)
            )
    except IntegrityError:
        raise Refused(_("%(cycle)s is there already.") % {"cycle": f"{state.code}-{number}"}) from None
    cycle.troika.set(troika)
    State.objects.filter(pk=state.pk).update(is_followed=True)
    if with_usual_dates:
        _proposed(cycle, {one.kind: one.on for one in proposals(cycle)})
    record("cycle.opened", cycle, by=by, at=at)
    return cycle


@transaction.atomic
def change_cycle(
    cycle: ReviewCycle, *, by: Any, revision: int | None = None, at: datetime | None = None, **changes: Any
) -> ReviewCycle:
    """Change a cycle's session, dates, decision, troika or the UN's totals; ``Conflict`` where it moved on.

    Without ``revision`` the cycle as given is taken as what the person saw.
    """
    troika = changes.pop("troika", None)
    changes = _known(changes)
    _check_dates(changes.get("review_on", cycle.review_on), changes.get("adopted_on", cycle.adopted_on))
    seen = cycle.revision if revision is None else revision
    before = ReviewCycle.objects.get(pk=cycle.pk)
    detail = {
        name: {"from": str(getattr(before, name) or ""), "to": str(value or "")}
        for name, value in changes.items()
        if getattr(before, name) != value
    }
    if troika is not None and {row.pk for row in troika} != {row.pk for row in before.troika.all()}:
        detail["troika"] = {
            "from": ", ".join(row.code for row in before.troika.all()),
            "to": ", ".join(row.code for row in troika),
        }
    if before.revision != seen:
        raise Conflict(before)
    if not detail:
        return before
    if not ReviewCycle.objects.filter(pk=cycle.pk, revision=seen).update(
        revision=F("revision") + 1, **changes
    ):
        raise Conflict(ReviewCycle.objects.get(pk=cycle.pk))
    if troika is not None:
        before.troika.set(troika)
    before.refresh_from_db()
    record("cycle.changed", before, by=by, detail=detail, at=at)
    return before


@transaction.atomic
def add_milestone(
    *,
    by: Any,
    cycle: ReviewCycle,
    kind: str,
    on: date,
    title: str = "",
    is_estimate: bool = False,
    note: str = "",
    at: datetime | None = None,
) -> Milestone:
    """Add a dated event to a cycle; raises ``Refused`` where one of that kind and title stands already."""
    if kind not in MilestoneKind.values:
        raise ValueError(f"no such milestone: {kind}")
    try:
        with transaction.atomic():
            milestone = Milestone.objects.create(
                cycle=cycle, kind=kind, on=on, title=title.strip(), is_estimate=is_estimate, note=note.strip()
            )
    except IntegrityError:
        raise Refused(
            _("This cycle has such a milestone already: move that one, or give this one a title of its own.")
        ) from None
    record("milestone.added", milestone, by=by, detail={"on": on, "is_estimate": is_estimate}, at=at)
    return milestone


@transaction.atomic
def move_milestone(
    milestone: Milestone,
    *,
    by: Any,
    on: date,
    reason: str = "",
    revision: int | None = None,
    is_estimate: bool | None = None,
    title: str | None = None,
    note: str | None = None,
    at: datetime | None = None,
) -> Milestone:
    """Give a milestone another date (the old one, who, when and why are kept) or correct its words.

    Raises ``Conflict`` where somebody else changed it, ``Refused`` where a move has no reason or it was cancelled.
    """
    at = at or timezone.now()
    seen = milestone.revision if revision is None else revision
    before = Milestone.objects.select_related("cycle").get(pk=milestone.pk)
    if before.revision != seen:
        raise Conflict(before)
    if before.cancelled_at:
        raise Refused(_("This milestone was cancelled."))
    reason = reason.strip()
    if before.on != on and not reason:
        raise Refused(_("Say why the date moves, please: it stays in the history."))
    wanted = {"on": on, "is_estimate": is_estimate, "title": title, "note": note}
    changes = {
        name: value for name, value in wanted.items() if value is not None and getattr(before, name) != value
    }
    if not changes:
        return before
    try:
        with transaction.atomic():
            changed = Milestone.objects.filter(pk=milestone.pk, revision=seen).update(
                revision=F("revision") + 1, **changes
            )
    except IntegrityError:
        raise Refused(_("This cycle has a milestone of that kind and title already.")) from None
    if not changed:
        raise Conflict(Milestone.objects.select_related("cycle").get(pk=milestone.pk))
    moved = "on" in changes
    if moved:
        MilestoneChange.objects.create(
            milestone=before, old_on=before.on, new_on=on, reason=reason, changed_by=by, changed_at=at
        )
        _tell_of_move(before, by=by)
    detail = {name: {"from": getattr(before, name), "to": value} for name, value in changes.items()}
    before.refresh_from_db()
    record(
        "milestone.moved" if moved else "milestone.changed",
        before,
        by=by,
        detail=detail | ({"reason": reason} if reason else {}),
        at=at,
    )
    return before


def _tell_of_move(milestone: Milestone, *, by: Any) -> None:
    """Have those who were told the old date told the new one, where somebody registered to do so."""
    if TELL_MOVED in HANDLERS:
        payload = {"milestone": milestone.pk, "from": str(milestone.on)}
        enqueue(TELL_MOVED, payload, key=f"{TELL_MOVED}:{milestone.pk}:{milestone.revision}", by=by)


@transaction.atomic
def add_proposed(
    cycle: ReviewCycle, *, by: Any, days: Mapping[str, date], at: datetime | None = None
) -> list[Milestone]:
    """Add the milestones chosen among the proposals, each on its day (kind → day), marked as estimates.

    One that somebody else added meanwhile is left as it is.
    """
    unknown = set(days) - set(MilestoneKind.values)
    if unknown:
        raise ValueError(f"no such milestones: {', '.join(sorted(unknown))}")
    there = set(cycle.milestones.filter(cancelled_at=None, title="").values_list("kind", flat=True))
    rows = _proposed(cycle, {kind: day for kind, day in days.items() if kind not in there})
    if rows:
        detail = {row.kind: str(row.on) for row in rows}
        record("milestone.proposals_added", cycle, by=by, detail=detail, at=at)
    return rows


@transaction.atomic
def confirm_milestone(milestone: Milestone, *, by: Any, at: datetime | None = None) -> Milestone:
    """Say that an estimated date is the true one; confirming twice changes nothing."""
    return move_milestone(milestone, by=by, on=milestone.on, is_estimate=False, note="", at=at)


@transaction.atomic
def move_estimates(
    cycle: ReviewCycle,
    *,
    by: Any,
    days: int,
    reason: str,
    but: Collection[int] = (),
    at: datetime | None = None,
) -> list[Milestone]:
    """Move every estimated milestone (``but`` these) by so many days, with one reason; a confirmed one stays.

    Raises ``Refused`` without a reason.
    """
    if not reason.strip():
        raise Refused(_("Say why the dates move, please: it stays in the history."))
    rows = (
        cycle.milestones.filter(cancelled_at=None, is_estimate=True)
        .exclude(pk__in=but)
        .select_related("cycle")
    )
    return [
        move_milestone(row, by=by, on=row.on + timedelta(days=days), reason=reason, at=at)
        for row in rows
        if days
    ]


def _proposed(cycle: ReviewCycle, days: Mapping[str, date]) -> list[Milestone]:
    """Milestones on these days; only what the cycle's own record dates is no estimate."""
    known = {MilestoneKind.REVIEW: cycle.review_on, MilestoneKind.ADOPTION: cycle.adopted_on}
    rows = []
    for kind, day in days.items():
        is_estimate = known.get(MilestoneKind(kind)) != day
        note = _("An estimate. Check with OHCHR.") if is_estimate else ""
        rows.append(Milestone(cycle=cycle, kind=kind, on=day, is_estimate=is_estimate, note=note))
    return Milestone.objects.bulk_create(rows)


@transaction.atomic
def cancel_milestone(
    milestone: Milestone, *, by: Any, reason: str = "", at: datetime | None = None
) -> Milestone:
    """Take a milestone off the calendar; it stays in the log. Cancelling twice changes nothing."""
    at = at or timezone.now()
    changed = Milestone.objects.filter(pk=milestone.pk, cancelled_at__isnull=True).update(
        cancelled_at=at, revision=F("revision") + 1
    )
    milestone.refresh_from_db()
    if changed:
        record("milestone.cancelled", milestone, by=by, detail={"on": milestone.on, "reason": reason}, at=at)
    return milestone


def session_numbered(number: int) -> Session:
    """The session of that number, made where it is not known yet."""
    return Session.objects.get_or_create(number=number)[0]


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(_CYCLE_FIELDS)
    if unknown:
        raise TypeError(f"a cycle has no {', '.join(sorted(unknown))}")
    return fields


def _check_dates(review_on: date | None, adopted_on: date | None) -> None:
    if review_on and adopted_on and adopted_on <= review_on:
        raise Refused(_("The adoption comes after the review."))
