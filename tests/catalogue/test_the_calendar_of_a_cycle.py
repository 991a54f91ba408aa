"""A cycle's calendar is proposed from its review, confirmed and moved by coordinators; its phase follows from it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from recommendations.catalogue import cycles
from recommendations.catalogue.calendar import proposals
from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import MilestoneChange, Session
from recommendations.catalogue.phases import is_over, phase_of, steps_of
from recommendations.jobs import queue
from recommendations.reminders.dispatch import dispatch
from recommendations.reminders.models import Notification
from recommendations.reminders.sentences import sentence
from recommendations.vocabulary import MilestoneKind, Role
from tests.factories import make_cycle, make_person

pytestmark = pytest.mark.django_db
REVIEW = date(2029, 11, 5)


def cycle_ahead(**fields):
    return make_cycle(number=5, review_on=REVIEW, adopted_on=None, **fields)


def test_everything_a_cycle_lacks_is_proposed_around_its_review():
    cycle = cycle_ahead()
    cycles.add_milestone(by=None, cycle=cycle, kind=MilestoneKind.PRE_SESSION, on=date(2029, 9, 1))
    found = {one.kind: one.on for one in proposals(cycle)}
    assert MilestoneKind.PRE_SESSION not in found
    assert found[MilestoneKind.NATIONAL_REPORT] == REVIEW - timedelta(weeks=12)
    assert found[MilestoneKind.REVIEW] == REVIEW


def test_where_only_the_session_is_known_its_first_day_stands_for_the_review_as_an_estimate():
    session = Session.objects.create(number=62, starts_on=date(2029, 11, 1), ends_on=date(2029, 11, 12))
    cycle = make_cycle(number=5, review_on=None, adopted_on=None, session=session)
    cycles.add_proposed(cycle, by=None, days={one.kind: one.on for one in proposals(cycle)})
    review = cycle.milestones.get(kind=MilestoneKind.REVIEW)
    assert (review.on, review.is_estimate) == (date(2029, 11, 1), True)


def test_nothing_is_proposed_where_no_date_is_known():
    cycle = make_cycle(number=5, review_on=None, adopted_on=None)
    assert proposals(cycle) == []
    assert steps_of(cycle, [], date(2029, 1, 1)) == []


def test_a_confirmed_date_is_no_estimate_and_stays_when_the_estimates_move():
    cycle = cycle_ahead()
    cycles.add_proposed(cycle, by=None, days={one.kind: one.on for one in proposals(cycle)})
    deadline = cycle.milestones.get(kind=MilestoneKind.STAKEHOLDER_DEADLINE)
    cycles.confirm_milestone(deadline, by=None)
    before = dict(cycle.milestones.values_list("kind", "on"))
    cycles.move_estimates(cycle, by=None, days=9, reason="The session was moved.")
    after = dict(cycle.milestones.values_list("kind", "on"))
    assert after[MilestoneKind.STAKEHOLDER_DEADLINE] == before[MilestoneKind.STAKEHOLDER_DEADLINE]
    assert after[MilestoneKind.MID_TERM] == before[MilestoneKind.MID_TERM] + timedelta(days=9)
    assert set(MilestoneChange.objects.values_list("reason", flat=True)) == {"The session was moved."}


def test_estimates_do_not_move_without_a_reason():
    with pytest.raises(Refused):
        cycles.move_estimates(cycle_ahead(), by=None, days=9, reason=" ")


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (REVIEW - timedelta(days=700), "collecting"),
        (REVIEW - timedelta(days=213 + 150), "drafting"),
        (REVIEW - timedelta(days=213 + 43), "drafting"),
        (REVIEW - timedelta(days=213 + 42), "review"),
        (REVIEW - timedelta(days=213 + 10), "submission"),
        (REVIEW - timedelta(days=213), "submission"),
        (REVIEW - timedelta(days=212), "advocacy"),
        (REVIEW, "advocacy"),
        (REVIEW + timedelta(days=1), "adoption"),
        (REVIEW + timedelta(days=143), "adoption"),
        (REVIEW + timedelta(days=144), "follow_up"),
        (REVIEW + timedelta(days=143 + 913 - 270), "mid_term"),
        (REVIEW + timedelta(days=143 + 913), "mid_term"),
        (REVIEW + timedelta(days=143 + 914), "follow_up"),
    ],
)
def test_the_phase_follows_from_the_dates(day, phase):
    assert phase_of(cycle_ahead(), [], day) == phase


def test_a_milestone_that_was_moved_moves_the_phase():
    cycle = cycle_ahead()
    day = REVIEW - timedelta(days=213 + 150)
    cycles.add_milestone(
        by=None,
        cycle=cycle,
        kind=MilestoneKind.STAKEHOLDER_DEADLINE,
        on=REVIEW - timedelta(days=150),
    )
    assert phase_of(cycle, cycle.milestones.all(), day) == "collecting"


def test_who_was_told_the_old_date_is_told_the_new_one_once():
    person, coordinator = make_person(), make_person(Role.COORDINATOR)
    cycle = cycle_ahead()
    milestone = cycles.add_milestone(by=None, cycle=cycle, kind=MilestoneKind.REVIEW, on=timezone.localdate())
    dispatch()
    Notification.objects.all().delete()
    for days in (100, 101):
        milestone.refresh_from_db()
        day = timezone.localdate() + timedelta(days=days)
        cycles.move_milestone(milestone, by=coordinator, on=day, reason="Moved by OHCHR.")
        queue.run_due()
    told = Notification.objects.get(kind="milestone.moved")
    assert told.recipient == person
    assert "moved from" in sentence(told.kind, told.params)


def test_a_coordinator_adds_confirms_and_moves_on_the_page(client):
    client.force_login(make_person(Role.COORDINATOR))
    cycle = cycle_ahead()
    page = reverse("cycle_calendar", args=[cycle.key])
    assert "days before the review" in client.get(page).content.decode()
    sent = {
        "review-chosen": "on",
        "review-on": "2029-11-05",
        "mid_term-chosen": "on",
        "mid_term-on": "2032-09-01",
    }
    assert client.post(page, sent).status_code == 302
    assert dict(cycle.milestones.values_list("kind", "is_estimate")) == {"review": False, "mid_term": True}
    mid_term = cycle.milestones.get(kind="mid_term")
    client.post(reverse("milestone_confirm", args=[mid_term.pk]))
    mid_term.refresh_from_db()
    assert not mid_term.is_estimate


def test_a_faulty_day_is_named_and_nothing_is_added(client):
    client.force_login(make_person(Role.COORDINATOR))
    cycle = cycle_ahead()
    sent = {"review-chosen": "on", "review-on": "soon", "mid_term-chosen": "on", "mid_term-on": "2032-09-01"}
    answer = client.post(reverse("cycle_calendar", args=[cycle.key]), sent)
    assert answer.status_code == 422
    assert not cycle.milestones.exists()
    assert "Enter a valid date" in answer.content.decode()


def test_the_estimates_go_along_with_a_review_that_moves(client):
    client.force_login(make_person(Role.COORDINATOR))
    cycle = cycle_ahead()
    cycles.add_proposed(cycle, by=None, days={one.kind: one.on for one in proposals(cycle)})
    review = cycle.milestones.get(kind="review")
    sent = {
        "title": "",
        "on": "2029-11-12",
        "note": "",
        "reason": "The session was moved by a week.",
        "move_estimates": "on",
        "revision": review.revision,
    }
    assert client.post(reverse("milestone_edit", args=[review.pk]), sent).status_code == 302
    report = cycle.milestones.get(kind="national_report")
    assert report.on == REVIEW + timedelta(days=7) - timedelta(weeks=12)


def test_the_cycle_s_record_and_its_calendar_are_brought_together(client):
    client.force_login(make_person(Role.COORDINATOR))
    cycle = cycle_ahead()
    cycles.add_milestone(by=None, cycle=cycle, kind=MilestoneKind.REVIEW, on=date(2029, 11, 1))
    page = client.get(reverse("cycle_calendar", args=[cycle.key])).content.decode()
    assert "?on=2029-11-05" in page


def test_a_cycle_is_in_no_phase_once_the_next_one_was_reviewed():
    cycle = make_cycle(number=2)
    assert phase_of(cycle, [], REVIEW) == "follow_up"
    make_cycle(number=3, review_on=date(2019, 11, 7), adopted_on=None)
    assert is_over(cycle, date(2019, 11, 7))
    assert not is_over(cycle, date(2019, 11, 6))
    assert not any(step.is_now for step in steps_of(cycle, [], REVIEW, is_over=True))


@pytest.mark.parametrize(("role", "sees"), [(Role.EDITOR, True), (Role.OBSERVER, False)])
def test_who_moved_a_date_and_why_is_told_to_members_only(client, role, sees):
    mover = make_person(Role.COORDINATOR, name="Saule Movingdate")
    cycle = cycle_ahead()
    milestone = cycles.add_milestone(by=None, cycle=cycle, kind=MilestoneKind.MID_TERM, on=date(2032, 9, 1))
    cycles.move_milestone(milestone, by=mover, on=date(2032, 9, 8), reason="The embassy asked.")
    client.force_login(make_person(role))
    shown = client.get(reverse("cycle_calendar", args=[cycle.key])).content.decode()
    assert (mover.name in shown, "The embassy asked." in shown) == (sees, sees)
