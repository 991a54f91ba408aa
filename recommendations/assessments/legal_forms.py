"""The forms of the legal-risk step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from recommendations.assessments.models import LegalCaution
from recommendations.catalogue.models import Theme
from recommendations.vocabulary import NAMED_OFFICIALS


class LegalReasonForm(forms.Form):
    """Why the risk can be taken, or why not."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class CautionForm(forms.Form):
    """A theme that gets the step."""

    code = forms.ChoiceField(label=gettext_lazy("Theme"))
    reason = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            choice for choice in caution_choices() if choice[0] not in _present()
        ]


def caution_choices() -> list[tuple[str, str]]:
    """What may get the step: naming officials, and every theme in words."""
    language = (get_language() or "en")[:2]
    themes = Theme.objects.filter(is_ignored=False)
    named = (NAMED_OFFICIALS, str(gettext_lazy("Whatever names an official")))
    return [named, *((theme.code, theme.name_in(language)) for theme in themes)]


def _present() -> set[str]:
    return set(LegalCaution.objects.values_list("code", flat=True))
