"""The forms of the second factor: a code works once, wherever it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from recommendations.organisations.second_factor import use_up

CODE = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "autocapitalize": "off",
    "spellcheck": "false",
}


def _ask_for_code(form: forms.Form, help_text: Any = "") -> None:
    form.fields["code"] = forms.CharField(
        label=_("Code"), max_length=20, help_text=help_text, widget=forms.TextInput(attrs=CODE)
    )


class SignInCodeForm(AuthenticateForm):
    """The second question of a sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        """A code of the app that was used a moment ago, by whomever, opens nothing."""
        return _once(self, super().clean_code())


class ConfirmCodeForm(ReauthenticateForm):
    """The same code as an answer to "is it still you?"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        """A code of the app that was used a moment ago, by whomever, opens nothing."""
        return _once(self, super().clean_code())


class AppForm(ActivateTOTPForm):
    """The first code of an app, as the proof that it took the square code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, _("The six digits that the app shows now."))

    def clean_code(self) -> str:
        """The code that proved the app does not sign in as well."""
        code = super().clean_code()
        use_up(self.user, code)
        return code


class _AnswerOfADevice:
    """Whatever is wrong with the answer of a device, which anybody can forge, it is a refusal with words, no fault."""

    def clean(self) -> Any:
        """The new key's answer."""
        return _refusing(super().clean)  # type: ignore[misc]


class _AnswerOfAKnownDevice:
    """The same for a key that is known."""

    def clean_credential(self) -> Any:
        """The known key's answer."""
        return _refusing(super().clean_credential)  # type: ignore[misc]


class SignInPasskeyForm(_AnswerOfAKnownDevice, LoginWebAuthnForm):
    """Signing in with a passkey alone."""


class SecondPasskeyForm(_AnswerOfAKnownDevice, AuthenticateWebAuthnForm):
    """A key as the second question of a sign-in."""


class ConfirmPasskeyForm(_AnswerOfAKnownDevice, ReauthenticateWebAuthnForm):
    """A key as an answer to "is it still you?"."""


class PasskeyForm(_AnswerOfADevice, AddWebAuthnForm):
    """A passkey or security key, and what its owner calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["name"].max_length = 60
        self.fields["passwordless"] = forms.BooleanField(
            label=_("Sign in with it alone, without the password"),
            required=False,
            initial=True,
            help_text=_("Switch this off for a key that has neither PIN nor fingerprint."),
        )


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a key."""

    name = forms.CharField(label=_("What you call it"), max_length=60)


class KeptForm(forms.Form):
    """That the recovery codes were written down."""

    kept = forms.BooleanField(label=_("I have written the codes down and keep them away from this device"))


def _refusing(clean: Callable[[], Any]) -> Any:
    try:
        return clean()
    except forms.ValidationError:
        raise
    except Exception:
        # fido2 and its CBOR reader stop at hostile bytes with whatever comes to hand.
        raise get_adapter().validation_error("passkey_refused") from None


def _once(form: Any, code: str) -> str:
    if form.authenticator.type == Authenticator.Type.TOTP and not use_up(form.user, code):
        raise get_adapter().validation_error("incorrect_code")
    return code
