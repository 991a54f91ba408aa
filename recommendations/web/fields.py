"""Form fields that every capability uses."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms


class Day(forms.DateInput):
    """A date field that browsers help with."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    widget = Day

    def to_python(self, value: Any) -> date | None:
        """What the calendar sends, and what people type where there is none."""
        try:
            return date.fromisoformat(str(value or "").strip())
        except ValueError:
            return super().to_python(value)
