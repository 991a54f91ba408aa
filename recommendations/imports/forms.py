"""The form that takes a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from recommendations.catalogue.models import State


class ImportForm(forms.Form):
    """A table and the State it is about."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A table of recommendations, CSV or XLSX. Nothing is saved before you have seen the plan."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.tsv,.txt"}),
        allow_empty_file=True,
    )
    state = forms.ModelChoiceField(
        label=gettext_lazy("State under review"),
        queryset=State.objects.none(),
        required=False,
        empty_label=gettext_lazy("several, named in the column “state”"),
        help_text=gettext_lazy("A row about another State is then told as a problem."),
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        states = State.objects.visible_to(reader)
        followed = list(states.filter(is_followed=True)[:2])
        kwargs.setdefault("initial", {"state": followed[0] if len(followed) == 1 else None})
        super().__init__(*args, **kwargs)
        self.fields["state"].queryset = states  # type: ignore[attr-defined]
