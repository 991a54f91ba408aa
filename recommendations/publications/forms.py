"""Forms of a submission: to begin it, its settings and parts in the editor, a decision to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recommendations.catalogue.models import ReviewCycle
from recommendations.publications.models import Submission, SubmissionPart
from recommendations.vocabulary import SignOffKind
from recommendations.words.clean import clean_line, clean_text

LONGEST = 60_000  # characters of one part


class StartForm(forms.ModelForm):
    """What is needed to begin."""

    cycle = forms.ModelChoiceField(
        ReviewCycle.objects.none(), label=_("Review cycle"), to_field_name="key", empty_label=None
    )

    class Meta:
        model = Submission
        fields = ("title", "is_joint", "language")

    field_order = ("cycle", "title", "is_joint", "language")

    def __init__(self, *args: Any, cycles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = cycles  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["title"])


class SettingsForm(forms.ModelForm):
    """The submission's settings, with the revision that the person saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Submission
        fields = ("title", "is_joint", "language", "word_limit", "contact")
        help_texts = {
            "word_limit": _("Leave empty for the limit of the cycle. Check OHCHR's current guidelines."),
            "contact": _("How OHCHR reaches you. It becomes public with the submission."),
        }

    def clean_title(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["title"])


class PartForm(forms.Form):
    """One part: heading, text, its place, and whether it goes."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=999)
    heading = forms.CharField(label=_("Heading"), max_length=300, required=False)
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea(attrs={"rows": 10}), required=False, max_length=LONGEST
    )
    remove = forms.BooleanField(label=_("Remove this part"), required=False)

    def clean_heading(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["heading"])

    def clean_text(self) -> str:
        """Without control characters."""
        return clean_text(self.cleaned_data["text"])


def part_forms(parts: Iterable[SubmissionPart], data: Any = None) -> list[PartForm]:
    """A form for each part, and an empty one for the next."""
    rows = list(parts)
    initial: list[dict[str, Any]] = [
        {"pk": part.pk, "place": place, "heading": part.heading, "text": part.text}
        for place, part in enumerate(rows, start=1)
    ]
    initial.append({"place": len(rows) + 1})
    return [PartForm(data, prefix=f"part-{first.get('pk', 'new')}", initial=first) for first in initial]


def given_parts(found: list[PartForm]) -> list[dict[str, Any]]:
    """What valid forms say, in the order of their places; those to be removed are left out."""
    rows = [form.cleaned_data for form in found if not form.cleaned_data["remove"]]
    return sorted(rows, key=lambda row: row["place"])


class SignForm(forms.Form):
    """What an organisation decided."""

    kind = forms.ChoiceField(label=_("Decision"), choices=SignOffKind.choices)
    reservation = forms.CharField(
        label=_("Reservation"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    decided_by = forms.CharField(
        label=_("Who decided, where it came by mail or telephone"), required=False, max_length=150
    )
