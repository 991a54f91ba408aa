"""Two coordinators give a colleague a way in within the hour: once, and nobody alone."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.audit.models import Event
from recommendations.organisations import restoring
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import SignInRestoration
from recommendations.vocabulary import Role
from tests.confirming import confirm
from tests.factories import make_person

pytestmark = pytest.mark.django_db
GOOD = "follow every recommendation"


@pytest.fixture
def first():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def second():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def editor():
    return make_person()


@pytest.fixture
def asked(first, editor):
    return restoring.ask(editor, by=first, reason="She called; I know her voice.")


def test_a_second_coordinator_confirms_and_the_way_in_works_once(asked, second, editor):
    token = restoring.confirm(asked, by=second)
    assert restoring.use(token, password=GOOD) == editor
    editor.refresh_from_db()
    assert editor.check_password(GOOD)
    with pytest.raises(NotPossible):
        restoring.use(token, password="something else again")
    verbs = list(Event.objects.filter(verb__startswith="signin.").values_list("verb", flat=True))
    assert set(verbs) == {"signin.restoration_asked", "signin.restoration_confirmed", "signin.restored"}


def test_nobody_confirms_what_she_asked_for(asked, first):
    with pytest.raises(NotPossible, match="second coordinator"):
        restoring.confirm(asked, by=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignInRestoration.objects.update(confirmed_by=first)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.OBSERVER, Role.ADMINISTRATOR])
def test_only_coordinators_take_part(asked, editor, role):
    other = make_person(role)
    with pytest.raises(NotPossible):
        restoring.ask(make_person(), by=other, reason="R")
    with pytest.raises(NotPossible):
        restoring.confirm(asked, by=other)


def test_an_administrator_s_own_and_an_ended_access_are_not_restored(first):
    ended = make_person()
    ended.is_active = False
    ended.save()
    for person in (make_person(Role.ADMINISTRATOR), first, ended):
        with pytest.raises(NotPossible):
            restoring.ask(person, by=first, reason="R")


def test_it_is_asked_once_at_a_time_and_anew_when_nobody_confirmed_it_within_a_day(asked, first, editor):
    with pytest.raises(NotPossible, match="asked for already"):
        restoring.ask(editor, by=first, reason="Again")
    later = asked.asked_at + restoring.TO_BE_CONFIRMED
    assert restoring.ask(editor, by=first, reason="Again", at=later).pk != asked.pk


def test_what_waited_longer_than_a_day_is_not_confirmed(asked, second):
    with pytest.raises(NotPossible):
        restoring.confirm(asked, by=second, at=asked.asked_at + restoring.TO_BE_CONFIRMED)


def test_the_way_in_closes_after_an_hour_and_when_it_is_stopped(asked, second):
    token = restoring.confirm(asked, by=second)
    late = timezone.now() + restoring.WAY_IN + timedelta(seconds=1)
    assert restoring.open_way_in(token, now=late) is None
    assert restoring.open_way_in(token)
    restoring.stop(asked, by=second)
    assert restoring.open_way_in(token) is None


def test_on_the_pages_from_the_call_to_the_new_password(first, second, editor):
    one, other, hers = Client(), Client(), Client()
    one.force_login(first)
    other.force_login(second)
    hers.force_login(editor)
    confirm(one)
    confirm(other)
    assert hers.get(reverse("my_work")).status_code == 200
    answer = one.post(reverse("signin_ask", args=[editor.pk]), {"reason": "She called."})
    assert answer.status_code == 302
    asked = SignInRestoration.objects.get()
    assert "a second coordinator confirms it" in one.get(reverse("colleagues")).content.decode()
    shown = other.post(reverse("signin_confirm", args=[asked.pk]), {"do": "confirm"}).content.decode()
    address = shown.split("/sign-in/")[1].split("/")[0]
    page = reverse("signin_restore", args=[address])
    anew = Client()
    assert anew.post(page, {"password": "short", "again": "short"}).status_code == 422
    assert anew.post(page, {"password": GOOD, "again": GOOD}).status_code == 302
    assert anew.get(reverse("my_work")).status_code == 200
    assert hers.get(reverse("my_work")).status_code == 302
    assert mail.outbox[-1].to == [editor.email]
    assert Client().get(page).status_code == 410
