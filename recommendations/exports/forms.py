"""The forms of a summary and of a filled matrix: of which round, for whom, in which format and language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recommendations.assessments.models import Round
from recommendations.catalogue.models import SourceFile
from recommendations.documents.renderers import FORMATS
from recommendations.exports.services import refusal
from recommendations.vocabulary import Audience, Language

ANEW = "anew"


class _ExportForm(forms.Form):
    """Of which round, for whom, in which language."""

    round = forms.ModelChoiceField(label=_("Round"), queryset=Round.objects.none(), required=False)
    audience = forms.ChoiceField(
        label=_("For whom"),
        choices=Audience.choices,
        help_text=_(
            "It holds what this audience may see, whoever makes it. Restricted evidence is in neither."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, *args: Any, rounds: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["round"].required = rounds.exists()
        self.fields["round"].empty_label = None if rounds.exists() else _("There is no round yet")
        self.fields["audience"].choices = [
            choice for choice in Audience.choices if refusal(person, choice[0]) is None
        ]


class SummaryForm(_ExportForm):
    """What to export of a cycle."""

    format = forms.ChoiceField(label=_("Format"))
    field_order = ("round", "audience", "format", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [(entry.code, entry.label) for entry in FORMATS.values()]


class MatrixForm(_ExportForm):
    """Which list to fill in, and with what."""

    source = forms.ChoiceField(
        label=_("List"),
        help_text=_(
            "A list that was imported comes back as OHCHR made it: only the cells of its last column are filled in."
        ),
    )
    field_order = ("source", "round", "audience", "language")

    def __init__(self, *args: Any, lists: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lists = {str(file.pk): file for file in lists}
        self.fields["source"].choices = [
            *((value, file.name) for value, file in self._lists.items()),
            (ANEW, _("Built anew, in the layout of OHCHR's list")),
        ]

    def clean_source(self) -> SourceFile | None:
        """The list's file; none for one built anew."""
        return self._lists.get(self.cleaned_data["source"])
