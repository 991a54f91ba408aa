"""How far a round is, who carries how much, what stands before its deadline, and whose work goes to whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments import rounds, workload
from recommendations.assessments.workflow import perform
from recommendations.vocabulary import Role
from tests.factories import make_assessment, make_cluster, make_person, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


def give(cluster, person, by, due_on=None):
    rounds.assign(
        round_=cluster.round,
        clusters=[cluster],
        organisation=person.organisation,
        assignee=person,
        due_on=due_on,
        by=by,
    )


def stage(cluster) -> str:
    return next(one.stage for one in workload.subjects_of(cluster.round) if one.row == cluster)


def test_a_cluster_goes_from_nothing_to_approved(coordinator):
    editor, cluster = make_person(), make_cluster()
    give(cluster, editor, coordinator)
    assert stage(cluster) == workload.NOT_YET
    assessment = make_assessment(editor, cluster=cluster)
    assert stage(cluster) == workload.WRITING
    assessment = perform(assessment, "submit", by=editor)
    assert stage(cluster) == workload.IN_REVIEW
    assessment = perform(assessment, "return", by=coordinator, note="Again.")
    assert stage(cluster) == workload.WRITING
    assessment = perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    assert stage(cluster) == workload.APPROVED


def test_what_another_organisation_wrote_does_not_settle_the_work_of_the_one_in_charge(coordinator):
    cluster = make_cluster()
    give(cluster, make_person(), coordinator)
    other = make_person()
    perform(make_assessment(other, cluster=cluster), "submit", by=other)
    assert stage(cluster) == workload.NOT_YET


def test_the_load_counts_open_and_overdue_work_of_each_person(coordinator):
    editor, today = make_person(), timezone.localdate()
    round_ = make_round()
    late, begun = (make_cluster(round_=round_) for _n in range(2))
    give(late, editor, coordinator, today - timedelta(days=1))
    give(begun, editor, coordinator, today + timedelta(days=9))
    perform(make_assessment(editor, cluster=begun), "submit", by=editor)
    (load,) = [one for one in workload.loads_of(workload.subjects_of(round_), today) if one.person]
    assert (load.person, load.subjects, load.open, load.overdue, load.stages["in_review"]) == (
        editor, 2, 1, 1, 1
    )  # fmt: skip


def test_the_hours_are_counted_to_the_end_of_the_deadline_s_day_where_the_site_is():
    round_ = make_round(deadline=date(2026, 5, 10))
    # In Almaty (five hours ahead) the tenth of May ends at 19:00 UTC.
    assert workload.hours_left(round_, datetime(2026, 5, 10, 12, 30, tzinfo=UTC)) == 6
    assert workload.hours_left(round_, datetime(2026, 5, 10, 19, 1, tzinfo=UTC)) < 0


def test_work_that_waits_goes_to_another_and_what_is_submitted_stays(coordinator):
    leaving, staying = make_person(), make_person()
    round_ = make_round()
    waiting, submitted = (make_cluster(round_=round_) for _n in range(2))
    for cluster in (waiting, submitted):
        give(cluster, leaving, coordinator, date(2027, 1, 1))
    draft = perform(make_assessment(leaving, cluster=submitted), "submit", by=leaving)
    assert workload.hand_over(leaving, to=staying, by=coordinator) == 1
    waiting.refresh_from_db()
    submitted.refresh_from_db()
    assert (waiting.assignee, waiting.organisation, waiting.due_on) == (
        staying, staying.organisation, date(2027, 1, 1)
    )  # fmt: skip
    assert submitted.assignee == leaving
    assert list(draft.authors.all()) == [leaving]


@pytest.mark.parametrize("to", ["herself", "observer"])
def test_work_is_not_handed_to_whoever_cannot_do_it(coordinator, to):
    leaving = make_person()
    other = leaving if to == "herself" else make_person(Role.OBSERVER)
    with pytest.raises(rounds.NotPossible):
        workload.hand_over(leaving, to=other, by=coordinator)


def test_the_load_is_shown_to_coordinators_only(client, coordinator):
    editor, cluster = make_person(), make_cluster()
    give(cluster, editor, coordinator)
    page = reverse("round_detail", args=[cluster.round_id])
    hand_over = reverse("work_hand_over", args=[editor.pk])
    client.force_login(coordinator)
    assert hand_over in client.get(page).content.decode()
    client.force_login(editor)
    shown = client.get(page).content.decode()
    assert hand_over not in shown
    assert "Before the deadline" not in shown


def test_a_coordinator_hands_work_over_on_the_page(client, coordinator):
    leaving, staying, cluster = make_person(), make_person(), make_cluster()
    give(cluster, leaving, coordinator)
    client.force_login(coordinator)
    page = reverse("work_hand_over", args=[leaving.pk])
    assert str(cluster) in client.get(page).content.decode()
    assert client.post(page, {"to": staying.pk}).status_code == 302
    cluster.refresh_from_db()
    assert cluster.assignee == staying


def test_the_plan_asks_as_often_for_ten_clusters_as_for_one(coordinator):
    def queries(round_):
        with CaptureQueriesContext(
            connection,
        ) as found:
            workload.loads_of(workload.subjects_of(round_), timezone.localdate())
        return len(found)

    small, large = make_round(), make_round()
    make_cluster(round_=small)
    for _n in range(10):
        make_assessment(make_person(), cluster=make_cluster(round_=large))
    assert queries(small) == queries(large)


@pytest.fixture
def waiting():
    return [perform(make_assessment(one), "submit", by=one) for one in (make_person(), make_person())]


def sent(rows, **more):
    return {
        "pk": [row.pk for row in rows],
        "decide": [f"pk-{row.pk}" for row in rows],
        **{f"revision-pk-{row.pk}": row.revision for row in rows},
        **more,
    }


def statuses(rows) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.status for row in rows]


def test_several_are_read_and_approved_together(client, waiting):
    client.force_login(make_person(Role.REVIEWER))
    page = reverse("review_together")
    shown = client.get(page, {"pk": [row.pk for row in waiting]}).content.decode()
    assert all(row.subject in shown for row in waiting)
    assert client.post(page, sent(waiting, do="approve")).status_code == 302
    assert statuses(waiting) == ["approved", "approved"]


def test_what_is_not_ticked_is_not_decided(client, waiting):
    client.force_login(make_person(Role.REVIEWER))
    answer = client.post(
        reverse("review_together"), sent(waiting, do="approve") | {"decide": [f"pk-{waiting[0].pk}"]}
    )
    assert answer.status_code == 200
    assert statuses(waiting) == ["approved", "submitted"]


def test_an_author_among_several_is_refused_her_own_and_the_others_go_through(client, waiting):
    author = waiting[0].authors.get()
    author.is_reviewer = True
    author.save()
    client.force_login(author)
    answer = client.post(reverse("review_together"), sent(waiting, do="approve"))
    assert "You wrote this" in answer.content.decode()
    assert statuses(waiting) == ["submitted", "approved"]


def test_several_are_returned_with_one_reason_and_none_without(client, waiting):
    client.force_login(make_person(Role.REVIEWER))
    page = reverse("review_together")
    assert client.post(page, sent(waiting, do="return", note=" ")).status_code == 422
    assert statuses(waiting) == ["submitted", "submitted"]
    client.post(page, sent(waiting, do="return", note="The dates are missing."))
    assert statuses(waiting) == ["returned", "returned"]


def test_one_that_changed_meanwhile_is_told_and_left(client, waiting):
    client.force_login(make_person(Role.REVIEWER))
    stale = sent(waiting, do="approve") | {f"revision-pk-{waiting[0].pk}": waiting[0].revision - 1}
    answer = client.post(reverse("review_together"), stale)
    assert "Somebody else changed this" in answer.content.decode()
    assert statuses(waiting) == ["submitted", "approved"]
