"""The page on which a cycle is opened from the one before it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recommendations.access import policy
from recommendations.assessments import succession
from recommendations.assessments.models import Round
from recommendations.catalogue.cycles import session_numbered
from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import ReviewCycle
from recommendations.web.fields import DayField


class NextCycleForm(forms.Form):
    """When the next review is, and what of the present work goes on towards it."""

    session = forms.IntegerField(label=gettext_lazy("Session"), required=False, min_value=1, max_value=999)
    review_on = DayField(
        label=gettext_lazy("Review"),
        required=False,
        help_text=gettext_lazy("Where only the session is known, its dates are reckoned from its first day."),
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Recommendations to follow on"), choices=list(succession.FOLLOWED.items())
    )
    carry_from = forms.ModelChoiceField(
        label=gettext_lazy("Take over clusters and assignments from"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=gettext_lazy("no earlier round"),
    )
    keep_people = forms.BooleanField(
        label=gettext_lazy("Keep the people in charge, too"), required=False, initial=True
    )
    title = forms.CharField(label=gettext_lazy("Title of the round"), max_length=200, required=False)

    def __init__(self, *args: Any, previous: ReviewCycle, reader: Any, **kwargs: Any) -> None:
        rounds = Round.objects.visible_to(reader).filter(cycle=previous).order_by("-opened_on", "-pk")
        title = _("Before the review of cycle %(number)s") % {"number": previous.number + 1}
        kwargs["initial"] = {"title": title, "carry_from": rounds.first()}
        super().__init__(*args, **kwargs)
        self.fields["carry_from"].queryset = rounds  # type: ignore[attr-defined]
        self.previous = previous

    def clean(self) -> dict[str, Any]:
        """A round needs a title of its own, and a day from which its dates are reckoned."""
        data = super().clean() or {}
        if data.get("which") == succession.NONE:
            return data
        title = data.get("title", "").strip()
        if not title:
            self.add_error("title", _("Give the round a title, or follow nothing on for now."))
        elif Round.objects.filter(state=self.previous.state, title__iexact=title).exists():
            self.add_error("title", _("There is a round of this title for this State already."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def cycle_next(request: HttpRequest, cycle: str) -> HttpResponse:
    """Open the next cycle: its dates, and the round in which the work goes on."""
    policy.require(request.user, "cycle.edit")
    policy.require(request.user, "round.manage")
    previous = get_object_or_404(
        ReviewCycle.objects.visible_to(request.user).select_related("state"), key=cycle
    )
    form = NextCycleForm(request.POST or None, previous=previous, reader=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        number = data.pop("session")
        try:
            with transaction.atomic():
                session = session_numbered(number) if number else None
                opened, round_ = succession.open_next_cycle(
                    previous, by=request.user, session=session, **data
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The cycle is open."))
            if round_ is not None:
                messages.success(request, _("The round “%(round)s” is open.") % {"round": round_.title})
            elif data["which"] != succession.NONE:
                words = _("No round was opened: no date is known yet, or nothing is there to follow.")
                messages.info(request, words)
            return redirect("cycle_calendar", opened.key)
    context = {"previous": previous, "number": previous.number + 1, "form": form}
    return render(request, "rounds/cycle_next.html", context, status=422 if form.errors else 200)
