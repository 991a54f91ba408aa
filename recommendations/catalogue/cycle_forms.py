"""Forms of review cycles and their milestones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.catalogue.calendar import Proposal
from recommendations.catalogue.fields import StatesField, names_of
from recommendations.catalogue.models import Milestone, ReviewCycle, State
from recommendations.vocabulary import MilestoneKind
from recommendations.web.fields import DayField


class CycleForm(forms.Form):
    """A cycle's session, dates, decision, troika and the UN's totals; for a new one also State and number."""

    state = forms.ModelChoiceField(label=gettext_lazy("State under review"), queryset=State.objects.none())
    number = forms.IntegerField(label=gettext_lazy("Cycle"), min_value=1, max_value=99)
    session = forms.IntegerField(label=gettext_lazy("Session"), required=False, min_value=1, max_value=999)
    review_on = DayField(label=gettext_lazy("Review"), required=False)
    adopted_on = DayField(label=gettext_lazy("Adoption"), required=False)
    decision = forms.CharField(label=gettext_lazy("Decision"), required=False, max_length=40)
    troika = StatesField(
        label=gettext_lazy("Troika"), required=False, help_text=gettext_lazy("Separated by semicolons.")
    )
    un_received = forms.IntegerField(
        label=gettext_lazy("Received (UN)"), required=False, min_value=0, max_value=9999
    )
    un_supported = forms.IntegerField(
        label=gettext_lazy("Supported (UN)"), required=False, min_value=0, max_value=9999
    )
    un_noted = forms.IntegerField(
        label=gettext_lazy("Noted (UN)"), required=False, min_value=0, max_value=9999
    )
    un_note = forms.CharField(
        label=gettext_lazy("Note on the UN's totals"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words_alone = forms.IntegerField(
        label=gettext_lazy("Words of a submission, alone"), min_value=1, max_value=100_000, initial=2815
    )
    words_jointly = forms.IntegerField(
        label=gettext_lazy("Words of a submission, jointly"),
        min_value=1,
        max_value=100_000,
        initial=5630,
        help_text=gettext_lazy("From the third cycle's guidelines: check OHCHR's current ones."),
    )
    with_usual_dates = forms.BooleanField(
        label=gettext_lazy("Add the usual milestones, as estimates around the review"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, reader: Any, cycle: ReviewCycle | None = None, **kwargs: Any) -> None:
        if cycle is not None:
            kwargs.setdefault("initial", values_of(cycle))
        super().__init__(*args, **kwargs)
        if cycle is not None:
            for name in ("state", "number", "with_usual_dates"):
                del self.fields[name]
        else:
            self.fields["state"].queryset = State.objects.visible_to(reader)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The adoption comes after the review; the usual dates need one."""
        data = super().clean() or {}
        review, adoption = data.get("review_on"), data.get("adopted_on")
        if review and adoption and adoption <= review:
            self.add_error("adopted_on", _("The adoption comes after the review."))
        return data


class MilestoneForm(forms.Form):
    """A dated event; one that exists keeps its kind and asks why its date moves."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=MilestoneKind.choices)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: the words of its kind."),
    )
    on = DayField(label=gettext_lazy("Date"))
    is_estimate = forms.BooleanField(label=gettext_lazy("This date is an estimate"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the date moves"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stays in the history, with your name."),
    )
    move_estimates = forms.BooleanField(
        label=gettext_lazy("Move the cycle's other estimated dates by as many days"), required=False
    )

    def __init__(
        self, *args: Any, milestone: Milestone | None = None, moved_to: str = "", **kwargs: Any
    ) -> None:
        if milestone is not None:
            held = {name: getattr(milestone, name) for name in ("title", "on", "is_estimate", "note")}
            if moved_to:
                # A link that proposes the move, as when the cycle's record and its calendar differ.
                held |= {"on": moved_to, "move_estimates": True, "is_estimate": False}
            kwargs.setdefault("initial", held)
        super().__init__(*args, **kwargs)
        for name in ("kind",) if milestone is not None else ("reason", "move_estimates"):
            del self.fields[name]
        self.milestone = milestone

    def clean(self) -> dict[str, Any]:
        """A move needs its reason."""
        data = super().clean() or {}
        milestone = self.milestone
        if milestone is not None and data.get("on") not in (None, milestone.on) and not data.get("reason"):
            self.add_error("reason", _("Say why the date moves, please: it stays in the history."))
        return data


def values_of(cycle: ReviewCycle) -> dict[str, Any]:
    """What the form of a cycle holds at first."""
    names = (
        "review_on",
        "adopted_on",
        "decision",
        "un_received",
        "un_supported",
        "un_noted",
        "un_note",
        "words_alone",
        "words_jointly",
    )
    return {name: getattr(cycle, name) for name in names} | {
        "session": cycle.session.number if cycle.session else None,
        "troika": names_of(cycle.troika.all()),
    }


class ProposalForm(forms.Form):
    """One milestone that a cycle lacks: whether to add it, and on which day. Its prefix is the milestone's kind."""

    chosen = forms.BooleanField(required=False)
    on = DayField()

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        # What lies behind is rarely worth recording now.
        initial = {"chosen": proposal.on >= timezone.localdate(), "on": proposal.on}
        kwargs |= {"prefix": proposal.kind.value, "initial": initial}
        super().__init__(*args, **kwargs)
        self.proposal = proposal
        words = {"milestone": proposal.kind.label}
        self.fields["chosen"].label = proposal.kind.label
        self.fields["on"].label = _("Date: %(milestone)s") % words
