"""Before an act that is dangerous in other hands a person confirms that it is she, within five minutes."""

import pytest
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from recommendations.organisations.confirming import confirmed_recently, fresh_confirmation
from recommendations.organisations.models import Invitation, SignInRestoration
from recommendations.vocabulary import Role
from tests.confirming import confirm
from tests.factories import PASSWORD, make_organisation, make_person

pytestmark = pytest.mark.django_db
QUESTION = reverse("account_reauthenticate")


@pytest.fixture
def administrator(client):
    person = make_person(Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def invitation(**changes):
    return {
        "email": "new@example.org",
        "roles": ["editor"],
        "language": "en",
        "organisation": make_organisation().pk,
    } | changes


def test_an_invitation_waits_for_the_confirmation_and_then_goes_out_by_itself(client, administrator):
    asked = client.post(reverse("invite"), invitation())
    assert asked.status_code == 302
    assert asked.url.startswith(QUESTION)
    assert not Invitation.objects.exists()

    answer = client.post(asked.url, {"password": PASSWORD})

    assert answer.status_code == 200
    assert Invitation.objects.get().email == "new@example.org"


def test_a_wrong_password_lets_nothing_through(client, administrator):
    asked = client.post(reverse("invite"), invitation())

    answer = client.post(asked.url, {"password": "not the right one"})

    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_nobody_confirms_for_a_form_that_comes_back(client, administrator):
    answer = client.post(reverse("invite"), invitation(email="no address"))

    assert answer.status_code == 422


def test_a_form_that_comes_back_after_the_question_names_its_own_address(client, administrator):
    asked = client.post(reverse("invite"), invitation(email=make_person().email))

    page = client.post(asked.url, {"password": PASSWORD}).content.decode()

    assert f'action="{reverse("invite")}"' in page


def test_roles_and_access_wait_too(client, administrator):
    person = make_person()
    for address, sent in (
        (reverse("person_edit", args=[person.pk]), {"roles": ["editor", "administrator"]}),
        (reverse("person_access", args=[person.pk]), {"do": "end"}),
    ):
        assert client.post(address, sent).url.startswith(QUESTION)
    person.refresh_from_db()
    assert person.is_active
    assert not person.is_administrator


def test_both_steps_of_restoring_a_sign_in_wait(client):
    first, second, person = make_person(Role.COORDINATOR), make_person(Role.COORDINATOR), make_person()
    client.force_login(first)
    assert client.post(reverse("signin_ask", args=[person.pk]), {"reason": "R"}).url.startswith(QUESTION)
    asked = SignInRestoration.objects.create(person=person, reason="R", asked_by=first)
    client.force_login(second)
    assert client.post(reverse("signin_confirm", args=[asked.pk]), {"do": "confirm"}).url.startswith(QUESTION)


def test_it_holds_for_five_minutes_in_this_session_only(client, administrator):
    person = make_person()
    address = reverse("person_access", args=[person.pk])
    confirm(client, ago=4 * 60 + 50)
    assert client.post(address, {"do": "give"}).url == reverse("people_list")
    confirm(client, ago=5 * 60 + 1)
    assert client.post(address, {"do": "give"}).url.startswith(QUESTION)
    elsewhere = Client()
    elsewhere.force_login(administrator)
    confirm(client)
    assert elsewhere.post(address, {"do": "give"}).url.startswith(QUESTION)


def test_signing_in_alone_confirms_nothing(client):
    administrator = make_person(Role.ADMINISTRATOR)
    client.post(reverse("account_login"), {"login": administrator.email, "password": PASSWORD})
    answer = client.post(reverse("invite"), invitation())
    assert answer.url.startswith(QUESTION)


def test_who_may_not_is_told_so_and_not_asked(client):
    client.force_login(make_person())
    assert client.post(reverse("invite"), invitation()).status_code == 403


def test_a_part_of_a_page_sends_the_whole_page_to_the_question(client, administrator):
    answer = client.post(
        reverse("person_access", args=[make_person().pk]),
        {"do": "end"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"},
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"{QUESTION}?next=%2Fpeople%2F"


def test_a_view_may_ask_already_before_it_is_read(rf):
    @fresh_confirmation(reading=True)
    def read(request):
        return HttpResponse("secret")

    @fresh_confirmation
    def change(request):
        return HttpResponse("form")

    request = rf.get("/")
    request.user = make_person()
    request.session = SessionStore()
    assert not confirmed_recently(request)
    assert change(request).content == b"form"
    with pytest.raises(ReauthenticationRequired):
        read(request)
