"""The list of recommendations: filters with counts, search, sorting, paging; the address reproduces the view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recommendations.access import policy
from recommendations.assessments.models import Round
from recommendations.assessments.rounds import NotPossible, make_cluster
from recommendations.catalogue.models import Recommendation, ReferenceAlias
from recommendations.overview.facets import Facet, facets, labels_of
from recommendations.overview.filters import RecommendationFilter
from recommendations.overview.rows import SORTS, Terms, in_order, rows_of, with_reasons
from recommendations.overview.search import best_first
from recommendations.web.pages import paged, render_page
from recommendations.web.queries import changed_query, number_in, without


@dataclass(frozen=True)
class Heading:
    """A column of the table: its words, and the address that sorts by it."""

    name: str
    words: Any
    url: str
    sorted: str  # "ascending", "descending" or nothing
    number: bool = False


HEADINGS = (
    ("reference", gettext_lazy("Recommendation"), False),
    ("position", gettext_lazy("Position"), False),
    ("rating", gettext_lazy("Rating"), False),
    ("evidence", gettext_lazy("Evidence"), True),
    ("freshness", gettext_lazy("Assessed up to"), False),
)


def selection_of(request: HttpRequest) -> RecommendationFilter:
    """The selection that an address asks for, for the person who asks: page and exports start here."""
    asked = number_in(request.GET.get("round", ""))
    round_ = Round.objects.visible_to(request.user).filter(pk=asked).first() if asked else None
    return RecommendationFilter(request.GET, reader=request.user, round_=round_)


def sort_of(request: HttpRequest) -> str:
    """The sort key of the address, when it is one of ours."""
    asked = request.GET.get("sort", "")
    return asked if asked.lstrip("-") in SORTS else ""


@cache
def detail_pages() -> str:
    """Where the pages of recommendations lie; a reference is made of signs that stand in an address as they are."""
    return reverse("recommendation_detail", args=["KAZ-2-1"]).removesuffix("KAZ-2-1/")


@require_safe
def recommendation_list(request: HttpRequest) -> HttpResponse:
    """Recommendations by what was asked, what was answered and how the work stands."""
    policy.require(request.user, "content.read")
    found = by_reference(request)
    if found:
        return redirect("recommendation_detail", found)
    selection = selection_of(request)
    sort = sort_of(request)
    rows = selection.rows()
    total = selection.count()
    counted = facets(selection, all_of=request.GET.get("all", ""), total=total)
    # Only keys are put in order over the whole selection; the page's rows are read by their keys.
    ranked = "q" in selection.chosen and not sort
    rows = best_first(rows, total) if ranked else in_order(rows, sort, selection.scope)
    pager = paged(request, rows.values_list("pk", flat=True), count=total)
    terms = Terms(get_language() or "en", selection.stamp)
    lines = rows_of(list(pager.items), selection.scope, terms=terms, lists=False)
    if "q" in selection.chosen:
        lines = with_reasons(lines, selection.chosen["q"])
    chips = [
        {"name": label, "value": words, "url": without(request.GET, name, value)}
        for name, label, value, words in labels_of(selection, counted)
    ]
    return render_page(
        request,
        "overview/recommendation_list.html",
        "overview/_recommendations.html",
        {
            "pager": pager,
            "rows": lines,
            "total": total,
            "facets": _facets_html(get_language(), request.GET.urlencode(), tuple(counted)),
            "detail_pages": detail_pages(),
            "chips": chips,
            "sheets_url": _sheets_url(selection),
            "clear_url": request.path,
            "headings": _headings(request, sort),
            "q": request.GET.get("q", ""),
            "sort": sort,
            "round": selection.scope.round,
            "rounds": Round.objects.visible_to(request.user).select_related("cycle"),
            "formats": [
                (kind.upper(), changed_query(request.GET, format=kind)) for kind in ("xlsx", "csv", "json")
            ],
            "may_record": policy.may(request.user, "recommendation.record"),
            "may_import": policy.may(request.user, "import.run"),
            "may_cluster": policy.may(request.user, "round.manage"),
            "open_rounds": Round.objects.visible_to(request.user).filter(closed_on=None)
            if policy.may(request.user, "round.manage")
            else [],
            "nothing_at_all": not total
            and not selection.chosen
            and not Recommendation.objects.visible_to(request.user).exists(),
        },
    )


def _sheets_url(selection: RecommendationFilter) -> str:
    """Where the sheets for recommending States are, once a State is chosen and one cycle; else nowhere."""
    cycles = selection.chosen.get("cycle", [])
    if "recommending" not in selection.chosen or len(cycles) != 1:
        return ""
    return reverse("state_sheets", args=cycles)


@lru_cache(maxsize=500)
def _facets_html(language: str | None, query: str, found: tuple[Facet, ...]) -> SafeString:
    """The counts beside the filters as the page shows them: the same counts are rendered once."""
    asked = QueryDict(query)
    shown = [(facet, changed_query(asked, all=facet.name) if facet.more else "") for facet in found]
    return render_to_string("overview/_facets.html", {"facets": shown})


@require_POST
def cluster_from_selection(request: HttpRequest) -> HttpResponse:
    """Make a cluster of the selection's recommendations that the chosen round follows."""
    policy.require(request.user, "round.manage")
    asked = number_in(request.POST.get("into", ""))
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=asked)
    selected = selection_of(request).rows().values("pk")
    items = list(round_.items.filter(recommendation__in=selected))
    title = request.POST.get("title", "").strip()[:200]
    try:
        if not title:
            raise NotPossible(_("Give the cluster a title."))
        cluster = make_cluster(round_, title=title, items=items, by=request.user)
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect(f"{reverse('recommendation_list')}{changed_query(request.GET)}")
    messages.success(request, _("The cluster is made."))
    return redirect("cluster_detail", cluster.pk)


def by_reference(request: HttpRequest) -> str:
    """The reference, when what was searched for is one (also an old one): people say them on the telephone."""
    asked = request.GET.get("q", "").strip().upper().replace(" ", "")
    if not 7 < len(asked) < 40 or "-" not in asked or request.GET.keys() - {"q"}:
        return ""
    found = Recommendation.objects.visible_to(request.user).filter(reference__iexact=asked)
    old = ReferenceAlias.objects.filter(
        reference__iexact=asked, recommendation__in=Recommendation.objects.visible_to(request.user)
    )
    return (
        found.values_list("reference", flat=True).first()
        or old.values_list("recommendation__reference", flat=True).first()
        or ""
    )


def _headings(request: HttpRequest, sort: str) -> list[Heading]:
    current, backwards = (sort or "reference").lstrip("-"), sort.startswith("-")
    headings = []
    for name, words, number in HEADINGS:
        is_sorted = name == current and ("q" not in request.GET or bool(sort))
        headings.append(
            Heading(
                name=name,
                words=words,
                url=changed_query(request.GET, sort=f"-{name}" if is_sorted and not backwards else name),
                sorted=("descending" if backwards else "ascending") if is_sorted else "",
                number=number,
            )
        )
    return headings
