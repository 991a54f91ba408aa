"""The form that takes a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.catalogue.models import State
from recommendations.formats import readers


class ImportForm(forms.Form):
    """A file, the State it is about, and its format where the content should not decide."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A file of the UN's or UPR Info's as you fetched it, or our template filled in. Nothing is saved before "
            "you have seen the plan."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.docx,.pdf,.json"}),
        allow_empty_file=True,
    )
    state = forms.ModelChoiceField(
        label=gettext_lazy("State under review"),
        queryset=State.objects.none(),
        required=False,
        empty_label=gettext_lazy("several, named in the column “state”"),
        help_text=gettext_lazy(
            "Of a file on all States only the rows about this one are taken; in our table a row about another is told "
            "as a problem."
        ),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        help_text=gettext_lazy("Choose one only where the file is taken for something else."),
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        states = State.objects.visible_to(reader)
        followed = list(states.filter(is_followed=True)[:2])
        kwargs.setdefault("initial", {"state": followed[0] if len(followed) == 1 else None})
        super().__init__(*args, **kwargs)
        self.fields["state"].queryset = states  # type: ignore[attr-defined]
        self.fields["format"].choices = [  # type: ignore[attr-defined]
            ("", _("recognised from the content")),
            *readers.choices(),
        ]
