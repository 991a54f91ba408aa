"""The page that tells colleagues what a frozen account opened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.dashboard.reach import LATELY, reach_of
from recommendations.organisations.models import Freeze, User


@never_cache
@require_safe
def person_reach(request: HttpRequest, pk: int) -> HttpResponse:
    """What she could open and what she took lately; only of a person whose account is frozen."""
    policy.require(request.user, "colleague.freeze")
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    frozen = get_object_or_404(
        Freeze.objects.visible_to(request.user).exclude(frozen_at=None), person=person, thawed_at=None
    )
    context = {
        "person": person,
        "frozen": frozen,
        "reach": reach_of(person, reader=request.user, now=timezone.now()),
        "days": LATELY.days,
    }
    return render(request, "dashboard/person_reach.html", context)
