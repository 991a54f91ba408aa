"""Pages of fact sheets: the list, beginning one, writing it, reading it with its check list, its actions and files."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.assessments.models import Cluster, Round
from recommendations.audit.log import record
from recommendations.catalogue.models import Recommendation, Theme
from recommendations.documents.renderers import FORMATS
from recommendations.publications import fact_sheet_workflow as workflow
from recommendations.publications import fact_sheets
from recommendations.publications.models_fact_sheets import FactSheet
from recommendations.vocabulary import Language
from recommendations.web.queries import number_in
from recommendations.words.clean import clean_line, clean_text
from recommendations.workflow.engine import Refused, Stale

DONE = {
    "submit": gettext_lazy("The text was submitted for review."),
    "recall": gettext_lazy("The text is a draft again."),
    "return": gettext_lazy("The text was returned to its authors."),
    "approve": gettext_lazy("The text was approved."),
    "withdraw": gettext_lazy("The text was withdrawn."),
}


class StartForm(forms.Form):
    """About what, and in which language."""

    round = forms.ModelChoiceField(Round.objects.none(), label=gettext_lazy("Round"), empty_label=None)
    theme = forms.ModelChoiceField(Theme.objects.none(), label=gettext_lazy("Theme"), required=False)
    cluster = forms.ModelChoiceField(Cluster.objects.none(), label=gettext_lazy("or cluster"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        rounds = Round.objects.visible_to(reader).exclude(cycle=None).select_related("cycle")
        fields["round"].queryset = rounds
        followed = Recommendation.objects.visible_to(reader).filter(cycle__in=rounds.values("cycle"))
        fields["theme"].queryset = Theme.objects.visible_to(reader).filter(
            Q(pk__in=followed.values("themes")) | Q(pk__in=followed.values("lead_theme"))
        )
        fields["cluster"].queryset = Cluster.objects.visible_to(reader).filter(round__in=rounds)


class SheetForm(forms.ModelForm):
    """The written parts, with the revision that the person saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = FactSheet
        fields = fact_sheets.FIELDS
        widgets = {
            "experience": forms.Textarea(attrs={"rows": 6}),
            "ask_1": forms.Textarea(attrs={"rows": 2}),
            "ask_2": forms.Textarea(attrs={"rows": 2}),
            "ask_3": forms.Textarea(attrs={"rows": 2}),
            "question": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "experience": gettext_lazy("An empty line begins a new paragraph. Name nobody who is at risk."),
        }

    def clean(self) -> dict[str, Any]:
        """Without control characters; lines where a line is meant."""
        data = super().clean() or {}
        for name in fact_sheets.FIELDS:
            if name in data:
                data[name] = (clean_text if name == "experience" else clean_line)(data[name])
        return data


def visible(request: HttpRequest) -> Any:
    """The fact sheets that the reader may see, with what every page shows."""
    return FactSheet.objects.visible_to(request.user).select_related(
        "round__cycle__state", "round__cycle__session", "theme", "cluster", "organisation"
    )


@require_safe
def fact_sheet_list(request: HttpRequest) -> HttpResponse:
    """All fact sheets, the latest first."""
    policy.require(request.user, "content.read")
    context = {
        "sheets": visible(request)[:200],
        "may_write": policy.may(request.user, "submission.write"),
    }
    return render(request, "publications/fact_sheet_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def fact_sheet_new(request: HttpRequest) -> HttpResponse:
    """Begin a sheet; ``like`` names one in another language whose texts are to be translated."""
    policy.require(request.user, "submission.write")
    like = visible(request).filter(pk=number_in(request.GET.get("like", ""))).first()
    initial: dict[str, Any] = {"language": Language.ENGLISH}
    if like is not None:
        initial = {"round": like.round_id, "theme": like.theme_id, "cluster": like.cluster_id}
        initial["language"] = next(code for code in Language.values if code != like.language)
    form = StartForm(request.POST or None, reader=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = fact_sheets.begin(by=request.user, like=like, **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("fact_sheet_edit", sheet.pk)
    return render(
        request, "publications/fact_sheet_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def fact_sheet_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The written parts; the words of each recommendation are counted while one writes."""
    policy.require(request.user, "submission.write")
    sheet = get_object_or_404(visible(request), pk=pk)
    refusal = fact_sheets.edit_refusal(sheet, by=request.user)
    if request.method != "POST":
        if refusal:
            messages.warning(request, refusal)
            return redirect("fact_sheet_detail", pk)
        form = SheetForm(instance=sheet, initial={"revision": sheet.revision})
        return _editor(request, sheet, form)
    form = SheetForm(request.POST, instance=FactSheet.objects.get(pk=pk))
    if not form.is_valid():
        return _editor(request, sheet, form, status=422)
    texts = {name: form.cleaned_data[name] for name in fact_sheets.FIELDS}
    try:
        fact_sheets.save(sheet, by=request.user, revision=form.cleaned_data["revision"], texts=texts)
    except Refused as reason:
        if isinstance(reason, Stale):  # her next save is about what stands now
            data = request.POST.copy()
            data["revision"] = str(sheet.revision)
            form = SheetForm(data, instance=FactSheet.objects.get(pk=pk))
            return _editor(request, sheet, form, status=409, refusal=str(reason), theirs=sheet)
        return _editor(request, sheet, form, status=409, refusal=str(reason))
    messages.success(request, _("Saved."))
    return redirect("fact_sheet_detail", pk)


def _editor(
    request: HttpRequest, sheet: FactSheet, form: SheetForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"sheet": sheet, "form": form, "most": fact_sheets.WORDS_OF_AN_ASK} | more
    return render(request, "publications/fact_sheet_edit.html", context, status=status)


@require_safe
def fact_sheet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet to read."""
    sheet = get_object_or_404(visible(request), pk=pk)
    return render(request, "publications/fact_sheet.html", _context(request, sheet))


def _context(request: HttpRequest, sheet: FactSheet, **more: Any) -> dict[str, Any]:
    member = policy.may(request.user, "submission.sign")
    return {
        "sheet": sheet,
        "is_member": member,
        "checks": fact_sheets.checks_of(sheet) if member else [],
        "pages": fact_sheets.pages(sheet),
        "offers": [_offer(sheet, offer) for offer in workflow.offers(sheet, by=request.user)]
        if member
        else [],
        "may_edit": member and fact_sheets.edit_refusal(sheet, by=request.user) is None,
        "may_write": policy.may(request.user, "submission.write"),
        "authors": sheet.authors.all() if member else [],
    } | more


def _offer(sheet: FactSheet, offer: Any) -> dict[str, Any]:
    row = offer.transition
    return {
        "action": row.action,
        "label": row.label,
        "refusal": offer.refusal,
        "needs_note": row.note_required,
        "primary": row.action == "approve",
        "danger": row.action == "withdraw",
        "url": reverse("fact_sheet_action", args=[sheet.pk, row.action]),
    }


@require_POST
def fact_sheet_action(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Perform an action of the workflow; what stands against it is said on the page, and nothing is done."""
    if not workflow.WORKFLOW.knows(action):
        raise Http404
    sheet = get_object_or_404(visible(request), pk=pk)
    policy.require(request.user, "submission.sign")
    sheet.revision = number_in(request.POST.get("revision", "")) or sheet.revision
    note = request.POST.get("note", "")
    try:
        workflow.perform(sheet, action, by=request.user, note=note)
    except Refused as reason:
        current = get_object_or_404(visible(request), pk=pk)
        context = _context(request, current, refusal=str(reason), asked=action, note=note)
        status = 409 if isinstance(reason, Stale) else 422
        return render(request, "publications/fact_sheet.html", context, status=status)
    messages.success(request, DONE[action])
    seen = visible(request).filter(pk=pk).exists()
    return redirect(reverse("fact_sheet_detail", args=[pk]) if seen else reverse("fact_sheet_list"))


@require_safe
def fact_sheet_file(request: HttpRequest, pk: int, format: str) -> FileResponse:
    """The sheet as a document, made anew each time with what is published at this moment."""
    policy.require(request.user, "summary.export")
    if format not in fact_sheets.WRITERS:
        raise Http404
    sheet = get_object_or_404(visible(request), pk=pk)
    content = io.BytesIO()
    fact_sheets.write(sheet, format, content)
    content.seek(0)
    record("fact_sheet.handed_out", sheet, by=request.user, detail={"format": format})
    name = f"{sheet.round.cycle.key}-fact-sheet-{sheet.pk}-{sheet.language}.{format}"
    return FileResponse(content, as_attachment=True, filename=name, content_type=FORMATS[format].mime)
