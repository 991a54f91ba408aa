"""Background work of assessments, and what they add to the pages of the capabilities below them."""

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy

from recommendations.assessments.cited import cited_in
from recommendations.assessments.redacting import TAKE_BACK, redact_all, to_redact
from recommendations.evidence.pages import PANELS
from recommendations.evidence.safety import REISSUE
from recommendations.jobs.queue import HANDLERS, Effects, Work, enqueue, handler, run_due

SLOT = 10  # minutes

if cited_in not in PANELS:
    PANELS.append(cited_in)


@handler(REISSUE, called=gettext_lazy("Redacting for the safety of sources"))
def reissue(work: Work) -> Effects:
    """Reissue what cites items that are no longer safe for its readers."""
    return lambda: {"reissued": redact_all()}


@shared_task(name="recommendations.assessments.safety", ignore_result=True)
def look_after_sources() -> None:
    """What beat starts every few minutes: consent that ended by itself acts without anybody pressing."""
    now = timezone.now()
    if to_redact():
        slot = now.replace(minute=now.minute // SLOT * SLOT)
        enqueue(REISSUE, key=f"{REISSUE}:{slot:%Y-%m-%dT%H:%M}")
    if TAKE_BACK in HANDLERS:
        enqueue(TAKE_BACK, key=f"{TAKE_BACK}:{timezone.localdate():%Y-%m-%d}")
    run_due()
