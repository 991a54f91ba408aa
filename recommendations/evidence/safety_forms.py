"""The forms of what endangers people: protected sources, who can be recognised in an item, consent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from recommendations.evidence.forms import people_field
from recommendations.evidence.link_forms import helper
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import ProtectedSource
from recommendations.evidence.recording import NotRight
from recommendations.organisations.models import User
from recommendations.vocabulary import ConsentUse, RiskLevel
from recommendations.web.fields import DayField


class _Form(forms.Form):
    """What all of them share: problems that the rules found are shown at their fields."""

    def take(self, problem: NotRight) -> None:
        """Show each problem at its field, or above the form."""
        for field, sentence in problem.problems.items():
            self.add_error(field if field in self.fields else None, sentence)


class SourceForm(_Form):
    """A protected source: her pseudonym for all, who she is for the people named."""

    pseudonym = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        max_length=80,
        help_text=gettext_lazy("What everybody reads instead of the name. It must say nothing about her."),
    )
    risk = forms.ChoiceField(
        label=gettext_lazy("Risk if she is known"),
        choices=RiskLevel.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "At a high risk everything she can be recognised in leaves all exports and public pages at once."
        ),
    )
    identity = forms.CharField(
        label=gettext_lazy("Who it is"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only the people named below read it, nobody else of your organisation."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, person: User, source: ProtectedSource | None = None, **kwargs: Any
    ) -> None:
        if source is not None:
            kwargs["initial"] = {
                "pseudonym": source.pseudonym,
                "risk": source.risk,
                "identity": source.identity.identity,
                "notes": source.identity.notes,
                "named_people": list(source.named_people.all()),
            }
        super().__init__(*args, **kwargs)
        self.fields["named_people"] = people_field(person, beside=None)
        self.fields["named_people"].label = gettext_lazy("Who may know who it is")
        self.fields["named_people"].help_text = gettext_lazy("They read who it is and the notes.")
        self.helper = helper("pseudonym", "risk", "identity", "notes", "named_people")


class _Consent(_Form):
    """What somebody agreed to."""

    uses = forms.MultipleChoiceField(
        label=gettext_lazy("She agrees to"),
        choices=ConsentUse.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    given_on = DayField(label=gettext_lazy("Given on"), required=False)
    until = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The last day. Afterwards the item is withheld by itself. Empty: no end."),
    )
    note = forms.CharField(
        label=gettext_lazy("How it was given"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Signed, spoken in whose presence, by message. No name here."),
    )

    def consent(self) -> dict[str, Any]:
        """What recording takes."""
        data = self.cleaned_data
        return {
            "uses": data["uses"],
            "given_on": data["given_on"] or timezone.localdate(),
            "until": data["until"],
            "note": data["note"],
        }


class PersonForm(_Consent):
    """Somebody who can be recognised in an item, with her consent where she gave it."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("A protected source"), queryset=ProtectedSource.objects.none(), required=False
    )
    pseudonym = forms.CharField(
        label=gettext_lazy("Or another person, by a pseudonym"), max_length=80, required=False
    )

    def __init__(self, *args: Any, person: User, evidence: Evidence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = ProtectedSource.objects.visible_to(person).exclude(appearances__evidence=evidence)
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]
        self.fields["source"].empty_label = gettext_lazy("None of them")  # type: ignore[attr-defined]
        self.helper = helper("source", "pseudonym", "uses", "given_on", "until", "note")


class ConsentForm(_Consent):
    """A consent of somebody who stands with an item already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("uses", "given_on", "until", "note")


class WithdrawalForm(_Form):
    """That a consent was withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Why, or what the person said"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("reason")
