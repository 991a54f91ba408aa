"""Pages on which the record is written: a recommendation, its positions, claims, demands and links."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recommendations.access import policy
from recommendations.catalogue import forms as forms_of
from recommendations.catalogue.errors import AlreadyRecorded, Conflict, Refused
from recommendations.catalogue.models import Document, Recommendation, RecommendationLink, State
from recommendations.catalogue.positions import record_position
from recommendations.catalogue.recording import (
    correct_recommendation,
    link_recommendations,
    record_claim,
    record_recommendation,
    split_demands,
    unlink_recommendations,
)
from recommendations.vocabulary import TextKind, TextLanguage
from recommendations.web.queries import number_in

WRITE = ("GET", "HEAD", "POST")
MORE = "more"
MOST_ROWS = 60


@require_http_methods(WRITE)
def recommendation_new(request: HttpRequest) -> HttpResponse:
    """Record a recommendation by hand, with its source; its first position along with it where it is known."""
    policy.require(request.user, "recommendation.record")
    form = forms_of.RecommendationForm(_posted(request), reader=request.user, initial=_asked(request))
    rows = _rows(request, forms_of.RecommendingFormSet, [])
    known: Recommendation | None = None
    if _sent(request) and form.is_valid() and rows.is_valid():
        try:
            recommendation = _record(form, rows, by=request.user)
        except AlreadyRecorded as refusal:
            form.add_error("paragraph", str(refusal))
            known = refusal.recommendation
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(reference)s is recorded.") % {"reference": recommendation.reference}
            )
            return redirect("recommendation_detail", recommendation.reference)
    context = {
        "form": form,
        "rows": rows,
        "known": known,
        "symbols": _symbols(request),
        "states": _states(request),
    }
    return render(request, "catalogue/recommendation_new.html", context, status=_status(form, rows))


@transaction.atomic
def _record(form: forms_of.RecommendationForm, rows: Any, *, by: Any) -> Recommendation:
    data = form.cleaned_data
    document = form.source()
    assert document is not None
    recommendation = record_recommendation(
        by=by,
        document=document,
        cycle=data["cycle"] or document.cycle,
        paragraph=data["paragraph"],
        texts=form.texts(),
        recommending=_recommending(rows),
        themes=data["themes"],
        groups=data["groups"],
        goals=data["goals"],
        lead_theme=data["lead_theme"],
    )
    if data["position"]:
        record_position(recommendation, kind=data["position"], document=document, by=by)
    return recommendation


@require_http_methods(WRITE)
def recommendation_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Correct texts, States and terms; the second of two who do so is shown both versions."""
    policy.require(request.user, "recommendation.record")
    recommendation = _found(request, ref)
    form = forms_of.RecommendationForm(_posted(request), reader=request.user, recommendation=recommendation)
    rows = _rows(request, forms_of.RecommendingFormSet, forms_of.recommending_of(recommendation))
    revision, conflict = recommendation.revision, None
    if _sent(request):
        revision = _revision(request)
        if form.is_valid() and rows.is_valid():
            try:
                _correct(recommendation, form, rows, revision=revision, by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            except Conflict as found:
                conflict = _differing(found.current, form, rows)
                revision = found.current.revision
            else:
                messages.success(request, _("Saved."))
                return redirect("recommendation_detail", recommendation.reference)
    elif request.method == "POST":
        revision = _revision(request)
    context = {
        "recommendation": recommendation,
        "form": form,
        "rows": rows,
        "revision": revision,
        "conflict": conflict,
        "states": _states(request),
    }
    status = 409 if conflict is not None else _status(form, rows)
    return render(request, "catalogue/recommendation_edit.html", context, status=status)


def _correct(
    recommendation: Recommendation, form: forms_of.RecommendationForm, rows: Any, *, revision: int, by: Any
) -> None:
    data = form.cleaned_data
    correct_recommendation(
        recommendation,
        by=by,
        revision=revision,
        texts=form.texts(),
        recommending=_recommending(rows),
        themes=data["themes"],
        groups=data["groups"],
        goals=data["goals"],
        lead_theme=data["lead_theme"],
    )


def _differing(current: Recommendation, form: forms_of.RecommendationForm, rows: Any) -> list[dict[str, str]]:
    """Where what is kept now differs from what the person typed."""
    kept = {(row.language, row.kind): row.text for row in current.texts.all()}
    pairs = [
        (f"{TextLanguage(language).label}: {TextKind(kind).label}", kept.get((language, kind), ""), text)
        for language, kind, text in form.texts()
    ]
    ours = [
        (row.state, row.action_category, row.wording) for row in current.recommending.select_related("state")
    ]
    pairs.append((_("Recommending States"), _said(ours), _said(_recommending(rows))))
    for name in ("themes", "groups", "goals"):
        theirs, yours = (
            sorted(map(str, terms)) for terms in (getattr(current, name).all(), form.cleaned_data[name])
        )
        pairs.append((str(form.fields[name].label), "; ".join(theirs), "; ".join(yours)))
    lead = form.cleaned_data["lead_theme"]
    pairs.append((str(form.fields["lead_theme"].label), str(current.lead_theme or ""), str(lead or "")))
    return [{"label": label, "theirs": one, "yours": other} for label, one, other in pairs if one != other]


def _said(rows: list[tuple[State, int | None, str]]) -> str:
    return "; ".join(" ".join(str(part) for part in row if part) for row in rows)


@require_http_methods(WRITE)
def position_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what the State answered; the positions before it stay in the history."""
    policy.require(request.user, "position.record")
    recommendation = _found(request, ref)
    form = forms_of.PositionForm(_posted(request))
    form.cycle = recommendation.cycle

    def save(data: dict[str, Any]) -> None:
        record_position(
            recommendation,
            kind=data["kind"],
            document=form.source(),
            locator=data["locator"],
            on=data["on"],
            quote=data["quote"],
            note=data["note"],
            by=request.user,
        )

    return _with_source(request, recommendation, form, save, "catalogue/position_new.html")


@require_http_methods(WRITE)
def claim_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what the State says it did."""
    policy.require(request.user, "position.record")
    recommendation = _found(request, ref)
    form = forms_of.ClaimForm(_posted(request))
    form.cycle = recommendation.cycle

    def save(data: dict[str, Any]) -> None:
        record_claim(
            recommendation,
            kind=data["kind"],
            document=form.source(),
            locator=data["locator"],
            on=data["on"],
            quote=data["quote"],
            by=request.user,
        )

    return _with_source(request, recommendation, form, save, "catalogue/claim_new.html")


def _with_source(
    request: HttpRequest, recommendation: Recommendation, form: forms_of.SourceForm, save: Any, template: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                save(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("recommendation_detail", recommendation.reference)
    context = {"recommendation": recommendation, "form": form, "symbols": _symbols(request)}
    return render(request, template, context, status=_status(form))


@require_http_methods(WRITE)
def recommendation_link_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that another recommendation asks the same."""
    policy.require(request.user, "recommendation.link")
    recommendation = _found(request, ref)
    form = forms_of.LinkForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        try:
            link_recommendations(
                earlier=other, later=recommendation, note=form.cleaned_data["note"], by=request.user
            )
        except Refused as refusal:
            form.add_error("other", str(refusal))
        else:
            messages.success(request, _("The two are linked."))
            return redirect("recommendation_detail", recommendation.reference)
    links = [(link, link.earlier) for link in recommendation.repeats.select_related("earlier")]
    links += [(link, link.later) for link in recommendation.repeated_by.select_related("later")]
    context = {"recommendation": recommendation, "form": form, "links": links}
    return render(request, "catalogue/link_new.html", context, status=_status(form))


@require_POST
def recommendation_unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link back."""
    policy.require(request.user, "recommendation.link")
    seen = Recommendation.objects.visible_to(request.user)
    link = get_object_or_404(RecommendationLink.objects.filter(earlier__in=seen, later__in=seen), pk=pk)
    unlink_recommendations(link, by=request.user)
    messages.success(request, _("The link was taken back."))
    return redirect("recommendation_detail", link.later.reference)


@require_http_methods(WRITE)
def demands_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Split a recommendation into its separately checkable demands."""
    policy.require(request.user, "recommendation.record")
    recommendation = _found(request, ref)
    rows = _rows(request, forms_of.DemandFormSet, forms_of.demands_of(recommendation))
    refusal = ""
    if _sent(request) and rows.is_valid():
        found = forms_of.filled(rows, "letter")
        demands = [
            (row["letter"], {code: row[f"text_{code}"] for code in ("en", "ru", "kk")}, row["states"])
            for row in found
        ]
        try:
            split_demands(recommendation, demands=demands, by=request.user)
        except Refused as reason:
            refusal = str(reason)
        else:
            messages.success(request, _("Saved."))
            return redirect("recommendation_detail", recommendation.reference)
    context = {"recommendation": recommendation, "rows": rows, "refusal": refusal}
    return render(request, "catalogue/demands_edit.html", context, status=422 if refusal else _status(rows))


def _found(request: HttpRequest, ref: str) -> Recommendation:
    found = Recommendation.objects.visible_to(request.user).select_related(
        "cycle", "document", "state", "lead_theme"
    )
    return get_object_or_404(found, reference=ref)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address already says: ``?document=A/HRC/28/10``."""
    symbol = request.GET.get("document", "")[:60]
    return {"document": symbol} if symbol else {}


def _sent(request: HttpRequest) -> bool:
    """Whether the form was sent to be saved, not for more empty rows."""
    return request.method == "POST" and MORE not in request.POST


def _rows(request: HttpRequest, formset: Any, initial: list[dict[str, Any]]) -> Any:
    if request.method != "POST":
        return formset(initial=initial, prefix="row")
    if MORE not in request.POST:
        return formset(request.POST, initial=initial, prefix="row")
    data = request.POST.copy()
    count = data.get("row-TOTAL_FORMS", "")
    data["row-TOTAL_FORMS"] = (
        str(min(int(count) + 3, MOST_ROWS)) if count.isdecimal() and len(count) < 4 else "3"
    )
    return formset(data, initial=initial, prefix="row")


def _recommending(rows: Any) -> list[tuple[State, int | None, str]]:
    return [(row["state"], row["action_category"], row["wording"]) for row in forms_of.filled(rows, "state")]


def _revision(request: HttpRequest) -> int:
    return number_in(request.POST.get("revision", ""))


def _status(*parts: Any) -> int:
    def wrong(part: Any) -> bool:
        if isinstance(part, forms.BaseFormSet):
            return part.is_bound and part.total_error_count() > 0
        return bool(part.errors)

    return 422 if any(wrong(part) for part in parts) else 200


def _symbols(request: HttpRequest) -> Any:
    return Document.objects.visible_to(request.user).values_list("symbol", flat=True)


def _states(request: HttpRequest) -> Any:
    return State.objects.visible_to(request.user)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
