"""Reminders: due means "since", each thing is told once, and nobody hears of what she may not see."""

import json
import re
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments import rounds
from recommendations.assessments.models import Assessment
from recommendations.assessments.workflow import perform
from recommendations.catalogue.models import SourceFile
from recommendations.imports.models import ImportRun
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.reminders.dispatch import dispatch, ensure_rules, notify
from recommendations.reminders.finders import FINDERS
from recommendations.reminders.models import Delivery, Digest, Notification, ReminderRule
from recommendations.reminders.rules import Due, leads_due
from recommendations.reminders.sentences import SENTENCES, sentence
from recommendations.vocabulary import JobState, ReminderKind, Role
from tests.factories import make_assessment, make_cluster, make_cycle, make_person

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 10)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def milestone():
    return make_cycle().milestones.create(kind="mid_term", on=DAY)


@pytest.mark.parametrize(
    ("leads", "today", "due"),
    [
        ([30, 7, 1], DAY - timedelta(days=31), []),
        ([30, 7, 1], DAY - timedelta(days=30), [30]),
        ([30, 7, 1], DAY - timedelta(days=29), [30]),
        ([30, 7, 1], DAY - timedelta(days=3), [30, 7]),
        ([30, 7, 1], DAY, [30, 7, 1]),
        ([30, 7, 1], DAY + timedelta(days=1), []),
        ([-3, -7], DAY + timedelta(days=2), []),
        ([-3, -7], DAY + timedelta(days=3), [-3]),
        ([-3, -7], DAY + timedelta(days=12), [-3, -7]),
        ([-3, -7], DAY + timedelta(days=22), []),
        ([], DAY, []),
    ],
)
def test_a_lead_is_due_since_its_day_while_telling_is_of_use(leads, today, due):
    assert leads_due(leads, anchor_on=DAY, today=today) == due


def test_running_it_again_tells_nothing_twice(milestone):
    person = make_person()
    assert dispatch(now=at(DAY - timedelta(days=30))).notifications == 1
    assert dispatch(now=at(DAY - timedelta(days=30))).notifications == 0
    assert dispatch(now=at(DAY - timedelta(days=29))).notifications == 0
    assert dispatch(now=at(DAY - timedelta(days=7))).notifications == 1
    assert Notification.objects.filter(recipient=person).count() == 2


def test_after_three_weeks_off_the_nearest_lead_is_told_and_the_missed_ones_are_not(milestone):
    make_person()
    report = dispatch(now=at(DAY - timedelta(days=5)))
    assert (report.notifications, report.skipped) == (1, 2)
    assert set(Delivery.objects.values_list("lead", flat=True)) == {60, 30, 7}
    assert dispatch(now=at(DAY - timedelta(days=5))).notifications == 0


def test_a_milestone_that_moved_is_told_anew(milestone):
    make_person()
    dispatch(now=at(DAY - timedelta(days=30)))
    milestone.on = DAY + timedelta(days=60)
    milestone.save()
    assert dispatch(now=at(DAY - timedelta(days=29))).notifications == 0
    assert dispatch(now=at(DAY)).notifications == 1


def test_a_rule_that_is_off_tells_nothing(milestone):
    make_person()
    ensure_rules()
    ReminderRule.objects.update(is_on=False)
    assert dispatch(now=at(DAY - timedelta(days=7))).notifications == 0


def test_observers_administrators_and_those_without_access_are_not_reminded(milestone):
    make_person(Role.OBSERVER)
    make_person(Role.ADMINISTRATOR)
    gone = make_person()
    gone.is_active = False
    gone.save()
    assert dispatch(now=at(DAY - timedelta(days=7))).notifications == 0


def submitted(days_ago: int, today: date) -> Assessment:
    assessment = make_assessment()
    perform(assessment, "submit", by=assessment.created_by, at=at(today - timedelta(days=days_ago)))
    return assessment


def test_a_review_that_waits_is_told_to_reviewers_not_to_its_authors_and_later_to_coordinators():
    today = DAY
    reviewer, coordinator = make_person(Role.REVIEWER), make_person(Role.COORDINATOR)
    assessment = submitted(4, today)
    author = assessment.created_by
    author.is_reviewer = True
    author.save()
    dispatch(now=at(today))
    told = Notification.objects.filter(kind=ReminderKind.WAITING_REVIEW)
    assert [row.recipient for row in told] == [reviewer]
    dispatch(now=at(today + timedelta(days=4)))
    assert {row.recipient for row in told.all()} == {reviewer, coordinator}


def test_a_returned_assessment_is_told_to_its_authors_until_they_touch_it():
    reviewer = make_person(Role.REVIEWER)
    assessment = submitted(9, DAY)
    perform(assessment, "return", by=reviewer, note="Say which act.", at=at(DAY - timedelta(days=4)))
    dispatch(now=at(DAY))
    told = Notification.objects.filter(kind=ReminderKind.RETURNED_DRAFT)
    assert [row.recipient for row in told] == [assessment.created_by]
    told.delete()
    Delivery.objects.all().delete()
    Assessment.objects.filter(pk=assessment.pk).update(updated_at=at(DAY - timedelta(days=1)))
    dispatch(now=at(DAY))
    assert not told.exists()


def test_an_assignment_is_told_to_its_person_until_the_work_is_settled():
    editor = make_person()
    cluster = make_cluster(assignee=editor, organisation=editor.organisation, due_on=DAY)
    cluster.items.update(assignee=editor, organisation=editor.organisation, due_on=DAY)
    dispatch(now=at(DAY - timedelta(days=7)))
    told = Notification.objects.filter(kind=ReminderKind.ASSIGNMENT_DUE, recipient=editor)
    assert [row.params["what"] for row in told] == [cluster.title]
    submitted_by_another = make_assessment(make_person(), cluster=cluster)
    perform(submitted_by_another, "submit", by=submitted_by_another.created_by)
    dispatch(now=at(DAY - timedelta(days=1)))
    assert told.all().count() == 2
    her_own = make_assessment(editor, cluster=cluster)
    perform(her_own, "submit", by=editor)
    dispatch(now=at(DAY + timedelta(days=1)))
    assert told.all().count() == 2


def test_nobody_is_reminded_of_what_became_hidden_from_her(monkeypatch):
    reviewer = make_person(Role.REVIEWER)
    assessment = submitted(4, DAY)
    perform(assessment, "recall", by=assessment.created_by)
    # As if the rule had found it before it was recalled: the reviewer may not see a draft.
    due = Due("Assessment", assessment.pk, DAY - timedelta(days=4), "/x/", in_charge=[reviewer.pk])
    monkeypatch.setitem(FINDERS, ReminderKind.WAITING_REVIEW, lambda rule, window: iter([due]))
    report = dispatch(now=at(DAY))
    assert (report.notifications, report.skipped) == (0, 1)


# --- the digest ---------------------------------------------------------------------------------------------------


def test_one_quiet_mail_a_day_tells_everything_in_the_persons_language(milestone):
    person = make_person(language="ru", name="Dana")
    dispatch(now=at(DAY - timedelta(days=7)))
    dispatch(now=at(DAY - timedelta(days=7), hour=15))
    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert reverse("cycle_calendar", args=["KAZ-2"]) in sent.body
    assert reverse("profile") in sent.body
    assert sent.extra_headers["Message-ID"].startswith(f"<digest.{person.pk}.2026")
    assert sent.alternatives


def test_nothing_due_means_no_mail():
    make_person()
    dispatch(now=at(DAY))
    assert mail.outbox == []


def test_before_the_hour_of_the_digest_no_mail_leaves(milestone):
    make_person()
    dispatch(now=at(DAY - timedelta(days=7), hour=3))
    assert mail.outbox == []
    assert Notification.objects.exists()


def test_a_kind_that_was_switched_off_stands_in_the_product_only(milestone):
    for choice in ({"channels": {"milestone": "product"}}, {"wants_digest": False}):
        person = make_person()
        type(person).objects.filter(pk=person.pk).update(**choice)
    dispatch(now=at(DAY - timedelta(days=7)))
    assert mail.outbox == []
    assert Notification.objects.count() == 2


def test_a_mail_server_that_refuses_loses_nothing_and_the_same_mail_goes_later(milestone, monkeypatch):
    person = make_person()

    def refuse(self, messages):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        report = dispatch(now=at(DAY - timedelta(days=7)))
    assert (report.digests, report.failed) == (0, 1)
    digest = Digest.objects.get(recipient=person)
    assert digest.job.error == "the mail server could not be reached (ConnectionRefusedError)"
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    assert queue.run_due() == 1
    digest.refresh_from_db()
    assert digest.sent_at is not None
    (sent,) = mail.outbox
    assert sent.extra_headers["Message-ID"] == digest.message_id


def test_an_address_that_the_mail_server_refuses_for_good_is_given_up_and_stands_in_no_log(
    milestone, monkeypatch, caplog
):
    person = make_person()

    def refuse(self, messages):
        raise SMTPRecipientsRefused({person.email: (550, b"no such person")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert dispatch(now=at(DAY - timedelta(days=7))).failed == 1
    job = Digest.objects.get().job
    assert (job.state, job.error) == (JobState.FAILED, "the mail server refuses the address (550)")
    assert person.email not in caplog.text


def test_what_a_given_up_digest_did_not_tell_stands_in_the_next_days(milestone, monkeypatch):
    make_person()

    def refuse(self, messages):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        dispatch(now=at(DAY - timedelta(days=7)))
    assert dispatch(now=at(DAY - timedelta(days=6))).digests == 0  # it may still be sent
    Job.objects.update(state=JobState.FAILED)
    assert dispatch(now=at(DAY - timedelta(days=5))).digests == 1
    assert Notification.objects.get().in_digest.on == DAY - timedelta(days=5)


def test_a_repeated_mail_tells_the_same_whatever_came_in_meanwhile(milestone):
    person = make_person()
    now = at(DAY - timedelta(days=7))
    dispatch(now=now, send=False)
    notify(recipients=[person], kind="assessment.published", url="/later/", params={"what": "Later"})
    queue.run_due()
    Digest.objects.update(
        sent_at=None
    )  # as if the worker was killed before it could note that the mail had left
    Job.objects.update(state=JobState.WAITING)
    queue.run_due()
    first, second = mail.outbox
    # The address at which mails are stopped is signed anew, with the second of its making.
    unsigned = re.compile(r":[\w-]+:[\w-]+/")
    assert unsigned.sub("/", first.body) == unsigned.sub("/", second.body)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert "/later/" not in first.body


def test_what_was_read_or_became_hidden_after_the_digest_was_made_is_not_in_it():
    reviewer = make_person(Role.REVIEWER)
    assessment = submitted(4, DAY)
    dispatch(now=at(DAY), send=False)
    assert Notification.objects.get(recipient=reviewer).in_digest is not None
    perform(assessment, "recall", by=assessment.created_by)
    queue.run_due()
    assert [sent for sent in mail.outbox if sent.to == [reviewer.email]] == []


def test_a_digest_that_another_worker_holds_is_left_to_it_until_its_lease_lapses(milestone):
    make_person()
    dispatch(now=at(DAY - timedelta(days=7)), send=False)
    assert queue.claim() is not None
    assert queue.run_due() == 0
    assert mail.outbox == []
    Job.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    assert queue.run_due() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_six_clocks_at_once_tell_each_thing_once():
    make_cycle().milestones.create(kind="mid_term", on=DAY)
    for _number in range(4):
        make_person()
    ensure_rules()
    failures = []

    def run():
        try:
            dispatch(now=at(DAY - timedelta(days=7)))
        except Exception as fault:
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Notification.objects.count() == 4
    assert len(mail.outbox) == 4


# --- at once, in words, in the product ----------------------------------------------------------------------------


def test_reviewers_hear_of_a_submission_and_authors_of_what_became_of_it(django_capture_on_commit_callbacks):
    reviewer = make_person(Role.REVIEWER)
    assessment = make_assessment()
    perform(assessment, "submit", by=assessment.created_by)
    perform(assessment, "return", by=reviewer, note="Say which act.")
    queue.run_due()
    told = {(row.recipient, row.kind) for row in Notification.objects.all()}
    assert told == {(reviewer, "assessment.submitted"), (assessment.created_by, "assessment.returned")}


@pytest.mark.parametrize("kind", SENTENCES)
def test_every_kind_has_its_sentence(kind):
    words = sentence(kind, {"what": "Blocking", "cycle": "KAZ-2", "anchor_on": "2026-05-10"})
    assert "%" not in words
    assert words


def test_work_given_out_is_told_once_to_the_person_who_has_it_now(django_capture_on_commit_callbacks):
    coordinator, editor = make_person(Role.COORDINATOR), make_person()
    cluster = make_cluster()
    given = {"organisation": editor.organisation, "assignee": editor, "due_on": DAY}
    for _time in range(2):
        rounds.assign(round_=cluster.round, clusters=[cluster], by=coordinator, **given)
    with django_capture_on_commit_callbacks(execute=True):
        queue.run_due()
    told = Notification.objects.get()
    assert (told.recipient, told.kind) == (editor, "work.assigned")
    assert told.url == reverse("round_detail", args=[cluster.round_id])


def test_whoever_gives_work_to_herself_is_not_told_of_it():
    coordinator = make_person(Role.EDITOR, Role.COORDINATOR)
    cluster = make_cluster()
    rounds.assign(
        round_=cluster.round,
        clusters=[cluster],
        by=coordinator,
        organisation=coordinator.organisation,
        assignee=coordinator,
        due_on=DAY,
    )
    queue.run_due()
    assert not Notification.objects.exists()


def test_a_milestone_is_named_in_words():
    assert "Mid-term report of KAZ-2" in sentence(
        "milestone", {"what": "mid_term", "cycle": "KAZ-2", "anchor_on": "2026-05-10"}
    )


def test_a_person_reads_opens_and_ticks_off_her_own_notifications_only(client, milestone):
    person, other = make_person(), make_person()
    dispatch(now=at(DAY - timedelta(days=7)))
    client.force_login(person)
    page = client.get(reverse("notification_list"))
    assert "1 unread" in page.content.decode()
    foreign = Notification.objects.get(recipient=other)
    assert client.post(reverse("notification_open", args=[foreign.pk])).status_code == 404
    mine = Notification.objects.get(recipient=person)
    answer = client.post(reverse("notification_open", args=[mine.pk]))
    assert answer.url == reverse("cycle_calendar", args=["KAZ-2"])
    mine.refresh_from_db()
    assert mine.read_at is not None
    client.post(reverse("notifications_read"))
    foreign.refresh_from_db()
    assert foreign.read_at is None


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("unread", [0, 1, 5, 21])
def test_the_unread_are_counted_in_each_language_on_every_page(client, language, unread):
    person = make_person()
    type(person).objects.filter(pk=person.pk).update(language=language)
    person.refresh_from_db()
    for number in range(unread):
        notify(recipients=[person], kind="assessment.published", url="/x/", params={"what": str(number)})
    client.force_login(person)
    for page in ("notification_list", "my_work"):
        answer = client.get(reverse(page))
        assert answer.status_code == 200
        assert unread == 0 or str(unread) in answer.content.decode()


def test_the_command_does_the_same_and_prints_the_counts(milestone):
    make_person()
    out = StringIO()
    call_command("send_reminders", "--now", "2026-05-03T12:00", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"notifications": 1, "digests": 1, "failed": 0, "skipped": 2}


def test_the_command_refuses_what_is_no_time():
    with pytest.raises(CommandError, match="is no time"):
        call_command("send_reminders", "--now", "tomorrow")


def test_a_time_with_its_zone_is_taken_as_it_is(milestone):
    make_person()
    moment = datetime(2026, 5, 3, 12, tzinfo=UTC)
    assert dispatch(now=moment).notifications == 1


def test_whoever_waits_for_an_import_or_an_export_that_was_given_up_is_told_once(monkeypatch):
    coordinator = make_person(Role.COORDINATOR)
    file = SourceFile.objects.create(
        sha256="0" * 64, name="list.csv", size=10**9, stored_as="gone", received_by=coordinator
    )
    run = ImportRun.objects.create(file=file, started_by=coordinator, status="reading")
    job = queue.enqueue("import.plan", {"run": run.pk}, key="plan", by=coordinator)

    def fail(work):
        raise queue.GiveUp("There is no such file.")

    monkeypatch.setitem(queue.HANDLERS, "import.plan", fail)
    queue.run(job)
    queue.run_due()
    told = Notification.objects.get()
    assert (told.recipient, told.kind) == (coordinator, "import.failed")
    assert "list.csv" in sentence(told.kind, told.params)
    assert told.url == reverse("import_detail", args=[run.pk])
    queue.run_due()
    assert Notification.objects.count() == 1
