"""Signing in with two proofs, as a person does it: three steps, a passkey, a lost phone, the list of devices."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import Page, expect

from recommendations.organisations.models import User
from tests.browser.site import Site

Open = Callable[..., Page]
EDITOR = "editor@example.org"


def code_of(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_password(page: Page, site_url: str, email: str = EDITOR) -> None:
    page.goto(f"{site_url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up_app(page: Page, look: Callable[[Page], None] = lambda page: None) -> tuple[str, str]:
    """From the first step to the last with an app; gives its secret and one recovery code."""
    page.get_by_role("link", name="Use an app").click()
    page.get_by_text("The phone cannot read it?").click()
    secret = page.locator("code.long-code").inner_text()
    look(page)
    page.get_by_role("textbox", name="Code").fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()
    code = page.locator(".recovery-codes code").first.inner_text()
    look(page)
    page.get_by_label("I have written the codes down").check()
    page.get_by_role("button", name="Done").click()
    return secret, code


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_first_sign_in_goes_through_three_steps_with_an_app_and_a_lost_one_is_replaced_by_a_code(
    site: Site, open_as: Open, accessible, script: bool
) -> None:
    page, look = open_as(java_script_enabled=script), accessible if script else lambda page: None
    give_password(page, site.url)
    page.goto(f"{site.url}/accounts/second-factor/")
    look(page)
    secret, code = set_up_app(page, look)
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")

    page.goto(f"{site.url}/accounts/2fa/")
    look(page)
    page.goto(f"{site.url}/accounts/sessions/")
    look(page)
    page.get_by_role("button", name="End all, here too").click()
    give_password(page, site.url)
    look(page)
    page.get_by_role("textbox", name="Code").fill(code_of(secret, steps=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")

    other = open_as(java_script_enabled=script)
    give_password(other, site.url)
    other.get_by_role("textbox", name="Code").fill(code)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", level=1)).to_have_text("My work")
    other.goto(f"{site.url}/accounts/sessions/")
    expect(other.get_by_role("row")).to_have_count(3)
    other.get_by_role("button", name="End all others").click()
    page.goto(f"{site.url}/profile/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_passkey_is_made_signs_in_alone_and_answers_the_question(
    site: Site, open_as: Open, accessible
) -> None:
    """Under the site's name, not its number: browsers make no passkeys for numbers."""
    named = site.url.replace("127.0.0.1", "localhost")
    page = open_as()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    give_password(page, named, "admin@example.org")
    page.goto(f"{named}/accounts/second-factor/")
    page.get_by_role("link", name="Use a passkey").click()
    accessible(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("I have written the codes down").check()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert key.user == User.objects.get(email="admin@example.org")

    page.goto(f"{named}/accounts/sessions/")
    page.get_by_role("button", name="End all, here too").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")

    page.goto(f"{named}/people/")
    page.get_by_role("button", name=re.compile("^End access : ")).last.click()
    page.get_by_role("link", name="Use a passkey").click()
    accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    assert User.objects.filter(is_active=False).exists()

    page.goto(f"{named}/accounts/2fa/webauthn/")
    accessible(page)
    page.get_by_role("link", name=re.compile("^Remove")).click()
    page.get_by_role("button", name="Remove").click()
    assert not Authenticator.objects.filter(user=key.user).exists()
