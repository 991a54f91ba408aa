"""Background work of publications, and what ends with an account; importing it registers both."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.jobs.models import Job
from recommendations.jobs.queue import Effects, GiveUp, Work, enqueue, handler, when_given_up
from recommendations.overview import citing
from recommendations.publications import editions, editions_made, sharing  # noqa: F401 - sharing ends with an account
from recommendations.publications.models_editions import Edition

citing.sources.append(editions.latest_public)


@handler(editions.JOB, called=gettext_lazy("An edition"))
def make_edition(work: Work) -> Effects | None:
    """Make the files of a frozen edition, once, for a person who has the right at this moment too."""
    edition = (
        Edition.objects.select_related("round__cycle__state", "round__cycle__session", "before", "frozen_by")
        .filter(pk=work.payload["edition"], made_at=None)
        .first()
    )
    if edition is None:
        return None
    reason = policy.refusal(edition.frozen_by, "edition.freeze")
    if reason:
        raise GiveUp(reason)
    try:
        made = editions_made.make(edition, report=work.report)
    except OSError as fault:
        # A full disk: nothing is left behind, and another try may find room.
        raise RuntimeError(str(fault)) from fault

    def effects() -> dict[str, int]:
        editions_made.finish(edition, made)
        _tell(edition, "export.made", what=str(edition))
        return {"files": len(made["files"])}

    return effects


@when_given_up(editions.JOB)
def tell_of_failure(job: Job) -> None:
    """Whoever froze an edition that could not be made is told."""
    edition = Edition.objects.filter(pk=job.payload["edition"]).first()
    if edition is not None:
        _tell(edition, "export.failed")


def _tell(edition: Edition, kind: str, **more: str) -> None:
    payload = {"person": edition.frozen_by_id, "kind": kind, "edition": edition.key} | more
    enqueue("reminders.tell", payload, key=f"told:edition:{kind}:{edition.pk}")
