"""Who must have a second factor opens nothing else before it is set up, and is asked for it at each sign-in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.organisations import restoring, second_factor
from recommendations.organisations.sealing import CannotOpen, seal, unseal
from recommendations.organisations.services import invite
from recommendations.vocabulary import Role
from tests.confirming import confirm
from tests.factories import PASSWORD, make_organisation, make_person

pytestmark = pytest.mark.django_db
START = reverse("second_factor")


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def demanded(settings):
    settings.SECOND_FACTOR = ["everybody"]


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client: Client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def set_up_app(client: Client) -> str:
    """Go through the path with an app; gives the secret the app holds."""
    client.get(reverse("mfa_activate_totp"))
    secret = client.session[SECRET_SESSION_KEY]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    return secret


def with_app(client: Client | None = None):
    """A person with an app and kept codes; her secret; her recovery codes."""
    client, person = client or Client(), make_person()
    sign_in(client, person)
    secret = set_up_app(client)
    codes = second_factor.codes_of(person).wrap().get_unused_codes()
    client.post(reverse("mfa_view_recovery_codes"), {"kept": "on"})
    mail.outbox.clear()
    return person, secret, codes


# --- the path -----------------------------------------------------------------------------------------------------


def test_without_one_every_page_leads_to_the_path_and_signing_out_stays_possible(client, demanded):
    sign_in(client, make_person(Role.ADMINISTRATOR))
    for name in ("my_work", "people_list", "profile", "usersessions_list", "account_change_password"):
        assert client.get(reverse(name)).url == START, name
    assert client.get("/admin/").url == START
    assert client.post(reverse("set_language"), {"language": "ru"}).status_code == 302
    assert client.get(START).status_code == 200
    assert client.get(reverse("mfa_index")).url == START
    assert client.post(reverse("account_logout")).url == reverse("account_login")


def test_a_part_of_a_page_sends_the_whole_page_there(client, demanded):
    sign_in(client, make_person())
    answer = client.get(reverse("my_work"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, START)


def test_three_steps_with_an_app_and_the_pages_open(client, demanded, django_capture_on_commit_callbacks):
    person = make_person()
    sign_in(client, person)

    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client)
    assert client.get(reverse("my_work")).url == START
    assert client.get(START).url == reverse("mfa_view_recovery_codes")
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = second_factor.codes_of(person).wrap().get_unused_codes()
    assert all(f"{code[:4]} {code[4:]}" in page for code in codes)
    assert client.post(reverse("mfa_view_recovery_codes")).status_code == 422
    answer = client.post(reverse("mfa_view_recovery_codes"), {"kept": "on"})

    assert answer.url == reverse("my_work")
    assert client.get(reverse("my_work")).status_code == 200
    verbs = set(Event.objects.filter(verb__startswith="factor.").values_list("verb", flat=True))
    assert verbs == {"factor.added", "factor.codes_kept"}


def test_codes_are_shown_until_they_are_kept_and_never_again(client, demanded):
    sign_in(client, make_person())
    set_up_app(client)
    file = client.get(reverse("mfa_download_recovery_codes"))
    assert len(file.content.decode().split("\n")) == 11
    client.post(reverse("mfa_view_recovery_codes"), {"kept": "on"})
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 404
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert file.content.decode().split("\n")[0] not in page
    assert "10 codes are left" in page


def test_whoever_comes_by_invitation_goes_the_same_way(client, demanded):
    administrator = make_person(Role.ADMINISTRATOR)
    _invitation, token = invite(
        by=administrator,
        email="i@example.org",
        roles=["editor"],
        organisation=make_organisation(),
        language="en",
    )
    words = {"name": "Dana", "password": PASSWORD, "again": PASSWORD}
    client.post(reverse("invitation_accept", args=[token]), words)
    assert client.get(reverse("my_work")).url == START
    set_up_app(client)


def test_it_is_demanded_of_the_roles_that_the_site_names(client, settings):
    settings.SECOND_FACTOR = ["administrator"]
    sign_in(client, make_person())
    assert client.get(reverse("my_work")).status_code == 200
    other = Client()
    sign_in(other, make_person(Role.ADMINISTRATOR))
    assert other.get(reverse("my_work")).url == START


def test_setting_up_later_than_a_quarter_of_an_hour_after_signing_in_asks_for_the_password(client, demanded):
    sign_in(client, make_person())
    session = client.session
    session["began_at"] -= 16 * 60
    session.save()
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))


# --- signing in with it -------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(client):
    person, secret, _codes = with_app()
    assert sign_in(client, person).url == reverse("mfa_authenticate")
    assert client.get(reverse("my_work")).status_code == 302
    assert client.post("/admin/login/", {"username": person.email, "password": PASSWORD}).status_code == 302
    assert client.get(reverse("my_work")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert client.get(reverse("my_work")).status_code == 200


def test_the_emergency_door_has_no_sign_in_of_its_own(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.url.startswith(reverse("account_login"))


def test_a_code_of_the_app_works_once(client):
    person, secret, _codes = with_app()
    code = code_of(secret, steps=1)
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": code})
    other = Client()
    sign_in(other, person)
    answer = other.post(reverse("mfa_authenticate"), {"code": code})
    assert "used before" in answer.content.decode()
    assert other.get(reverse("my_work")).status_code == 302


def test_a_recovery_code_works_once_and_is_told_by_mail(client):
    person, _secret, codes = with_app()
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": f"{codes[0][:4]} {codes[0][4:]}"})
    assert client.get(reverse("my_work")).status_code == 200
    assert any("recovery code was used" in told.body for told in mail.outbox)
    other = Client()
    sign_in(other, person)
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert Event.objects.filter(verb="factor.code_used").count() == 1


def test_guessing_codes_is_stopped_after_five_also_by_another_process(client):
    person, secret, _codes = with_app()
    cache.clear()
    one, other = Client(), Client()
    sign_in(one, person)
    sign_in(other, person)
    for number in range(5):
        browser = (one, other)[number % 2]
        assert browser.post(reverse("mfa_authenticate"), {"code": f"00000{number}"}).status_code == 200
    answer = other.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert answer.status_code == 200
    assert other.get(reverse("my_work")).status_code == 302


def test_the_question_is_it_still_you_takes_a_code_too(client):
    person, secret, _codes = with_app(client)
    person.is_administrator = True
    person.save()
    asked = client.post(reverse("person_access", args=[make_person().pk]), {"do": "give"})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    page = client.get(asked.url).content.decode()
    assert reverse("mfa_reauthenticate") in page
    query = asked.url.partition("?")[2]
    answer = client.post(f"{reverse('mfa_reauthenticate')}?{query}", {"code": code_of(secret, steps=1)})
    assert answer.url == reverse("people_list")


# --- kept and lost ------------------------------------------------------------------------------------------------


def test_what_stands_in_the_database_makes_no_code():
    person, secret, codes = with_app()
    kept = str(list(Authenticator.objects.filter(user=person).values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)
    assert unseal(Authenticator.objects.get(user=person, type="totp").data["secret"]) == secret


def test_a_new_key_of_the_site_opens_what_the_earlier_one_sealed_until_all_is_sealed_anew(settings, capsys):
    person, secret, codes = with_app()
    earlier = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 6, [earlier]
    assert second_factor.codes_of(person).wrap().get_unused_codes() == codes
    call_command("reseal_second_factors")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(Authenticator.objects.get(user=person, type="totp").data["secret"]) == secret
    assert second_factor.codes_of(person).wrap().get_unused_codes() == codes


def test_a_lost_key_of_the_site_is_said_and_breaks_no_page(client, settings):
    person, secret, _codes = with_app()
    sealed = seal("x")
    settings.SECRET_KEY = "another key " * 6
    with pytest.raises(CannotOpen):
        unseal(sealed)
    sign_in(client, person)
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert "key was changed" in answer.content.decode()
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("reseal_second_factors")


def test_two_coordinators_clear_what_is_lost_and_she_sets_up_anew(client, demanded):
    person, _secret, _codes = with_app()
    first, second = make_person(Role.COORDINATOR), make_person(Role.COORDINATOR)
    asked = restoring.ask(person, by=first, reason="The telephone is gone.", clears_factors=True)
    token = restoring.confirm(asked, by=second)
    page = reverse("signin_restore", args=[token])
    client.post(page, {"password": "follow every one", "again": "follow every one"})
    assert not Authenticator.objects.filter(user=person).exists()
    assert client.get(reverse("my_work")).url == START
    assert any("were taken away" in told.body for told in mail.outbox)


def test_a_restored_password_alone_does_not_pass_a_factor_that_is_not_lost(client):
    person, _secret, _codes = with_app()
    asked = restoring.ask(person, by=make_person(Role.COORDINATOR), reason="Forgotten.")
    token = restoring.confirm(asked, by=make_person(Role.COORDINATOR))
    answer = client.post(
        reverse("signin_restore", args=[token]),
        {"password": "follow every one", "again": "follow every one"},
    )
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("my_work")).status_code == 302


def test_removing_the_last_factor_leads_back_to_the_path_and_signs_out_elsewhere(client, demanded):
    person, secret, _codes = with_app(client)
    elsewhere = Client()
    sign_in(elsewhere, person)
    elsewhere.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert elsewhere.get(reverse("my_work")).status_code == 200
    confirm(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get(reverse("my_work")).url == START
    assert elsewhere.get(reverse("my_work")).url.startswith(reverse("account_login"))
    assert any("was removed" in told.body for told in mail.outbox)


@pytest.mark.django_db(transaction=True)
def test_new_codes_take_the_place_of_the_old_and_are_written_down_first(client, demanded):
    person, _secret, codes = with_app(client)
    confirm(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    assert client.get(reverse("my_work")).url == START
    anew = second_factor.codes_of(person).wrap().get_unused_codes()
    assert not set(anew) & set(codes)
    assert any("New recovery codes" in told.body for told in mail.outbox)


def test_a_passkey_needs_a_name_of_the_site_and_that_is_said(client):
    sign_in(client, make_person())
    assert "instead of a number" in client.get(START, headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "Use a passkey" in client.get(START, headers={"host": "localhost:8000"}).content.decode()


def test_a_forged_passkey_answer_is_refused_with_words(client):
    person = make_person()
    sign_in(client, person)
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "K", "credential": '{"id": "x"}'})
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(user=person).exists()
    for credential in ("", "{}", "[]", '"x"', '{"response": {"userHandle": "AA"}}'):
        assert Client().post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code == 302
