"""Two members, or one coordinator, close a colleague's account at once; two end that, never she herself."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.access.visibility import visible
from recommendations.audit.log import record
from recommendations.audit.models import Event
from recommendations.evidence.models import Evidence
from recommendations.exports import services as exports
from recommendations.exports.models import Export
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.organisations import freezing, restoring, services
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.feeds import feed_of, make_feed
from recommendations.organisations.models import Freeze, Invitation, SignInRestoration, User
from recommendations.reminders.dispatch import notify
from recommendations.reminders.models import Notification
from recommendations.vocabulary import Audience, Confidentiality, JobState, Role
from tests.confirming import confirm
from tests.factories import PASSWORD, make_cycle, make_evidence, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def detained():
    return make_person(name="Saule")


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def member():
    return make_person(Role.EDITOR)


@pytest.fixture
def other():
    return make_person(Role.REVIEWER)


def is_open(person: User) -> bool:
    return User.objects.get(pk=person.pk).is_active


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


class TestWhoFreezes:
    def test_one_coordinator_suffices(self, detained, coordinator):
        assert freezing.freeze(detained, by=coordinator).frozen_at
        assert not is_open(detained)

    def test_of_two_members_the_second_makes_it_true(self, detained, member, other):
        assert freezing.freeze(detained, by=member).frozen_at is None
        assert is_open(detained)
        assert freezing.freeze(detained, by=other).confirmed_by == other
        assert not is_open(detained)

    def test_one_member_alone_freezes_nobody_however_often_she_asks(self, detained, member):
        freezing.freeze(detained, by=member)
        with pytest.raises(NotPossible, match="second member"):
            freezing.freeze(detained, by=member)
        assert is_open(detained)

    def test_a_coordinator_confirms_what_a_member_asked_for(self, detained, member, coordinator):
        freezing.freeze(detained, by=member)
        freezing.freeze(detained, by=coordinator)
        assert not is_open(detained)

    @pytest.mark.parametrize("role", [Role.OBSERVER, Role.ADMINISTRATOR])
    def test_observers_and_administrators_take_no_part(self, detained, role):
        with pytest.raises(NotPossible):
            freezing.freeze(detained, by=make_person(role))

    def test_nobody_freezes_herself_nor_an_account_that_has_ended(self, detained, coordinator):
        with pytest.raises(NotPossible):
            freezing.freeze(coordinator, by=coordinator)
        services.deactivate(detained, by=make_person(Role.ADMINISTRATOR))
        with pytest.raises(NotPossible, match="ended already"):
            freezing.freeze(detained, by=coordinator)

    def test_a_request_lapses_after_a_day(self, detained, member, other):
        asked = freezing.freeze(detained, by=member)
        late = asked.asked_at + freezing.TO_BE_CONFIRMED
        assert freezing.freeze(detained, by=other, at=late).frozen_at is None
        assert is_open(detained)

    def test_the_database_itself_wants_two_or_a_coordinator(self, detained, member):
        asked = freezing.freeze(detained, by=member)
        rows = Freeze.objects.filter(pk=asked.pk)
        for changes in (
            {"frozen_at": timezone.now()},
            {"confirmed_by": member},
            {"confirmed_by": detained},
            {"thawed_at": timezone.now(), "thaw_asked_by": member, "thawed_by": member},
            {"thawed_at": timezone.now(), "thawed_by": member},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**changes)

    def test_she_may_take_a_request_back_until_it_is_true(self, detained, member, other):
        asked = freezing.freeze(detained, by=member)
        with pytest.raises(NotPossible):
            freezing.withdraw(asked, by=other)
        freezing.withdraw(asked, by=member)
        assert freezing.open_freeze(detained) is None


class TestWhatEndsAtOnce:
    def test_her_sessions(self, detained, coordinator):
        hers = signed_in(detained)
        assert hers.get(reverse("my_work")).status_code == 200
        freezing.freeze(detained, by=coordinator)
        assert hers.get(reverse("my_work")).status_code == 302
        assert not UserSession.objects.filter(user=detained).exists()

    def test_her_calendar_addresses(self, detained, coordinator):
        _feed, token = make_feed(detained)
        freezing.freeze(detained, by=coordinator)
        freezing.thaw(Freeze.objects.get(), by=coordinator)
        freezing.thaw(Freeze.objects.get(), by=make_person())
        assert feed_of(token, today=timezone.localdate()) is None

    def test_the_invitations_that_she_made(self, coordinator):
        administrator = make_person(Role.ADMINISTRATOR)
        invited, token = services.invite(
            by=administrator, email="new@example.org", roles=["observer"], organisation=None, language="en"
        )
        freezing.freeze(administrator, by=coordinator)
        assert services.open_invitation(token) is None
        assert Invitation.objects.get(pk=invited.pk).revoked_at

    def test_ways_in_made_for_her_or_by_her(self, detained, coordinator):
        hers = make_person(Role.COORDINATOR)
        for person in (detained, make_person()):
            restoring.ask(person, by=hers, reason="R")
        freezing.freeze(hers, by=coordinator)
        freezing.freeze(detained, by=coordinator)
        assert not SignInRestoration.objects.filter(ended_at=None).exists()

    def test_her_exports_are_not_handed_out_and_those_that_wait_are_called_off(self, detained, coordinator):
        asked = {"round": None, "audience": Audience.COALITION, "format": "csv", "language": "en"}
        made = exports.ask_for_summary(cycle=make_cycle(), by=detained, **asked)
        queue.run(made.job)
        made.refresh_from_db()
        waiting = exports.ask_for_summary(cycle=make_cycle(), by=detained, **asked)
        path = exports.folder() / made.stored_as
        assert path.exists()
        with transaction.atomic():
            freezing.freeze(detained, by=coordinator)
        assert signed_in(coordinator).get(reverse("export_download", args=[made.pk])).status_code == 302
        assert Job.objects.get(pk=waiting.job_id).state == JobState.FAILED
        assert queue.claim(waiting.job_id) is None
        assert Export.objects.get(pk=made.pk).sha256, "what it was stays known"

    @pytest.mark.django_db(transaction=True)
    def test_the_file_of_her_export_is_gone_from_the_disk(self, detained, coordinator):
        asked = {"round": None, "audience": Audience.COALITION, "format": "csv", "language": "en"}
        made = exports.ask_for_summary(cycle=make_cycle(), by=detained, **asked)
        queue.run(made.job)
        made.refresh_from_db()
        path = exports.folder() / made.stored_as
        freezing.freeze(detained, by=coordinator)
        assert not path.exists()

    def test_no_mail_goes_to_her(self, detained, coordinator):
        detained.channels = {"news": "at_once"}
        detained.save()
        notify(recipients=[detained], kind="export.failed", url="", params={})
        freezing.freeze(detained, by=coordinator)
        mail.outbox.clear()
        queue.run_due()
        assert [one for one in mail.outbox if detained.email in one.to] == []

    def test_her_own_account_would_show_her_nothing(self, detained, coordinator):
        make_evidence(organisation=detained.organisation, confidentiality=Confidentiality.RESTRICTED)
        freezing.freeze(detained, by=coordinator)
        detained.refresh_from_db()
        assert not Evidence.objects.filter(visible(Evidence, detained)).exists()

    def test_her_work_stays_hers_and_the_coordinators_see_it(self, detained, coordinator):
        freezing.freeze(detained, by=coordinator)
        page = signed_in(coordinator).get(reverse("freeze_person", args=[detained.pk])).content.decode()
        assert reverse("work_hand_over", args=[detained.pk]) in page


class TestASignInAfterwards:
    def answer(self, **sent) -> str:
        page = Client().post(reverse("account_login"), sent)
        assert page.status_code == 200
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        return text.replace(sent["login"], "")

    def test_is_answered_like_a_wrong_password(self, detained, coordinator):
        freezing.freeze(detained, by=coordinator)
        right = self.answer(login=detained.email, password=PASSWORD)
        wrong = self.answer(login=detained.email, password="another long pass phrase")
        unknown = self.answer(login="nobody@example.org", password=PASSWORD)
        assert "not correct" in right
        assert right == wrong == unknown

    def test_brings_no_mail_that_restores_it(self, detained, coordinator):
        freezing.freeze(detained, by=coordinator)
        mail.outbox.clear()
        Client().post(reverse("account_reset_password"), {"email": detained.email})
        queue.run_due()
        assert mail.outbox == []


class TestWhoThaws:
    @pytest.fixture
    def frozen(self, detained, coordinator):
        return freezing.freeze(detained, by=coordinator)

    def test_a_coordinator_and_another_member_together(self, frozen, detained, coordinator, member):
        assert freezing.thaw(frozen, by=member) is False
        assert not is_open(detained)
        assert freezing.thaw(frozen, by=coordinator) is True
        assert is_open(detained)

    def test_not_one_person_twice(self, frozen, detained, coordinator):
        freezing.thaw(frozen, by=coordinator)
        with pytest.raises(NotPossible, match="second person"):
            freezing.thaw(frozen, by=coordinator)
        assert not is_open(detained)

    def test_not_two_members_without_a_coordinator(self, frozen, detained, member, other):
        freezing.thaw(frozen, by=member)
        with pytest.raises(NotPossible, match="coordinator"):
            freezing.thaw(frozen, by=other)
        assert not is_open(detained)

    def test_not_she_herself(self, frozen, detained):
        with pytest.raises(NotPossible):
            freezing.thaw(frozen, by=User.objects.get(pk=detained.pk))

    def test_not_an_administrator_alone_from_the_list_of_people(self, frozen, detained):
        administrator = make_person(Role.ADMINISTRATOR)
        with pytest.raises(NotPossible, match="frozen"):
            services.reactivate(detained, by=administrator)
        signed_in(administrator).post(reverse("person_access", args=[detained.pk]), {"do": "give"})
        assert not is_open(detained)

    def test_what_was_asked_a_day_ago_is_asked_anew(self, frozen, detained, coordinator, member):
        freezing.thaw(frozen, by=member)
        late = timezone.now() + freezing.TO_BE_CONFIRMED + timedelta(seconds=1)
        assert freezing.thaw(frozen, by=coordinator, at=late) is False

    def test_the_password_of_before_opens_nothing(self, frozen, detained, coordinator, member):
        freezing.thaw(frozen, by=member)
        freezing.thaw(frozen, by=coordinator)
        assert not User.objects.get(pk=detained.pk).has_usable_password()
        answer = Client().post(reverse("account_login"), {"login": detained.email, "password": PASSWORD})
        assert answer.status_code == 200

    def test_nor_does_a_passkey_or_an_app_of_before(self, frozen, detained, coordinator, member):
        Authenticator.objects.create(user=detained, type=Authenticator.Type.WEBAUTHN, data={})
        Authenticator.objects.create(user=detained, type=Authenticator.Type.TOTP, data={})
        freezing.thaw(frozen, by=member)
        freezing.thaw(frozen, by=coordinator)
        assert not Authenticator.objects.filter(user=detained).exists()


class TestThePages:
    def test_from_the_menu_in_two_taps_and_one_button(self, detained, coordinator):
        client = signed_in(coordinator)
        assert f'href="{reverse("freeze_list")}"' in client.get(reverse("my_work")).content.decode()
        page = reverse("freeze_person", args=[detained.pk])
        assert f'href="{page}"' in client.get(reverse("freeze_list")).content.decode()
        assert "Freeze now" in client.get(page).content.decode()
        assert client.post(page).status_code == 302
        assert not is_open(detained)
        assert "is frozen" in client.get(page).content.decode()

    def test_two_members_then_the_thaw(self, detained, member, other, coordinator):
        page = reverse("freeze_person", args=[detained.pk])
        one, two, third = signed_in(member), signed_in(other), signed_in(coordinator)
        assert "a second member confirms" in one.get(page).content.decode()
        one.post(page, {"reason": "Taken at the airport"})
        assert "Call one now" in one.get(page).content.decode()
        assert str(detained) in two.get(reverse("freeze_list")).content.decode()
        two.post(page)
        assert not is_open(detained)
        end = reverse("freeze_end", args=[Freeze.objects.get().pk])
        assert two.post(end, {"do": "thaw"}).url.startswith(reverse("account_reauthenticate"))
        confirm(two)
        confirm(third)
        two.post(end, {"do": "thaw"})
        third.post(end, {"do": "thaw"})
        assert is_open(detained)

    def test_she_sees_nothing_of_a_request_about_herself(self, detained, member, coordinator):
        freezing.freeze(detained, by=member)
        hers = signed_in(detained)
        assert hers.get(reverse("freeze_person", args=[detained.pk])).status_code == 404
        assert "Saule" not in hers.get(reverse("freeze_list")).content.decode().split("<main")[1]
        queue.run_due()
        told = Notification.objects.filter(kind="freeze.asked")
        assert {row.recipient_id for row in told} == {coordinator.pk}

    def test_what_is_told_names_nobody(self, detained, member, coordinator):
        freezing.freeze(detained, by=member, reason="Taken at the airport")
        queue.run_due()
        row = Notification.objects.get(kind="freeze.asked")
        assert "Saule" not in str(row.params)
        assert row.url == reverse("freeze_person", args=[detained.pk])

    def test_the_log_says_who_asked_and_who_confirmed(self, detained, member, other):
        freezing.freeze(detained, by=member)
        freezing.freeze(detained, by=other)
        acts = Event.objects.filter(verb__in=["person.freeze_asked", "person.frozen"])
        assert [(row.verb, row.actor) for row in acts.order_by("number")] == [
            ("person.freeze_asked", member),
            ("person.frozen", other),
        ]


class TestWhatSheCouldOpen:
    def test_counts_restricted_items_and_what_she_took(self, detained, coordinator):
        hers = make_evidence(
            title="Hers", organisation=detained.organisation, confidentiality=Confidentiality.RESTRICTED
        )
        shared = make_evidence(
            title="Shared", organisation=coordinator.organisation, confidentiality=Confidentiality.RESTRICTED
        )
        shared.named_people.add(detained)
        elsewhere = make_evidence(
            title="Elsewhere", organisation=make_organisation(), confidentiality=Confidentiality.RESTRICTED
        )
        record("evidence.file_opened", hers, by=detained)
        record("evidence.file_opened", shared, by=detained)
        record("evidence.file_opened", elsewhere, by=make_person())
        freezing.freeze(detained, by=coordinator)
        page = signed_in(coordinator).get(reverse("person_reach", args=[detained.pk])).content.decode()
        assert "<dt>Restricted evidence</dt><dd>2</dd>" in page
        assert "Shared" in page
        assert "Hers" not in page, "the coordinator may not see it, frozen or not"
        assert "1 more item" in page
        assert page.count("opened a file of") == 1
        assert "something that you may not see was opened" in page
        assert "Elsewhere" not in page

    def test_is_told_of_frozen_accounts_only(self, detained, coordinator):
        client = signed_in(coordinator)
        assert client.get(reverse("person_reach", args=[detained.pk])).status_code == 404
