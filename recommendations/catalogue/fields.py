"""Fields of the catalogue's forms: days, documents by symbol, States by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from recommendations.catalogue.errors import Refused
from recommendations.catalogue.lookup import state_named
from recommendations.catalogue.models import State
from recommendations.catalogue.references import SYMBOL
from recommendations.words.clean import clean_line


class SymbolField(forms.CharField):
    """A document's symbol, with those recorded here to choose from (a datalist of the page)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "documents", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The symbol without blanks; ``ValidationError`` for what cannot be one."""
        symbol = "".join(super().clean(value).split())
        if symbol and not SYMBOL.fullmatch(symbol):
            symbol = symbol.upper().replace("/ADD.", "/Add.")
        if symbol and not SYMBOL.fullmatch(symbol):
            raise ValidationError(_("This is no document symbol. Expected one such as A/HRC/28/10."))
        return symbol


class StateField(forms.CharField):
    """A State by name or code, with all names to choose from (a datalist of the page); gives the State or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "states", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> State | None:  # type: ignore[override]
        """The State of that name; ``ValidationError`` names the nearest."""
        label = clean_line(super().clean(value))
        if not label:
            return None
        try:
            return state_named(label)
        except Refused as reason:
            raise ValidationError(str(reason)) from None


class StatesField(forms.CharField):
    """Several States by name, separated by semicolons; gives a list of States."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 4000)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[State]:  # type: ignore[override]
        """The States named, each once; ``ValidationError`` tells of each that is not known."""
        labels = [clean_line(part) for part in super().clean(value).split(";")]
        states, problems = {}, []
        for label in filter(None, labels):
            try:
                state = state_named(label)
                states[state.pk] = state
            except Refused as reason:
                problems.append(str(reason))
        if problems:
            raise ValidationError(problems)
        return list(states.values())


def names_of(states: Iterable[State]) -> str:
    """States as ``StatesField`` takes them."""
    return "; ".join(state.name for state in states)
