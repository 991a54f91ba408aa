"""Reading evidence: the list, one item, its files."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.audit.history import history_of
from recommendations.evidence import copies, custody, picking, web_sources
from recommendations.evidence.filters import SORTS, Narrowed, chips
from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.evidence.pages import panels_for
from recommendations.evidence.showing import (
    access_words,
    actions_for,
    facts_of,
    in_groups,
    kind_words,
    may_be_changed,
)
from recommendations.web.pages import paged, render_page
from recommendations.web.queries import changed_query


@require_safe
def evidence_list(request: HttpRequest) -> HttpResponse:
    """The items that the reader may see, narrowed by filters."""
    policy.require(request.user, "content.read")
    visible = Evidence.objects.visible_to(request.user)
    narrowed = Narrowed(request.GET, visible)
    sort = request.GET.get("sort", "")
    order = SORTS[sort if sort in SORTS else "-number"]
    rows = narrowed.rows.select_related("source", "organisation").order_by(*order)
    pager = paged(request, rows)
    counted = {
        pk: (links, files)
        for pk, links, files in Evidence.objects.filter(pk__in=[row.pk for row in pager.items])
        .annotate(link_count=Count("links", distinct=True), file_count=Count("files", distinct=True))
        .values_list("pk", "link_count", "file_count")
    }
    facets = narrowed.facets()
    context = {
        "rows": [(row, *counted[row.pk]) for row in pager.items],
        "pager": pager,
        "facets": facets,
        "chips": chips(request.GET, facets),
        "clear_url": changed_query(request.GET, **dict.fromkeys(("q", *narrowed.words))),
        "q": request.GET.get("q", ""),
        "sort": sort,
        "headings": _headings(request, sort),
        "nothing_at_all": not pager.total and not visible.exists(),
        "may_add": policy.may(request.user, "evidence.add"),
    }
    return render_page(request, "evidence/evidence_list.html", "evidence/_evidence.html", context)


def _headings(request: HttpRequest, sort: str) -> list[dict[str, Any]]:
    """The column titles, each a link that sorts by it, once more the other way round."""
    made = []
    for key, words, number in (
        ("number", _("Evidence"), False),
        ("date", _("Facts of"), False),
        ("", _("Check"), False),
        ("", _("Recommendations"), True),
        ("", _("Files"), True),
        ("", _("Who may see it"), False),
    ):
        current = sort or "-number"
        state = {key: "ascending", f"-{key}": "descending"}.get(current, "") if key else ""
        turned = key if state == "descending" else f"-{key}"
        made.append(
            {
                "words": words,
                "number": number,
                "sorted": state,
                "url": changed_query(request.GET, sort=turned) if key else "",
            }
        )
    return made


@require_safe
def evidence_suggest(request: HttpRequest) -> HttpResponse:
    """The recommendations that what was typed may mean, to be ticked."""
    policy.require(request.user, "evidence.add")
    found = picking.suggestions(
        request.GET.get("references", ""), reader=request.user, chosen=request.GET.getlist("pick")
    )
    return render(request, "evidence/_suggestions.html", {"suggestions": found})


@require_safe
def evidence_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One item: what it is, where it comes from, its files, what it shows, and what was done with it."""
    policy.require(request.user, "content.read")
    rows = Evidence.objects.select_related("source", "organisation", "added_by", "checked_by")
    evidence = get_object_or_404(rows.visible_to(request.user), number=number)
    member = is_member(request.user)
    changeable = may_be_changed(evidence, request.user)
    links = list(
        EvidenceLink.objects.visible_to(request.user)
        .filter(evidence=evidence)
        .select_related("recommendation", "demand", "linked_by")
        .prefetch_related("recommendation__texts", "demand__texts")
        .order_by("recommendation__reference", "demand__letter")
    )
    for link in links:
        # The page knows the item: without this each link would read it again.
        link.evidence = evidence
        link.shown_text = picking.text_of(picking.Target(link.recommendation, link.demand))  # type: ignore[attr-defined]
    files = copies.given(evidence.files.select_related("received_by"), request.user)
    custody.note_view(evidence, by=request.user)
    context = {
        "evidence": evidence,
        "member": member,
        "facts": facts_of(evidence),
        "access": access_words(evidence, request.user),
        "files": [(one, kind_words(one.file.mime)) for one in files],
        "may_fetch": web_sources.refusal_to_fetch(evidence, by=request.user) is None,
        "others_get_copies": any(one.original for one in files),
        "groups": in_groups(links, person=request.user),
        "links": links,
        "actions": actions_for(evidence, request.user) if policy.may(request.user, "evidence.add") else [],
        "may_add": policy.may(request.user, "evidence.add"),
        "changeable": changeable,
        "panels": panels_for(evidence, request.user),
        # Who opened which file is for those in whose hands the item is.
        "history": history_of(evidence, without=() if changeable else custody.LOOKING) if member else [],
    }
    return render(request, "evidence/evidence_detail.html", context)
