"""The forms of indicators and their observations."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.catalogue.models import State
from recommendations.evidence import numbers
from recommendations.evidence.fields import KnownDateField, NumberField, ReferencesField
from recommendations.evidence.link_forms import SUGGESTIONS, helper
from recommendations.evidence.models import Indicator
from recommendations.evidence.recording import NotRight
from recommendations.organisations.models import User
from recommendations.web.fields import DayField

FIELDS = ("name", "name_ru", "name_kk", "definition", "unit", "target", "target_note", "expected_every")


class IndicatorForm(forms.Form):
    """What an indicator measures, its unit and target, and which recommendations it follows."""

    state = forms.ModelChoiceField(State.objects.none(), label=gettext_lazy("State"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    name_ru = forms.CharField(label=gettext_lazy("Name in Russian"), max_length=300, required=False)
    name_kk = forms.CharField(label=gettext_lazy("Name in Kazakh"), max_length=300, required=False)
    definition = forms.CharField(
        label=gettext_lazy("Definition"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What is counted and what is not, so that next year counts the same."),
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=60)
    target = NumberField(label=gettext_lazy("Target"), required=False)
    target_note = forms.CharField(label=gettext_lazy("Whose target it is"), max_length=300, required=False)
    expected_every = forms.IntegerField(
        label=gettext_lazy("A new value every so many months"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=gettext_lazy("Whoever recorded the last one is then reminded of the next."),
    )
    references = ReferencesField(label=gettext_lazy("Recommendations"), required=False)

    def __init__(self, *args: Any, person: User, indicator: Indicator | None = None, **kwargs: Any) -> None:
        if indicator is not None:
            linked = indicator.recommendations.order_by("reference").values_list("reference", flat=True)
            values = {field: getattr(indicator, field) for field in FIELDS}
            kwargs.setdefault("initial", values | {"references": ", ".join(linked)})
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["references"].help_text = _(
            "Which it follows: references divided by commas, or words to choose from what is found."
        )
        self.fields["target"].help_text = _("Where there is one, for example %(example)s.") % {
            "example": numbers.example()
        }
        if indicator is not None:
            del self.fields["state"]
        else:
            followed = State.objects.visible_to(person).filter(is_followed=True)
            self.fields["state"].queryset = followed  # type: ignore[attr-defined]
            if followed.count() == 1:
                self.fields["state"].initial = followed.get()
                self.fields["state"].widget = forms.HiddenInput()
        what = [*(["state"] if indicator is None else []), "name", Div("name_ru", "name_kk", css_class="row")]
        self.helper = helper(
            Fieldset(_("What is followed"), *what, "definition", "unit"),
            Fieldset(_("Target"), Div("target", "target_note", css_class="row")),
            Fieldset(_("How often"), "expected_every"),
            Fieldset(
                _("What it speaks to"),
                "references",
                HTML(SUGGESTIONS),
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Understands the references as ``cleaned["targets"]``."""
        cleaned = super().clean() or {}
        ticked = self.data.getlist("pick") if hasattr(self.data, "getlist") else []
        try:
            cleaned["targets"] = ReferencesField.understood(
                cleaned.get("references") or "", ticked, reader=self.person
            )
        except forms.ValidationError as error:
            self.add_error("references", error)
        return cleaned

    def values(self) -> dict[str, Any]:
        """What recording takes."""
        return {field: self.cleaned_data[field] for field in FIELDS} | {
            "recommendations": [target.recommendation for target in self.cleaned_data["targets"]]
        }

    def take(self, problem: NotRight) -> None:
        """Show what the recording refused, each at its field."""
        for field, sentence in problem.problems.items():
            self.add_error(field if field in self.fields else None, sentence)


class ObservationForm(forms.Form):
    """One value with its day, its series where there are several, and its source."""

    value = NumberField(label=gettext_lazy("Value"))
    on = DayField(label=gettext_lazy("Date"))
    when_label = forms.CharField(
        label=gettext_lazy("Date in words"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Where a day would claim too much: “2017”, “start of 2019”."),
    )
    series = forms.CharField(
        label=gettext_lazy("Series"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What the value is of, where there are several: “by court order”."),
    )
    source_publisher = forms.CharField(label=gettext_lazy("Publisher"), max_length=200)
    source_title = forms.CharField(label=gettext_lazy("Title of the source"), max_length=400, required=False)
    source_url = forms.URLField(
        label=gettext_lazy("Address"), max_length=1000, required=False, assume_scheme="https"
    )
    source_published = KnownDateField(
        label=gettext_lazy("Date of publication"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("As far as it is known: 2019-04-17, 2019-04 or 2019."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = _("In %(unit)s; for example %(example)s.") % {
            "unit": indicator.unit,
            "example": numbers.example(),
        }
        known = indicator.observations.exclude(series="").order_by("series").values_list("series", flat=True)
        self.known_series = list(known.distinct())
        if self.known_series:
            self.fields["series"].widget.attrs["list"] = "known-series"
        self.helper = helper(
            Div("value", "on", "when_label", css_class="row"),
            "series",
            HTML(
                '{% if form.known_series %}<datalist id="known-series">{% for series in form.known_series %}'
                '<option value="{{ series }}"></option>{% endfor %}</datalist>{% endif %}'
            ),
            Fieldset(
                _("Source"),
                "source_publisher",
                "source_title",
                Div("source_url", "source_published", css_class="row"),
            ),
            "note",
        )

    def values(self) -> dict[str, Any]:
        """What recording takes."""
        data = self.cleaned_data
        day, text = data["source_published"]
        source = {
            "publisher": data["source_publisher"],
            "title": data["source_title"],
            "url": data["source_url"],
            "published_on": day,
            "published_text": text,
        }
        fields = ("value", "on", "when_label", "series", "note")
        return {field: data[field] for field in fields} | {"source": source}

    def take(self, problem: NotRight) -> None:
        """Show what the recording refused, each at its field."""
        for field, sentence in problem.problems.items():
            name = {"source_published_on": "source_published"}.get(field, field)
            self.add_error(name if name in self.fields else None, sentence)
