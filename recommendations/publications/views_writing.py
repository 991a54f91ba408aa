"""Pages on which a submission is written: begin it, its parts in one editor, texts taken from assessments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.assessments.translating import checked_texts
from recommendations.catalogue.models import ReviewCycle
from recommendations.publications import checks, writing
from recommendations.publications.forms import PartForm, SettingsForm, StartForm, given_parts, part_forms
from recommendations.publications.models import Submission
from recommendations.publications.views import visible
from recommendations.words.alphabet import alphabetical
from recommendations.words.compare import word_differences
from recommendations.workflow.engine import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def submission_new(request: HttpRequest) -> HttpResponse:
    """Begin a submission of a followed cycle."""
    policy.require(request.user, "submission.write")
    person: Any = request.user
    cycles = ReviewCycle.objects.visible_to(person).order_by("-review_on", "-number")
    initial = {"cycle": request.GET.get("cycle", ""), "is_joint": True, "language": "en"}
    form = StartForm(request.POST or None, cycles=cycles, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            submission = writing.begin(by=person, organisation=person.organisation, **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("submission_texts", submission.pk)
    context = {"form": form, "refusal": writing.may_begin(person)}
    return render(request, "publications/submission_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def submission_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All parts in one form; who is second to save sees both texts and decides with the next save."""
    submission = get_object_or_404(visible(request), pk=pk)
    policy.require(request.user, "submission.write")
    refusal = writing.edit_refusal(submission, by=request.user)
    if request.method != "POST":
        if refusal:
            messages.warning(request, refusal)
            return redirect("submission_detail", pk)
        form = SettingsForm(instance=submission, initial={"revision": submission.revision})
        return _editor(request, submission, form, part_forms(submission.parts.all()))
    form = SettingsForm(request.POST, instance=Submission.objects.get(pk=pk))
    found = _sent_parts(request.POST)
    if refusal:
        return _editor(request, submission, form, found, refusal=refusal, status=409)
    valid = [each.is_valid() for each in (form, *found)]
    if not all(valid):
        return _editor(request, submission, form, found, status=422)
    settings = {name: form.cleaned_data[name] for name in writing.SETTINGS}
    try:
        writing.save(
            submission,
            by=request.user,
            revision=form.cleaned_data["revision"],
            settings=settings,
            parts=given_parts(found),
        )
    except writing.Changed as changed:
        return _both(request, changed, form, found)
    except Refused as reason:
        return _editor(request, submission, form, found, refusal=str(reason), status=409)
    messages.success(request, _("Saved."))
    return redirect("submission_edit" if "stay" in request.POST else "submission_detail", pk)


def _sent_parts(data: Any) -> list[PartForm]:
    """A form for every part that was sent, also for one that somebody else removed meanwhile: no text is lost."""
    names = [name for name in data if name.startswith("part-") and name.endswith("-place")]
    return [PartForm(data, prefix=name.removesuffix("-place")) for name in names[: writing.MOST_PARTS + 1]]


def _both(
    request: HttpRequest, changed: writing.Changed, form: SettingsForm, found: list[PartForm]
) -> HttpResponse:
    """One's own text in the form, beside it what somebody else saved."""
    theirs = {part.pk: part for part in changed.current.parts.all()}
    differing = []
    for part in found:
        saved = theirs.pop(part.cleaned_data["pk"] or 0, None)
        text = saved.text if saved else ""
        if text != part.cleaned_data["text"]:
            differing.append(
                (part.cleaned_data["heading"], word_differences(text, part.cleaned_data["text"]))
            )
    differing += [(part.heading, word_differences(part.text, "")) for part in theirs.values()]
    data = request.POST.copy()
    data["revision"] = str(changed.current.revision)
    again = SettingsForm(data, instance=Submission.objects.get(pk=changed.current.pk))
    again.is_valid()
    more = {"refusal": str(changed), "theirs": differing}
    return _editor(request, changed.current, again, found, status=409, **more)


def _editor(
    request: HttpRequest,
    submission: Submission,
    form: SettingsForm,
    found: list[PartForm],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    submission = visible(request).get(pk=submission.pk)
    context = {
        "submission": submission,
        "form": form,
        "parts": found,
        "words": writing.word_count(submission.parts.all()),
        "checks": checks.text_checks(submission),
    } | more
    return render(request, "publications/submission_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def submission_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose approved assessments, each of which becomes a part; one may come back for more."""
    submission = get_object_or_404(visible(request), pk=pk)
    policy.require(request.user, "submission.write")
    refusal = writing.edit_refusal(submission, by=request.user)
    if refusal:
        messages.warning(request, refusal)
        return redirect("submission_detail", pk)
    offered = writing.available(submission, reader=request.user)
    if request.method == "POST":
        ticked = set(request.POST.getlist("take"))
        try:
            count = writing.take(
                submission, [one for one in offered if str(one.pk) in ticked], by=request.user
            )
        except Refused as reason:
            messages.warning(request, str(reason))
            return redirect("submission_detail", pk)
        words = ngettext("%(n)d text was taken.", "%(n)d texts were taken.", count)
        messages.success(request, words % {"n": count})
        return redirect(reverse("submission_edit", args=[pk]))
    context = {"submission": submission, "offered": [_offered(one, submission) for one in offered]}
    return render(request, "publications/submission_texts.html", context)


def _offered(assessment: Any, submission: Submission) -> dict[str, Any]:
    rows = [row for row in assessment.ratings.all() if row.demand_id is None]
    themes = {row.item.recommendation.lead_theme for row in rows}
    text = writing.text_of(assessment, submission.language)
    return {
        "assessment": assessment,
        "recommendations": [row.item.recommendation.reference for row in rows],
        "themes": sorted(
            (theme.name_in(submission.language) for theme in themes if theme),
            key=lambda name: alphabetical(name, submission.language),
        ),
        "words": writing.count_words(writing.without_citations(text)),
        "other_language": assessment.language != submission.language
        and not checked_texts([assessment], submission.language),
    }
