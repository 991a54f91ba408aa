"""Rounds and clusters: opened, given out, changed without pulling work from under anybody's hands."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments import rounds
from recommendations.assessments.models import Cluster, Round, RoundItem
from recommendations.assessments.workflow import perform
from recommendations.vocabulary import Role, RoundPurpose
from tests.factories import (
    make_assessment,
    make_cluster,
    make_cycle,
    make_organisation,
    make_person,
    make_recommendation,
    make_round,
    make_theme,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


def open_round(coordinator, recommendations, **changes):
    asked = {
        "cycle": make_cycle(),
        "title": "Mid-term",
        "purpose": RoundPurpose.MID_TERM,
        "cutoff_on": date(2027, 6, 30),
        "deadline": date(2027, 12, 1),
    }
    return rounds.open_round(by=coordinator, recommendations=recommendations, **asked | changes)


def test_a_recommendation_is_followed_currently_by_its_latest_round(coordinator):
    recommendation = make_recommendation()
    first = open_round(coordinator, [recommendation])
    second = open_round(coordinator, [recommendation], title="Before the fifth review")
    assert not RoundItem.objects.get(round=first).is_current
    assert RoundItem.objects.get(round=second).is_current


def test_a_round_opened_afterwards_for_an_earlier_time_takes_nothing_over(coordinator):
    recommendation = make_recommendation()
    later = open_round(coordinator, [recommendation])
    earlier = open_round(
        coordinator, [recommendation], title="Catching up", at=timezone.now() - timedelta(days=400)
    )
    assert RoundItem.objects.get(round=later).is_current
    assert not RoundItem.objects.get(round=earlier).is_current


def test_clusters_and_their_leads_come_along_from_an_earlier_round(coordinator):
    kept, dropped = make_recommendation(), make_recommendation()
    first = open_round(coordinator, [kept, dropped])
    organisation = make_organisation()
    rounds.make_cluster(
        first, title="Blocking", items=list(first.items.all()), by=coordinator, organisation=organisation
    )
    second = open_round(coordinator, [kept], title="Next", carry_from=first)
    cluster = second.clusters.get()
    assert (cluster.title, cluster.organisation) == ("Blocking", organisation)
    assert [item.recommendation for item in cluster.items.all()] == [kept]
    assert second.items.get().organisation == organisation


def test_an_assignment_of_a_cluster_is_that_of_its_recommendations(coordinator):
    cluster = make_cluster()
    editor = make_person()
    rounds.assign(
        round_=cluster.round,
        clusters=[cluster],
        organisation=editor.organisation,
        assignee=editor,
        due_on=date(2027, 1, 1),
        by=coordinator,
    )
    cluster.refresh_from_db()
    assert cluster.assignee == editor
    assert {(item.organisation_id, item.assignee_id, item.due_on) for item in cluster.items.all()} == {
        (editor.organisation_id, editor.pk, date(2027, 1, 1))
    }


def test_work_is_not_given_to_somebody_of_another_organisation(coordinator):
    cluster = make_cluster()
    with pytest.raises(rounds.NotPossible, match="does not belong"):
        rounds.assign(
            round_=cluster.round,
            clusters=[cluster],
            organisation=make_organisation(),
            assignee=make_person(),
            due_on=None,
            by=coordinator,
        )


def test_work_is_not_given_to_somebody_who_may_not_write(coordinator):
    cluster = make_cluster()
    with pytest.raises(rounds.NotPossible, match="no role"):
        rounds.assign(
            round_=cluster.round,
            clusters=[cluster],
            organisation=None,
            assignee=make_person(Role.OBSERVER),
            due_on=None,
            by=coordinator,
        )


@pytest.mark.parametrize("act", ["move_items", "take_out"])
def test_a_cluster_does_not_change_while_an_assessment_of_it_is_on_its_way(coordinator, act):
    cluster = make_cluster(make_round(make_recommendation(), make_recommendation(), make_recommendation()))
    single = cluster.items.last()
    RoundItem.objects.filter(pk=single.pk).update(cluster=None)
    make_assessment(cluster=cluster)
    items = [single] if act == "move_items" else [cluster.items.first()]
    single.refresh_from_db()
    with pytest.raises(rounds.NotPossible, match="on its way"):
        getattr(rounds, act)(cluster, items=items, by=coordinator)


def test_a_cluster_is_dissolved_only_while_nothing_was_written_about_it(coordinator):
    written = make_cluster()
    make_assessment(cluster=written)
    with pytest.raises(rounds.NotPossible):
        rounds.dissolve(written, by=coordinator)
    empty = make_cluster()
    rounds.dissolve(empty, by=coordinator)
    assert not Cluster.objects.filter(pk=empty.pk).exists()
    assert RoundItem.objects.filter(round=empty.round, cluster=None).count() == 2


def test_clusters_are_made_by_leading_theme(coordinator):
    first, second = make_theme(name_en="Torture"), make_theme(name_en="Elections")
    rows = [make_recommendation(lead_theme=first), make_recommendation(lead_theme=first)]
    rows += [make_recommendation(lead_theme=second), make_recommendation()]
    round_ = make_round(*rows)
    made = rounds.clusters_from_themes(round_, by=coordinator)
    assert {(cluster.title, cluster.items.count()) for cluster in made} == {("Torture", 2), ("Elections", 1)}
    assert round_.items.filter(cluster=None).count() == 1
    assert rounds.clusters_from_themes(round_, by=coordinator) == []


def test_a_round_does_not_close_over_what_waits_for_review(coordinator):
    assessment = make_assessment()
    perform(assessment, "submit", by=assessment.created_by)
    with pytest.raises(rounds.NotPossible, match="waiting for review"):
        rounds.close_round(assessment.round, by=coordinator)


def test_nothing_changes_in_a_closed_round(coordinator):
    cluster = make_cluster()
    rounds.close_round(cluster.round, by=coordinator)
    with pytest.raises(rounds.NotPossible, match="closed"):
        rounds.make_cluster(cluster.round, title="New", items=[cluster.items.first()], by=coordinator)
    with pytest.raises(rounds.NotPossible, match="closed"):
        rounds.close_round(cluster.round, by=coordinator)


# --- the pages ----------------------------------------------------------------------------------------------------


def test_a_coordinator_opens_a_round_makes_a_cluster_and_gives_it_out(client, coordinator):
    recommendation = make_recommendation(position="supported")
    make_recommendation(position="noted")
    client.force_login(coordinator)
    answer = client.post(
        reverse("round_new"),
        {
            "cycle": recommendation.cycle_id,
            "title": "Mid-term 2027",
            "purpose": "mid_term",
            "cutoff_on": "2027-06-30",
            "deadline": "2027-12-01",
            "follow": "supported",
        },
    )
    round_ = Round.objects.get()
    assert answer.url == reverse("round_detail", args=[round_.pk])
    assert [item.recommendation for item in round_.items.all()] == [recommendation]
    item = round_.items.get()
    client.post(reverse("cluster_new", args=[round_.pk]), {"title": "Blocking", "items": [item.pk]})
    cluster = Cluster.objects.get()
    editor = make_person()
    due = timezone.localdate() + timedelta(days=10)
    client.post(
        reverse("round_assign", args=[round_.pk]),
        {
            "clusters": [cluster.pk],
            "assignee": editor.pk,
            "organisation": editor.organisation_id,
            "due_on": due,
        },
    )
    cluster.refresh_from_db()
    assert (cluster.assignee, cluster.due_on) == (editor, due)
    assert client.get(reverse("cluster_detail", args=[cluster.pk])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deadline": "2027-01-01"}, "cannot be before"),
        ({"title": ""}, "required"),
        ({"cutoff_on": "yesterday"}, "valid date"),
    ],
)
def test_a_round_that_makes_no_sense_is_refused_and_what_was_typed_stays(client, coordinator, changes, words):
    recommendation = make_recommendation()
    client.force_login(coordinator)
    asked = {
        "cycle": recommendation.cycle_id,
        "title": "Mid-term 2027",
        "purpose": "mid_term",
        "cutoff_on": "2027-06-30",
        "deadline": "2027-12-01",
        "follow": "all",
    } | changes
    answer = client.post(reverse("round_new"), asked)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Round.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.OBSERVER, Role.ADMINISTRATOR])
def test_nobody_but_a_coordinator_gives_out_work(client, role):
    cluster = make_cluster()
    client.force_login(make_person(role))
    for name, args in [
        ("round_new", []),
        ("round_assign", [cluster.round_id]),
        ("round_close", [cluster.round_id]),
        ("cluster_new", [cluster.round_id]),
        ("cluster_edit", [cluster.pk]),
    ]:
        # An administrator alone may not know the cluster at all.
        assert client.post(reverse(name, args=args)).status_code in (403, 404), name


def test_an_open_round_is_changed_and_follows_what_was_recorded_since(client, coordinator):
    round_ = make_round(make_recommendation())
    later = make_recommendation(cycle=round_.cycle)
    client.force_login(coordinator)
    address = reverse("round_edit", args=[round_.pk])
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"title": "Mid-term, moved"}
    moved = round_.deadline + timedelta(days=10)
    assert client.post(address, data | {"deadline": moved, "follow": "all"}).status_code == 302
    round_.refresh_from_db()
    assert (round_.title, round_.deadline, round_.items.count()) == ("Mid-term, moved", moved, 2)
    assert round_.items.get(recommendation=later).is_current
    wrong = client.post(address, data | {"deadline": round_.cutoff_on - timedelta(days=1)})
    assert wrong.status_code == 422
    rounds.close_round(round_, by=coordinator)
    assert client.post(address, data | {"follow": ""}).status_code == 422


def test_the_work_plan_asks_as_many_queries_for_ten_rows_as_for_one(client, coordinator):
    client.force_login(coordinator)
    few, many = make_cluster(size=1), make_cluster(size=10)
    counts = []
    for cluster in (few, many, few, many):
        RoundItem.objects.filter(round=cluster.round).update(cluster=None)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("round_detail", args=[cluster.round_id]))
        counts.append(len(queries))
    assert counts[2] == counts[3]
