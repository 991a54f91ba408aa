"""Public pages: what the coalition published, for everybody, without sign-in. Closed unless the setting opens them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recommendations.assessments.models import Assessment, Round, RoundItem
from recommendations.catalogue.models import Recommendation, ReviewCycle
from recommendations.organisations import closing
from recommendations.overview import citing, cycle_page
from recommendations.overview.build import build_summary, rounds_of
from recommendations.overview.cycle_views import cycle_for, round_for
from recommendations.overview.lines import standing_sentences
from recommendations.vocabulary import AssessmentStatus, Audience, ClaimKind

PUBLIC = Audience.PUBLIC


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for everybody, which is not there at all while the public pages are closed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PUBLIC_PAGES or closing.is_closed():
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(require_safe(guarded))


@public_page
def public_home(request: HttpRequest) -> HttpResponse:
    """The cycles that are followed here."""
    cycles = ReviewCycle.objects.visible_to(PUBLIC).filter(state__is_followed=True).select_related("state")
    return render(request, "public/home.html", {"cycles": cycles})


@public_page
def public_cycle(request: HttpRequest, cycle: str) -> HttpResponse:
    """The picture of a cycle as far as it is published."""
    found = cycle_for(PUBLIC, cycle)
    rounds = rounds_of(found, PUBLIC)
    round_ = round_for(request, rounds)
    summary = build_summary(cycle=found, round=round_, audience=PUBLIC, language=_language())
    return render(
        request,
        "public/cycle.html",
        {
            "summary": summary,
            "pictures": cycle_page.squares(summary),
            "legend": cycle_page.legend(summary),
            "totals": cycle_page.totals_table(summary),
            "theme_bars": cycle_page.theme_bars(summary),
            "lines": summary.rows,
            "edition": citing.edition_for(round_),
        },
    )


@public_page
def public_recommendation(request: HttpRequest, ref: str) -> HttpResponse:
    """One recommendation with what was published about it."""
    recommendation = get_object_or_404(
        Recommendation.objects.visible_to(PUBLIC).select_related("cycle__state", "cycle__session"),
        reference=ref,
    )
    if recommendation.cycle is None:
        raise Http404
    item = (
        RoundItem.objects.visible_to(PUBLIC)
        .filter(recommendation=recommendation, is_current=True)
        .select_related("round")
        .first()
    )
    return _findings(request, recommendation.cycle, item.round if item else None, [ref], ref)


@public_page
def public_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """One published assessment, with every recommendation it speaks of; of a retracted one the notice."""
    retracted = Assessment.objects.filter(pk=pk, status=AssessmentStatus.RETRACTED).first()
    if retracted is not None:
        return render(request, "public/retracted.html", {"assessment": retracted})
    assessment = get_object_or_404(
        Assessment.objects.visible_to(PUBLIC)
        .published()
        .select_related("round__cycle__state", "round__cycle__session", "cluster", "item__recommendation"),
        pk=pk,
    )
    if assessment.round.cycle is None:
        raise Http404
    references = list(
        assessment.ratings.filter(demand=None).values_list("item__recommendation__reference", flat=True)
    )
    return _findings(request, assessment.round.cycle, assessment.round, references, assessment.subject)


def _findings(
    request: HttpRequest, cycle: ReviewCycle, round_: Round | None, references: list[str], title: str
) -> HttpResponse:
    summary = build_summary(
        cycle=cycle, round=round_, audience=PUBLIC, language=_language(), references=references
    )
    lines = [
        (row, standing_sentences(row), [(claim, str(ClaimKind(claim.claim).label)) for claim in row.claims])
        for row in summary.rows
    ]
    return render(
        request, "public/findings.html", {"summary": summary, "title": title, "cycle": cycle, "lines": lines}
    )


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]
