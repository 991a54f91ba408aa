"""The forms of bringing in: the file, the meaning of its columns, and what a person completes of a reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.models import Round
from recommendations.imports.bringing.models import Bringing, BroughtRow
from recommendations.imports.bringing.steps import ACTS, MOST_MB, Look, organisations_for, targets_of
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import EvidenceKind, Language, Shows

Kind = Bringing.Kind


class BringForm(forms.Form):
    """What kind of file, for whom, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What you bring in"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Nothing is saved before you have seen what will be made."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.docx"}),
        allow_empty_file=True,
    )
    round = forms.ModelChoiceField(
        label=gettext_lazy("Round"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=gettext_lazy("for earlier assessments only"),
        help_text=gettext_lazy("Earlier assessments become drafts in this round, to be confirmed."),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("For which organisation"), queryset=Organisation.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(code, words) for code, words in Kind.choices if policy.may(person, ACTS[Kind(code)])]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        rounds = Round.objects.visible_to(person).filter(closed_on=None)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        organisations = organisations_for(person)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if organisations.count() < 2:
            self.fields["organisation"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Earlier assessments need a round."""
        data = super().clean() or {}
        if data.get("kind") == Kind.ASSESSMENTS and not data.get("round"):
            self.add_error("round", _("Choose the round in which the drafts are made."))
        if data.get("file") and data["file"].size > MOST_MB * 1024 * 1024:
            self.add_error(
                "file", _("The file is larger than %(most)s MB. Send it in parts.") % {"most": MOST_MB}
            )
        if data.get("file") and not data["file"].size:
            self.add_error("file", _("The file is empty."))
        return data


class ColumnsForm(forms.Form):
    """What each column of a table means, and what is true of all rows where the table does not say."""

    def __init__(
        self,
        *args: Any,
        bringing: Bringing,
        look: Look,
        proposed: Mapping[int, str],
        defaults: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = bringing.kind
        choices = [("", _("not read"))] + [
            (target.name, str(target.title)) for target in targets_of(bringing.kind)
        ]
        self.columns: list[tuple[str, list[str], Any]] = []
        for index, title in enumerate(look.header):
            name = f"column-{index}"
            self.fields[name] = forms.ChoiceField(
                label=title or _("column %(number)s") % {"number": index + 1},
                choices=choices,
                required=False,
                initial=proposed.get(index, ""),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            samples = [row[index] for row in look.samples if index < len(row) and row[index].strip()]
            self.columns.append((name, samples, title))
        if bringing.kind == Kind.EVIDENCE:
            self.fields["kind"] = forms.ChoiceField(
                label=_("Kind, where the table does not say it"),
                choices=EvidenceKind.choices,
                initial=defaults.get("kind", EvidenceKind.OTHER),
            )
            self.fields["shows"] = forms.ChoiceField(
                label=_("What it shows of its recommendations, where the table does not say it"),
                choices=Shows.choices,
                initial=defaults.get("shows", Shows.CONTEXT),
            )
        else:
            self.fields["language"] = forms.ChoiceField(
                label=_("Written in"),
                choices=Language.choices,
                initial=defaults.get("language") or (get_language() or "en")[:2],
            )

    @property
    def rows(self) -> list[tuple[Any, list[str]]]:
        """Each column's field with some of its values."""
        return [(self[name], samples) for name, samples, _title in self.columns]

    @property
    def others(self) -> list[Any]:
        """The fields that are no columns."""
        return [self[name] for name in self.fields if not name.startswith("column-")]

    def clean(self) -> dict[str, Any]:
        """Each field once, and what no row can do without."""
        data = super().clean() or {}
        places: dict[str, str] = {}
        for name, _samples, title in self.columns:
            meant = data.get(name)
            if meant and meant in places:
                self.add_error(name, _("“%(title)s” is read as the same already.") % {"title": places[meant]})
            elif meant:
                places[meant] = title
        if self.kind == Kind.ASSESSMENTS and "references" not in places:
            self.add_error(None, _("Say which column names the recommendation."))
        if self.kind == Kind.EVIDENCE and not {"title", "source_title"} & set(places):
            self.add_error(None, _("Say which column holds the title."))
        return data

    def mapping(self) -> dict[int, str]:
        """Column → field."""
        return {
            index: self.cleaned_data[name]
            for index, (name, _samples, _title) in enumerate(self.columns)
            if self.cleaned_data[name]
        }

    def defaults(self) -> dict[str, str]:
        """What is true of all rows."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("column-")}


class ReferenceForm(forms.Form):
    """What a person completes of one reference before an item is made of it."""

    use_required_attribute = False

    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=EvidenceKind.choices)
    publisher = forms.CharField(label=gettext_lazy("Publisher"), required=False, max_length=200)
    published = forms.CharField(label=gettext_lazy("Date of publication"), required=False, max_length=40)
    act_version = forms.CharField(
        label=gettext_lazy("Version of the act, for a law"), required=False, max_length=120
    )
    references = forms.CharField(label=gettext_lazy("Recommendations"), required=False, max_length=500)
    shows = forms.ChoiceField(label=gettext_lazy("What it shows"), choices=Shows.choices)
    why = forms.CharField(label=gettext_lazy("Why it shows that"), required=False, max_length=2000)

    def __init__(self, *args: Any, row: BroughtRow, **kwargs: Any) -> None:
        record = row.record
        fields, source = record["fields"], record["source"]
        first = record["links"][0] if record["links"] else {}
        initial = {
            "title": fields["title"],
            "kind": fields["kind"],
            "publisher": source["publisher"],
            "published": source["published_on"] or source["published_text"],
            "act_version": fields["act_version"],
            "references": record.get("references", ""),
            "shows": first.get("shows") or record.get("shows") or Shows.CONTEXT,
            "why": first.get("why") or record.get("why", ""),
        }
        super().__init__(*args, initial=initial, prefix=f"row-{row.pk}", **kwargs)
        self.row = row

    def cells(self) -> dict[str, str]:
        """The row as cells of a table would say it."""
        source = self.row.record["source"]
        typed = {name: str(value) for name, value in self.cleaned_data.items()}
        return typed | {"url": source["url"], "accessed_on": source["accessed_on"] or ""}
