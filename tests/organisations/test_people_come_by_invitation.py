"""People: invited once, in roles, one organisation at a time; the last administrator stays."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from recommendations.audit.models import Event
from recommendations.organisations import services
from recommendations.organisations.models import Invitation, Membership, User
from recommendations.vocabulary import Role
from tests.confirming import confirm
from tests.factories import PASSWORD, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return make_person(Role.ADMINISTRATOR, email="admin@example.org")


def invite(administrator, **changes):
    asked = {
        "email": "New@Example.org",
        "roles": [Role.EDITOR],
        "organisation": make_organisation(),
        "language": "ru",
    }
    return services.invite(by=administrator, **asked | changes)


def test_an_invitation_is_accepted_once(administrator):
    invitation, token = invite(administrator)
    person = services.accept_invitation(token, name="Dana", password=PASSWORD)
    assert (person.email, person.roles, person.language) == ("new@example.org", {Role.EDITOR}, "ru")
    assert person.organisation == invitation.organisation
    with pytest.raises(services.NotPossible):
        services.accept_invitation(token, name="Dana", password=PASSWORD)
    assert User.objects.filter(email="new@example.org").count() == 1


def test_the_token_is_kept_nowhere(administrator):
    invitation, token = invite(administrator)
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert not Event.objects.filter(subject_label__contains=token).exists()


def test_an_invitation_lapses(administrator):
    invitation, token = invite(administrator)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert services.open_invitation(token) is None


def test_a_new_invitation_to_the_same_address_replaces_the_open_one(administrator):
    _first, old = invite(administrator)
    _second, new = invite(administrator)
    assert services.open_invitation(old) is None
    assert services.open_invitation(new) is not None


def test_whoever_has_an_account_is_not_invited_again(administrator):
    with pytest.raises(services.NotPossible):
        invite(administrator, email=administrator.email.upper())


def test_a_person_belongs_to_one_organisation_at_a_time_and_the_dates_are_kept(administrator):
    person = make_person()
    first = person.organisation
    services.move_to_organisation(person, organisation=make_organisation(), by=administrator)
    assert Membership.objects.filter(user=person, until=None).count() == 1
    assert Membership.objects.get(user=person, organisation=first).until == timezone.localdate()


def test_the_last_administrator_stays_one(administrator):
    with pytest.raises(services.NotPossible):
        services.set_roles(administrator, roles=[Role.EDITOR], by=administrator)
    other = make_person(Role.ADMINISTRATOR)
    services.set_roles(other, roles=[Role.EDITOR], by=administrator)
    with pytest.raises(services.NotPossible):
        services.deactivate(administrator, by=other)


def test_the_emergency_door_opens_for_administrators_only(administrator):
    assert administrator.is_staff
    person = make_person()
    services.set_roles(person, roles=[Role.ADMINISTRATOR], by=administrator)
    assert person.is_superuser
    services.set_roles(person, roles=[Role.EDITOR], by=administrator)
    assert not person.is_superuser


# --- the pages ----------------------------------------------------------------------------------------------------


def test_an_administrator_invites_and_the_invited_person_signs_in_through_the_mails_address(
    client, administrator
):
    organisation = make_organisation()
    client.force_login(administrator)
    confirm(client)
    answer = client.post(
        reverse("invite"),
        {"email": "dana@example.org", "roles": ["editor"], "organisation": organisation.pk, "language": "en"},
    )
    assert answer.status_code == 200
    address = next(word for word in mail.outbox[0].body.split() if "/invitations/" in word)
    assert address in answer.content.decode()
    client.logout()
    path = "/" + address.split("/", 3)[3]
    assert client.get(path).status_code == 200
    answer = client.post(path, {"name": "Dana", "password": PASSWORD, "again": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("my_work")
    assert answer.context["user"].email == "dana@example.org"
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 12"),
        (PASSWORD, PASSWORD + "x", "differ"),
        ("new@example.org", "new@example.org", "similar"),
    ],
)
def test_a_poor_password_is_refused_with_the_reason_and_the_name_stays(
    client, administrator, password, again, words
):
    _invitation, token = invite(administrator, language="en")
    address = reverse("invitation_accept", args=[token])
    answer = client.post(address, {"name": "Dana", "password": password, "again": again})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Dana"' in answer.content.decode()
    assert services.open_invitation(token) is not None


def test_an_editor_is_not_invited_without_an_organisation(client, administrator):
    client.force_login(administrator)
    answer = client.post(reverse("invite"), {"email": "d@example.org", "roles": ["editor"], "language": "en"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("page", ["people_list", "invite", "organisation_list", "organisation_new"])
def test_only_administrators_keep_the_list(client, page):
    client.force_login(make_person(Role.COORDINATOR))
    assert client.get(reverse(page)).status_code == 403


def test_access_ends_at_once(client, administrator):
    person = make_person()
    client.force_login(person)
    assert client.get(reverse("my_work")).status_code == 200
    services.deactivate(person, by=administrator)
    assert client.get(reverse("my_work")).status_code == 302


def test_signing_in_and_a_failed_attempt_are_in_the_log(client, administrator):
    client.post(reverse("account_login"), {"login": administrator.email, "password": "wrong"})
    client.post(reverse("account_login"), {"login": administrator.email, "password": PASSWORD})
    assert list(
        Event.objects.filter(verb__startswith="person.sign").order_by("number").values_list("verb", flat=True)
    ) == [
        "person.sign_in_failed",
        "person.signed_in",
    ]


def test_a_person_chooses_language_appearance_and_what_the_digest_tells(client):
    person = make_person()
    client.force_login(person)
    answer = client.post(
        reverse("profile"),
        {
            "name": "Dana",
            "language": "ru",
            "theme": "dark",
            "time_zone": "Asia/Almaty",
            "wants_digest": "on",
            "digest_hour": "20",
            "digest_weekday": "4",
            "channel_milestone": "at_once",
            "channel_waiting_review": "digest",
            "channel_news": "off",
        },
        follow=True,
    )
    person.refresh_from_db()
    assert (person.language, person.theme, person.single_keys) == ("ru", "dark", False)
    assert person.channels == {"milestone": "at_once", "news": "off"}
    assert (person.digest_hour, person.digest_weekday) == (20, 4)
    assert '<html lang="ru" data-theme="dark"' in answer.content.decode()
