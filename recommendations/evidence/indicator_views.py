"""Indicators: the list, one with its chart and values, and writing them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.audit.history import history_of
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.texts import preferred_text
from recommendations.evidence import indicators
from recommendations.evidence.curves import curves_of
from recommendations.evidence.edit_views import editing, revision_of, suggestions_for
from recommendations.evidence.indicator_forms import IndicatorForm, ObservationForm
from recommendations.evidence.models import Indicator, Observation
from recommendations.evidence.numbers import shown
from recommendations.evidence.recording import NotRight
from recommendations.web.alphabet import InAlphabet
from recommendations.web.pages import paged


def _visible(request: HttpRequest) -> QuerySet[Indicator]:
    policy.require(request.user, "content.read")
    return Indicator.objects.visible_to(request.user).select_related("state")


def _named(query: str) -> Q:
    """Indicators whose name, unit or definition holds every word, however it begins."""
    condition = Q()
    for word in query.split()[:6]:
        one = Q()
        for field in ("name", "name_ru", "name_kk", "definition"):
            for spelling in {word, word.lower(), word.capitalize()}:
                one |= Q(**{f"{field}__icontains": spelling})
        condition &= one
    return condition


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Every indicator with its latest value."""
    visible = _visible(request)
    query = request.GET.get("q", "").strip()
    latest = Observation.objects.filter(indicator=OuterRef("pk")).order_by("-on", "series")
    rows = (
        visible.filter(_named(query))
        .annotate(
            latest_value=Subquery(latest.values("value")[:1]),
            latest_on=Subquery(latest.values("on")[:1]),
            latest_label=Subquery(latest.values("when_label")[:1]),
            latest_series=Subquery(latest.values("series")[:1]),
            values_count=Count("observations", distinct=True),
            recommendations_count=Count("recommendations", distinct=True),
        )
        .order_by(InAlphabet("name", "name_ru", "name_kk"), "pk")
    )
    pager = paged(request, rows)
    context = {
        "pager": pager,
        "rows": [(row, shown(row.latest_value)) for row in pager.items],
        "q": query,
        "nothing_at_all": not pager.total and not visible.exists(),
        "may_edit": policy.may(request.user, "indicator.edit"),
    }
    return render(request, "indicators/indicator_list.html", context)


@require_safe
def indicator_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An indicator with its chart, its values and their sources, and what it speaks to."""
    indicator = get_object_or_404(_visible(request), slug=slug)
    rows = Observation.objects.visible_to(request.user).filter(indicator=indicator)
    observations = list(rows.select_related("source").order_by("series", "on"))
    followed = (
        Recommendation.objects.visible_to(request.user)
        .filter(indicators=indicator)
        .in_order()
        .prefetch_related("texts")
    )
    language = get_language() or "en"
    context = {
        "indicator": indicator,
        "curves": curves_of(indicator, observations),
        "observations": [(observation, shown(observation.value)) for observation in observations],
        "several": len({observation.series for observation in observations}) > 1,
        "target": shown(indicator.target),
        "recommendations": [(each, preferred_text(each, language)[0]) for each in followed],
        "may_edit": policy.may(request.user, "indicator.edit"),
        "history": history_of(indicator) if is_member(request.user) else [],
        "member": is_member(request.user),
    }
    return render(request, "indicators/indicator_detail.html", context)


@editing
def indicator_new(request: HttpRequest) -> HttpResponse:
    """Add an indicator."""
    policy.require(request.user, "indicator.edit")
    person: Any = request.user
    initial = {"references": ", ".join(request.GET.getlist("recommendation"))}
    form = IndicatorForm(request.POST if request.method == "POST" else None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            indicator = indicators.add_indicator(by=person, state=form.cleaned_data["state"], **form.values())
        except NotRight as problem:
            form.take(problem)
        except Refused as problem:
            form.add_error("name", str(problem))
        else:
            messages.success(request, _("The indicator was added. Now record its values."))
            return redirect("indicator_detail", indicator.slug)
    context = {"form": form, "suggestions": suggestions_for(request, form)}
    return render(request, "indicators/indicator_form.html", context, status=422 if form.is_bound else 200)


@editing
def indicator_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change an indicator; what somebody else changed meanwhile is shown first."""
    policy.require(request.user, "indicator.edit")
    person: Any = request.user
    indicator = get_object_or_404(_visible(request), slug=slug)
    bound = request.method == "POST"
    form = IndicatorForm(request.POST if bound else None, person=person, indicator=indicator)
    context: dict[str, Any] = {"indicator": indicator, "revision": indicator.revision}
    status = 422 if bound else 200
    if bound:
        context["revision"] = revision_of(request, indicator)
        if form.is_valid():
            try:
                indicators.change_indicator(
                    indicator, by=person, revision=context["revision"], **form.values()
                )
            except Conflict as conflict:
                context |= {
                    "revision": conflict.current.revision,
                    "current": conflict.current,
                    "conflict": _differences(form, conflict.current),
                }
                status = 409
            except NotRight as problem:
                form.take(problem)
            else:
                messages.success(request, _("Saved."))
                return redirect("indicator_detail", slug)
    context |= {"form": form, "suggestions": suggestions_for(request, form)}
    return render(request, "indicators/indicator_form.html", context, status=status)


def _differences(form: IndicatorForm, current: Indicator) -> list[dict[str, str]]:
    """Where what this person typed and what is kept now differ."""
    now = IndicatorForm(person=form.person, indicator=current)
    found = []
    for name, field in form.fields.items():
        theirs = str(field.prepare_value(now.initial.get(name)) or "").strip()
        yours = str(form[name].value() or "").strip()
        if theirs != yours:
            found.append({"label": str(field.label), "theirs": theirs, "yours": yours})
    return found


@editing
def observation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a value."""
    policy.require(request.user, "indicator.edit")
    indicator = get_object_or_404(_visible(request), slug=slug)
    form = ObservationForm(request.POST if request.method == "POST" else None, indicator=indicator)
    if request.method == "POST" and form.is_valid():
        try:
            observation = indicators.record_observation(indicator, by=request.user, **form.values())
        except NotRight as problem:
            form.take(problem)
        else:
            messages.success(
                request,
                _("Recorded: %(value)s.") % {"value": shown(observation.value, unit=indicator.unit)},
            )
            return redirect("indicator_detail", slug)
    context = {"indicator": indicator, "form": form}
    return render(request, "indicators/observation_new.html", context, status=422 if form.is_bound else 200)


@require_POST
def observation_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a value out; a second click finds it gone."""
    policy.require(request.user, "indicator.edit")
    indicator = get_object_or_404(_visible(request), slug=slug)
    observation = Observation.objects.filter(indicator=indicator, pk=pk).select_related("indicator").first()
    if observation is None:
        messages.warning(request, _("This value was taken out already."))
    else:
        indicators.remove_observation(observation, by=request.user)
        messages.success(request, _("The value was taken out. The log keeps what it was."))
    return redirect("indicator_detail", slug)
