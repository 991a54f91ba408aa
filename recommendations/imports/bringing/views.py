"""Pages of bringing in: the file, its columns, its rows as they will be made, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.evidence.models import Evidence
from recommendations.formats.problems import FileProblem
from recommendations.imports.bringing import completing, steps, undoing
from recommendations.imports.bringing.forms import BringForm, ColumnsForm, ReferenceForm
from recommendations.imports.bringing.models import Bringing, BroughtRow
from recommendations.imports.bringing.references import place_words
from recommendations.imports.undo import StandsInTheWay
from recommendations.vocabulary import EvidenceKind
from recommendations.web.pages import paged
from recommendations.web.queries import changed_query, number_in
from recommendations.workflow.engine import Refused

Kind, Status, Action = Bringing.Kind, Bringing.Status, BroughtRow.Action
PROBLEMS = "problems"
TICK = "tick-"
SHOWN = "shown"


@require_safe
def bringing_list(request: HttpRequest) -> HttpResponse:
    """What was brought in, the latest first."""
    policy.require(request.user, "evidence.add")
    found = Bringing.objects.visible_to(request.user).select_related(
        "file", "organisation", "started_by", "round"
    )
    made = Count("staged", filter=Q(staged__evidence__isnull=False) | Q(staged__assessment__isnull=False))
    steps.finish_interrupted(found.filter(status=Status.APPLYING))
    pager = paged(
        request, found.annotate(made=made).defer("problems", "notes").order_by("-started_at", "-pk")
    )
    return render(request, "imports/bringing_list.html", {"pager": pager})


@require_http_methods(["GET", "HEAD", "POST"])
def bringing_new(request: HttpRequest) -> HttpResponse:
    """Send a file of one's own."""
    policy.require(request.user, "evidence.add")
    person: Any = request.user
    kind = request.GET.get("kind", "")
    initial = {
        "kind": kind if kind in Kind.values else Kind.EVIDENCE,
        "organisation": person.organisation_id,
        "round": number_in(request.GET.get("round", "")) or None,
    }
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BringForm(*sent, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            bringing = steps.begin(
                data["file"],
                kind=data["kind"],
                organisation=data["organisation"],
                round_=data["round"],
                by=person,
            )
        except (FileProblem, Refused) as reason:
            form.add_error("file", str(reason))
        else:
            page = "bringing_detail" if bringing.status == Status.PLANNED else "bringing_columns"
            return redirect(page, bringing.pk)
    return render(request, "imports/bringing_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def bringing_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column means: proposed by its heading, and remembered."""
    bringing = _bringing(request, pk)
    if bringing.kind == Kind.REFERENCES or bringing.status not in (Status.COLUMNS, Status.PLANNED):
        return redirect("bringing_detail", pk)
    try:
        look = steps.look_at(bringing, sheet=request.GET.get("sheet", ""))
    except FileProblem as reason:
        messages.error(request, str(reason))
        look = steps.look_at(bringing)
    proposed, defaults = steps.proposed(bringing, look.header)
    sent = request.POST if request.method == "POST" else None
    form = ColumnsForm(sent, bringing=bringing, look=look, proposed=proposed, defaults=defaults)
    if sent is not None and form.is_valid():
        try:
            steps.plan(
                bringing,
                columns=form.mapping(),
                defaults=form.defaults(),
                sheet=look.sheet,
                by=request.user,
            )
        except (FileProblem, Refused) as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("bringing_detail", pk)
    context = {"bringing": bringing, "form": form, "look": look}
    return render(request, "imports/bringing_columns.html", context, status=422 if form.errors else 200)


@require_safe
def bringing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows as they will be made, by what happens to them, and every problem."""
    return _detail(request, _bringing(request, pk))


def _detail(
    request: HttpRequest,
    bringing: Bringing,
    *,
    forms: dict[int, ReferenceForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if bringing.status == Status.COLUMNS:
        return redirect("bringing_columns", bringing.pk)
    counted = dict(bringing.staged.values_list("action").annotate(n=Count("pk")).order_by())
    counts = {PROBLEMS: len(bringing.problems)} | {code: counted.get(code, 0) for code in Action.values}
    names = dict(Action.choices) | {PROBLEMS: _("Problems")}
    chosen = request.GET.get("show", "")
    if chosen not in counts:
        chosen = next((code for code in (*Action.values, PROBLEMS) if counts[code]), Action.NEW.value)
    waits = bringing.status == Status.PLANNED
    context: dict[str, Any] = {
        "bringing": bringing,
        "counts": counts,
        "waits": waits,
        "under_way": bringing.status == Status.APPLYING,
        "can_take_back": undoing.refusal(bringing) is None,
        "problem": problem,
        "chosen": chosen,
        "is_references": bringing.kind == Kind.REFERENCES,
        "ticked": bringing.staged.filter(is_chosen=True).count(),
        "made": bringing.staged.exclude(evidence=None, assessment=None).count(),
        "undone": bringing.staged.filter(is_chosen=True, evidence=None, assessment=None)
        if bringing.status == Status.APPLIED
        else [],
        "tabs": [
            {"name": code, "label": names[code], "count": count, "url": changed_query(request.GET, show=code)}
            for code, count in counts.items()
            if count or code == Action.NEW
        ],
    }
    if chosen == PROBLEMS:
        context["pager"] = paged(request, bringing.problems)
    else:
        rows = bringing.staged.filter(action=chosen).select_related(
            "likely", "evidence", "assessment__cluster"
        )
        context["pager"] = paged(request, rows)
        visible = _visible_likely(request, context["pager"].items)
        context["rows"] = [
            _shown(row, bringing, waits, forms or {}, visible) for row in context["pager"].items
        ]
    return render(request, "imports/bringing_detail.html", context, status=status)


def _visible_likely(request: HttpRequest, rows: Any) -> set[int]:
    """The items here already that this reader may see: of another there is no link."""
    keys = [row.likely_id for row in rows if row.likely_id]
    return set(Evidence.objects.visible_to(request.user).filter(pk__in=keys).values_list("pk", flat=True))


def _shown(
    row: BroughtRow, bringing: Bringing, waits: bool, forms: dict[int, ReferenceForm], visible: set[int]
) -> dict[str, Any]:
    """What the page says of one row."""
    record = row.record
    shown: dict[str, Any] = {"row": row, "record": record, "may_tick": waits and row.action != Action.HERE}
    shown["likely"] = row.likely if row.likely_id in visible else None
    if bringing.kind == Kind.ASSESSMENTS:
        return shown
    fields, source = record["fields"], record["source"]
    shown |= {
        "kind": EvidenceKind(fields["kind"]).label if fields["kind"] in EvidenceKind.values else "",
        "publisher": source["publisher"],
        "url": source["url"],
        "date": source["published_on"] or source["published_text"] or "",
        "links": ", ".join(link["label"] for link in record["links"]) or record.get("references", ""),
    }
    if bringing.kind == Kind.REFERENCES:
        shown["places"] = place_words(record.get("places", []))
        shown["form"] = forms.get(row.pk) or (ReferenceForm(row=row) if waits else None)
    return shown


@require_POST
def bringing_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was ticked and completed on this page; with ``confirm`` make everything that is ticked."""
    bringing = _bringing(request, pk)
    shown = [number_in(value) for value in request.POST.getlist(SHOWN)]
    ticked = [pk for pk in shown if f"{TICK}{pk}" in request.POST]
    forms: dict[int, ReferenceForm] = {}
    try:
        steps.choose(bringing, shown=shown, chosen=ticked)
        if bringing.kind == Kind.REFERENCES:
            rows = bringing.staged.filter(pk__in=shown)
            forms = {row.pk: ReferenceForm(request.POST, row=row) for row in rows}
            completing.keep(forms, by=request.user)
        if "confirm" not in request.POST:
            messages.success(request, _("Your choices are kept; they count when you confirm."))
            back = changed_query(request.GET, page=request.GET.get("page"))
            return redirect(f"{reverse('bringing_detail', args=[pk])}{back}")
        if bringing.kind == Kind.REFERENCES:
            completing.require_complete(bringing)
        steps.confirm(bringing, by=request.user)
    except completing.Incomplete as reason:
        return _detail(request, bringing, forms=forms, problem=str(reason), status=422)
    except Refused as reason:
        bringing.refresh_from_db()
        return _detail(request, bringing, problem=str(reason), status=409)
    if bringing.status == Status.APPLIED:
        messages.success(request, _("It is done."))
    return redirect("bringing_detail", pk)


@require_POST
def bringing_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a file up."""
    bringing = _bringing(request, pk)
    try:
        steps.discard(bringing, by=request.user)
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("bringing_detail", pk)
    messages.success(request, _("The file was put aside; nothing was made."))
    return redirect("bringing_list")


@require_POST
def bringing_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a file whose work was interrupted."""
    bringing = _bringing(request, pk)
    try:
        steps.again(bringing, by=request.user)
    except Refused as reason:
        messages.warning(request, str(reason))
    return redirect("bringing_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def bringing_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Say exactly what taking the file back removes, or what stands in the way; do it when that is confirmed."""
    bringing = _bringing(request, pk)
    reason = undoing.refusal(bringing)
    if reason:
        messages.warning(request, reason)
        return redirect("bringing_detail", pk)
    if request.method == "POST":
        try:
            undoing.take_back(bringing, by=request.user)
        except Refused as refused:
            messages.warning(request, str(refused))
            return redirect("bringing_detail", pk)
        except StandsInTheWay:
            pass  # the page below says what
        else:
            messages.success(request, _("What was brought in was taken back."))
            return redirect("bringing_detail", pk)
    context = {
        "bringing": bringing,
        "outline": undoing.outline(bringing),
        "standing": undoing.what_built_on(bringing, reader=request.user),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "imports/bringing_take_back.html", context, status=status)


def _bringing(request: HttpRequest, pk: int) -> Bringing:
    policy.require(request.user, "evidence.add")
    found = Bringing.objects.visible_to(request.user).select_related(
        "file", "organisation", "round", "started_by"
    )
    bringing = get_object_or_404(found, pk=pk)
    reason = policy.refusal(request.user, steps.ACTS[Kind(bringing.kind)])
    if reason:
        raise PermissionDenied(reason)
    steps.finish_interrupted([bringing])
    return bringing
