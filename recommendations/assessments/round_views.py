"""Pages of the coordinator's work: opening a round, its work plan, clusters and who has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments import rounds, workload
from recommendations.assessments.models import Assessment, Cluster, Round, RoundItem
from recommendations.assessments.round_forms import AssignForm, ClusterForm, RoundEditForm, RoundForm
from recommendations.catalogue.models import ReviewCycle
from recommendations.catalogue.texts import preferred_text
from recommendations.charts import Segment, both_widths, coverage_bar
from recommendations.vocabulary import PositionKind

FOLLOWED = {
    "all": Q(),
    "supported": Q(position__in=[PositionKind.SUPPORTED, PositionKind.SUPPORTED_IN_PART]),
    "noted": Q(position=PositionKind.NOTED),
}


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """All rounds, the latest first, with how far each is given out."""
    policy.require(request.user, "content.read")
    found = (
        Round.objects.visible_to(request.user)
        .select_related("cycle", "state")
        .annotate(
            size=Count("items", distinct=True),
            given=Count("items", filter=Q(items__organisation__isnull=False), distinct=True),
        )
    )
    return render(
        request,
        "rounds/round_list.html",
        {"rounds": found, "may_open": policy.may(request.user, "round.manage")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    """Open a round over a cycle's recommendations."""
    policy.require(request.user, "round.manage")
    chosen = ReviewCycle.objects.visible_to(request.user).filter(key=request.GET.get("cycle", "")).first()
    form = RoundForm(request.POST or None, reader=request.user, initial={"cycle": chosen})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        opened = rounds.open_round(
            by=request.user,
            cycle=data["cycle"],
            title=data["title"],
            purpose=data["purpose"],
            cutoff_on=data["cutoff_on"],
            deadline=data["deadline"],
            recommendations=data["cycle"].recommendations.filter(FOLLOWED[data["follow"]]),
            carry_from=data["carry_from"],
        )
        messages.success(request, _("The round is open. Next: make clusters and give them out."))
        return redirect("round_detail", opened.pk)
    return render(request, "rounds/round_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an open round, and follow in it what was recorded since."""
    round_ = _managed(request, pk)
    form = RoundEditForm(request.POST or None, instance=round_)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        follow = data.pop("follow", "")
        changed = {name: data[name] for name in form.changed_data if name in data}
        try:
            with transaction.atomic():
                if changed:
                    rounds.change_round(Round.objects.get(pk=pk), by=request.user, **changed)
                added = (
                    rounds.add_items(
                        round_,
                        recommendations=round_.cycle.recommendations.filter(FOLLOWED[follow]),
                        by=request.user,
                    )
                    if follow and round_.cycle
                    else 0
                )
        except rounds.NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            words = ngettext(
                "Saved. %(count)d recommendation was added.",
                "Saved. %(count)d recommendations were added.",
                added,
            )
            messages.success(request, words % {"count": added} if added else _("Saved."))
            return redirect("round_detail", pk)
    context = {"round": round_, "form": form}
    return render(request, "rounds/round_edit.html", context, status=422 if form.errors else 200)


@require_safe
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The work plan: clusters and single recommendations, who has them and until when."""
    policy.require(request.user, "content.read")
    round_ = get_object_or_404(Round.objects.visible_to(request.user).select_related("cycle", "state"), pk=pk)
    return _work_plan(request, round_, AssignForm(round_=round_, reader=request.user))


def _work_plan(request: HttpRequest, round_: Round, form: AssignForm, *, status: int = 200) -> HttpResponse:
    latest = Assessment.objects.visible_to(request.user).select_related("organisation").order_by("pk")
    clusters = rounds.work_plan(round_).prefetch_related(Prefetch("assessments", latest, to_attr="seen"))
    loose = (
        round_.items.filter(cluster=None)
        .select_related("recommendation__lead_theme", "organisation", "assignee")
        .prefetch_related("recommendation__texts", Prefetch("assessments", latest, to_attr="seen"))
        .order_by("recommendation__paragraph_key")
    )
    items = _with_texts(loose)
    subjects = workload.subjects_of(round_)
    may_manage = policy.may(request.user, "round.manage")
    hours = workload.hours_left(round_, timezone.now())
    coordinating = {
        "hours": hours,
        "days": hours // 24,
        "obstacles": workload.in_the_way(subjects),
        "loads": workload.loads_of(subjects, timezone.localdate()),
    }
    return render(
        request,
        "rounds/round_detail.html",
        (coordinating if may_manage and round_.is_open else {})
        | {
            "round": round_,
            "clusters": clusters,
            "items": items,
            "form": form,
            "total": sum(subject.size for subject in subjects),
            "given": sum(subject.size for subject in subjects if subject.organisation),
            "progress": _progress(subjects),
            "may_manage": may_manage,
            "is_member": is_member(request.user),
            "may_write": policy.may(request.user, "assessment.write"),
        },
        status=status,
    )


def _progress(subjects: list[workload.Subject]) -> str:
    """How far the round has come, as a bar; nothing where it follows nothing."""
    counts = workload.stages_of(subjects)
    if not sum(counts.values()):
        return ""
    parts = [
        Segment(f"step{place}", str(workload.STAGES[stage]), count)
        for place, (stage, count) in enumerate(counts.items(), start=1)
    ]
    return both_widths(coverage_bar, parts, title=_("Progress by recommendation"), wide=1080)


@require_POST
def round_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the ticked clusters and recommendations to an organisation and a person."""
    round_ = _managed(request, pk)
    form = AssignForm(request.POST, round_=round_, reader=request.user)
    if form.is_valid():
        data = form.cleaned_data
        try:
            count = rounds.assign(
                round_=round_,
                by=request.user,
                clusters=data["clusters"],
                items=data["items"],
                organisation=data["organisation"],
                assignee=data["assignee"],
                due_on=data["due_on"],
            )
        except rounds.NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(
                request,
                ngettext("Assigned: %(count)d recommendation.", "Assigned: %(count)d recommendations.", count)
                % {"count": count},
            )
            return redirect("round_detail", round_.pk)
    return _work_plan(request, round_, form, status=422)


@require_POST
def round_close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a round."""
    return _done(request, _managed(request, pk), rounds.close_round, _("The round is closed."))


@require_POST
def round_clusters_from_themes(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a cluster for each theme of what stands single."""
    return _done(
        request, _managed(request, pk), rounds.clusters_from_themes, _("Clusters were made by theme.")
    )


def _done(request: HttpRequest, round_: Round, act: Any, words: str) -> HttpResponse:
    try:
        act(round_, by=request.user)
    except rounds.NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, words)
    return redirect("round_detail", round_.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def cluster_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a cluster by hand out of what stands single; `?q=` narrows the list by words of reference or text."""
    round_ = _managed(request, pk)
    loose = _loose_items(round_, request.GET.get("q", ""))
    form = ClusterForm(request.POST or None, items=round_.items.filter(cluster=None))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cluster = rounds.make_cluster(
                round_,
                title=data["title"],
                title_ru=data["title_ru"],
                title_kk=data["title_kk"],
                items=list(data["items"]),
                by=request.user,
            )
        except rounds.NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("The cluster is made."))
            return redirect("cluster_detail", cluster.pk)
    chosen = set(request.POST.getlist("items"))
    return render(
        request,
        "rounds/cluster_new.html",
        {"round": round_, "form": form, "items": loose, "chosen": chosen, "q": request.GET.get("q", "")},
        status=422 if form.errors else 200,
    )


def _loose_items(round_: Round, words: str) -> list[RoundItem]:
    found = round_.items.filter(cluster=None).select_related("recommendation__lead_theme")
    for word in words.split():
        found = found.filter(
            Q(recommendation__reference__icontains=word) | Q(recommendation__texts__text__icontains=word)
        )
    return _with_texts(
        found.distinct()
        .prefetch_related("recommendation__texts")
        .order_by("recommendation__lead_theme__order", "recommendation__paragraph_key")
    )


@require_safe
def cluster_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A cluster: its recommendations, what was written about it, who has it."""
    policy.require(request.user, "content.read")
    cluster = _cluster(request, pk)
    items = _with_texts(
        cluster.items.select_related("recommendation__lead_theme", "recommendation__cycle")
        .prefetch_related("recommendation__texts")
        .order_by("recommendation__cycle__number", "recommendation__paragraph_key")
    )
    assessments = (
        Assessment.objects.visible_to(request.user)
        .filter(cluster=cluster)
        .select_related("organisation")
        .order_by("-pk")
    )
    may_manage = policy.may(request.user, "round.manage") and cluster.round.is_open
    return render(
        request,
        "rounds/cluster_detail.html",
        {
            "cluster": cluster,
            "items": items,
            "assessments": assessments,
            "form": ClusterForm(instance=cluster) if may_manage else None,
            "loose": _loose_items(cluster.round, "") if may_manage else [],
            "may_manage": may_manage,
            "is_member": is_member(request.user),
            "may_write": policy.may(request.user, "assessment.write") and cluster.round.is_open,
        },
    )


@require_POST
def cluster_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a cluster, bring recommendations in or take them out, or dissolve it (``do`` says which)."""
    cluster = _cluster(request, pk)
    policy.require(request.user, "round.manage")
    do = request.POST.get("do", "rename")
    chosen = list(
        RoundItem.objects.visible_to(request.user).filter(
            round=cluster.round,
            pk__in=[value for value in request.POST.getlist("items") if value.isdecimal()],
        )
    )
    try:
        if do == "dissolve":
            rounds.dissolve(cluster, by=request.user)
            messages.success(request, _("The cluster is dissolved; its recommendations stand single."))
            return redirect("round_detail", cluster.round_id)
        if do in ("bring", "take"):
            if not chosen:
                raise rounds.NotPossible(_("Tick the recommendations first."))
            (rounds.move_items if do == "bring" else rounds.take_out)(cluster, items=chosen, by=request.user)
        else:
            form = ClusterForm(request.POST, instance=cluster)
            if not form.is_valid():
                raise rounds.NotPossible(" ".join(str(e) for errors in form.errors.values() for e in errors))
            rounds.rename_cluster(cluster, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
    except rounds.NotPossible as reason:
        messages.error(request, str(reason))
    return redirect("cluster_detail", pk)


def _managed(request: HttpRequest, pk: int) -> Round:
    policy.require(request.user, "round.manage")
    return get_object_or_404(Round.objects.visible_to(request.user), pk=pk)


def _cluster(request: HttpRequest, pk: int) -> Cluster:
    return get_object_or_404(
        Cluster.objects.visible_to(request.user).select_related(
            "round__cycle", "organisation", "assignee", "theme"
        ),
        pk=pk,
    )


def _with_texts(items: Iterable[RoundItem]) -> list[Any]:
    """The items, each with the ``text`` to show of its recommendation."""
    language = get_language() or "en"
    rows: list[Any] = list(items)
    for row in rows:
        row.text = preferred_text(row.recommendation, language)[0]
    return rows
