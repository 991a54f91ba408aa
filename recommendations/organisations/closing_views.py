"""One confirmed page that closes the site to the outside, and on which two people open it again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from recommendations.access import policy
from recommendations.organisations import closing, confirming
from recommendations.organisations.errors import NotPossible


class CloseForm(forms.Form):
    """Why, where there is time to say it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("May be left empty. It stays in the log."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def site_close(request: HttpRequest) -> HttpResponse:
    """What closing does, the button, and afterwards who closed it; the answer to it is the last of the session."""
    policy.require(request.user, "site.close" if request.method == "POST" else "site.reopen")
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirming.demand(request)
        count = closing.close(by=request.user, **form.cleaned_data)
        logout(request)
        return render(request, "organisations/site_closed.html", {"count": count})
    context = {
        "form": form,
        "state": closing.state(),
        "may_close": policy.may(request.user, "site.close"),
        "action": request.path,
    }
    return render(request, "organisations/site_close.html", context, status=422 if form.errors else 200)


@require_POST
def site_open(request: HttpRequest) -> HttpResponse:
    """This person's part in opening the site again."""
    policy.require(request.user, "site.reopen")
    confirming.demand(request)
    try:
        if closing.reopen(by=request.user):
            messages.success(request, _("The site is open again."))
        else:
            messages.success(request, _("A second person does the same on this page."))
    except NotPossible as reason:
        messages.warning(request, str(reason))
    return redirect("site_close")
