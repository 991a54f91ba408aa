"""Forms of an assessment: its text and findings, each recommendation's own findings, and what goes with actions.

Drafts may be incomplete, so that nearly nothing is required here: what submission asks for is requirements.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.assessments.findings import FINDING_FIELDS, TEST_FIELDS, VERDICT_FIELDS
from recommendations.assessments.method import LAW, POLICY, PRACTICE, STANDARD_OF_PROOF, TEST_DEFINITIONS
from recommendations.assessments.models import Assessment, ItemRating
from recommendations.assessments.requirements import CITING_PARTS, label, proposal_for
from recommendations.assessments.versions import PARTS
from recommendations.assessments.writing import ROW_FIELDS
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Language, Rating, TestRating
from recommendations.web.fields import Day
from recommendations.words.clean import clean_text

# Where a citation goes when the button is pressed without a script, by the kind of the item.
CITE_INTO = {"law": "law_text"}
CITE_INTO_OTHERWISE = "practice_text"
LONGEST = 50_000  # characters of one part of the text


class _InTheEnd:
    """A field that submission asks for in the end: its label does not say "optional", a draft may lack it."""

    required: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, required=True, **kwargs)

    def clean(self, value: Any) -> Any:
        """Whatever is there so far."""
        self.required = False
        try:
            return super().clean(value)  # type: ignore[misc]
        finally:
            self.required = True


class Wanted(_InTheEnd, forms.CharField):
    """A text that submission asks for."""


class WantedChoice(_InTheEnd, forms.ChoiceField):
    """A choice that submission asks for."""


def _text(
    *,
    label: Any,
    rows: int = 6,
    help_text: Any = "",
    cites: bool = False,
    long: bool = True,
    wanted: bool = False,
) -> forms.CharField:
    attributes: dict[str, Any] = {"rows": rows}
    if long:
        attributes["class"] = "long"
    if cites:
        attributes["data-cite-here"] = True
    options = {
        "label": label,
        "help_text": help_text,
        "max_length": LONGEST,
        "strip": False,
        "widget": forms.Textarea(attrs=attributes),
    }
    return Wanted(**options) if wanted else forms.CharField(required=False, **options)


def _test(words: Any, help_text: Any = "") -> forms.ChoiceField:
    return WantedChoice(
        label=words,
        help_text=help_text,
        choices=[("", gettext_lazy("not answered yet")), *TestRating.choices],
    )


class DraftForm(forms.Form):
    """The text and the findings proposed for all."""

    use_required_attribute = False

    revision = forms.IntegerField(widget=forms.HiddenInput)
    implemented_when = _text(
        label=gettext_lazy("It is implemented when …"),
        rows=2,
        long=False,
        wanted=True,
        help_text=gettext_lazy(
            "One sentence that can be tested, written before the rating. For “continue” or “maintain” name a measure "
            "and its value at the review; for “consider” it is an examination with a public, reasoned decision."
        ),
    )
    law = _test(gettext_lazy("Test: law"), TEST_DEFINITIONS[LAW])
    law_text = _text(label=gettext_lazy("In law"), cites=True, wanted=True)
    policy = _test(gettext_lazy("Test: policy"), TEST_DEFINITIONS[POLICY])
    policy_text = _text(label=gettext_lazy("In policy"), cites=True, wanted=True)
    practice = _test(gettext_lazy("Test: practice"), TEST_DEFINITIONS[PRACTICE])
    practice_text = _text(
        label=gettext_lazy("In practice"), cites=True, rows=8, wanted=True, help_text=STANDARD_OF_PROOF
    )
    rating = WantedChoice(
        label=gettext_lazy("Rating"),
        widget=forms.RadioSelect,
        choices=[*Rating.choices, ("", gettext_lazy("Not rated yet"))],
    )
    override_reason = _text(label=gettext_lazy("Why the rating is not the one proposed"), rows=2, long=False)
    cannot_reason = forms.ChoiceField(label=gettext_lazy("Why it cannot be assessed"), required=False)
    cannot_steps = _text(label=gettext_lazy("What was tried"), rows=2, long=False)
    steps_under_way = forms.BooleanField(
        label=gettext_lazy("Steps are under way (a bill in parliament, a plan item with a date)"),
        required=False,
        help_text=gettext_lazy("A mark on “not implemented”, never a rating."),
    )
    narrative = _text(label=gettext_lazy("Summary of the finding"), cites=True, rows=5)
    next_ask = _text(label=gettext_lazy("What to ask next"), rows=3, cites=True)
    cutoff_on = forms.DateField(
        label=gettext_lazy("Evidence considered up to"),
        widget=Day(),
        error_messages={"required": gettext_lazy("Give the day up to which evidence was considered.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=Language.choices)
    confirmed = forms.BooleanField(
        label=gettext_lazy("I went through everything that was carried over, and it holds today"),
        required=False,
    )

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        initial = {name: getattr(assessment, name) for name in (*CITING_PARTS, *FINDING_FIELDS)}
        initial |= {
            "revision": assessment.revision,
            "cutoff_on": assessment.cutoff_on,
            "language": assessment.language,
        }
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.assessment = assessment
        for name in (*CITING_PARTS, "implemented_when"):
            self.fields[name].widget.attrs["lang"] = assessment.language
        self.fields["cannot_reason"].choices = _cannot_choices()  # type: ignore[attr-defined]
        if not assessment.to_be_confirmed:
            del self.fields["confirmed"]

    def clean_cutoff_on(self) -> date:
        """Nobody considered evidence of days to come."""
        day = self.cleaned_data["cutoff_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future: evidence is considered up to today."))
        return day

    def clean(self) -> dict[str, Any]:
        """Texts without what files and browsers leave in them."""
        data = super().clean() or {}
        return data | {name: clean_text(value) for name, value in data.items() if isinstance(value, str)}

    def values(self) -> dict[str, Any]:
        """The columns to save."""
        data = self.cleaned_data
        columns = {name: data[name] for name in (*CITING_PARTS, *FINDING_FIELDS, "cutoff_on", "language")}
        if data.get("confirmed"):
            columns["to_be_confirmed"] = False
        return columns


class RowForm(forms.Form):
    """What is found for one recommendation or demand alone; what is left empty is as for all."""

    use_required_attribute = False

    implemented_when = _text(label=gettext_lazy("It is implemented when …"), rows=2, long=False)
    law = _test(gettext_lazy("Law"))
    policy = _test(gettext_lazy("Policy"))
    practice = _test(gettext_lazy("Practice"))
    rating = WantedChoice(label=gettext_lazy("Rating"))
    override_reason = _text(label=gettext_lazy("Why the rating is not the one proposed"), rows=2, long=False)
    cannot_reason = forms.ChoiceField(label=gettext_lazy("Why it cannot be assessed"), required=False)
    cannot_steps = _text(label=gettext_lazy("What was tried"), rows=2, long=False)
    steps_under_way = forms.BooleanField(label=gettext_lazy("Steps are under way"), required=False)
    sentence = _text(label=gettext_lazy("A sentence of its own"), rows=2, long=False, cites=True)

    def __init__(
        self, *args: Any, row: ItemRating, whole: Assessment, demands: Sequence[ItemRating], **kwargs: Any
    ) -> None:
        is_split = bool(demands)
        self.row, self.name = row, label(row)
        self.proposal = proposal_for(row, demands)
        super().__init__(*args, initial=_row_initial(row, whole), prefix=f"row-{row.pk}", **kwargs)
        as_for_all = _("as its demands give") if is_split else _("as for all")
        self.fields["rating"].choices = [("", as_for_all), *Rating.choices]  # type: ignore[attr-defined]
        self.fields["cannot_reason"].choices = _cannot_choices()  # type: ignore[attr-defined]
        for test in TEST_FIELDS:
            if is_split:
                del self.fields[test]
            else:
                self.fields[test].choices = [("", as_for_all), *TestRating.choices]  # type: ignore[attr-defined]
        if is_split:
            del self.fields["implemented_when"]
        # The same labels stand in every row: a reader who hears them needs the row's name as well.
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{self.name}: {field.label}"

    def clean(self) -> dict[str, Any]:
        """Texts without what files and browsers leave in them."""
        data = super().clean() or {}
        return data | {name: clean_text(value) for name, value in data.items() if isinstance(value, str)}

    def values(self) -> dict[str, Any]:
        """The row to save; it is rated apart once anything of a verdict is entered in it."""
        data = {name: self.cleaned_data[name] for name in ROW_FIELDS if name in self.cleaned_data}
        data["is_own"] = any(data.get(name) for name in (*TEST_FIELDS, *VERDICT_FIELDS))
        return {"item": self.row.item_id, "demand": self.row.demand_id, **data}


def _row_initial(row: ItemRating, whole: Assessment) -> dict[str, Any]:
    """What a row shows: what is its own, and nothing where it follows the whole."""
    initial: dict[str, Any] = {"sentence": row.sentence}
    if row.demand_id or row.implemented_when != whole.implemented_when:
        initial["implemented_when"] = row.implemented_when
    if row.is_own:
        initial |= {name: getattr(row, name) for name in FINDING_FIELDS if name != "implemented_when"}
        for test in TEST_FIELDS:
            if getattr(row, test) == getattr(whole, test):
                initial[test] = ""
    return initial


def _cannot_choices() -> list[tuple[str, Any]]:
    field = fields_for_model(ItemRating, ["cannot_reason"])["cannot_reason"]
    return [("", _("no reason chosen")), *[choice for choice in field.choices if choice[0]]]


class Draft:
    """The form of an assessment with the forms of its rows, as one."""

    def __init__(self, assessment: Assessment, rows: Iterable[ItemRating], data: Any = None) -> None:
        rows = list(rows)
        demands: dict[int, list[ItemRating]] = {}
        for row in rows:
            if row.demand_id:
                demands.setdefault(row.item_id, []).append(row)
        self.form = DraftForm(data, assessment=assessment)
        self.rows = [
            RowForm(
                data,
                row=row,
                whole=assessment,
                demands=[] if row.demand_id else demands.get(row.item_id, []),
            )
            for row in rows
        ]

    def is_valid(self) -> bool:
        """Whether everything can be read; every form is looked at."""
        return all([self.form.is_valid(), *[row.is_valid() for row in self.rows]])

    @property
    def problems(self) -> list[str]:
        """What is wrong, in sentences that name the row."""
        found = [error for errors in self.form.errors.values() for error in errors]
        return found + [
            f"{row.name}: {error}" for row in self.rows for errors in row.errors.values() for error in errors
        ]

    def cite(self, number: int, *, part: str) -> dict[str, Any]:
        """The values to save with a citation added at the end of a part, unless it stands there already."""
        values = self.form.values()
        mark = f"[E-{number}]"
        if mark not in values[part]:
            values[part] = f"{values[part]} {mark}".strip()
        return values


class StartForm(forms.Form):
    """In whose name, and in which language, an assessment is begun."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("In the name of"), queryset=Organisation.objects.none(), empty_label=None
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=Language.choices)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """The reason that goes with returning, withdrawing or retracting."""

    note = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Give the reason, please: the people concerned will read it.")
        },
    )


class CommentForm(forms.Form):
    """A remark at a part of the text."""

    part = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("An “@” before a colleague's name asks her to answer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("the whole")), *PARTS.items()]  # type: ignore[attr-defined]
