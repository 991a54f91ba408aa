"""Cycles are opened and changed by coordinators; a milestone that moves keeps its history."""

from datetime import date

import pytest
from django.db import transaction

from recommendations.audit.models import Event
from recommendations.catalogue.cycles import (
    add_milestone,
    cancel_milestone,
    change_cycle,
    move_milestone,
    open_cycle,
)
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.vocabulary import MilestoneKind
from tests.factories import make_cycle, make_person, make_state

pytestmark = pytest.mark.django_db


def test_a_new_cycle_starts_with_the_usual_dates_as_estimates():
    state = make_state("KGZ")

    cycle = open_cycle(by=None, state=state, number=3, review_on=date(2030, 1, 20), with_usual_dates=True)

    state.refresh_from_db()
    assert (cycle.key, state.is_followed) == ("KGZ-3", True)
    review = cycle.milestones.get(kind=MilestoneKind.REVIEW)
    assert (review.on, review.is_estimate) == (date(2030, 1, 20), False)
    assert cycle.milestones.exclude(pk=review.pk).filter(is_estimate=False).count() == 0
    assert cycle.milestones.get(kind=MilestoneKind.NATIONAL_REPORT).on == date(2029, 10, 28)


def test_a_cycle_is_there_once():
    cycle = make_cycle()

    with pytest.raises(Refused):
        open_cycle(by=None, state=cycle.state, number=cycle.number)


def test_a_change_is_told_with_old_and_new():
    person, cycle = make_person(), make_cycle()

    change_cycle(cycle, by=person, revision=1, un_received=194)

    event = Event.objects.get(verb="cycle.changed")
    assert event.detail.detail == {"un_received": {"from": "", "to": "194"}}
    assert event.actor == person


def test_the_second_of_two_changes_is_shown_the_first():
    cycle = make_cycle()
    change_cycle(cycle, by=None, revision=1, decision="28/106")

    with pytest.raises(Conflict) as conflict, transaction.atomic():
        change_cycle(cycle, by=None, revision=1, decision="28/107")

    assert conflict.value.current.decision == "28/106"


def test_an_adoption_before_the_review_is_refused():
    with pytest.raises(Refused):
        change_cycle(make_cycle(), by=None, adopted_on=date(2014, 1, 1))


def test_a_moved_milestone_keeps_who_when_and_why():
    person = make_person()
    milestone = add_milestone(by=None, cycle=make_cycle(), kind=MilestoneKind.MID_TERM, on=date(2027, 7, 1))

    moved = move_milestone(milestone, by=person, on=date(2027, 9, 1), reason="OHCHR wrote", revision=1)

    change = moved.changes.get()
    assert (moved.on, moved.revision) == (date(2027, 9, 1), 2)
    assert (change.old_on, change.new_on, change.reason, change.changed_by) == (
        date(2027, 7, 1),
        date(2027, 9, 1),
        "OHCHR wrote",
        person,
    )


def test_a_move_without_a_reason_is_refused():
    milestone = add_milestone(by=None, cycle=make_cycle(), kind=MilestoneKind.MID_TERM, on=date(2027, 7, 1))

    with pytest.raises(Refused):
        move_milestone(milestone, by=None, on=date(2027, 9, 1))


def test_a_milestone_that_somebody_else_moved_is_not_moved_again():
    milestone = add_milestone(by=None, cycle=make_cycle(), kind=MilestoneKind.MID_TERM, on=date(2027, 7, 1))
    move_milestone(milestone, by=None, on=date(2027, 9, 1), reason="One", revision=1)

    with pytest.raises(Conflict), transaction.atomic():
        move_milestone(milestone, by=None, on=date(2027, 10, 1), reason="Two", revision=1)


def test_words_can_be_corrected_without_a_reason_and_leave_no_move():
    milestone = add_milestone(by=None, cycle=make_cycle(), kind=MilestoneKind.MID_TERM, on=date(2027, 7, 1))

    changed = move_milestone(milestone, by=None, on=milestone.on, is_estimate=True)

    assert changed.is_estimate
    assert not changed.changes.exists()


def test_a_cancelled_milestone_makes_room_for_another_of_its_kind():
    cycle = make_cycle()
    milestone = add_milestone(by=None, cycle=cycle, kind=MilestoneKind.MID_TERM, on=date(2027, 7, 1))
    with pytest.raises(Refused):
        add_milestone(by=None, cycle=cycle, kind=MilestoneKind.MID_TERM, on=date(2027, 8, 1))

    cancel_milestone(milestone, by=None)
    cancel_milestone(milestone, by=None)

    assert Event.objects.filter(verb="milestone.cancelled").count() == 1
    add_milestone(by=None, cycle=cycle, kind=MilestoneKind.MID_TERM, on=date(2027, 8, 1))
