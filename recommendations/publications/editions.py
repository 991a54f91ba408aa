"""Editions: prepared for signing, frozen once, made by a job, handed out as they are until a take-down reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.models import Round
from recommendations.audit.log import record
from recommendations.jobs import queue
from recommendations.overview.holdings import Held, files_with_losses
from recommendations.publications.models_editions import Edition, EditionHolding
from recommendations.publications.signing import signers
from recommendations.vocabulary import Audience, EditionStatus, Language, SignOffKind
from recommendations.workflow.engine import Refused

JOB = "edition.make"
# A cycle of up to so many recommendations is made while one waits.
AT_ONCE = 100


@transaction.atomic
def prepare(
    *,
    by: Any,
    round: Round,
    audience: str,
    languages: Sequence[str],
    renews: Edition | None = None,
    at: datetime | None = None,
) -> Edition:
    """Open the next edition of the round for signing; ``renews`` is a blocked one in whose place it is made."""
    at = at or timezone.now()
    reason = policy.refusal(by, "edition.freeze")
    if reason:
        raise Refused(reason)
    if round.cycle is None:
        raise Refused(_("Only a round of a review cycle has editions."))
    if audience not in Audience.values or not languages or set(languages) - set(Language.values):
        raise Refused(_("Say for whom it is and in which languages."))
    # The round's row orders two who prepare at once.
    Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    if Edition.objects.filter(round=round, audience=audience, status=EditionStatus.OPEN).exists():
        raise Refused(_("An edition of this round is open for signing already: freeze or drop it first."))
    number = (Edition.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0) + 1
    edition = Edition.objects.create(
        round=round,
        audience=audience,
        number=number,
        key=f"{round.cycle.key}-{round.pk}-{number}",
        languages=[code for code in Language.values if code in languages],
        prepared_by=by,
        prepared_at=at,
        renews=renews,
    )
    record("edition.prepared", edition, by=by, at=at)
    return edition


def freeze_refusal(edition: Edition, *, by: Any) -> str | None:
    """Why this person may not freeze it now, or None."""
    reason = policy.refusal(by, "edition.freeze")
    if reason:
        return reason
    if edition.status != EditionStatus.OPEN:
        return _("It is “%(status)s”.") % {"status": edition.get_status_display()}
    if not signers(edition):
        return _("No organisation has signed it.")
    return None


@transaction.atomic
def freeze(edition: Edition, *, by: Any, at: datetime | None = None) -> Edition:
    """Settle who signs and have the files made; from here on nothing changes it. Raises ``Refused``."""
    at = at or timezone.now()
    current = Edition.objects.select_for_update().get(pk=edition.pk)
    reason = freeze_refusal(current, by=by)
    if reason:
        raise Refused(reason)
    found = signers(current)
    hidden = [row for row in found if row.kind == SignOffKind.UNNAMED and current.audience == Audience.PUBLIC]
    before = (
        Edition.objects.filter(round=current.round_id, audience=current.audience, made_at__isnull=False)
        .order_by("-number")
        .first()
    )
    current.status, current.frozen_by, current.frozen_at = EditionStatus.FROZEN, by, at
    current.before = before
    current.unnamed = len(hidden)
    current.signers = [
        {
            "names": {code: row.organisation.name_in(code) for code in Language.values},
            "reservation": row.reservation,
        }
        for row in found
        if row not in hidden
    ]
    current.job = queue.enqueue(JOB, {"edition": current.pk}, key=f"{JOB}:{current.pk}", by=by)
    current.save(
        update_fields=["status", "frozen_by", "frozen_at", "before", "unnamed", "signers", "job"],
    )
    record("edition.frozen", current, by=by, detail={"signers": len(found)}, at=at)
    return current


def make_at_once(edition: Edition) -> Edition:
    """Make a small one now, in this process; a large one is left to the worker."""
    if edition.job and edition.round.items.count() * len(edition.languages) <= AT_ONCE:
        queue.run(edition.job)
        edition.refresh_from_db()
    return edition


@transaction.atomic
def drop(edition: Edition, *, by: Any, at: datetime | None = None) -> None:
    """Give up an edition that was not frozen; its number is not used again."""
    reason = policy.refusal(by, "edition.freeze")
    if reason:
        raise Refused(reason)
    changed = Edition.objects.filter(pk=edition.pk, status=EditionStatus.OPEN).update(
        status=EditionStatus.DROPPED
    )
    if not changed:
        raise Refused(_("A frozen edition stays as it is."))
    record("edition.dropped", edition, by=by, at=at)


def blocked(editions: Iterable[Edition]) -> set[int]:
    """The keys of those made editions that are no longer handed out, with a fixed number of queries."""
    made = [row for row in editions if row.is_made]
    gone = {row.pk for row in made if row.taken_back_at is not None}
    audiences = {row.pk: row.audience for row in made if row.pk not in gone}
    rows = EditionHolding.objects.filter(held_by__in=audiences).values_list(
        "held_by", "kind", "row", "edition"
    )
    return gone | files_with_losses(
        ((key, Held(kind, row, times)) for key, kind, row, times in rows), audiences
    )


def to_renew(editions: Iterable[Edition]) -> list[Edition]:
    """The blocked ones of these in whose place none was prepared yet."""
    rows = list(editions)
    gone = blocked(rows)
    renewed = set(
        Edition.objects.filter(renews__in=gone)
        .exclude(status=EditionStatus.DROPPED)
        .values_list("renews", flat=True)
    )
    return [row for row in rows if row.pk in gone and row.pk not in renewed]


def holding(held: Sequence[Held] | None) -> list[Edition]:
    """The blocked editions whose files still lie here: all, or those that hold one of these rows."""
    rows = Edition.objects.filter(made_at__isnull=False, taken_back_at=None)
    if held is not None:
        wanted = Q(pk__in=[])
        for one in held:
            wanted |= Q(kind=one.kind, row=one.pk)
        rows = rows.filter(pk__in=EditionHolding.objects.filter(wanted).values("held_by"))
    standing = list(rows)
    gone = blocked(standing)
    return [row for row in standing if row.pk in gone]


def latest_public(round: Round | None) -> Edition | None:
    """The latest edition of the round for the public that is handed out: what public figures cite."""
    if round is None:
        return None
    rows = list(
        Edition.objects.visible_to(Audience.PUBLIC)
        .filter(round=round)
        .order_by("-number")
        .prefetch_related("files")[:10]
    )
    gone = blocked(rows)
    return next((row for row in rows if row.pk not in gone), None)
