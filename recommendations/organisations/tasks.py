"""The daily care for the log: how far it goes is signed, and details that were kept long enough are erased."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.audit import anchors
from recommendations.audit.erasing import erase_past_retention
from recommendations.jobs.queue import Effects, GiveUp, TryAgain, Work, enqueue, handler, run_due
from recommendations.organisations.models import User

ANCHOR, RETENTION = "audit.anchor", "audit.retention"


@shared_task(name="recommendations.audit.care", ignore_result=True)
def care_for_the_log() -> None:
    """What beat starts every hour: however many clocks there are, one job a day of each."""
    today = timezone.localdate()
    # First what changes the log, so that the signature covers it.
    for name in (RETENTION, ANCHOR):
        enqueue(name, key=f"{name}:{today}")
    run_due()


@handler(ANCHOR, called=gettext_lazy("The log, signed for the day"))
def make_anchor(work: Work) -> Effects:
    """Sign how far the log goes; by mail to the administrators too, where the site is set so."""
    try:
        line = anchors.make_anchor()
    except anchors.KeyMissing as fault:
        raise GiveUp(str(fault)) from fault
    told = 0
    if settings.ANCHOR_MAIL and (line := line or anchors.latest()):
        for person in User.objects.filter(is_administrator=True, is_active=True):
            told += _mail(person, line)
    return lambda: {"made": line is not None, "told": told}


def _mail(person: User, line: str) -> int:
    with translation.override(person.language):
        subject = _("A line to keep")
        text = _(
            "Keep this line outside the server: it shows later that nothing was cut off before today.\n\n"
            "%(line)s\nKey: %(key)s\n"
        ) % {"line": line, "key": anchors.public_key()}
    try:
        return send_mail(subject, text, None, [person.email])
    except OSError as fault:
        raise TryAgain(f"the mail server could not be reached ({type(fault).__name__})") from None


@handler(RETENTION, called=gettext_lazy("Details of the log, erased after their time"))
def erase_old_details(work: Work) -> Effects:
    """Erase the details that were kept as long as they were to be."""
    return lambda: {"erased": erase_past_retention(now=timezone.now())}
