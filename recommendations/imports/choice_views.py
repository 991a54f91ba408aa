"""What a person decides about rows that may mean several recommendations."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from recommendations.imports import runs
from recommendations.imports.choosing import choose
from recommendations.imports.views import at_once, run_for


@require_POST
def import_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the choices, from fields such as ``choice-12=KAZ-2-124.26`` and ``other-12``, and make the plan anew."""
    run = run_for(request, pk)
    chosen: dict[int, str] = {}
    for name, value in request.POST.items():
        kind, _sign, number = name.partition("-")
        value = str(value).strip()
        if kind not in ("choice", "other") or not value:
            continue
        if number.isascii() and number.isdecimal() and len(number) < 19:
            # What is typed counts more than what is ticked above it.
            chosen[int(number)] = value if kind == "other" else chosen.get(int(number), value)
    try:
        count = choose(run, chosen=chosen, everything=request.POST.get("everything", ""), by=request.user)
        if count:
            at_once(run)
    except runs.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        message = ngettext("%(count)s choice is kept.", "%(count)s choices are kept.", count)
        messages.success(request, message % {"count": count})
    return redirect("import_detail", pk)
