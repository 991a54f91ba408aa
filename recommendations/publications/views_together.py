"""What waits for review, assessments and submissions alike, read on one page and decided together.

For the night before a deadline: one reading, one decision for all that is ticked, and for each the same rules as on
its own page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.assessments import together
from recommendations.assessments import workflow as assessments
from recommendations.assessments.forms import ReasonForm
from recommendations.publications import checks, workflow, writing
from recommendations.publications.models import Submission
from recommendations.vocabulary import SubmissionStatus
from recommendations.workflow.engine import Refused, Stale

# As many as one can read in one go; the next ones are offered afterwards.
MOST = 20
# As many assessments as the page to choose from lists: the queue has all of them, page by page.
OFFERED = 100


@dataclass(frozen=True)
class Kind:
    """One kind of what is reviewed: the name of its field in the form, and what is asked about one of it."""

    name: str
    waiting: Callable[[HttpRequest], QuerySet[Any]]
    why_not: Callable[[Any, str, Any], str | None]
    perform: Callable[..., Any]
    shown: Callable[[Any, Any], dict[str, Any]]

    def found(self, request: HttpRequest, sent: Any, most: int) -> list[Any]:
        """Those that were named in an address or a form and still wait."""
        numbers = [value for value in sent.getlist(self.name) if value.isdecimal() and len(value) < 10]
        return list(self.waiting(request).filter(pk__in=numbers)[:most])


def waiting_submissions(request: HttpRequest) -> QuerySet[Submission]:
    """The submissions that wait for a decision and that the reader may see, the longest waiting first."""
    return (
        Submission.objects.visible_to(request.user)
        .filter(status=SubmissionStatus.SUBMITTED)
        .select_related("cycle__state", "organisation", "submitted_by")
        .order_by("submitted_at", "pk")
    )


def _why_not(submission: Submission, action: str, person: Any) -> str | None:
    return workflow.refusal(submission, action, by=person)


def _shown(submission: Submission, _person: Any) -> dict[str, Any]:
    parts = list(submission.parts.all())
    return {
        "submission": submission,
        "parts": parts,
        "words": writing.word_count(parts),
        "checks": checks.all_checks(submission),
    }


# Submissions first: they are what the deadline is for.
KINDS = (
    Kind("submission", waiting_submissions, _why_not, workflow.perform, _shown),
    Kind("pk", together.waiting, together.why_not, assessments.perform, together.shown),
)


@require_http_methods(["GET", "HEAD", "POST"])
def review_together(request: HttpRequest) -> HttpResponse:
    """The ticked ones (``submission``, ``pk``) beneath each other; without any, all that wait, to tick."""
    policy.require(request.user, "review.queue")
    sent = request.POST if request.method == "POST" else request.GET
    found: list[tuple[Kind, Any]] = []
    for kind in KINDS:
        found += [(kind, one) for one in kind.found(request, sent, MOST - len(found))]
    form = ReasonForm(request.POST if request.POST.get("do") == "return" else None)
    if request.method == "POST" and (request.POST.get("do") != "return" or form.is_valid()):
        found = _decide(request, found, form)
        if not found:
            return redirect("review_queue")
    if not found:
        return _to_choose(request)
    rows = [_row(kind, one, request.user) for kind, one in found]
    context = {
        "rows": rows,
        "reason_form": form,
        "may_approve": any(not row["approve_refusal"] for row in rows),
        "may_return": any(not row["return_refusal"] for row in rows),
    }
    return render(request, "publications/together.html", context, status=422 if form.errors else 200)


def _to_choose(request: HttpRequest) -> HttpResponse:
    waiting = together.waiting(request)
    context = {
        "submissions": waiting_submissions(request)[:OFFERED],
        "assessments": waiting[:OFFERED],
        "more": max(waiting.count() - OFFERED, 0),
        "most": MOST,
    }
    return render(request, "publications/together_choose.html", context)


def _row(kind: Kind, one: Any, person: Any) -> dict[str, Any]:
    return kind.shown(one, person) | {
        "kind": kind.name,
        "one": one,
        "approve_refusal": kind.why_not(one, "approve", person),
        "return_refusal": kind.why_not(one, "return", person),
    }


def _decide(
    request: HttpRequest, found: Iterable[tuple[Kind, Any]], form: ReasonForm
) -> list[tuple[Kind, Any]]:
    """Approve or return those that were ticked; what was not decided stays, each with its reason told."""
    action = "return" if request.POST.get("do") == "return" else "approve"
    note = form.cleaned_data["note"] if action == "return" else ""
    ticked, done, left = set(request.POST.getlist("decide")), 0, []
    for kind, one in found:
        if f"{kind.name}-{one.pk}" not in ticked:
            left.append((kind, one))
            continue
        revision = request.POST.get(f"revision-{kind.name}-{one.pk}", "")
        if revision.isdecimal() and len(revision) < 10:
            one.revision = int(revision)
        try:
            reason = kind.why_not(one, action, request.user)
            if reason:
                raise Refused(reason)
            kind.perform(one, action, by=request.user, note=note)
            done += 1
        except (Refused, Stale) as refusal:
            messages.warning(request, f"{name_of(one)}: {refusal}")
            left.append((kind, one))
    _tell(request, action, done, bool(ticked))
    return [(kind, one) for kind, one in left if one.status == SubmissionStatus.SUBMITTED]


def name_of(one: Any) -> str:
    """What people call it."""
    return one.title if isinstance(one, Submission) else one.subject


def _tell(request: HttpRequest, action: str, done: int, ticked: bool) -> None:
    if done and action == "approve":
        words = ngettext("%(n)d text was approved.", "%(n)d texts were approved.", done)
        messages.success(request, words % {"n": done})
    elif done:
        words = ngettext("%(n)d text was returned.", "%(n)d texts were returned.", done)
        messages.success(request, words % {"n": done})
    elif not ticked:
        messages.info(request, _("Tick what you decide."))
