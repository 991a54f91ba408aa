"""Machines that were off, clocks that are wrong, days of 23 and 25 hours: each thing is told once all the same."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from recommendations.assessments.models import Assessment
from recommendations.assessments.workflow import perform
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.reminders.dispatch import dispatch
from recommendations.reminders.models import Delivery, Digest, Notification
from recommendations.reminders.rules import Window
from recommendations.reminders.tasks import dispatch_reminders
from tests.factories import make_assessment, make_cycle, make_person

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 10)


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.get_default_timezone())


def once_each() -> bool:
    rows = list(Notification.objects.values_list("recipient", "subject_id", "params__anchor_on"))
    leads = list(Delivery.objects.values_list("recipient", "anchor_id", "lead"))
    digests = list(Digest.objects.values_list("recipient", "on"))
    return len(leads) == len(set(leads)) and len(digests) == len(set(digests)) and bool(rows)


def test_a_machine_off_for_three_days_sends_what_is_still_useful_once_and_says_what_it_skipped(caplog):
    cycle = make_cycle()
    cycle.milestones.create(kind="mid_term", on=DAY)
    cycle.milestones.create(kind="adoption", on=DAY - timedelta(days=8))  # over while the machine was off
    make_person()
    dispatch(now=at(DAY - timedelta(days=30)))
    mail.outbox.clear()
    before = Notification.objects.count()
    # Off from the tenth to the seventh day before; the lead of seven days fell into it.
    with caplog.at_level("INFO"):
        report = dispatch(now=at(DAY - timedelta(days=6)))
    assert (report.notifications, Notification.objects.count() - before, len(mail.outbox)) == (1, 1, 1)
    again = dispatch(now=at(DAY - timedelta(days=6), 13))
    assert (again.notifications, again.digests, len(mail.outbox)) == (0, 0, 1)
    # A machine that had never run before this day skips the earlier leads, and says so.
    make_person()
    with caplog.at_level("INFO"):
        late = dispatch(now=at(DAY - timedelta(days=6), 14))
    assert (late.notifications, late.skipped) == (1, 2)
    assert "no longer worth telling: 2" in caplog.text


def test_a_command_beside_celery_and_a_second_clock_tell_nothing_again():
    make_cycle().milestones.create(kind="mid_term", on=timezone.localdate() + timedelta(days=5))
    make_person()
    dispatch_reminders()
    dispatch_reminders()
    call_command("send_reminders", verbosity=0)
    queue.run_due()
    assert Notification.objects.count() == 1
    assert Digest.objects.count() <= 1
    assert len(mail.outbox) == Digest.objects.count()


def test_a_clock_set_back_and_forth_tells_nothing_twice():
    make_cycle().milestones.create(kind="mid_term", on=DAY)
    make_person()
    for minutes in (0, 10, -10, 24 * 60, -24 * 60, 0, 3 * 24 * 60, 0):
        dispatch(now=at(DAY - timedelta(days=3), 7, 5) + timedelta(minutes=minutes))
    assert Notification.objects.count() == 2  # seven days and, three days later, one day before
    assert once_each()
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Asia/Almaty", date(2024, 3, 1)),  # one hour less for good
        ("Europe/Berlin", date(2026, 3, 29)),  # a day of 23 hours
        ("Europe/Berlin", date(2026, 10, 25)),  # a day of 25 hours
        ("America/New_York", date(2026, 11, 1)),
    ],
)
def test_a_change_of_the_hour_gives_one_digest_a_day_and_loses_no_day(zone, change, settings):
    settings.TIME_ZONE = zone
    place = zoneinfo.ZoneInfo(zone)
    cycle = make_cycle()
    person = make_person()
    for ahead in range(5):
        # One is due on each of the days around the change: its lead of one day.
        cycle.milestones.create(kind="mid_term", on=change + timedelta(days=ahead - 1), title=f"T{ahead}")
    start = datetime(change.year, change.month, change.day, tzinfo=place).astimezone(UTC) - timedelta(days=2)
    with timezone.override(place):
        for step in range(12 * 4):
            dispatch(now=start + timedelta(hours=2 * step, minutes=step % 2))
    days = list(Digest.objects.filter(recipient=person).order_by("on").values_list("on", flat=True))
    assert days == sorted(set(days))
    assert change in days
    assert once_each()
    assert not Job.objects.exclude(state="done").exists()
    assert len(mail.outbox) == len(days)


@pytest.mark.parametrize("zone", ["Asia/Almaty", "UTC", "America/New_York"])
def test_a_window_holds_its_days_from_the_first_moment_to_the_last_by_the_sites_clock(zone):
    author, second = make_person(), timedelta(seconds=1)
    made = perform(make_assessment(author), "submit", by=author)
    with timezone.override(zone):
        days = Window(date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 9))
        clock = timezone.get_current_timezone()
        begins = datetime(2026, 3, 6, tzinfo=clock)
        ends = datetime(2026, 3, 10, tzinfo=clock)
        inside = {}
        for moment in (begins - second, begins, ends - second, ends):
            Assessment.objects.filter(pk=made.pk).update(submitted_at=moment)
            inside[moment] = Assessment.objects.filter(days.of("submitted_at")).exists()
    assert list(inside.values()) == [False, True, True, False]
