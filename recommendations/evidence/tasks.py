"""Background work of evidence."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.catalogue.errors import Refused
from recommendations.evidence import copies, pieces, vault, web_sources
from recommendations.evidence.models import Evidence, EvidenceCopy, EvidenceFile, Source
from recommendations.evidence.words import Scan
from recommendations.formats import sandbox
from recommendations.formats.problems import FileProblem
from recommendations.formats.scanning import NotScanned
from recommendations.jobs.queue import Effects, GiveUp, TryAgain, Work, enqueue, handler
from recommendations.web.fetching import NotFetched


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


@handler(web_sources.JOB, called=_("A copy of a web page"), attempts=3)
def fetch_page(work: Work) -> Effects | None:
    """Keep what stands at an item's address, for a person who may still have it fetched."""
    rows = Evidence.objects.select_related("source", "organisation")
    evidence = rows.filter(pk=work.payload["evidence"]).first()
    if evidence is None:
        return None
    reason = web_sources.refusal_to_fetch(evidence, by=work.asked_by)
    if reason:
        raise GiveUp(reason)
    try:
        fetched = web_sources.fetch_page(evidence)
    except NotFetched as fault:
        raise (TryAgain if fault.was_tried else GiveUp)(str(fault)) from None
    except (FileProblem, sandbox.Refused, sandbox.Died) as fault:
        raise GiveUp(str(fault)) from None

    def effects() -> dict[str, int]:
        try:
            return {"file": web_sources.keep_page(evidence, fetched, by=work.asked_by).pk}
        except (Refused, FileProblem) as problem:
            raise GiveUp(str(problem)) from None

    return effects


@handler(web_sources.CHECK_JOB, called=_("A look whether addresses of sources answer"))
def check_links(work: Work) -> None:
    """Ask each address that nobody asked for a week; each answer is noted as it comes."""
    waiting = web_sources.to_ask() if settings.FETCH_SOURCES else []
    for done, source in enumerate(Source.objects.filter(pk__in=waiting).iterator()):
        work.report(done, len(waiting))
        web_sources.note(source, web_sources.ask(source))


@shared_task(name="recommendations.evidence.tend", ignore_result=True)
def tend() -> None:
    """Forget files that nobody went on sending; ask for copies, searches and looks at addresses that are due."""
    pieces.forget()
    vault.tidy()
    for file in EvidenceFile.objects.filter(copies__isnull=True, copy_problem="").exclude(scan=Scan.INFECTED):
        vault.ask_for_copies(file)
    if settings.CLAMD_URL:
        today = timezone.localdate()
        for file in EvidenceFile.objects.filter(scan=Scan.NOT_SCANNED):
            payload = {"file": file.pk, "redacted": None}
            enqueue(vault.COPY_JOB, payload, key=f"{vault.COPY_JOB}:{file.pk}:{today}")
    if settings.FETCH_SOURCES:
        week = timezone.now().strftime("%G-%V")
        enqueue(web_sources.CHECK_JOB, key=f"{web_sources.CHECK_JOB}:{week}")
