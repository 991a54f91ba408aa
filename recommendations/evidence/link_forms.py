"""The forms of what an item shows: about which recommendations, and why."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.evidence.fields import ReferencesField
from recommendations.evidence.models import EvidenceLink
from recommendations.organisations.models import User
from recommendations.vocabulary import Shows

# Where what was found for the typed words is offered; htmx fills it while one types.
SUGGESTIONS = (
    '<div id="suggestions" aria-live="polite">'
    '{% include "evidence/_suggestions.html" with suggestions=suggestions only %}</div>'
)


def helper(*parts: Any) -> FormHelper:
    """A layout inside the page's own form element, which brings the token and the buttons."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.layout = Layout(*parts)
    return made


def add_link_fields(form: forms.Form, *, required: bool) -> None:
    """The fields that say what an item shows, about which recommendations, and why."""
    form.fields["references"] = ReferencesField(
        label=_("Recommendations"),
        required=False,
        help_text=_(
            "References divided by commas, such as KAZ-2-124.26; (b) behind one means its demand b. "
            "Or some words of the text, to choose from what is found."
        ),
    )
    form.fields["shows"] = forms.ChoiceField(
        label=_("What it shows"), required=required, choices=[("", _("Choose")), *Shows.choices]
    )
    form.fields["why"] = forms.CharField(
        label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    form.fields["passage"] = forms.CharField(label=_("Page or passage"), required=False, max_length=200)


def link_fieldset(legend: str) -> Fieldset:
    """The section of a form that says what the item shows."""
    return Fieldset(
        legend,
        "references",
        HTML(SUGGESTIONS),
        Div("shows", "passage", css_class="row"),
        "why",
    )


def clean_links(form: Any, cleaned: dict[str, Any]) -> None:
    """Understands the references, with the ticked suggestions, as ``cleaned["targets"]``."""
    ticked = form.data.getlist("pick") if hasattr(form.data, "getlist") else []
    try:
        cleaned["targets"] = ReferencesField.understood(
            cleaned.get("references") or "", ticked, reader=form.person
        )
    except forms.ValidationError as error:
        form.add_error("references", error)
        return
    if cleaned["targets"] and not cleaned.get("shows") and "shows" not in form.errors:
        form.add_error("shows", _("Say what it shows about them."))


class LinkForm(forms.Form):
    """What an item shows about one or several recommendations."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        add_link_fields(self, required=True)
        self.helper = helper(link_fieldset(""))

    def clean(self) -> dict[str, Any]:
        """At least one recommendation."""
        cleaned = super().clean() or {}
        clean_links(self, cleaned)
        if "references" not in self.errors and not cleaned.get("targets"):
            self.add_error("references", _("Name at least one recommendation."))
        return cleaned


class LinkChangeForm(forms.Form):
    """What a link says."""

    shows = forms.ChoiceField(label=gettext_lazy("What it shows"), choices=Shows.choices)
    why = forms.CharField(label=gettext_lazy("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    passage = forms.CharField(label=gettext_lazy("Page or passage"), required=False, max_length=200)

    def __init__(self, *args: Any, link: EvidenceLink, **kwargs: Any) -> None:
        kwargs["initial"] = {"shows": link.shows, "why": link.why, "passage": link.passage}
        super().__init__(*args, **kwargs)
        self.helper = helper(Div("shows", "passage", css_class="row"), "why")
