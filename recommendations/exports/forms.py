"""The form of a summary: of which round, for whom, in which format and language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recommendations.assessments.models import Round
from recommendations.exports.renderers import FORMATS
from recommendations.exports.services import refusal
from recommendations.vocabulary import Audience, Language


class SummaryForm(forms.Form):
    """What to export of a cycle."""

    round = forms.ModelChoiceField(label=_("Round"), queryset=Round.objects.none(), required=False)
    audience = forms.ChoiceField(
        label=_("For whom"),
        choices=Audience.choices,
        help_text=_(
            "It holds what this audience may see, whoever makes it. Restricted evidence is in neither."
        ),
    )
    format = forms.ChoiceField(label=_("Format"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, *args: Any, rounds: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["round"].required = rounds.exists()
        if rounds.exists():
            self.fields["round"].empty_label = None
        self.fields["format"].choices = [(entry.code, entry.label) for entry in FORMATS.values()]
        self.fields["audience"].choices = [
            choice for choice in Audience.choices if refusal(person, choice[0]) is None
        ]
