"""The verdict of a failure run: only what befell the sender between SMTP's answer and its commit is an excuse."""

from tests.failures.sink import Taken
from tests.failures.verdict import Outage, repeats

MAIL, JOB, SENDER, OTHER = "<digest.1@here>", 7, 100, 200
TWICE = [Taken(MAIL, "a@example.org", 1000.0), Taken(MAIL, "a@example.org", 1045.0)]


def line(at: float, message: str, process: int = SENDER, job: int = JOB) -> dict:
    return {"at": at, "message": message, "process": process, "job": str(job)}


BEGUN = [
    line(999.9, "reminders.digest begins, attempt 1"),
    line(1044.9, "reminders.digest begins, attempt 2", OTHER),
]


def explained(lines, *, killed=None, outages=(), noted=1045.1) -> bool:
    found, unexplained = repeats(TWICE, {MAIL: JOB}, {MAIL: noted}, lines, killed or {}, list(outages))
    assert len(found) + len(unexplained) == 1
    return bool(found)


def test_a_sender_killed_after_the_answer_and_before_its_commit_is_an_excuse():
    assert explained(BEGUN, killed={SENDER: [1000.002]})


def test_without_a_kill_or_an_outage_there_is_no_excuse():
    assert not explained(BEGUN)


def test_a_sender_killed_before_the_answer_or_another_process_killed_is_none():
    assert not explained(BEGUN, killed={SENDER: [990.0]})
    assert not explained(BEGUN, killed={OTHER: [1000.002]})


def test_a_sender_that_had_noted_it_and_was_killed_then_is_none():
    assert not explained([*BEGUN, line(1000.01, "reminders.digest is done")], killed={SENDER: [1000.02]})


def test_a_sender_killed_at_a_later_job_is_none():
    later = line(1003.0, "reminders.digest begins, attempt 1", job=8)
    assert not explained([*BEGUN, later], killed={SENDER: [1004.0]})


def test_a_sender_that_took_the_mail_for_failed_and_was_killed_later_is_none():
    fault = line(1001.0, "job 7 (reminders.digest) failed: the mail server could not be reached")
    assert not explained([*BEGUN, fault], killed={SENDER: [1004.0]})


def test_a_commit_that_failed_while_the_database_was_away_is_an_excuse():
    failed = line(1000.4, "job 7 could not be closed; the database is asked again in 0.5 s")
    assert explained([*BEGUN, failed], outages=[Outage("database", 1000.2, 1011.0)])


def test_an_outage_near_by_in_which_this_commit_did_not_fail_is_none():
    assert not explained(BEGUN, outages=[Outage("database", 1000.2, 1011.0)])
    failed = line(1000.4, "job 7 could not be closed; the database is asked again in 0.5 s")
    assert not explained([*BEGUN, failed], outages=[Outage("database", 985.0, 995.0)])
    assert not explained([*BEGUN, failed], outages=[Outage("broker", 1000.2, 1011.0)])


def test_a_mail_that_went_again_after_the_ledger_noted_it_has_no_excuse():
    assert not explained(BEGUN, killed={SENDER: [1000.002]}, noted=1001.0)
