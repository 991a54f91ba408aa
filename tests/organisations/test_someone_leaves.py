"""Somebody leaves: one action ends all she holds, her membership and her roles; authorship stays, work is handed on."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments.leaving import someone_leaves
from recommendations.assessments.rounds import assign
from recommendations.audit.models import Event
from recommendations.organisations import restoring
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.feeds import feed_of, make_feed
from recommendations.organisations.models import Membership, SignInRestoration, User
from recommendations.vocabulary import Role
from tests.confirming import confirm
from tests.factories import make_assessment, make_cluster, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver():
    return make_person(name="Saule")


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def cluster(leaver, coordinator):
    made = make_cluster()
    given = {"organisation": leaver.organisation, "assignee": leaver, "due_on": None}
    assign(round_=made.round, by=coordinator, clusters=[made], **given)
    return made


def test_one_action_ends_what_she_holds_her_membership_and_her_roles(leaver, coordinator):
    _feed, token = make_feed(leaver)
    restoring.ask(leaver, by=coordinator, reason="R")
    hers = Client()
    hers.force_login(leaver)
    someone_leaves(leaver, by=coordinator)
    leaver = User.objects.get(pk=leaver.pk)
    assert not leaver.is_active
    assert not leaver.roles
    assert leaver.organisation is None
    assert not Membership.objects.filter(user=leaver, until=None).exists()
    assert feed_of(token, today=timezone.localdate()) is None
    assert not SignInRestoration.objects.filter(ended_at=None).exists()
    assert hers.get(reverse("my_work")).status_code == 302


def test_what_she_wrote_keeps_her_as_its_author(leaver, coordinator):
    assessment = make_assessment(by=leaver)
    someone_leaves(leaver, by=coordinator)
    assert leaver in assessment.authors.all()


def test_her_open_work_goes_to_another(leaver, coordinator, cluster):
    other = make_person()
    someone_leaves(leaver, by=coordinator, to=other)
    cluster.refresh_from_db()
    assert cluster.assignee == other


def test_without_another_it_stays_with_the_organisation_and_waits(leaver, coordinator, cluster):
    organisation = leaver.organisation
    someone_leaves(leaver, by=coordinator)
    cluster.refresh_from_db()
    assert (cluster.assignee, cluster.organisation) == (None, organisation)
    assert not cluster.round.items.filter(assignee=leaver).exists()


def test_the_log_says_so_once_with_what_ended(leaver, coordinator, cluster):
    make_feed(leaver)
    someone_leaves(leaver, by=coordinator)
    told = Event.objects.get(verb="person.left")
    assert told.subject_id == leaver.pk
    assert told.detail.detail["ended"] == {"feeds": 1, "assignments": 1}
    assert told.detail.detail["roles"] == ["editor"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.OBSERVER])
def test_only_coordinators_and_administrators_end_a_membership(leaver, role):
    with pytest.raises(NotPossible):
        someone_leaves(leaver, by=make_person(role))


def test_not_one_s_own_not_the_last_administrator_s_and_not_twice(leaver, coordinator):
    administrator = make_person(Role.ADMINISTRATOR)
    for person in (coordinator, administrator):
        with pytest.raises(NotPossible):
            someone_leaves(person, by=coordinator)
    someone_leaves(leaver, by=coordinator)
    with pytest.raises(NotPossible, match="left already"):
        someone_leaves(leaver, by=coordinator)


def test_on_the_page_after_confirming_who_is_there(leaver, coordinator, cluster):
    client, page = Client(), reverse("person_leave", args=[leaver.pk])
    client.force_login(coordinator)
    assert page in client.get(reverse("colleagues")).content.decode()
    assert "1 piece of open work" in client.get(page).content.decode()
    assert client.post(page).url.startswith(reverse("account_reauthenticate"))
    confirm(client)
    assert client.post(page, {"to": ""}).url == reverse("colleagues")
    assert not User.objects.get(pk=leaver.pk).is_active
