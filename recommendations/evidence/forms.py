"""The forms of evidence: adding, changing, access, check, files, links."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset
from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access.visibility import roles_of
from recommendations.evidence import rules
from recommendations.evidence.fields import FilesField, KnownDateField
from recommendations.evidence.link_forms import add_link_fields, clean_links, helper, link_fieldset
from recommendations.evidence.models import Evidence
from recommendations.evidence.recording import NotRight
from recommendations.evidence.sources import values_of
from recommendations.evidence.uploads import MOST_FILES
from recommendations.formats import kinds
from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import Confidentiality, EvidenceCheck, EvidenceKind, Role, TextLanguage
from recommendations.web.alphabet import InAlphabet
from recommendations.web.fields import DayField

LEVEL_WORDS = {
    Confidentiality.PUBLIC: gettext_lazy(
        "Everyone who signs in sees it, observers too; the public sees it once a published assessment cites it."
    ),
    Confidentiality.COALITION: gettext_lazy(
        "The coalition's members see it; observers and the public do not."
    ),
    Confidentiality.RESTRICTED: gettext_lazy(
        "Only people of your organisation see it, and the colleagues whom you name. It enters no export."
    ),
}


def files_help() -> str:
    """What may be sent, in words."""
    accepted = ", ".join(
        str(words) for group, words in kinds.GROUPS.items() if group in settings.UPLOAD_KINDS
    )
    return _(
        "Several at once, up to %(files)s: %(kinds)s; %(most)s MB each. They are kept as they are, never altered."
    ) % {"files": MOST_FILES, "kinds": accepted, "most": settings.UPLOAD_MAX_MB}


class LevelForm(forms.Form):
    """The first step: who will see it, chosen before anything is typed."""

    confidentiality = forms.ChoiceField(
        label=gettext_lazy("Who may see it"), choices=Confidentiality.choices, widget=forms.RadioSelect
    )


class UploadForm(forms.Form):
    """What forms with files share: files that were dropped while they came are named at their field."""

    files = FilesField(label=gettext_lazy("Choose files"), required=False)  # type: ignore[assignment]

    def __init__(self, *args: Any, upload_problems: list[str] | tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload_problems = list(upload_problems)
        self.fields["files"].help_text = files_help()

    def clean(self) -> dict[str, Any]:
        """Adds what the upload handler noted; says that chosen files must be chosen again after a mistake."""
        cleaned = super().clean() or {}
        for problem in self.upload_problems:
            self.add_error("files", problem)
        return cleaned

    def say_files_are_gone(self) -> None:
        """A browser does not fill in files again: say so where some came with a form that has mistakes."""
        if self.files and "files" not in self.errors:
            self.add_error("files", _("The files were not kept: please choose them again."))

    def take(self, problem: NotRight) -> None:
        """Show what the recording refused, each at its field."""
        for field, sentence in problem.problems.items():
            name = {"source_published_on": "source_published"}.get(field, field)
            self.add_error(name if name in self.fields else None, sentence)


class EvidenceForm(UploadForm):
    """One item's facts and source; for a new one also files and what it shows."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("What it says, with the figures."),
    )
    act_version = forms.CharField(
        label=gettext_lazy("Version of the act"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "For a law, whose full name is the title: as of which date, or which redaction."
        ),
    )
    amended_on = DayField(
        label=gettext_lazy("Amended since, on"),
        required=False,
        help_text=gettext_lazy(
            "Assessments that rest on the older version are then said to have gone stale."
        ),
    )
    held_by = forms.CharField(
        label=gettext_lazy("Who keeps it"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For what is held elsewhere: whom to ask for it."),
    )
    method = forms.CharField(
        label=gettext_lazy("How it was obtained or measured"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For own monitoring: how it was observed or counted."),
    )
    source_publisher = forms.CharField(label=gettext_lazy("Publisher"), required=False, max_length=200)
    source_title = forms.CharField(label=gettext_lazy("Title of the source"), required=False, max_length=400)
    source_url = forms.URLField(
        label=gettext_lazy("Address"), required=False, max_length=1000, assume_scheme="https"
    )
    source_published = KnownDateField(
        label=gettext_lazy("Date of publication"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("As far as it is known: 2019-04-17, 2019-04 or 2019."),
    )
    source_accessed_on = DayField(label=gettext_lazy("Read on"), required=False)
    happened_from = DayField(label=gettext_lazy("From"), required=False)
    happened_until = DayField(label=gettext_lazy("Until"), required=False)
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("Language of the item"), required=False)

    def __init__(
        self, *args: Any, person: User, level: str, evidence: Evidence | None = None, **kwargs: Any
    ) -> None:
        if evidence is not None:
            kwargs.setdefault("initial", self.values_as_typed(evidence))
        super().__init__(*args, **kwargs)
        self.person, self.level, self.evidence = person, level, evidence
        kinds_known = [("", _("Choose")), *EvidenceKind.choices]
        self.fields["kind"].choices = kinds_known  # type: ignore[attr-defined]
        languages = [("", _("Not stated")), *TextLanguage.choices]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        if level == Confidentiality.RESTRICTED:
            for field in ("title", "place"):
                self.fields[field].help_text = _(
                    "A neutral label: no name, nothing that gives a person away."
                )
        facts = Fieldset(
            _("When and where it happened"),
            Div("happened_from", "happened_until", css_class="row"),
            Div("place", "language", css_class="row"),
        )
        parts = [self.what(), self.source(), facts]
        if evidence is None:
            self.add_new_fields()
            parts += self.new_parts()
        else:
            del self.fields["files"]
        self.helper = helper(*parts)

    @staticmethod
    def what() -> Fieldset:
        """The fields of the item itself; those of one kind only are marked, so that the style sheet may hide them."""
        return Fieldset(
            _("What it is"),
            "kind",
            "title",
            "description",
            Div("act_version", "amended_on", css_class="only-kind only-law"),
            Div("held_by", css_class="only-kind only-held_elsewhere"),
            "method",
        )

    @staticmethod
    def source() -> Fieldset:
        """The fields of where it comes from."""
        return Fieldset(
            _("Source"),
            "source_publisher",
            "source_title",
            "source_url",
            Div("source_published", "source_accessed_on", css_class="row"),
        )

    def add_new_fields(self) -> None:
        """What only a new item is asked: for whom it is entered, who else sees it, what it shows."""
        add_link_fields(self, required=False)
        if self.level == Confidentiality.RESTRICTED:
            self.fields["named_people"] = people_field(self.person, beside=self.person.organisation)
        if Role.COORDINATOR in roles_of(self.person):
            if "named_people" in self.fields:
                # It may be entered for another organisation: then her own colleagues have to be named.
                self.fields["named_people"] = people_field(self.person, beside=None)
            self.fields["organisation"] = forms.ModelChoiceField(
                Organisation.objects.visible_to(self.person).filter(
                    Q(pk=self.person.organisation_id) | Q(works_by_mail=True)
                ),
                label=_("For which organisation"),
                initial=self.person.organisation_id,
                help_text=_("Another than yours where you enter what it sent by mail or telephone."),
            )

    def new_parts(self) -> list[Any]:
        """The further sections of the form of a new item."""
        parts = [
            Fieldset(_("Files"), Div("files", css_class="except-held_elsewhere")),
            link_fieldset(_("What it shows")),
        ]
        custody = [name for name in ("organisation", "named_people") if name in self.fields]
        return [*parts, Fieldset(_("In whose hands"), *custody)] if custody else parts

    @staticmethod
    def values_as_typed(evidence: Evidence) -> dict[str, Any]:
        """The item as it stands, by field of this form."""
        fields = ("kind", "title", "description", "act_version", "held_by", "method")
        values = {
            field: getattr(evidence, field)
            for field in (*fields, "happened_from", "happened_until", "place", "language", "amended_on")
        }
        source = values_of(evidence.source)
        published = (source.pop("published_on"), source.pop("published_text"))
        return (
            values
            | {f"source_{field}": value for field, value in source.items()}
            | {"source_published": published}
        )

    def values(self) -> dict[str, Any]:
        """What recording takes: the item's fields and its source."""
        data = self.cleaned_data
        day, text = data.get("source_published") or (None, "")
        source = {
            "publisher": data.get("source_publisher"),
            "title": data.get("source_title"),
            "url": data.get("source_url"),
            "published_on": day,
            "published_text": text,
            "accessed_on": data.get("source_accessed_on"),
        }
        fields = (
            "kind",
            "title",
            "description",
            "act_version",
            "held_by",
            "method",
            "happened_from",
            "happened_until",
        )
        return {field: data.get(field) for field in (*fields, "place", "language", "amended_on")} | {
            "source": source
        }

    def clean(self) -> dict[str, Any]:
        """Asks the rules of evidence, so that a mistake is shown with all others at once."""
        cleaned = super().clean()
        has_files = bool(cleaned.get("files")) or (self.evidence is not None and self.evidence.files.exists())
        found = rules.problems(self.values(), has_files=has_files)
        self.take(
            NotRight({field: sentence for field, sentence in found.items() if field not in self.errors})
        )
        if self.evidence is None:
            clean_links(self, cleaned)
        return cleaned


class FilesForm(UploadForm):
    """Further files of an item."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Files that were dropped as they came are not missing: each has its own sentence.
        self.fields["files"].required = not self.upload_problems
        self.helper = helper("files")


class PeopleField(forms.ModelMultipleChoiceField):
    """People to be ticked, each with the organisation."""

    def label_from_instance(self, obj: User) -> str:
        """The name, with the organisation's short name."""
        return f"{obj} · {obj.organisation.short_name}" if obj.organisation else str(obj)


def people_field(person: User, *, beside: Organisation | None) -> forms.ModelMultipleChoiceField:
    """The members who may be named beside the people of an organisation, who see its items anyway."""
    members = User.objects.visible_to(person).filter(is_active=True)
    members = members.exclude(is_editor=False, is_reviewer=False, is_coordinator=False)
    if beside is not None:
        members = members.exclude(organisation=beside)
    return PeopleField(
        members.select_related("organisation").order_by(
            InAlphabet("organisation__name", "organisation__name_ru", "organisation__name_kk"),
            InAlphabet("name"),
        ),
        label=_("Also shown to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Beside the people of the organisation. They see everything of this item, its files too."
        ),
    )


class AccessForm(forms.Form):
    """Who may see an item."""

    confidentiality = forms.ChoiceField(
        label=gettext_lazy("Who may see it"), choices=Confidentiality.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the level changes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Kept with the change. A narrower level holds at once, a wider one when a second person agrees."
        ),
    )

    def __init__(self, *args: Any, person: User, evidence: Evidence, **kwargs: Any) -> None:
        named = [] if args and args[0] is not None else list(evidence.named_people.all())
        kwargs["initial"] = {"confidentiality": evidence.confidentiality, "named_people": named}
        super().__init__(*args, **kwargs)
        self.fields["named_people"] = people_field(person, beside=evidence.organisation)
        self.helper = helper(
            HTML('{% include "evidence/_levels.html" with field=form.confidentiality levels=levels only %}'),
            "reason",
            Div("named_people", css_class="only-restricted"),
        )


class CheckForm(forms.Form):
    """What a check of the item found."""

    status = forms.ChoiceField(label=gettext_lazy("What the check found"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "What it was compared with, by which source it is corroborated, or what is disputed."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [choice for choice in EvidenceCheck.choices if choice[0] != EvidenceCheck.NOT_CHECKED]
        self.fields["status"].choices = found  # type: ignore[attr-defined]
        self.helper = helper("status", "note")

    def clean(self) -> dict[str, Any]:
        """Asks the rule what this outcome still needs."""
        cleaned = super().clean() or {}
        if cleaned.get("status") and (
            problem := rules.check_problem(cleaned["status"], cleaned.get("note", ""))
        ):
            self.add_error("note", problem)
        return cleaned


def differences(form: EvidenceForm, current: Evidence) -> list[dict[str, str]]:
    """Where what this person typed and what is kept now differ: label, theirs (kept now) and yours."""
    now = EvidenceForm(person=form.person, level=form.level, evidence=current)
    found = []
    for name, field in form.fields.items():
        theirs = shown_value(field, now.initial.get(name))
        yours = shown_value(field, form[name].value())
        if theirs != yours:
            found.append({"label": str(field.label), "theirs": theirs, "yours": yours})
    return found


def shown_value(field: forms.Field, value: Any) -> str:
    """A field's value as text: the label of a choice, a date as it is typed."""
    value = field.prepare_value(value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value or "", value or ""))  # type: ignore[arg-type]
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
