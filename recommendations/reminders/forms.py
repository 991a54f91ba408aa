"""The form of a rule."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.reminders.models import ReminderRule
from recommendations.reminders.rules import DEFAULTS
from recommendations.vocabulary import ReminderAudience


class LeadsField(forms.CharField):
    """Numbers of days divided by commas; below zero: after the date."""

    def to_python(self, value: Any) -> list[int]:
        """The numbers; a clear sentence on what is none."""
        found = []
        for part in re.split(r"[\s,;]+", str(value or "").strip()):
            number = part.replace("\u2212", "-").replace("\u2013", "-")
            if not part:
                continue
            if not re.fullmatch(r"[+-]?\d{1,4}", number):
                raise forms.ValidationError(
                    _("“%(part)s” is no number of days. Expected numbers such as 30, 7, 1 or -3.")
                    % {"part": part[:20]}
                )
            found.append(int(number))
        return found


class RuleForm(forms.Form):
    """When a rule tells, whom, and whether at all."""

    is_on = forms.BooleanField(label=gettext_lazy("On"), required=False)
    leads = LeadsField(
        label=gettext_lazy("Days before the date"),
        required=False,
        help_text=gettext_lazy("Divided by commas. Below zero: days after it."),
    )
    audience = forms.MultipleChoiceField(
        label=gettext_lazy("Told to"),
        required=False,
        choices=ReminderAudience.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    escalate_after = forms.IntegerField(
        label=gettext_lazy("Coordinators join after so many days"),
        required=False,
        min_value=1,
        max_value=365,
    )
    months = forms.IntegerField(
        label=gettext_lazy("Stale after so many months"), required=False, min_value=1, max_value=120
    )
    words = forms.CharField(
        label=gettext_lazy("Words of your own"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Stand behind the sentence. Nothing confidential: they go into mails."),
    )

    def __init__(self, *args: Any, rule: ReminderRule, **kwargs: Any) -> None:
        initial = {name: getattr(rule, name) for name in self.base_fields}
        initial["leads"] = ", ".join(str(lead) for lead in rule.leads)
        super().__init__(*args, initial=initial, **kwargs)
        default = DEFAULTS[rule.kind]
        if default.escalates is None:
            del self.fields["escalate_after"]
        if default.months is None:
            del self.fields["months"]
        for name in ("leads", "audience"):
            # Empty only where the rule is off: nothing to call optional.
            self.fields[name].never_empty = True  # type: ignore[attr-defined]
        self.rule = rule

    def as_rule(self) -> ReminderRule:
        """The rule as it would be, unsaved, for the preview."""
        names = {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}
        return ReminderRule(pk=self.rule.pk, kind=self.rule.kind, **names)
