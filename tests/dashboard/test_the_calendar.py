"""The calendar shows what concerns its reader, and secret addresses give the same to calendar programs."""

from datetime import date, timedelta

import pytest
import vobject
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments import rounds
from recommendations.catalogue.cycles import add_milestone, cancel_milestone, move_milestone
from recommendations.charts.lanes import Lane, lanes
from recommendations.charts.lines import MilestoneMark
from recommendations.organisations import feeds, services
from recommendations.organisations.models import CalendarFeed
from recommendations.vocabulary import MilestoneKind, Role
from tests.factories import make_cluster, make_cycle, make_person

pytestmark = pytest.mark.django_db


def soon(days: int = 30) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def editor():
    return make_person()


@pytest.fixture
def milestone():
    return add_milestone(
        by=None, cycle=make_cycle(), kind=MilestoneKind.MID_TERM, on=soon(), is_estimate=True
    )


def read(client, token: str):
    """The calendar as an independent parser understands it."""
    answer = client.get(reverse("calendar_feed", args=[token]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return vobject.readOne(answer.content.decode())


def events(calendar) -> dict[str, date]:
    return {event.summary.value: event.dtstart.value for event in calendar.contents.get("vevent", [])}


def test_an_address_gives_titles_and_whole_days_to_a_calendar_program(client, editor, milestone):
    _feed, token = feeds.make_feed(editor)
    calendar = read(client, token)
    assert events(calendar) == {"KAZ-2 · Mid-term report (estimate)": soon()}
    event = calendar.vevent
    assert event.status.value == "TENTATIVE"
    assert event.dtend.value == soon() + timedelta(days=1)
    assert calendar.contents["x-wr-timezone"][0].value == "Asia/Almaty"
    assert set(event.contents) == {
        "uid", "dtstamp", "dtstart", "dtend", "summary", "sequence", "status", "transp", "url"
    }  # fmt: skip


def test_a_date_that_moves_keeps_its_name_and_a_cancelled_one_goes(client, editor, milestone):
    _feed, token = feeds.make_feed(editor)
    before = read(client, token).vevent
    move_milestone(milestone, by=None, on=soon(40), reason="Moved.")
    after = read(client, token).vevent
    assert (after.uid.value, after.dtstart.value) == (before.uid.value, soon(40))
    assert int(after.sequence.value) > int(before.sequence.value)
    milestone.refresh_from_db()
    cancel_milestone(milestone, by=None)
    assert events(read(client, token)) == {}


def test_an_address_of_one_cycle_holds_no_other(client, editor, milestone):
    add_milestone(by=None, cycle=make_cycle(number=3), kind=MilestoneKind.MID_TERM, on=soon())
    _feed, token = feeds.make_feed(editor, cycle="KAZ-2")
    assert list(events(read(client, token))) == ["KAZ-2 · Mid-term report (estimate)"]


def test_the_work_of_others_is_in_nobody_else_s_calendar(client, editor):
    coordinator, other = make_person(Role.COORDINATOR), make_person()
    cluster = make_cluster()
    rounds.assign(
        round_=cluster.round, clusters=[cluster], by=coordinator, organisation=editor.organisation,
        assignee=editor, due_on=soon(),
    )  # fmt: skip
    hers, _other = (read(client, feeds.make_feed(person)[1]) for person in (editor, other))
    assert f"Due: {cluster}" in events(hers)
    assert f"Due: {cluster}" not in events(_other)


@pytest.mark.parametrize("lost", ["ended", "replaced", "access", "role"])
def test_an_address_answers_nobody_once_it_ended_or_its_owner_lost_her_rights(
    client, editor, milestone, lost
):
    feed, token = feeds.make_feed(editor)
    if lost == "ended":
        feeds.end_feed(feed, by=editor)
    elif lost == "replaced":
        feeds.make_feed(editor)
    elif lost == "access":
        services.deactivate(editor, by=None)
        services.reactivate(editor, by=None)
    else:
        services.set_roles(editor, roles=[], by=None)
    assert client.get(reverse("calendar_feed", args=[token])).status_code == 404


def test_only_the_hash_of_an_address_is_kept(editor):
    feed, token = feeds.make_feed(editor)
    assert token not in str(CalendarFeed.objects.filter(pk=feed.pk).values()[0])


def test_the_address_is_shown_once_and_ended_on_the_page(client, editor, milestone):
    client.force_login(editor)
    client.post(reverse("feed_make"), {"cycle": "KAZ-2"})
    address = settings.SITE_URL + "/calendar/"
    assert address in client.get(reverse("calendar")).content.decode()
    assert address not in client.get(reverse("calendar")).content.decode()
    client.post(reverse("feed_end", args=[CalendarFeed.objects.get().pk]))
    assert CalendarFeed.objects.get().ended_at


def test_nobody_ends_the_address_of_another(client, editor):
    feed, _token = feeds.make_feed(make_person())
    client.force_login(editor)
    assert client.post(reverse("feed_end", args=[feed.pk])).status_code == 404


def test_one_date_is_had_for_one_s_own_calendar(client, editor, milestone):
    client.force_login(editor)
    answer = client.get(reverse("calendar_day", args=["milestone", milestone.pk]))
    assert events(vobject.readOne(answer.content.decode())) == {"KAZ-2 · Mid-term report (estimate)": soon()}
    assert client.get(reverse("calendar_day", args=["milestone", milestone.pk + 1])).status_code == 404


def test_times_are_shown_in_the_time_zone_that_a_person_chose(client, editor):
    client.force_login(editor)
    sent = {"name": "N", "language": "en", "theme": "auto", "time_zone": "Europe/Zurich", "digest_hour": "7"}
    assert client.post(reverse("profile"), sent).status_code == 302
    editor.refresh_from_db()
    assert editor.time_zone == "Europe/Zurich"
    sent["time_zone"] = "Europe/Nowhere"
    assert client.post(reverse("profile"), sent).status_code == 422


def test_the_line_of_all_cycles_tells_every_date_to_a_screen_reader():
    marks = (MilestoneMark(date(2025, 1, 23), "Review", "23/01/2025"),)
    drawn = lanes([Lane("KAZ-4", marks)], title="All", today=date(2026, 1, 1), today_shown="today")
    assert "KAZ-4: 23/01/2025 Review" in drawn
    assert drawn.count("<circle") == 1
