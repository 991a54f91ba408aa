"""Pages of review cycles: the list, opening and changing one, its milestones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.catalogue import cycles
from recommendations.catalogue.cycle_forms import CycleForm, MilestoneForm, values_of
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Milestone, MilestoneChange, ReviewCycle, State
from recommendations.vocabulary import PositionKind
from recommendations.web.alphabet import InAlphabet
from recommendations.web.queries import number_in

WRITE = ("GET", "HEAD", "POST")


@require_safe
def cycle_list(request: HttpRequest) -> HttpResponse:
    """The cycles of the States followed here, the latest first, with what is recorded and what comes next."""
    policy.require(request.user, "content.read")
    coming = Milestone.objects.visible_to(request.user).filter(
        cancelled_at__isnull=True, on__gte=timezone.localdate()
    )
    found = (
        ReviewCycle.objects.visible_to(request.user)
        .filter(state__is_followed=True)
        .select_related("state", "session")
        .prefetch_related(Prefetch("milestones", coming, to_attr="coming"))
        .annotate(
            recorded=Count("recommendations"),
            supported=Count(
                "recommendations",
                filter=Q(
                    recommendations__position__in=[PositionKind.SUPPORTED, PositionKind.SUPPORTED_IN_PART]
                ),
            ),
            noted=Count("recommendations", filter=Q(recommendations__position=PositionKind.NOTED)),
        )
        .order_by(InAlphabet("state__name_en", "state__name_ru", "state__name_kk"), "-number")
    )
    context = {"cycles": found, "may_edit": policy.may(request.user, "cycle.edit")}
    return render(request, "catalogue/cycle_list.html", context)


@require_http_methods(WRITE)
def cycle_new(request: HttpRequest) -> HttpResponse:
    """Open a review cycle."""
    policy.require(request.user, "cycle.edit")
    followed = State.objects.visible_to(request.user).filter(is_followed=True).first()
    form = CycleForm(
        _posted(request), reader=request.user, initial={"state": followed, "with_usual_dates": True}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                opened = cycles.open_cycle(
                    by=request.user,
                    state=data.pop("state"),
                    number=data.pop("number"),
                    with_usual_dates=data.pop("with_usual_dates"),
                    **_values(data),
                )
        except Refused as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("The cycle is open."))
            return redirect("cycle_detail", opened.key)
    return render(request, "catalogue/cycle_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(WRITE)
def cycle_edit(request: HttpRequest, cycle: str) -> HttpResponse:
    """Change a cycle; the second of two who do so is shown both versions."""
    policy.require(request.user, "cycle.edit")
    found = _cycle(request, cycle)
    form = CycleForm(_posted(request), reader=request.user, cycle=found)
    revision, conflict = found.revision, None
    if request.method == "POST":
        revision = _revision(request)
        if form.is_valid():
            try:
                with transaction.atomic():
                    cycles.change_cycle(
                        found, by=request.user, revision=revision, **_values(form.cleaned_data)
                    )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            except Conflict as other:
                revision = other.current.revision
                conflict = _differing(form, values_of(other.current), values_of_form(form))
            else:
                messages.success(request, _("Saved."))
                return redirect("cycle_detail", found.key)
    context = {"cycle": found, "form": form, "revision": revision, "conflict": conflict}
    status = 409 if conflict is not None else 422 if form.errors else 200
    return render(request, "catalogue/cycle_edit.html", context, status=status)


@require_http_methods(WRITE)
def milestone_new(request: HttpRequest, cycle: str) -> HttpResponse:
    """Add a dated event to a cycle."""
    policy.require(request.user, "cycle.edit")
    found = _cycle(request, cycle)
    form = MilestoneForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            cycles.add_milestone(by=request.user, cycle=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("kind", str(refusal))
        else:
            messages.success(request, _("The milestone was added."))
            return redirect("cycle_calendar", found.key)
    context = {"cycle": found, "form": form}
    return render(request, "catalogue/milestone_new.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITE)
def milestone_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a milestone, or correct its words; its earlier dates are shown."""
    policy.require(request.user, "cycle.edit")
    milestone = _milestone(request, pk)
    form = MilestoneForm(_posted(request), milestone=milestone, moved_to=request.GET.get("on", ""))
    revision, conflict = milestone.revision, None
    if request.method == "POST":
        revision = _revision(request)
        if form.is_valid():
            try:
                _move(milestone, form.cleaned_data, by=request.user, revision=revision)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            except Conflict as other:
                revision = other.current.revision
                names = ("title", "on", "is_estimate", "note")
                conflict = _differing(
                    form, {name: getattr(other.current, name) for name in names}, form.cleaned_data
                )
            else:
                messages.success(request, _("Saved."))
                return redirect("cycle_calendar", milestone.cycle.key)
    context = {
        "milestone": milestone,
        "form": form,
        "revision": revision,
        "conflict": conflict,
        "changes": MilestoneChange.objects.filter(milestone=milestone).select_related("changed_by"),
    }
    status = 409 if conflict is not None else 422 if form.errors else 200
    return render(request, "catalogue/milestone_edit.html", context, status=status)


@require_POST
def milestone_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a milestone off the calendar."""
    policy.require(request.user, "cycle.edit")
    milestone = _milestone(request, pk)
    cycles.cancel_milestone(milestone, by=request.user)
    messages.success(request, _("The milestone was taken off the calendar; the log keeps it."))
    return redirect("cycle_calendar", milestone.cycle.key)


def _move(milestone: Milestone, data: dict[str, Any], *, by: Any, revision: int) -> None:
    """Move the milestone, and where it is wished the cycle's estimates along with it: all or none."""
    along, days = data.pop("move_estimates", False), (data["on"] - milestone.on).days
    with transaction.atomic():
        cycles.move_milestone(milestone, by=by, revision=revision, **data)
        if along and days:
            cycles.move_estimates(
                milestone.cycle, by=by, days=days, reason=data["reason"], but=[milestone.pk]
            )


def values_of_form(form: CycleForm) -> dict[str, Any]:
    """What the person typed, in the shape of ``values_of``."""
    return form.cleaned_data | {"troika": "; ".join(state.name for state in form.cleaned_data["troika"])}


def _values(data: dict[str, Any]) -> dict[str, Any]:
    number = data.get("session")
    return data | {"session": cycles.session_numbered(number) if number else None}


def _differing(form: Any, kept: dict[str, Any], typed: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"label": str(form.fields[name].label), "theirs": _said(value), "yours": _said(typed.get(name))}
        for name, value in kept.items()
        if _said(value) != _said(typed.get(name))
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _cycle(request: HttpRequest, key: str) -> ReviewCycle:
    return get_object_or_404(
        ReviewCycle.objects.visible_to(request.user).select_related("state", "session"), key=key
    )


def _milestone(request: HttpRequest, pk: int) -> Milestone:
    found = Milestone.objects.visible_to(request.user).filter(cancelled_at__isnull=True)
    return get_object_or_404(found.select_related("cycle__state"), pk=pk)


def _revision(request: HttpRequest) -> int:
    return number_in(request.POST.get("revision", ""))


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
