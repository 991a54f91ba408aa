"""The page of a review cycle in one of its rounds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments.models import Round
from recommendations.catalogue.models import Milestone, ReviewCycle
from recommendations.catalogue.phases import is_over, steps_of
from recommendations.overview import cycle_page
from recommendations.overview.build import build_summary, rounds_of
from recommendations.vocabulary import Audience, ClaimKind


def cycle_for(reader: object, key: str) -> ReviewCycle:
    """The cycle of this key, or 404."""
    return get_object_or_404(
        ReviewCycle.objects.visible_to(reader)
        .select_related("state", "session")
        .prefetch_related("documents", "troika"),
        key=key,
    )


def round_for(request: HttpRequest, rounds: list[Round]) -> Round | None:
    """The round that the address asks for, else the latest; none where the cycle has none."""
    asked = request.GET.get("round", "")
    return next((one for one in rounds if str(one.pk) == asked), rounds[0] if rounds else None)


@require_safe
def cycle_detail(request: HttpRequest, cycle: str) -> HttpResponse:
    """The picture of a cycle: every recommendation a square, milestones, coverage, ratings by theme, and the lists."""
    policy.require(request.user, "content.read")
    found = cycle_for(request.user, cycle)
    rounds = rounds_of(found, request.user)
    round_ = round_for(request, rounds)
    audience = Audience.COALITION if is_member(request.user) else Audience.PUBLIC
    summary = build_summary(
        cycle=found, round=round_, audience=audience, language=(get_language() or "en")[:2], inside=True
    )
    pictures = cycle_page.squares(summary)
    today = timezone.localdate()
    dates = Milestone.objects.visible_to(request.user).filter(cycle=found, cancelled_at=None)
    return render(
        request,
        "overview/cycle_detail.html",
        {
            "cycle": found,
            "summary": summary,
            "round": round_,
            "rounds": rounds,
            "pictures": pictures,
            "legend": cycle_page.legend(summary),
            "phases": steps_of(found, dates, today, is_over=is_over(found, today)),
            "milestones": cycle_page.milestones(summary, today),
            "coverage": cycle_page.coverage(summary.coverage, _("Coverage by recommendation")),
            "cluster_coverage": cycle_page.coverage(summary.cluster_coverage, _("Coverage by cluster")),
            "totals": cycle_page.totals_table(summary),
            "theme_bars": cycle_page.theme_bars(summary),
            "theme_table": cycle_page.theme_table(summary),
            "headings": cycle_page.outcome_headings(),
            "scores": cycle_page.scores(summary),
            "claims_table": cycle_page.claims_table(summary),
            "claimed": [
                (row, "; ".join(str(ClaimKind(claim.claim).label) for claim in row.claims))
                for row in summary.claimed
            ],
            "next_milestone": next(
                (row for row in summary.cycle.milestones if row.date and row.date >= today), None
            ),
            "is_latest": not ReviewCycle.objects.filter(state=found.state, number__gt=found.number).exists(),
            "may_edit": policy.may(request.user, "cycle.edit"),
            "may_open": policy.may(request.user, "round.manage"),
            "may_import": policy.may(request.user, "import.run"),
        },
    )
