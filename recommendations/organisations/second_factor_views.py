"""The three steps to a second factor, the page about one's ways in, and the recovery codes."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from recommendations.organisations import confirming, second_factor
from recommendations.organisations.second_factor_forms import KeptForm


def passkeys_work_here(request: HttpRequest) -> bool:
    """Passkeys belong to a name: under a bare number such as 127.0.0.1 browsers make none."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first step: what a second factor is, and which one to choose. Who has one goes on where she left off."""
    if second_factor.factors_of(request.user):
        codes = second_factor.codes_of(request.user)
        return redirect("mfa_index" if second_factor.codes_kept(codes) else "mfa_view_recovery_codes")
    return render(
        request,
        "mfa/start.html",
        {
            "demanded": second_factor.demanded_of(request.user),
            "passkeys_work_here": passkeys_work_here(request),
        },
    )


@require_safe
def ways_in(request: HttpRequest) -> HttpResponse:
    """By what this person signs in: password, apps and passkeys, recovery codes."""
    factors = second_factor.factors_of(request.user)
    codes = second_factor.codes_of(request.user)
    context = {
        "app": next((factor for factor in factors if factor.type == factor.Type.TOTP), None),
        "keys": [factor for factor in factors if factor.type == factor.Type.WEBAUTHN],
        "codes": codes,
        "codes_kept": second_factor.codes_kept(codes),
        "left": second_factor.codes_left(codes),
        "demanded": second_factor.demanded_of(request.user),
        "passkeys_work_here": passkeys_work_here(request),
    }
    return render(request, "mfa/index.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, until she says that she wrote them down; later only how many are left."""
    person: Any = request.user
    found = second_factor.codes_of(person)
    if found is None:
        return redirect("second_factor")
    if second_factor.codes_kept(found):
        return render(request, "mfa/recovery_codes/kept.html", {"left": second_factor.codes_left(found)})
    confirming.demand_for_factors(request)
    form = KeptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        second_factor.keep_codes(person, by=person)
        messages.success(request, _("Done. From now on you sign in with two proofs."))
        return redirect("my_work")
    return render(
        request,
        "mfa/recovery_codes/index.html",
        {"form": form, "unused_codes": _in_groups(found)},
        status=422 if form.errors else 200,
    )


@never_cache
@require_safe
def codes_file(request: HttpRequest) -> HttpResponse:
    """The codes as a text file, while they are still shown."""
    found = second_factor.codes_of(request.user)
    if found is None or second_factor.codes_kept(found):
        raise Http404(_("These codes are no longer shown. Make new ones if you need them."))
    confirming.demand_for_factors(request)
    return HttpResponse(
        "\n".join(_in_groups(found)) + "\n",
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="codes.txt"'},
    )


def _in_groups(found: Any) -> list[str]:
    return [f"{code[:4]} {code[4:]}" for code in found.wrap().get_unused_codes()]
