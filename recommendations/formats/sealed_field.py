"""A column of text of which single values may be sealed: whoever reads it through the model reads clear text.

A value is sealed when it is written as ``Sealed``. It comes back as ``Sealed``: writing it again seals it again.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from recommendations.formats import sealing


class Sealed(str):
    """A text that lies sealed in the database. ``stored`` is what lies there where no key opens it, else empty."""

    stored: str = ""

    @classmethod
    def unreadable(cls, stored: str) -> Sealed:
        """What stands for a text that does not open; written again, it leaves what is stored as it is."""
        text = cls(_("This text cannot be read: the key that it was sealed with is not here."))
        text.stored = stored
        return text


class SealedField(models.TextField):
    """Text, sealed or not: which, the rules of its capability say (``Sealed`` or ``str``)."""

    @property
    def place(self) -> str:
        """What a sealed text is bound to."""
        return f"{self.model._meta.model_name}.{self.name}"

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Open what is sealed. A text that no key opens is a sentence that says so, never an error."""
        if not value or not sealing.is_sealed_text(value):
            return value
        try:
            return Sealed(sealing.opened_text(value, place=self.place))
        except (sealing.Unreadable, sealing.KeyMissing):
            return Sealed.unreadable(value)

    def get_prep_value(self, value: Any) -> Any:
        """Seal what is to be sealed, and what looks as if it were: it must come back as it was typed."""
        value = super().get_prep_value(value)
        if not isinstance(value, str) or not value:
            return value
        if isinstance(value, Sealed) and value.stored:
            return value.stored
        if isinstance(value, Sealed) or sealing.is_sealed_text(value):
            return sealing.sealed_text(str(value), place=self.place)
        return value


class AlwaysSealedField(SealedField):
    """Text of which every value lies sealed."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal it, whoever writes."""
        if isinstance(value, str) and not isinstance(value, Sealed):
            value = Sealed(value)
        return super().get_prep_value(value)
