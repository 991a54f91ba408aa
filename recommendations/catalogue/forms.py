"""Forms of the record: a recommendation, a position, a claim, a link, its demands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.catalogue.fields import StateField, StatesField, SymbolField, names_of
from recommendations.catalogue.lookup import document_named, recommendation_named, unknown_document
from recommendations.catalogue.models import (
    AffectedGroup,
    Document,
    Goal,
    Recommendation,
    ReviewCycle,
    Theme,
)
from recommendations.catalogue.references import PARAGRAPH
from recommendations.catalogue.texts import KIND_ORDER, LANGUAGE_ORDER
from recommendations.vocabulary import (
    ActionCategory,
    ClaimKind,
    DocumentKind,
    PositionKind,
    TextKind,
    TextLanguage,
)
from recommendations.web.fields import DayField

# The texts a form always offers; others appear where they exist, and one more may be added.
OFFERED = (
    ("en", TextKind.OFFICIAL),
    ("ru", TextKind.WORKING_TRANSLATION),
    ("kk", TextKind.WORKING_TRANSLATION),
)
LONGEST_TEXT = 20_000


class SourceForm(forms.Form):
    """What names a document: its symbol, and whether it is to be added where it is not recorded yet."""

    document = SymbolField(
        label=gettext_lazy("Document"), help_text=gettext_lazy("Its symbol, such as A/HRC/28/10.")
    )
    add_document = forms.BooleanField(
        label=gettext_lazy("This document is not recorded yet: add it"), required=False
    )

    cycle: ReviewCycle | None = None

    def clean(self) -> dict[str, Any]:
        """Puts the document in the place of its symbol; one that is to be added is made by ``source``."""
        data = super().clean() or {}
        symbol = data.get("document")
        if symbol:
            found = document_named(symbol)
            if found is None and not data.get("add_document"):
                self.add_error("document", unknown_document(symbol))
            data["found_document"] = found
        return data

    def source(self) -> Document | None:
        """The document, added where that was asked for; call it inside the transaction that uses it."""
        data = self.cleaned_data
        if not data.get("document"):
            return None
        if data["found_document"] is not None:
            return data["found_document"]
        cycle = data.get("cycle") or self.cycle
        kind = DocumentKind.ADDENDUM if "/Add." in data["document"] else DocumentKind.OTHER
        return Document.objects.get_or_create(
            symbol=data["document"],
            defaults={"kind": kind, "cycle": cycle, "state": cycle.state if cycle else None},
        )[0]


class RecommendationForm(SourceForm):
    """A recommendation's place, texts and terms; for one that exists, without its place."""

    cycle = forms.ModelChoiceField(  # type: ignore[assignment]
        label=gettext_lazy("Review cycle"),
        queryset=ReviewCycle.objects.none(),
        required=False,
        empty_label=gettext_lazy("that of the document"),
        help_text=gettext_lazy("Needed for a document that is added."),
    )
    paragraph = forms.CharField(
        label=gettext_lazy("Paragraph"), max_length=20, help_text=gettext_lazy("Its number, such as 124.26.")
    )
    position = forms.ChoiceField(
        label=gettext_lazy("Position in this document"),
        required=False,
        choices=[("", gettext_lazy("not recorded yet")), *PositionKind.choices],
    )
    themes = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Themes"),
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lead_theme = forms.ModelChoiceField(
        label=gettext_lazy("Leading theme"),
        queryset=Theme.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("Under which it stands in summaries."),
    )
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Affected groups"),
        queryset=AffectedGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    goals = forms.ModelMultipleChoiceField(
        label=gettext_lazy("SDGs"),
        queryset=Goal.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    another_language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[("", "–"), *TextLanguage.choices]
    )
    another_kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", "–"), *TextKind.choices]
    )
    another_text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, *args: Any, reader: Any, recommendation: Recommendation | None = None, **kwargs: Any
    ) -> None:
        if recommendation is not None:
            kwargs.setdefault("initial", values_of(recommendation))
        super().__init__(*args, **kwargs)
        self.recommendation = recommendation
        if recommendation is None:
            cycles = (
                ReviewCycle.objects.visible_to(reader).filter(state__is_followed=True).select_related("state")
            )
            self.fields["cycle"].queryset = cycles  # type: ignore[attr-defined]
        else:
            for name in ("document", "add_document", "cycle", "paragraph", "position"):
                del self.fields[name]
        for name, model in (("themes", Theme), ("groups", AffectedGroup), ("goals", Goal)):
            self.fields[name].queryset = model.objects.visible_to(reader)  # type: ignore[attr-defined]
        self.fields["lead_theme"].queryset = Theme.objects.visible_to(reader)  # type: ignore[attr-defined]
        self.slots = slots_of(recommendation)
        for language, kind in self.slots:
            self.fields[text_name(language, kind)] = forms.CharField(
                label=f"{TextLanguage(language).label}: {TextKind(kind).label}",
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
            )

    @property
    def text_fields(self) -> list[Any]:
        """The texts' fields, in the order of languages and kinds."""
        return [self[text_name(language, kind)] for language, kind in self.slots]

    def clean_paragraph(self) -> str:
        """A number such as 124.26."""
        paragraph = self.cleaned_data["paragraph"].strip().rstrip(".")
        if not PARAGRAPH.match(paragraph):
            raise forms.ValidationError(_("This is no paragraph number. Expected one such as 124.26."))
        return paragraph

    def clean(self) -> dict[str, Any]:
        """At least one text; the additional one complete and not one of those above."""
        data = super().clean()
        language, kind, text = (data.get(f"another_{name}") for name in ("language", "kind", "text"))
        if text and not (language and kind):
            self.add_error(
                "another_language" if not language else "another_kind", _("Choose language and kind.")
            )
        elif text and (language, kind) in self.slots:
            self.add_error("another_text", _("There is a field for this text above."))
        if not any(text for _language, _kind, text in self.texts()):
            self.add_error(
                text_name(*self.slots[0]), _("A recommendation needs a text in at least one language.")
            )
        return data

    def texts(self) -> list[tuple[str, str, str]]:
        """(language, kind, text) of every text of the form; an empty one takes that text away."""
        data = self.cleaned_data
        rows = [
            (language, str(kind), data.get(text_name(language, kind)) or "") for language, kind in self.slots
        ]
        if data.get("another_text") and data.get("another_language") and data.get("another_kind"):
            rows.append((data["another_language"], data["another_kind"], data["another_text"]))
        return rows


class RecommendingForm(forms.Form):
    """One recommending State, with UPR Info's category and its own wording."""

    state = StateField(label=gettext_lazy("State"), required=False)
    action_category = forms.TypedChoiceField(
        label=gettext_lazy("Action category"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *ActionCategory.choices],
    )
    wording = forms.CharField(
        label=gettext_lazy("Its own wording"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )

    def clean(self) -> dict[str, Any]:
        """A category or wording without a State says nothing."""
        data = super().clean() or {}
        if "state" in data and not data["state"] and (data.get("wording") or data.get("action_category")):
            self.add_error("state", _("Whose is it? Name the State, or empty the row."))
        return data


RecommendingFormSet = forms.formset_factory(RecommendingForm, extra=3, max_num=200, absolute_max=200)


class PositionForm(SourceForm):
    """What the State answered, when, and where it says so."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Position"), choices=PositionKind.choices, widget=forms.RadioSelect
    )
    locator = forms.CharField(
        label=gettext_lazy("Paragraph or page"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("para. 602"),
    )
    on = DayField(
        label=gettext_lazy("Date"),
        required=False,
        help_text=gettext_lazy("Empty: the date of the document's event, such as the adoption."),
    )
    quote = forms.CharField(
        label=gettext_lazy("In the State's words"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("kind", "document", "add_document", "locator", "on", "quote", "note")

    def clean_on(self) -> Any:
        """Not in the future."""
        return _past(self.cleaned_data["on"])


class ClaimForm(SourceForm):
    """What the State says it did, with its source."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it claims"), choices=ClaimKind.choices, widget=forms.RadioSelect
    )
    locator = forms.CharField(label=gettext_lazy("Paragraph or page"), max_length=60, required=False)
    on = DayField(label=gettext_lazy("Date"), required=False)
    quote = forms.CharField(
        label=gettext_lazy("In the State's words"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("kind", "document", "add_document", "locator", "on", "quote")

    def clean_on(self) -> Any:
        """Not in the future."""
        return _past(self.cleaned_data["on"])


class LinkForm(forms.Form):
    """Another recommendation that asks the same."""

    other = forms.CharField(
        label=gettext_lazy("The other recommendation"),
        max_length=40,
        help_text=gettext_lazy("Its reference, such as KAZ-1-95.12."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def clean_other(self) -> Recommendation:
        """The recommendation of that reference."""
        found = recommendation_named(self.cleaned_data["other"])
        if found is None:
            raise forms.ValidationError(_("There is no recommendation of this reference here."))
        return found


class DemandForm(forms.Form):
    """One demand: its letter, its wording, the States that asked it."""

    letter = forms.RegexField(r"^[A-Za-z]{1,2}$", label=gettext_lazy("Letter"), max_length=2, required=False)
    text_en = forms.CharField(
        label=gettext_lazy("In English"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    text_ru = forms.CharField(
        label=gettext_lazy("In Russian"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    text_kk = forms.CharField(
        label=gettext_lazy("In Kazakh"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    states = StatesField(
        label=gettext_lazy("States that asked it"),
        required=False,
        help_text=gettext_lazy("Separated by semicolons; empty: all."),
    )

    def clean(self) -> dict[str, Any]:
        """A letter and a text belong together."""
        data = super().clean() or {}
        said = any(data.get(f"text_{language}") for language in ("en", "ru", "kk"))
        if said and not data.get("letter") and "letter" not in self.errors:
            self.add_error("letter", _("Give it a letter."))
        if data.get("letter") and not said:
            self.add_error("text_en", _("Say what is demanded, in one language at least."))
        return data


DemandFormSet = forms.formset_factory(DemandForm, extra=2, max_num=26, absolute_max=26)


def text_name(language: str, kind: str) -> str:
    """The name of a text's field."""
    return f"text_{language}_{kind}"


def slots_of(recommendation: Recommendation | None) -> list[tuple[str, str]]:
    """The texts a form shows: those that exist and those always offered."""
    found: set[tuple[str, str]] = {(language, str(kind)) for language, kind in OFFERED}
    if recommendation is not None:
        found |= {(row.language, row.kind) for row in recommendation.texts.all()}
    return sorted(found, key=lambda slot: (LANGUAGE_ORDER[slot[0]], KIND_ORDER[slot[1]]))


def values_of(recommendation: Recommendation) -> dict[str, Any]:
    """What the form of a recommendation holds at first."""
    return {
        "themes": list(recommendation.themes.all()),
        "lead_theme": recommendation.lead_theme,
        "groups": list(recommendation.groups.all()),
        "goals": list(recommendation.goals.all()),
    } | {text_name(row.language, row.kind): row.text for row in recommendation.texts.all()}


def recommending_of(recommendation: Recommendation) -> list[dict[str, Any]]:
    """What the rows of recommending States hold at first."""
    return [
        {"state": row.state.name, "action_category": row.action_category, "wording": row.wording}
        for row in recommendation.recommending.select_related("state")
    ]


def demands_of(recommendation: Recommendation) -> list[dict[str, Any]]:
    """What the rows of demands hold at first."""
    return [
        {"letter": demand.letter, "states": names_of(demand.states.all())}
        | {f"text_{text.language}": text.text for text in demand.texts.all()}
        for demand in recommendation.demands.prefetch_related("texts", "states")
    ]


def filled(forms_of_rows: Iterable[forms.Form], name: str) -> list[dict[str, Any]]:
    """The rows of a formset that say anything."""
    return [form.cleaned_data for form in forms_of_rows if form.cleaned_data.get(name)]


def _past(day: Any) -> Any:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("This date lies in the future."))
    return day
