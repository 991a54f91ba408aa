"""The log: in order, append-only, and any change to it found."""

import queue
import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, connections, transaction

from recommendations.audit import triggers
from recommendations.audit.log import faults, record
from recommendations.audit.models import ChainHead, Event, EventDetail
from recommendations.audit.words import SENTENCES, details, sentence
from recommendations.organisations.models import CalendarFeed, User
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def three_events() -> list[Event]:
    person = make_person(name="Aigerim")
    return [record("organisation.added", person.organisation, by=person, detail={"n": n}) for n in range(3)]


def found() -> list[tuple[int | None, str]]:
    return [(wrong.number, wrong.what) for wrong in faults()]


def test_events_are_numbered_and_each_carries_the_hash_of_the_one_before():
    first, second, third = three_events()
    assert [second.number, third.number] == [first.number + 1, first.number + 2]
    assert second.previous_hash == first.hash
    assert list(faults()) == []


def test_an_event_reads_as_a_sentence_in_plain_words():
    person = make_person(name="Aigerim")
    event = record("organisation.added", person.organisation, by=person)
    assert sentence(event) == f"Aigerim added the organisation {person.organisation}"


def test_an_event_of_the_product_itself_names_the_product():
    assert sentence(record("demo.loaded", by=None)) == "The demonstration was loaded"
    assert "The product" in sentence(record("reminder.rule_changed", by=None))


def test_its_detail_reads_as_words_and_tells_no_content():
    event = record(
        "assessment.return",
        make_person(),
        by=make_person(),
        detail={"from": "submitted", "to": "returned", "note": "Her neighbour saw it.", "roles": ["editor"]},
    )
    assert details(event) == [("From", "Submitted"), ("To", "Returned"), ("Roles", "NGO editor")]


def test_a_time_given_to_the_event_is_kept():
    moment = datetime(2020, 3, 1, 12, tzinfo=UTC)
    assert Event.objects.get(pk=record("demo.loaded", by=None, at=moment).pk).at == moment
    assert list(faults()) == []


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_an_event(act):
    event = three_events()[1]
    rows = Event.objects.filter(pk=event.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(subject_label="another") if act == "update" else rows._raw_delete(using="default")


@pytest.fixture
def without_triggers():
    triggers.remove(connection)
    yield
    triggers.install(connection)


@pytest.mark.usefixtures("without_triggers")
class TestWhatWasTamperedWithIsFoundAndNamed:
    def test_a_changed_event(self):
        event = three_events()[1]
        Event.objects.filter(pk=event.pk).update(subject_label="another")
        assert (event.number, "was changed") in found()

    def test_a_changed_detail(self):
        event = three_events()[1]
        EventDetail.objects.filter(pk=event.pk).update(detail={"n": 9})
        assert found() == [(event.number, "its detail was changed")]

    def test_a_deleted_event(self):
        event = three_events()[1]
        EventDetail.objects.filter(pk=event.pk).delete()
        Event.objects.filter(pk=event.pk)._raw_delete(using="default")
        what = (
            f"event {event.number + 1} stands here, {event.number} is expected: one is missing or was moved"
        )
        assert (event.number, what) in found()

    def test_a_cut_off_end(self):
        event = three_events()[2]
        EventDetail.objects.filter(pk=event.pk).delete()
        Event.objects.filter(pk=event.pk)._raw_delete(using="default")
        what = f"says the log ends with event {event.number}; the last one here is {event.number - 1}"
        assert found() == [(event.number, what)]


def test_every_verb_that_the_code_writes_has_its_sentence():
    import re
    from pathlib import Path

    written = set()
    for path in Path("recommendations").rglob("*.py"):
        written |= set(re.findall(r'record\(\s*"([a-z_.]+)"', path.read_text(encoding="utf-8")))
    assert written and written <= set(SENTENCES)


@pytest.mark.django_db(transaction=True)
def test_events_written_at_the_same_time_stand_one_after_the_other():
    ChainHead.objects.get_or_create(pk=1)
    failures = []

    def write():
        try:
            record("demo.loaded", by=None)
        except Exception as fault:
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(Event.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 9))
    assert list(faults()) == []


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_row_does_not_hold_the_head_of_the_log():
    """A reference that is checked at the commit would wait for the row with the head in hand: a deadlock."""
    person = make_person()
    ChainHead.objects.get_or_create(pk=1)
    locked, pids, failures = threading.Event(), queue.Queue(), []

    def refer():
        try:
            locked.wait()
            pids.put(_pid())
            with transaction.atomic():
                CalendarFeed.objects.create(owner=person, token_hash="x")
                record("demo.loaded", by=None)
        except Exception as fault:
            failures.append(fault)
        finally:
            connections.close_all()

    other = threading.Thread(target=refer)
    other.start()
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk=person.pk))
        locked.set()
        pid = pids.get()
        while not _waits(pid):
            pass
        record("demo.loaded", by=None)
    other.join()
    assert failures == []
    assert list(faults()) == []


def _pid() -> int:
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _waits(pid: int) -> bool:
    if connection.vendor == "sqlite":
        return True  # it has one writer at a time
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", [pid]
        )
        return bool(cursor.fetchone()[0])
