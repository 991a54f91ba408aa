"""Sign-ins are listed in words and ended one by one or together; they end by themselves after a time."""

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.organisations.devices import COOKIE, in_words
from recommendations.organisations.models import KnownDevice, User
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
WORDS = {
    LINUX: "Firefox on Linux",
    IPHONE: "Safari on iPhone",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 "
    "Edg/141.0.0.0": "Edge on Windows",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 "
    "Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet on Android",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 "
    "YaBrowser/25.6.0.0 Safari/537.36": "Yandex Browser on Windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Safari/605.1.15": "Safari on macOS",
    "": "An unknown device",
    "curl/8.5.0": "An unknown device",
}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def signed_in(person, agent: str = LINUX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.get(reverse("my_work")).status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("my_work")).status_code == 200


@pytest.mark.parametrize(("agent", "words"), WORDS.items())
def test_a_device_is_called_what_people_call_it(agent, words):
    assert in_words(agent) == words


def test_the_list_says_which_device_and_which_one_is_this(client):
    person = make_person()
    here = signed_in(person)
    signed_in(person, IPHONE)
    signed_in(make_person(), "Mozilla/5.0 (Windows NT 10.0) Firefox/1")
    page = here.get(reverse("usersessions_list")).content.decode()
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    assert "Firefox on Linux" in rows[0]
    assert "this one" in rows[0]
    assert "Safari on iPhone" in rows[1]
    assert "this one" not in rows[1]
    assert "Windows" not in page


def test_one_is_ended_the_others_all_or_all_with_this_one():
    person = make_person()
    here, second, third, fourth = (signed_in(person) for _number in range(4))
    of_second = UserSession.objects.get(session_key=second.session.session_key)
    end = reverse("session_end")
    here.post(end, {"session": of_second.pk})
    assert (is_in(second), is_in(third)) == (False, True)
    here.post(end, {"do": "others"})
    assert (is_in(third), is_in(fourth), is_in(here)) == (False, False, True)
    fifth = signed_in(person)
    assert here.post(end, {"do": "all"}).url == reverse("account_login")
    assert (is_in(here), is_in(fifth)) == (False, False)
    assert Event.objects.filter(verb="person.sessions_ended").count() == 3


def test_nobody_ends_another_person_s_sign_in():
    person, other = make_person(), make_person()
    here, theirs = signed_in(person), signed_in(other)
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    for number in (row.pk, "x", "", "9" * 30):
        assert here.post(reverse("session_end"), {"session": number}).status_code == 404
    assert is_in(theirs)


@pytest.mark.parametrize(
    ("mark", "back", "words"),
    [
        ("seen_at", 61 * 60, "nothing happened for 60 minutes"),
        ("began_at", 12 * 3600 + 1, "12 hours at most"),
    ],
)
def test_a_sign_in_ends_on_the_server_when_it_is_idle_and_when_it_is_old(mark, back, words):
    client = signed_in(make_person())
    session = client.session
    session[mark] -= back
    session.save()
    answer = client.get(reverse("my_work"), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("account_login"))
    assert words in answer.content.decode()
    assert not is_in(client)
    assert Event.objects.filter(verb="person.timed_out").count() == 1


def test_who_works_stays_and_a_page_that_reloads_itself_does_not_count_as_work():
    client = signed_in(make_person())
    session = client.session
    session["seen_at"] -= 59 * 60
    session.save()
    client.get(reverse("my_work"), headers={"HX-Request": "true"})
    assert client.session["seen_at"] == session["seen_at"]
    client.get(reverse("my_work"))
    assert client.session["seen_at"] > session["seen_at"] + 58 * 60


def test_a_session_gets_another_number_at_sign_in_and_what_a_visitor_had_is_worth_nothing():
    person = make_person()
    client = Client()
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.session.session_key != before
    stale = Client()
    stale.cookies["sessionid"] = before
    assert not is_in(stale)


def test_a_new_device_is_told_of_by_mail_in_her_language_and_the_same_one_is_not():
    person = make_person(language="ru")
    User.objects.filter(pk=person.pk).update(created_at="2026-01-01T00:00:00Z")
    client = signed_in(person)
    assert len(mail.outbox) == 1
    told = mail.outbox[0]
    assert told.to == [person.email]
    for word in ("UPR", "human", "recommend", "O1", person.organisation.name):
        assert word not in told.subject + told.body
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert len(mail.outbox) == 1
    signed_in(person, IPHONE)
    assert len(mail.outbox) == 2
    assert "iPhone" in mail.outbox[1].body
    assert Event.objects.filter(verb="person.new_device").count() == 2


def test_who_has_just_joined_is_not_told_of_her_first_device():
    signed_in(make_person())
    assert not mail.outbox


def test_a_device_that_is_known_to_one_is_new_to_another_and_its_cookie_says_nothing():
    client = signed_in(make_person())
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert not KnownDevice.objects.filter(token_hash=cookie.value).exists()
    client.post(reverse("account_logout"))
    other = make_person()
    User.objects.filter(pk=other.pk).update(created_at="2026-01-01T00:00:00Z")
    client.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})
    assert mail.outbox[-1].to == [other.email]


def test_a_changed_password_is_told_of_and_signs_out_elsewhere():
    person = make_person()
    here, elsewhere = signed_in(person), signed_in(person, IPHONE)
    mail.outbox.clear()
    new = "another good pass phrase"
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert ["password was changed" in told.body for told in mail.outbox] == [True]
