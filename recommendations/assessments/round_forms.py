"""Forms of the coordinator's work: rounds, clusters, assignments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.assessments.models import Cluster, Round, RoundItem
from recommendations.catalogue.models import ReviewCycle
from recommendations.organisations.models import Organisation, User
from recommendations.web.fields import Day


class RoundForm(forms.ModelForm):
    """What a round is for, up to when evidence counts, and until when the work is due."""

    class Meta:
        model = Round
        fields = ("cycle", "title", "purpose", "cutoff_on", "deadline")
        widgets = {"cutoff_on": Day(), "deadline": Day()}
        help_texts = {
            "title": gettext_lazy("For example “Mid-term 2027”."),
            "cutoff_on": gettext_lazy("Evidence is considered up to this day."),
        }

    follow = forms.ChoiceField(
        label=gettext_lazy("Which recommendations"),
        choices=[
            ("all", gettext_lazy("All of the cycle")),
            ("supported", gettext_lazy("Those supported, wholly or in part")),
            ("noted", gettext_lazy("Those noted")),
        ],
        help_text=gettext_lazy("Noted recommendations are followed as fully as supported ones."),
    )
    carry_from = forms.ModelChoiceField(
        label=gettext_lazy("Take over clusters and assignments from"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=gettext_lazy("no earlier round"),
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = ReviewCycle.objects.visible_to(reader).filter(state__is_followed=True)
        self.fields["cycle"].required = True
        self.fields["carry_from"].queryset = Round.objects.visible_to(reader)

    def clean(self) -> dict[str, Any]:
        """A deadline lies after the cut-off date, and a title is used once for a State."""
        data = super().clean() or {}
        cutoff, deadline, cycle = data.get("cutoff_on"), data.get("deadline"), data.get("cycle")
        if cutoff and deadline and deadline < cutoff:
            self.add_error("deadline", _("The deadline cannot be before the evidence cut-off date."))
        if cycle and Round.objects.filter(state=cycle.state, title__iexact=data.get("title", "")).exists():
            self.add_error("title", _("There is a round of this title for this State already."))
        if cycle and not cycle.recommendations.exists():
            self.add_error("cycle", _("This cycle has no recommendations yet: import or record them first."))
        return data


class RoundEditForm(forms.ModelForm):
    """What of an open round may change; with it, recommendations recorded since may be followed as well."""

    class Meta:
        model = Round
        fields = ("title", "purpose", "cutoff_on", "deadline")
        widgets = RoundForm.Meta.widgets

    follow = forms.ChoiceField(
        label=gettext_lazy("Follow further recommendations of the cycle"),
        required=False,
        choices=[("", gettext_lazy("none")), *RoundForm.base_fields["follow"].choices],  # type: ignore[attr-defined]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.cycle is None:
            del self.fields["follow"]

    def clean(self) -> dict[str, Any]:
        """As for a new round."""
        data = super().clean() or {}
        cutoff, deadline = data.get("cutoff_on"), data.get("deadline")
        if cutoff and deadline and deadline < cutoff:
            self.add_error("deadline", _("The deadline cannot be before the evidence cut-off date."))
        others = Round.objects.filter(state=self.instance.state).exclude(pk=self.instance.pk)
        if others.filter(title__iexact=data.get("title", "")).exists():
            self.add_error("title", _("There is a round of this title for this State already."))
        return data


class ClusterForm(forms.ModelForm):
    """A cluster's title in three languages, and the recommendations it holds."""

    class Meta:
        model = Cluster
        fields = ("title", "title_ru", "title_kk")

    items = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Recommendations"),
        queryset=RoundItem.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one recommendation for the cluster.")},
    )

    def __init__(self, *args: Any, items: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if items is None:
            del self.fields["items"]
        else:
            self.fields["items"].queryset = items


class AssignForm(forms.Form):
    """To whom clusters or single recommendations are given, and until when; empty takes an assignment away."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), required=False
    )
    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Person"), queryset=User.objects.none(), required=False
    )
    due_on = forms.DateField(label=gettext_lazy("Until"), required=False, widget=Day())
    clusters = forms.ModelMultipleChoiceField(queryset=Cluster.objects.none(), required=False)
    items = forms.ModelMultipleChoiceField(queryset=RoundItem.objects.none(), required=False)

    def __init__(self, *args: Any, round_: Round, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.visible_to(reader)
        people = User.objects.visible_to(reader).filter(is_active=True).select_related("organisation")
        self.fields["assignee"].queryset = people.filter(is_editor=True) | people.filter(is_coordinator=True)
        self.fields["assignee"].label_from_instance = _person_with_organisation
        self.fields["clusters"].queryset = Cluster.objects.visible_to(reader).filter(round=round_)
        self.fields["items"].queryset = RoundItem.objects.visible_to(reader).filter(round=round_)

    def clean_due_on(self) -> Any:
        """Work is given out for the days to come."""
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day

    def clean(self) -> dict[str, Any]:
        """Something must be chosen to be given out."""
        data = super().clean() or {}
        if not self.errors and not data["clusters"] and not data["items"]:
            raise forms.ValidationError(_("Choose at least one cluster or recommendation in the table."))
        return data


def _person_with_organisation(person: User) -> str:
    organisation = person.organisation
    return f"{person.name} · {organisation.short_name}" if organisation else person.name
