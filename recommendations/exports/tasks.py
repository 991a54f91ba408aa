"""Background work of exports."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.exports import services
from recommendations.exports.everything import handing_out
from recommendations.exports.everything.dump import CannotWrite
from recommendations.exports.models import Export, FullExport
from recommendations.formats.problems import FileProblem
from recommendations.jobs.models import Job
from recommendations.jobs.queue import Effects, GiveUp, Work, enqueue, handler, when_given_up
from recommendations.organisations.models import User
from recommendations.overview.holdings import MODELS, Held
from recommendations.publications import editions_made


@handler(services.JOB, called=gettext_lazy("An export"))
def make_export(work: Work) -> Effects | None:
    """Make the file, for a person who has the right at this moment too."""
    export = (
        Export.objects.select_related("cycle__state", "cycle__session", "round", "made_by", "source")
        .filter(pk=work.payload["export"])
        .first()
    )
    if export is None or export.ready_at is not None:
        return None
    reason = services.refusal(export.made_by, export.audience)
    if reason:
        raise GiveUp(reason)
    try:
        made = services.make_file(export, report=work.report)
    except FileProblem as fault:
        raise GiveUp(str(fault)) from fault
    except OSError as fault:
        # A full disk: nothing is left behind, and another try may find room.
        raise RuntimeError(str(fault)) from fault

    def effects() -> dict[str, str]:
        ended = User.objects.filter(pk=export.made_by_id, is_active=False).exists()
        if ended:  # while it was being made
            (services.folder() / made["stored_as"]).unlink(missing_ok=True)
            raise GiveUp(_("The account was closed."))
        services.finish(export, made)
        enqueue(
            "reminders.tell",
            {
                "person": export.made_by_id,
                "kind": "export.made",
                "what": export.file_name,
                "export": export.pk,
            },
            key=f"told:export:{export.pk}",
        )
        return {"sha256": made["sha256"]}

    return effects


@when_given_up(services.JOB)
def tell_of_failure(job: Job) -> None:
    """Whoever waits for an export that could not be made is told."""
    export = Export.objects.filter(pk=job.payload["export"]).first()
    if export is not None:
        payload = {"person": export.made_by_id, "kind": "export.failed", "export": export.pk}
        enqueue("reminders.tell", payload, key=f"told:export.failed:{job.pk}:{job.attempts}")


@handler("exports.take_back", called=gettext_lazy("Files of a retracted assessment, removed"))
def take_back(work: Work) -> Effects:
    """Remove the files whose audience may no longer have them; until then none of them is handed out either.

    The payload names one assessment or one item of evidence by its key; without either all files are looked at.
    """
    held = [Held(kind, work.payload[kind]) for kind in MODELS if kind in work.payload]

    def effects() -> dict[str, int]:
        return {
            "files": services.take_back_blocked(held or None),
            "editions": editions_made.take_back_blocked(held or None),
        }

    return effects


@handler(handing_out.JOB, called=gettext_lazy("A complete export"))
def make_full_export(work: Work) -> Effects | None:
    """Make the complete export, for a person who is still an administrator."""
    export = FullExport.objects.select_related("asked_by").filter(pk=work.payload["export"]).first()
    if export is None or export.ready_at is not None:
        return None
    reason = policy.refusal(export.asked_by, "everything.export")
    if reason:
        raise GiveUp(reason)
    try:
        made = handing_out.make_file(export, report=work.report)
    except CannotWrite as fault:
        # A full disk: nothing is left behind, and another try may find room.
        raise RuntimeError(str(fault)) from fault

    def effects() -> dict[str, str]:
        handing_out.finish(export, made)
        return {"sha256": made["sha256"]}

    return effects


@handler(handing_out.REMOVE, called=gettext_lazy("A complete export, removed"))
def remove_full_export(work: Work) -> Effects:
    """Remove the file of a complete export when its days are over."""

    def effects() -> None:
        for export in FullExport.objects.filter(pk=work.payload["export"]):
            handing_out.remove(export, by=None)

    return effects
