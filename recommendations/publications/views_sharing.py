"""Pages of share links: one's own with how often each was opened, making and ending one, and what a link opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from recommendations.access import policy
from recommendations.publications import sharing, views_editions
from recommendations.publications.models_editions import Edition
from recommendations.publications.models_sharing import ShareLink
from recommendations.vocabulary import Audience
from recommendations.workflow.engine import Refused


class LinkForm(forms.Form):
    """For how long, and what it is for."""

    days = forms.IntegerField(
        label=gettext_lazy("Days until it expires"), min_value=1, max_value=sharing.MOST_DAYS
    )
    note = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("For you alone, so that you know which to end. Name nobody who is at risk."),
    )


@never_cache
@require_safe
def link_list(request: HttpRequest) -> HttpResponse:
    """One's own links; the address of one just made is shown once."""
    policy.require(request.user, "link.share")
    links = ShareLink.objects.visible_to(request.user).select_related("edition")
    context = {"links": links, "made": request.session.pop("link_made", "")}
    return render(request, "publications/link_list.html", context)


@require_POST
def link_make(request: HttpRequest, key: str) -> HttpResponse:
    """A new link to an edition."""
    policy.require(request.user, "link.share")
    edition = get_object_or_404(Edition.objects.visible_to(request.user), key=key)
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(one) for rows in form.errors.values() for one in rows))
        return redirect("edition_detail", key)
    try:
        _link, token = sharing.make_link(edition, by=request.user, **form.cleaned_data)
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("edition_detail", key)
    request.session["link_made"] = settings.SITE_URL + reverse("shared", args=[token])
    return redirect("link_list")


@require_POST
def link_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The address answers nobody any more."""
    policy.require(request.user, "link.share")
    link = get_object_or_404(ShareLink.objects.visible_to(request.user), pk=pk)
    sharing.end_link(link, by=request.user)
    messages.success(request, _("The address answers nobody any more."))
    return redirect("link_list")


def _link(token: str) -> ShareLink:
    link = sharing.link_of(token)
    if link is None:
        raise Http404
    return link


def _quietly(response: Any) -> Any:
    """Tell no other site where the reader comes from, no search engine and no cache that there is anything."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens: the edition as the public may see it, with its files."""
    link = _link(token)
    context = views_editions.context_of(link.edition, Audience.PUBLIC, token=token, base="base.html")
    if not context["no_longer"]:
        sharing.opened(link, what="page")
    return _quietly(render(request, "publications/shared.html", context))


@login_not_required
@require_safe
def shared_file(request: HttpRequest, token: str, language: str, format: str) -> HttpResponseBase:
    """A file of the edition that the link opens."""
    link = _link(token)
    response = views_editions.answer_with_file(link.edition, language, format)
    if response.status_code == 200:
        sharing.opened(link, what=f"{language}.{format}")
    return _quietly(response)
