"""An administrator closes the site in one confirmed step: sessions end, nothing leaves; two people open it again."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.audit.models import Event
from recommendations.exports import services as exports
from recommendations.exports.everything import handing_out
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.organisations import closing
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.feeds import feed_of, make_feed
from recommendations.organisations.models import SiteState
from recommendations.vocabulary import Audience, JobState, Role
from tests.confirming import confirm
from tests.factories import make_cycle, make_person

pytestmark = pytest.mark.django_db
ASKED = {"round": None, "audience": Audience.COALITION, "format": "csv", "language": "en"}


@pytest.fixture
def administrator():
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


class TestClosing:
    def test_ends_every_session(self, administrator, coordinator):
        clients = [signed_in(person) for person in (administrator, coordinator, make_person())]
        closing.close(by=administrator)
        assert {client.get(reverse("my_work")).status_code for client in clients} == {302}
        assert not Session.objects.exists()

    def test_closes_the_public_pages(self, administrator, settings):
        settings.PUBLIC_PAGES = True
        assert Client().get(reverse("public_home")).status_code == 200
        closing.close(by=administrator)
        assert Client().get(reverse("public_home")).status_code == 404

    def test_closes_calendar_addresses_and_keeps_them_for_later(self, administrator, coordinator):
        _feed, token = make_feed(coordinator)
        closing.close(by=administrator)
        assert feed_of(token, today=timezone.localdate()) is None
        closing.reopen(by=administrator)
        closing.reopen(by=coordinator)
        assert feed_of(token, today=timezone.localdate())

    def test_lets_no_export_be_asked_for_made_or_fetched(self, administrator, coordinator):
        cycle = make_cycle()
        made = exports.ask_for_summary(cycle=cycle, by=coordinator, **ASKED)
        queue.run(made.job)
        made.refresh_from_db()
        waiting = exports.ask_for_summary(cycle=cycle, by=coordinator, **ASKED)
        everything = handing_out.ask(by=administrator)
        closing.close(by=administrator)
        for export in (waiting, everything):
            queue.run(Job.objects.get(pk=export.job_id))
            assert Job.objects.get(pk=export.job_id).state == JobState.FAILED
        client = signed_in(coordinator)
        for page in (
            reverse("export_download", args=[made.pk]),
            reverse("summary_export", args=[cycle.key]),
            f"{reverse('recommendation_export')}?format=csv",
        ):
            answer = client.get(page)
            assert answer.status_code == 403
            assert "closed to the outside" in answer.content.decode()
        with pytest.raises(exports.NotAllowed, match="closed"):
            exports.ask_for_summary(cycle=cycle, by=coordinator, **ASKED)
        assert signed_in(administrator).get(reverse("everything")).status_code == 403

    def test_is_the_administrators_alone(self):
        for role in (Role.EDITOR, Role.REVIEWER, Role.COORDINATOR, Role.OBSERVER):
            with pytest.raises(NotPossible):
                closing.close(by=make_person(role))
        assert not closing.is_closed()

    def test_every_page_says_so_to_who_signed_in(self, administrator, coordinator):
        closing.close(by=administrator)
        assert (
            "The site is closed to the outside"
            in signed_in(coordinator).get(reverse("my_work")).content.decode()
        )
        assert "closed to the outside" not in Client().get(reverse("account_login")).content.decode()


class TestOpening:
    @pytest.fixture(autouse=True)
    def _closed(self, administrator):
        closing.close(by=administrator)

    def test_takes_two(self, administrator, coordinator):
        assert closing.reopen(by=administrator) is False
        with pytest.raises(NotPossible, match="second person"):
            closing.reopen(by=administrator)
        assert closing.is_closed()
        assert closing.reopen(by=coordinator) is True
        assert not closing.is_closed()

    def test_takes_two_for_the_database_too(self, administrator):
        for changes in (
            {"opened_at": timezone.now()},
            {"opened_at": timezone.now(), "opening_asked_by": administrator, "opened_by": administrator},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                SiteState.objects.update(**changes)

    def test_is_not_for_members(self):
        for role in (Role.EDITOR, Role.REVIEWER, Role.OBSERVER):
            with pytest.raises(NotPossible):
                closing.reopen(by=make_person(role))

    def test_asked_for_a_day_ago_is_asked_anew(self, administrator, coordinator):
        closing.reopen(by=administrator)
        late = timezone.now() + closing.TO_BE_CONFIRMED + timedelta(seconds=1)
        assert closing.reopen(by=coordinator, at=late) is False

    def test_closed_again_it_takes_two_again(self, administrator, coordinator):
        closing.reopen(by=administrator)
        closing.close(by=administrator)
        closing.reopen(by=coordinator)
        closing.close(by=administrator)
        assert closing.is_closed()
        assert closing.reopen(by=coordinator) is False


def test_on_the_page_in_one_confirmed_step_with_an_answer_that_is_the_last_of_the_session(
    administrator, coordinator
):
    client, page = signed_in(administrator), reverse("site_close")
    assert client.post(page).url.startswith(reverse("account_reauthenticate"))
    assert not closing.is_closed()
    confirm(client)
    answer = client.post(page, {"reason": "The server was taken"})
    assert answer.status_code == 200
    assert "yours too" in answer.content.decode()
    assert client.get(reverse("my_work")).status_code == 302
    for person in (administrator, coordinator):
        again = signed_in(person)
        confirm(again)
        again.post(reverse("site_open"))
    assert not closing.is_closed()
    acts = Event.objects.filter(verb__startswith="site.").order_by("number")
    assert [row.verb for row in acts] == ["site.closed", "site.opening_asked", "site.opened"]


def test_from_a_shell(administrator, coordinator, capsys):
    signed_in(coordinator).get(reverse("my_work"))
    call_command("panic", "--reason", "Drill")
    assert "1 sessions were ended" in capsys.readouterr().out
    assert closing.is_closed()
    with pytest.raises(CommandError, match="two people"):
        call_command("panic", "--end")
    with pytest.raises(CommandError, match="nobody here"):
        call_command("panic", "--end", "--by", "nobody@example.org")
    call_command("panic", "--end", "--by", administrator.email)
    assert closing.is_closed()
    call_command("panic", "--end", "--by", coordinator.email)
    assert not closing.is_closed()
