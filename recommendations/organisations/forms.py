"""Forms about people and organisations."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import Language, ReminderChannel, ReminderKind, Role
from recommendations.web.fields import DayField

# Places and UTC, without the aliases kept for old programs ("US/Eastern", "GB").
REGIONS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)
TIME_ZONES = sorted(
    name
    for name in zoneinfo.available_timezones()
    if name == "UTC" or (name.split("/")[0] in REGIONS and "/" in name)
)


# Of what a person chooses how to hear: each kind of reminder, and all that happens to her own work.
CHANNEL_KINDS = {"news": gettext_lazy("What happens to my work")} | dict(ReminderKind.choices)


class InviteForm(forms.Form):
    """Whom to invite, for which organisation, in which roles."""

    email = forms.EmailField(label=gettext_lazy("E-mail"))
    name = forms.CharField(
        label=gettext_lazy("Shown as"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("She may change it. No legal name is needed."),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), required=False
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the invitation"), choices=Language.choices)

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.visible_to(reader)

    def clean(self) -> dict[str, Any]:
        """Whoever writes or reviews does it for an organisation."""
        data = super().clean() or {}
        works = {Role.EDITOR, Role.REVIEWER, Role.COORDINATOR} & set(data.get("roles", []))
        if works and not data.get("organisation"):
            self.add_error(
                "organisation",
                _("Choose the organisation: editors, reviewers and coordinators belong to one."),
            )
        return data


class PersonForm(forms.Form):
    """A person's roles and organisation, as the administrator sets them."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), required=False
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.visible_to(reader)


class PasswordForm(forms.Form):
    """A new password, typed twice, good enough for the ``person`` (an unsaved one where she has no account yet)."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. Several words in a row are good."),
    )
    again = forms.CharField(
        label=gettext_lazy("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same, and good enough for this person."""
        data = super().clean() or {}
        password = data.get("password")
        if password and data.get("again") and password != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        if password:
            self.person.name = data.get("name", self.person.name)
            try:
                password_validation.validate_password(password, self.person)
            except forms.ValidationError as faults:
                self.add_error("password", faults)
        return data


class AcceptForm(PasswordForm):
    """What a person who was invited says of herself: her name and a password."""

    name = forms.CharField(
        label=gettext_lazy("Shown as"),
        max_length=150,
        help_text=gettext_lazy("Colleagues see it. It need not be your legal name: a pseudonym is welcome."),
    )
    field_order = ("name", "password", "again")


class AskForm(forms.Form):
    """Why a colleague's sign-in is to be restored."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example how you made sure that it is she who asks. It stays in the log."),
    )
    clears_factors = forms.BooleanField(
        label=gettext_lazy("The second proof is lost too: phone, key and recovery codes"),
        required=False,
        help_text=gettext_lazy("They are taken away when the way in is used, and new ones are set up then."),
    )


class OrganisationForm(forms.ModelForm):
    """A member organisation's names and way of working."""

    class Meta:
        model = Organisation
        fields = ("name", "short_name", "name_ru", "name_kk", "works_by_mail")
        help_texts = {
            "works_by_mail": gettext_lazy(
                "A coordinator may enter assessments for it; she counts as their author."
            ),
        }


class ProfileForm(forms.ModelForm):
    """What a person chooses for herself: the frame first, then how she hears of what."""

    class Meta:
        model = User
        fields = (
            "name",
            "language",
            "time_zone",
            "theme",
            "single_keys",
            "wants_digest",
            "digest_hour",
            "digest_weekday",
            "away_until",
        )
        labels = {"name": gettext_lazy("Shown as")}
        help_texts = {
            "name": gettext_lazy(
                "Colleagues see it. It need not be your legal name: a pseudonym is welcome."
            ),
            "single_keys": gettext_lazy("J and K move in lists, / searches, ? lists the keys."),
        }

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=[(name, name.replace("_", " ")) for name in TIME_ZONES]
    )
    wants_digest = forms.BooleanField(
        label=gettext_lazy("Mails"),
        required=False,
        help_text=gettext_lazy("Quiet ones, and none when nothing is due."),
    )
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the digest"),
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        coerce=int,
    )
    digest_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day of the digest"),
        choices=[("", gettext_lazy("every day")), *enumerate(WEEKDAYS.values())],
        coerce=int,
        empty_value=None,
        required=False,
    )
    away_until = DayField(
        label=gettext_lazy("Away until"),
        required=False,
        help_text=gettext_lazy("No mail until then; in the product everything waits for you."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in CHANNEL_KINDS.items():
            self.fields[f"channel_{kind}"] = forms.ChoiceField(
                label=label,
                choices=ReminderChannel.choices,
                required=False,
                initial=self.instance.channel(kind),
            )
            # There is always a choice: nothing to call optional.
            self.fields[f"channel_{kind}"].never_empty = True  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the service takes: the person's columns, and ``channels``, those that differ from the digest."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("channel_")}
        chosen = {kind: self.cleaned_data.get(f"channel_{kind}") for kind in CHANNEL_KINDS}
        return plain | {
            "channels": {
                kind: value for kind, value in chosen.items() if value and value != ReminderChannel.DIGEST
            }
        }
