"""The page of one recommendation."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments.models import Round, RoundItem
from recommendations.catalogue.models import Recommendation, ReferenceAlias
from recommendations.overview import detail
from recommendations.vocabulary import TextLanguage
from recommendations.web.queries import number_in


@require_safe
def recommendation_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """One recommendation: its text, what the State answered and claims, the evidence, and what was found."""
    policy.require(request.user, "content.read")
    reader = request.user
    recommendation = detail.recommendation_for(reader, ref).first()
    if recommendation is None:
        return _under_its_new_reference(request, ref)
    round_ = _chosen_round(request)
    item = detail.item_of(recommendation, reader, round_)
    language = request.GET.get("lang", "")
    language = language if language in TextLanguage.values else get_language() or "en"
    texts = detail.text_context(recommendation, language)
    groups = detail.evidence_groups(recommendation, reader)
    found = detail.findings(recommendation, reader)
    names = dict(TextLanguage.choices)
    return render(
        request,
        "overview/recommendation_detail.html",
        {
            "recommendation": recommendation,
            **texts,
            "language_links": [(code, names[code]) for code in texts["languages"]],
            "round": round_,
            "item": item,
            "compliance": detail.compliance_of(item, reader),
            "single_source": detail.rests_on_a_single_source(item, found),
            "demands": detail.demands(recommendation, language),
            "groups": [group for group in groups if group.links],
            "empty_groups": [group.label for group in groups if not group.links],
            "findings": found,
            "same_demand": detail.same_demand(recommendation, reader),
            "series": detail.indicator_series(recommendation, reader),
            "sentences": detail.standing_sentences(recommendation),
            "events": detail.history(recommendation, reader),
            "actions": detail.actions(recommendation, item, reader) if is_member(reader) else [],
            "facts": _facts(recommendation, item, reader),
        },
    )


def _chosen_round(request: HttpRequest) -> Round | None:
    asked = number_in(request.GET.get("round", ""))
    return Round.objects.visible_to(request.user).filter(pk=asked).first() if asked else None


def _under_its_new_reference(request: HttpRequest, ref: str) -> HttpResponse:
    """A reference is never given to another: an old one leads to where the recommendation stands now."""
    old = ReferenceAlias.objects.filter(
        reference=ref, recommendation__in=Recommendation.objects.visible_to(request.user)
    ).select_related("recommendation")
    alias = old.first()
    if alias is None:
        raise Http404(_("There is no recommendation %(reference)s.") % {"reference": ref})
    return redirect("recommendation_detail", alias.recommendation.reference, permanent=True)


def _facts(recommendation: Recommendation, item: RoundItem | None, reader: Any) -> list[tuple]:
    cycle = recommendation.cycle
    facts: list[tuple] = [
        (_("State under review"), recommendation.state.name),
        (_("Body"), recommendation.body.name),
    ]
    if cycle is not None:
        facts.append((_("Cycle"), cycle.key, reverse("cycle_detail", args=[cycle.key])))
    facts.append((_("Document"), recommendation.document.symbol, recommendation.document.url))
    facts.append((_("Paragraph"), recommendation.paragraph))
    for words, rows in (
        (pgettext("heading", "Themes"), recommendation.themes.all()),
        (_("Affected groups"), recommendation.groups.all()),
        (_("SDGs"), recommendation.goals.all()),
        (_("SDG targets"), recommendation.targets.all()),
        (_("Responsible State bodies"), recommendation.responsible_bodies.all()),
    ):
        if rows:
            facts.append((words, "; ".join(str(row) for row in rows)))
    if item is not None:
        facts.append((_("Round"), item.round.title, reverse("round_detail", args=[item.round_id])))
        if item.cluster:
            facts.append((_("Cluster"), str(item.cluster), reverse("cluster_detail", args=[item.cluster_id])))
        # Who works on what is the coalition's own affair, and some are at risk.
        if item.organisation and is_member(reader):
            facts.append((_("Responsible organisation"), str(item.organisation)))
        if item.assignee and is_member(reader):
            facts.append((_("Person"), item.assignee.name))
    return facts
