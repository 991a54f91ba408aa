"""Background work of evidence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from recommendations.evidence import copies, vault
from recommendations.evidence.models import EvidenceCopy, EvidenceFile
from recommendations.formats.scanning import NotScanned
from recommendations.jobs.queue import Effects, GiveUp, TryAgain, Work, handler


@handler(vault.COPY_JOB, called=_("Copies of a file"))
def make_copies(work: Work) -> Effects | None:
    """Search a file for malicious software, make its copy for sharing and the pictures to look at."""
    file = EvidenceFile.objects.select_related("evidence").filter(pk=work.payload["file"]).first()
    if file is None:
        return None
    redacted = None
    if work.payload.get("redacted"):
        redacted = EvidenceCopy.objects.filter(pk=work.payload["redacted"]).first()
        if redacted is None:
            return None
    try:
        made = copies.work_on(file, redacted, report=work.report)
    except NotScanned as fault:
        raise TryAgain(str(fault)) from None
    except OSError as fault:
        raise GiveUp(_("The file cannot be read from the server's disk.")) from fault

    def effects() -> dict[str, int]:
        copies.finish(file, redacted, made)
        return {"copies": len(made.made)}

    return effects
