"""Form fields of evidence and indicators: several files, dates as far as they are known, figures, references."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from recommendations.evidence import numbers, picking, vault
from recommendations.formats.problems import FileProblem

_YEAR = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<month>\d{2}))?\Z")
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})[./](?P<year>[12]\d{3})\Z")


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each judged by its content as it is received; every one that may not come in is named."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploads, in the order in which they came."""
        uploads = data if isinstance(data, list) else [data] if data else []
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        problems = []
        for upload in uploads:
            try:
                super().clean(upload, initial)
                vault.kind_of(upload)
            except FileProblem as problem:
                problems.append(f"{vault.shown_name(upload.name)}: {problem}")
            except ValidationError as error:
                problems += [f"{vault.shown_name(upload.name)}: {message}" for message in error.messages]
        if problems:
            raise ValidationError(problems)
        return uploads


class KnownDateField(forms.CharField):
    """A date as far as it is known: 2019, 2019-04 or a day. Gives (day or None, text where there is no day)."""

    def clean(self, value: Any) -> tuple[date | None, str]:
        """The day, or the year or month as text; neither may lie in the future."""
        typed = super().clean(value)
        if not typed:
            return None, ""
        today = timezone.localdate()
        if (found := _YEAR.match(typed) or _MONTH_FIRST.match(typed)) is not None:
            year, month = int(found["year"]), int(found["month"] or 1)
            if not 1 <= month <= 12:
                raise ValidationError(_("There is no such month."))
            if date(year, month, 1) > today:
                raise ValidationError(_("This date lies in the future."))
            return None, f"{year}-{month:02}" if found["month"] else str(year)
        day = forms.DateField(input_formats=["%Y-%m-%d", *formats.get_format("DATE_INPUT_FORMATS")])
        try:
            parsed = day.clean(typed)
        except ValidationError:
            raise ValidationError(_("Write a day, a month or a year: 2019-04-17, 2019-04 or 2019.")) from None
        if parsed > today:
            raise ValidationError(_("This date lies in the future."))
        return parsed, ""

    def prepare_value(self, value: Any) -> Any:
        """As it is typed: (day, text) from a row, or what the person typed before."""
        if isinstance(value, tuple):
            day, text = value
            return day.isoformat() if day else text
        return value


class NumberField(forms.CharField):
    """A figure in the person's own notation."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """The figure, or None where the field is empty."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return numbers.parse_number(typed)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return numbers.typed(value) if isinstance(value, Decimal) else value


class ReferencesField(forms.CharField):
    """References divided by commas; with the ticked suggestions they give picking.Targets (see ``understood``)."""

    def __init__(self, **kwargs: Any) -> None:
        # Only what stands in this field goes into the request's address, never what is typed elsewhere in the form.
        attributes = {
            "autocomplete": "off",
            "hx-get": reverse_lazy("evidence_suggest"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#suggestions",
            "hx-swap": "innerHTML",
            "hx-include": "[name=pick]",
        }
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(**kwargs)

    @staticmethod
    def understood(line: str, ticked: list[str], *, reader: Any) -> list[picking.Target]:
        """The targets of a line and of ticked suggestions. Raises ValidationError for what was not understood.

        Words are no reference: they look for recommendations, of which one has to be ticked.
        """
        named = picking.understand(line, reader=reader)
        chosen = picking.understand(",".join(ticked), reader=reader)
        targets = list(dict.fromkeys([*named.targets, *chosen.targets]))
        # Words that led to a ticked suggestion have done their work.
        if named.unknown and not (chosen.targets and all(is_words(said) for said in named.unknown)):
            said = ", ".join(named.unknown)
            if picking.suggestions(named.unknown[-1], reader=reader):
                raise ValidationError(
                    _("“%(said)s” is no reference: tick below which ones you mean.") % {"said": said}
                )
            raise ValidationError(
                _(
                    "There is no recommendation “%(said)s” here. Write a reference such as KAZ-2-124.26, or some words."
                )
                % {"said": said}
            )
        return targets


def is_words(said: str) -> bool:
    """Whether this looks like words to search, not like a mistyped reference."""
    return not any(sign.isdigit() for sign in said)
