"""The two forms of work in the field: what to download, and the file that came back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Language

MOST_MB = 20


class SheetForm(forms.Form):
    """For which organisation, and in which language."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("For which organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of headings and lists"), choices=Language.choices
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """The file that came back."""

    file = forms.FileField(
        label=gettext_lazy("The filled-in file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=gettext_lazy("You see what it changes before anything is saved."),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """Not more than a sheet can hold."""
        file = self.cleaned_data["file"]
        if file.size > MOST_MB * 1024 * 1024:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB: no sheet of this kind is.") % {"most": MOST_MB}
            )
        if not file.size:
            raise forms.ValidationError(_("The file is empty."))
        return file
