"""Pages on which an assessment is written: begin, edit, save by itself, see what the rule proposes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from recommendations.access import policy
from recommendations.assessments import reading, workflow
from recommendations.assessments.forms import CITE_INTO, CITE_INTO_OTHERWISE, Draft, StartForm
from recommendations.assessments.method import (
    CANNOT_HINTS,
    DEFINITIONS,
    TEST_DEFINITIONS,
    propose,
)
from recommendations.assessments.models import Assessment, Cluster, Comment, ItemRating, RoundItem
from recommendations.assessments.pages import for_pages, refused, reviewers_of, tell_who_cannot_see
from recommendations.assessments.requirements import CITING_PARTS, missing
from recommendations.assessments.versions import PARTS
from recommendations.assessments.writing import (
    AlreadyOpen,
    Conflict,
    edit_refusal,
    organisations_to_write_for,
    save_draft,
    start_assessment,
    start_refusal,
)
from recommendations.evidence.models import Evidence
from recommendations.vocabulary import TestRating
from recommendations.web.queries import number_in
from recommendations.words.compare import word_differences
from recommendations.workflow.engine import Refused

# The fields in which somebody writes, of the whole and of single rows.
TEXTS = (*CITING_PARTS, "implemented_when", "override_reason", "cannot_steps", "sentence")


@require_http_methods(["GET", "POST"])
def assessment_new(request: HttpRequest) -> HttpResponse:
    """Begin an assessment of a cluster or of one recommendation; without either, choose one."""
    policy.require(request.user, "assessment.write")
    cluster, item = _asked_for(request)
    if cluster is None and item is None:
        return _choose(request)
    person: Any = request.user
    organisations = organisations_to_write_for(person)
    initial = {"organisation": person.organisation_id, "language": person.language}
    subject = cluster or item
    lead = subject.organisation_id if subject else None
    if lead and organisations.filter(pk=lead).exists():
        initial["organisation"] = lead
    form = StartForm(request.POST or None, organisations=organisations, initial=initial)
    refusal = start_refusal(by=request.user, cluster=cluster, item=item, organisation=organisations.first())
    if request.method == "POST" and form.is_valid():
        try:
            assessment = start_assessment(by=request.user, cluster=cluster, item=item, **form.cleaned_data)
        except AlreadyOpen as already:
            return _already_open(request, already)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("assessment_edit", assessment.pk)
    context = {"form": form, "cluster": cluster, "item": item, "refusal": refusal}
    return render(request, "assessments/new.html", context, status=422 if form.errors else 200)


def _asked_for(request: HttpRequest) -> tuple[Cluster | None, RoundItem | None]:
    """The cluster or round item named in the address, 404 where the reader may not see it."""
    cluster, item = request.GET.get("cluster", ""), request.GET.get("item", "")
    if cluster:
        visible = Cluster.objects.visible_to(request.user).select_related("round")
        return get_object_or_404(visible, pk=number_in(cluster)), None
    if item:
        rows = RoundItem.objects.visible_to(request.user).select_related("round", "recommendation")
        return None, get_object_or_404(rows, pk=number_in(item))
    return None, None


def _choose(request: HttpRequest) -> HttpResponse:
    """What is given to the person, to her organisation, and to those for which she writes."""
    person = request.user
    hers = Q(assignee=person.pk) | Q(organisation__in=organisations_to_write_for(person))
    clusters = Cluster.objects.visible_to(person).filter(hers, round__closed_on=None).select_related("round")
    items = (
        RoundItem.objects.visible_to(person)
        .filter(hers, round__closed_on=None, cluster=None)
        .select_related("round", "recommendation")
    )
    context = {"clusters": clusters[:200], "items": items[:200]}
    return render(request, "assessments/choose.html", context)


def _already_open(request: HttpRequest, already: AlreadyOpen) -> HttpResponse:
    """To the assessment that is open already, where the person may see it."""
    messages.info(request, str(already))
    found = already.assessment
    if found and Assessment.objects.visible_to(request.user).filter(pk=found.pk).exists():
        return redirect("assessment_detail", found.pk)
    return redirect("assessment_list")


@require_http_methods(["GET", "POST"])
def assessment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor: recommendations, claims and evidence at the side, the text and its findings to write."""
    assessment = for_pages(request).filter(pk=pk).first()
    if assessment is None:
        return gone(request)
    rows = list(reading.rating_rows(assessment))
    refusal = edit_refusal(assessment, by=request.user)
    if request.method == "GET":
        if refusal:
            return refused(request, assessment, refusal)
        return _editor(request, assessment, Draft(assessment, rows))
    draft = Draft(assessment, rows, request.POST)
    if refusal:
        # What was sent stays in the page, to be copied.
        return _editor(request, assessment, draft, refusal=refusal, status=409)
    if not draft.is_valid():
        return _editor(request, assessment, draft, status=422)
    fields = _with_citation(request, draft)
    try:
        saved = save_draft(
            assessment,
            by=request.user,
            revision=draft.form.cleaned_data["revision"],
            fields=fields,
            ratings=[row.values() for row in draft.rows],
        )
    except Conflict as conflict:
        return _conflict(request, conflict.current, draft)
    except Refused as reason:
        return _editor(request, assessment, draft, refusal=str(reason), status=409)
    return _after_saving(request, saved)


def _with_citation(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """What to save; where "cite" was pressed without a script, with the citation at the end of its part."""
    asked = request.POST.get("cite", "")
    item = (
        Evidence.objects.visible_to(request.user).filter(number=number_in(asked)).first() if asked else None
    )
    if item is None:
        return draft.form.values()
    return draft.cite(item.number, part=CITE_INTO.get(item.kind, CITE_INTO_OTHERWISE))


def _after_saving(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    if "submit" not in request.POST:
        anchor = "#evidence" if "cite" in request.POST else ""
        messages.success(request, _("Saved %(time)s.") % {"time": _clock()})
        return redirect(reverse("assessment_edit", args=[assessment.pk]) + anchor)
    try:
        workflow.perform(assessment, "submit", by=request.user)
    except Refused as reason:
        if missing(assessment):
            messages.warning(request, _("It is saved, but not submitted yet: see what is missing."))
        else:
            messages.warning(request, str(reason))
        return redirect(reverse("assessment_edit", args=[assessment.pk]) + "#missing")
    messages.success(request, _("It was submitted for review."))
    tell_who_cannot_see(request, assessment)
    return redirect("assessment_detail", assessment.pk)


def _clock() -> str:
    return formats.time_format(timezone.localtime(), "TIME_FORMAT")


def _editor(
    request: HttpRequest,
    assessment: Assessment,
    draft: Draft,
    *,
    refusal: str = "",
    theirs: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The editor's page."""
    shelf = reading.shelf(assessment, reader=request.user)
    reviewers = reviewers_of(request, assessment)
    comments = Comment.objects.visible_to(request.user).filter(assessment=assessment, resolved_at=None)
    context = {
        "assessment": assessment,
        "draft": draft,
        "form": draft.form,
        "row_forms": draft.rows,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "ratings": _radios(draft),
        "cannot_hints": CANNOT_HINTS,
        "proposal": _proposal(draft),
        "missing": missing(assessment),
        "who_cannot_see": reading.who_cannot_see(assessment, reviewers),
        "comments": comments.select_related("author"),
        "part_titles": PARTS,
        "refusal": refusal,
        "theirs": theirs,
        "saved_at": formats.time_format(timezone.localtime(assessment.updated_at), "TIME_FORMAT"),
    }
    return render(request, "assessments/edit.html", context, status=status)


def _radios(draft: Draft) -> list[tuple[Any, str, str]]:
    """The choices of the rating: (widget, code, definition)."""
    return [
        (radio, code, DEFINITIONS.get(code, ""))
        for radio in draft.form["rating"]
        if (code := radio.data["value"]) is not None
    ]


def _proposal(draft: Draft) -> Any:
    values = [draft.form[test].value() or "" for test in TEST_DEFINITIONS]
    return (
        propose(*values)
        if all(value in ("", *TestRating.values) for value in values)
        else propose("", "", "")
    )


@require_POST
def assessment_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what the page sends by itself; says when, or shows both texts where somebody else saved."""
    assessment = for_pages(request).filter(pk=pk).first()
    if assessment is None:
        message = _("This assessment is not here any more, or not open to you. Copy your text to keep it.")
        return JsonResponse({"message": message}, status=404)
    draft = Draft(assessment, reading.rating_rows(assessment), request.POST)
    if not draft.is_valid():
        return JsonResponse({"message": _("Not saved:") + " " + " ".join(draft.problems)}, status=422)
    try:
        saved = save_draft(
            assessment,
            by=request.user,
            revision=draft.form.cleaned_data["revision"],
            fields=draft.form.values(),
            ratings=[row.values() for row in draft.rows],
        )
    except Conflict as conflict:
        context = {"theirs": _both_texts(conflict.current, draft), "assessment": conflict.current}
        return render(request, "assessments/_both_texts.html", context, status=409)
    except Refused as reason:
        message = _("Not saved: %(reason)s Copy your text to keep it.") % {"reason": reason}
        return JsonResponse({"message": message}, status=422)
    return JsonResponse({"revision": saved.revision, "saved_at": _clock()})


def _conflict(request: HttpRequest, current: Assessment, draft: Draft) -> HttpResponse:
    """The editor with one's own text, beside it the text that somebody else saved; the next save is a decision."""
    assessment = for_pages(request).get(pk=current.pk)
    theirs = _both_texts(current, draft)
    data = request.POST.copy()
    data["revision"] = str(current.revision)
    mine = Draft(assessment, reading.rating_rows(assessment), data)
    mine.is_valid()
    return _editor(request, assessment, mine, theirs=theirs, status=409)


def _both_texts(current: Assessment, draft: Draft) -> list[dict[str, Any]]:
    """Each part where the texts differ: as it is saved now, as it was sent, and the difference by word."""
    mine = draft.form.values()
    found = []
    for part in TEXTS[:-1]:
        saved, sent = getattr(current, part), mine[part]
        if saved != sent:
            found.append(_both(PARTS[part], saved, sent))
    for name in ("law", "policy", "practice", "rating", "cannot_reason"):
        if getattr(current, name) != mine[name]:
            shown = dict(draft.form.fields[name].choices)  # type: ignore[attr-defined]
            found.append(_both(PARTS[name], str(shown[getattr(current, name)]), str(shown[mine[name]])))
    for row in draft.rows:
        saved = ItemRating.objects.get(pk=row.row.pk)
        sent = row.values()
        if saved.sentence != sent["sentence"]:
            found.append(_both(row.name, saved.sentence, sent["sentence"]))
    return found


def _both(title: Any, saved: str, sent: str) -> dict[str, Any]:
    return {"title": title, "saved": saved, "sent": sent, "parts": word_differences(saved, sent)}


@require_GET
def assessment_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rule proposes for the tests in the address, as a fragment for the editor."""
    get_object_or_404(Assessment.objects.visible_to(request.user), pk=pk)
    values = [request.GET.get(test, "") for test in TEST_DEFINITIONS]
    known = all(value in ("", *TestRating.values) for value in values)
    context = {"proposal": propose(*values) if known else propose("", "", "")}
    return render(request, "assessments/_proposal.html", context)


def gone(request: HttpRequest) -> HttpResponse:
    """Not here, or not open to the reader: what she sent is given back to her, to be copied."""
    sent = [
        (PARTS.get(name.rpartition("-")[2], name), value)
        for name, value in request.POST.items()
        if isinstance(value, str) and value.strip() and name.rpartition("-")[2] in TEXTS
    ]
    return render(request, "assessments/gone.html", {"sent": sent}, status=404)
