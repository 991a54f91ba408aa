"""How the site is doing: for machines in two words, for administrators in sentences, for collectors in figures."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.evidence import vault
from recommendations.formats.sealing import KeyMissing
from recommendations.jobs import health, queue
from recommendations.jobs.models import Job
from recommendations.vocabulary import JobState
from tracker import custody

PARTS = {
    "database": gettext_lazy("Database"),
    "migrations": gettext_lazy("Program and database"),
    "broker": gettext_lazy("Broker"),
    "worker": gettext_lazy("Background work"),
    "clock": gettext_lazy("Clock"),
    "disk": gettext_lazy("Disk"),
}
MOST_GIVEN_UP = 100
# Of the latest files: whether their key is here costs a look at each.
MOST_LOOKED_AT = 100


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether everything does its work: 200 or 503. Which part does not is for administrators."""
    found = health.checks()
    ready = all(check.ok for check in found)
    answer: dict[str, object] = {"ready": ready}
    # Asked only of a database that answers: who asks stands in it.
    if found[0].ok and request.user.is_authenticated and policy.may(request.user, "status.read"):
        answer["checks"] = {check.name: {"ok": check.ok, "words": check.words} for check in found}
    return JsonResponse(answer, status=200 if ready else 503)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for those who collect them, with the token of the settings; without one there is no such page."""
    sent = request.headers.get("Authorization", "")
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Http404
    return HttpResponse(health.metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _key_problems() -> list[str]:
    """What is wrong with the key of the vault: that it is gone, or what it does not open."""
    try:
        closed = vault.closed(most=MOST_LOOKED_AT)
    except KeyMissing as missing:
        return [str(missing)]
    if not closed:
        return []
    labels = ", ".join(dict.fromkeys(str(file.evidence) for file in closed))
    return [
        _(
            "The key that is here does not open the files of %(items)s. Put the right key back, or restore it from two "
            "sheets (manage.py restore_keys). manage.py verify_evidence looks at every file."
        )
        % {"items": labels}
    ]


@require_safe
def site_status(request: HttpRequest) -> HttpResponse:
    """The same in words, and what waits or was given up."""
    policy.require(request.user, "status.read")
    found = health.checks()
    last = Job.objects.filter(name="reminders.dispatch", state=JobState.DONE).order_by("-finished_at").first()
    given_up = Job.objects.filter(state=JobState.FAILED).order_by("-finished_at")[:MOST_GIVEN_UP]
    return render(
        request,
        "dashboard/site_status.html",
        {
            "checks": [(PARTS[check.name], check) for check in found],
            "troubled": [check for check in found if not check.ok],
            "queues": [row for row in health.queues() if row.waiting or row.running],
            "given_up": [(job, queue.in_words(job.name)) for job in given_up],
            "last": last,
            "version": settings.VERSION,
            "drills": custody.drills_held(),
            "key_problems": _key_problems(),
        },
    )


@require_POST
@transaction.atomic
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a job that was given up tried again from the start."""
    policy.require(request.user, "status.read")
    job = get_object_or_404(Job, pk=pk, state=JobState.FAILED)
    queue.retry(job)
    record("job.retried", by=request.user, detail={"job": job.name})
    messages.success(request, _("It is tried again."))
    return redirect("site_status")
