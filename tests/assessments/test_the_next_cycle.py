"""The next cycle is opened from the one before: its dates, and the round in which the work goes on."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from recommendations.assessments import rounds, succession
from recommendations.assessments.models import Round
from recommendations.assessments.workflow import perform
from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import ReviewCycle, Session
from recommendations.vocabulary import MilestoneKind, Role
from tests.factories import make_assessment, make_cluster, make_person

pytestmark = pytest.mark.django_db
REVIEW = date(2029, 11, 5)


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def cluster(coordinator):
    """A cluster of an earlier round, given to a person."""
    editor, made = make_person(), make_cluster()
    rounds.assign(
        round_=made.round, clusters=[made], by=coordinator, organisation=editor.organisation,
        assignee=editor, due_on=None,
    )  # fmt: skip
    made.refresh_from_db()
    return made


def opened(cluster, coordinator, **changes):
    asked = {"session": None, "review_on": REVIEW, "title": "Before the review", "carry_from": cluster.round}
    return succession.open_next_cycle(cluster.round.cycle, by=coordinator, **asked | changes)


def test_the_new_cycle_has_its_dates_and_the_round_is_due_with_the_submissions(cluster, coordinator):
    cycle, round_ = opened(cluster, coordinator)
    assert (cycle.key, round_.cycle) == ("KAZ-3", cluster.round.cycle)
    deadline = cycle.milestones.get(kind=MilestoneKind.STAKEHOLDER_DEADLINE)
    assert (deadline.on, deadline.is_estimate) == (REVIEW - timedelta(days=213), True)
    assert round_.deadline == deadline.on


@pytest.mark.parametrize("keep", [True, False])
def test_clusters_and_organisations_come_along_and_people_where_they_are_kept(cluster, coordinator, keep):
    _cycle, round_ = opened(cluster, coordinator, keep_people=keep)
    copy = round_.clusters.get()
    assert copy.organisation == cluster.organisation
    assert copy.assignee == (cluster.assignee if keep else None)
    assert {item.assignee for item in round_.items.all()} == {copy.assignee}


def test_what_was_found_fully_implemented_is_left_out_where_it_is_wished(cluster, coordinator):
    author = cluster.assignee
    assessment = make_assessment(author, cluster=cluster)
    first = assessment.ratings.filter(demand=None).order_by("pk")[0]
    type(first).objects.filter(pk=first.pk).update(rating="fully")
    assessment = perform(assessment, "submit", by=author)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    _cycle, round_ = opened(cluster, coordinator, which=succession.NOT_FULLY)
    followed = set(round_.items.values_list("recommendation", flat=True))
    assert first.item.recommendation_id not in followed
    assert len(followed) == cluster.items.count() - 1


def test_no_round_is_opened_where_nothing_goes_on_or_no_date_is_known(cluster, coordinator):
    assert opened(cluster, coordinator, which=succession.NONE)[1] is None
    ReviewCycle.objects.get(key="KAZ-3").delete()
    assert opened(cluster, coordinator, review_on=None)[1] is None


def test_with_the_session_alone_everything_is_reckoned_from_its_first_day(cluster, coordinator):
    session = Session.objects.create(number=62, starts_on=date(2029, 11, 1), ends_on=date(2029, 11, 12))
    _cycle, round_ = opened(cluster, coordinator, review_on=None, session=session)
    assert round_.deadline == date(2029, 11, 1) - timedelta(days=213)


def test_a_cycle_that_is_there_is_not_opened_again_and_no_round_is_left_behind(cluster, coordinator):
    opened(cluster, coordinator)
    with pytest.raises(Refused):
        opened(cluster, coordinator, title="Again")
    assert not Round.objects.filter(title="Again").exists()


def test_a_coordinator_opens_it_on_the_page(client, cluster, coordinator):
    client.force_login(coordinator)
    page = reverse("cycle_next", args=[cluster.round.cycle.key])
    assert "Before the review of cycle 3" in client.get(page).content.decode()
    sent = {"review_on": "2029-11-05", "which": "all", "carry_from": cluster.round_id, "title": ""}
    assert client.post(page, sent).status_code == 422
    assert not ReviewCycle.objects.filter(key="KAZ-3").exists()
    assert client.post(page, sent | {"title": "Before the third"}).status_code == 302
    assert Round.objects.get(title="Before the third").clusters.count() == 1
