"""Mails come how and when each person chose: at once, daily, weekly, in her time zone, or not; one click ends them."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.reminders.digests import slot_of, stop_address
from recommendations.reminders.dispatch import dispatch, ensure_rules, notify
from recommendations.reminders.models import Digest, Notification
from recommendations.vocabulary import JobState, Role
from tests.factories import make_assessment, make_cycle, make_person

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 10)
# Seven days before, at noon in Almaty.
NOW = datetime(2026, 5, 3, 7, tzinfo=UTC)


@pytest.fixture
def milestone():
    return make_cycle().milestones.create(kind="mid_term", on=DAY)


def person_who(**wishes):
    person = make_person()
    type(person).objects.filter(pk=person.pk).update(**wishes)
    person.refresh_from_db()
    return person


def test_at_once_means_a_mail_of_its_own_whatever_the_hour(milestone):
    person = person_who(channels={"milestone": "at_once"}, digest_hour=23)
    dispatch(now=NOW)
    dispatch(now=NOW)
    (sent,) = mail.outbox
    assert sent.to == [person.email]
    digest = Digest.objects.get()
    assert digest.is_single
    assert sent.extra_headers["Message-ID"] == digest.message_id
    assert Notification.objects.get().in_digest == digest


def test_what_was_mailed_at_once_is_not_in_the_digest_too(milestone):
    person = person_who(channels={"milestone": "at_once"})
    notify(recipients=[person], kind="assessment.published", url="/x/", params={"what": "Media"}, at=NOW)
    dispatch(now=NOW)
    single, digest = sorted(mail.outbox, key=lambda sent: "digest" in sent.extra_headers["Message-ID"])
    assert "Media" in digest.body
    assert "Mid-term" not in digest.body
    assert "Mid-term" in single.body


def test_off_means_not_even_in_the_product(milestone):
    person = person_who(channels={"milestone": "off", "news": "off"})
    dispatch(now=NOW)
    assert notify(recipients=[person], kind="assessment.published", url="/x/", params={"what": "Media"}) == 0
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("zone", "hour", "utc_hour", "leaves"),
    [
        ("Asia/Almaty", 7, 1, False),
        ("Asia/Almaty", 7, 2, True),
        ("Europe/Zurich", 7, 4, False),
        ("Europe/Zurich", 7, 5, True),
    ],
)
def test_the_digest_leaves_at_the_hour_of_the_person_s_own_day(milestone, zone, hour, utc_hour, leaves):
    person_who(time_zone=zone, digest_hour=hour)
    dispatch(now=NOW.replace(hour=utc_hour))
    assert bool(mail.outbox) == leaves


def test_a_weekly_digest_leaves_on_its_day_and_the_day_after_where_the_machine_was_off(milestone):
    person = person_who(digest_weekday=2)  # Wednesday; NOW is a Sunday
    assert slot_of(person, NOW) == date(2026, 4, 29)
    Digest.objects.create(recipient=person, on=date(2026, 4, 29), message_id="<sent>", sent_at=NOW)
    dispatch(now=NOW)
    assert mail.outbox == []
    dispatch(now=NOW + timedelta(days=4))  # Thursday: nothing ran on Wednesday
    assert len(mail.outbox) == 1
    assert Digest.objects.latest("pk").on == date(2026, 5, 6)


def test_an_hour_that_daylight_saving_leaves_out_or_repeats_sends_one_digest(milestone):
    person_who(time_zone="Europe/Zurich", digest_hour=2)
    make_cycle().milestones.create(kind="review", on=date(2026, 4, 5))
    for hour in range(24):  # on 29 March 2026 clocks go from 2 to 3
        dispatch(now=datetime(2026, 3, 29, hour, tzinfo=UTC))
    assert len(mail.outbox) == 1


def test_nobody_is_mailed_while_away_and_all_of_it_comes_afterwards(milestone):
    person = person_who(away_until=date(2026, 5, 4), channels={"news": "at_once"})
    notify(recipients=[person], kind="assessment.published", url="/x/", params={"what": "Media"}, at=NOW)
    dispatch(now=NOW)
    assert mail.outbox == []
    assert Notification.objects.count() == 2
    dispatch(now=NOW + timedelta(days=2))
    assert ["Mid-term" in sent.body for sent in mail.outbox] == [True]


def test_a_machine_that_was_off_for_three_days_sends_once_what_is_still_of_use():
    cycle = make_cycle()
    near = cycle.milestones.create(kind="mid_term", on=DAY)
    cycle.milestones.create(kind="review", on=DAY - timedelta(days=9))
    make_person()
    dispatch(now=NOW - timedelta(days=3))
    report = dispatch(now=NOW)  # the review was two days ago: too late to say that it is near
    assert report.notifications == 1
    assert Notification.objects.latest("pk").subject_id == near.pk


# --- ending them --------------------------------------------------------------------------------------------------


def test_one_click_in_the_mail_program_ends_the_mails_and_looking_does_not(client, milestone):
    person = person_who()
    dispatch(now=NOW)
    (sent,) = mail.outbox
    header = sent.extra_headers["List-Unsubscribe"]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert header.strip("<>") in sent.body
    assert person.email not in header
    page = "/" + header.strip("<>").split("/", 3)[3]
    assert client.get(page).status_code == 200
    person.refresh_from_db()
    assert person.wants_digest
    assert client.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    person.refresh_from_db()
    assert not person.wants_digest


def test_a_changed_address_ends_nobody_s_mails(client):
    person = person_who()
    address = stop_address(person)[:-2] + "xx/"
    assert client.post("/" + address.split("/", 3)[3]).status_code == 404
    person.refresh_from_db()
    assert person.wants_digest


# --- what administrators and people see ---------------------------------------------------------------------------


def test_an_administrator_sees_what_failed_and_why_and_sends_it_again(client, milestone, monkeypatch):
    person = person_who()

    def refuse(self, messages):
        raise SMTPRecipientsRefused({person.email: (550, b"no such person")})

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        dispatch(now=NOW)
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = reverse("delivery_list")
    shown = client.get(page, {"state": "failed"}).content.decode()
    assert "refuses the address (550)" in shown
    assert person.email in shown
    assert "Mid-term" not in shown
    client.post(reverse("delivery_again", args=[Digest.objects.get().pk]))
    assert queue.run_due() == 1
    assert len(mail.outbox) == 1
    assert "sent" in client.get(page, {"state": "sent"}).content.decode()


def test_a_mail_that_is_still_tried_is_not_sent_twice_by_hand(client, milestone):
    person_who()
    dispatch(now=NOW, send=False)
    client.force_login(make_person(Role.ADMINISTRATOR))
    client.post(reverse("delivery_again", args=[Digest.objects.get().pk]))
    assert Job.objects.filter(name="reminders.digest").get().state == JobState.WAITING


def test_the_number_of_unread_stands_on_every_page_and_goes_with_reading(client, milestone):
    person = person_who()
    dispatch(now=NOW)
    client.force_login(person)
    assert "unread notifications" in client.get(reverse("my_work")).content.decode()
    row = Notification.objects.get()
    client.post(reverse("notification_read", args=[row.pk]), {"do": "read"})
    assert "unread notifications" not in client.get(reverse("my_work")).content.decode()
    client.post(reverse("notification_read", args=[row.pk]), {"do": "unread"})
    row.refresh_from_db()
    assert row.read_at is None


def test_notifications_are_filtered_by_kind(client, milestone):
    person = person_who()
    dispatch(now=NOW)
    notify(recipients=[person], kind="assessment.published", url="/x/", params={"what": "Media"})
    client.force_login(person)
    shown = client.get(reverse("notification_list"), {"kind": "assessment.published"}).content.decode()
    assert "“Media” was published" in shown
    assert "Mid-term report of KAZ-2" not in shown


def test_telling_many_people_asks_as_often_as_telling_one(milestone):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            dispatch(now=NOW, send=False)
        return len(asked)

    ensure_rules()
    person_who(channels={})
    person_who(channels={"milestone": "at_once"})
    once = queries()
    for _n in range(4):
        person_who(channels={})
        person_who(channels={"milestone": "at_once"})
    assert queries() == once
    assert Digest.objects.count() == 10
    assert Job.objects.filter(name="reminders.digest").count() == 10
    assert set(Notification.objects.values_list("in_digest__recipient", "recipient")) == {
        (person, person) for person in Digest.objects.values_list("recipient", flat=True)
    }


def told_of(assessment, *kinds, to):
    for kind in kinds:
        notify(
            recipients=[to],
            kind=kind,
            url=f"/assessments/{assessment.pk}/",
            params={"what": f"No. {assessment.pk}", "anchor_on": "2026-05-01"},
            subject=assessment,
            at=NOW,
        )


def test_a_mail_does_not_ask_to_review_what_was_decided_meanwhile():
    author, reviewer = make_person(), make_person(Role.REVIEWER)
    decided = perform(make_assessment(author), "submit", by=author)
    waiting = perform(make_assessment(author), "submit", by=author)
    for one in (decided, waiting):
        told_of(one, "assessment.submitted", to=reviewer)
    perform(decided, "approve", by=reviewer)
    dispatch(now=NOW)
    (sent,) = mail.outbox
    assert f"No. {waiting.pk}" in sent.body
    assert f"No. {decided.pk}" not in sent.body


def test_a_mail_says_the_latest_of_an_assessment_and_links_it_once():
    author = make_person()
    submitted = perform(make_assessment(author), "submit", by=author)
    returned = perform(submitted, "return", by=make_person(Role.REVIEWER), note="Look again.")
    told_of(returned, "assessment.returned", "returned_draft", to=author)
    dispatch(now=NOW)
    (sent,) = mail.outbox
    assert sent.body.count(f"/assessments/{returned.pk}/") == 1
    assert "waits for you" in sent.body


def test_where_everything_was_settled_meanwhile_no_mail_leaves():
    author, reviewer = make_person(), make_person(Role.REVIEWER)
    decided = perform(make_assessment(author), "submit", by=author)
    told_of(decided, "assessment.submitted", to=reviewer)
    perform(decided, "approve", by=reviewer)
    dispatch(now=NOW)
    assert mail.outbox == []
