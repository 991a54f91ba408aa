"""The embedded broker loses a ring at worst: what is half written stops no worker."""

from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from kombu import Connection, Queue

from tracker import addresses
from tracker.celery import app

assert isinstance(app, Celery)  # loading it puts our transport in place of kombu's


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def connection(folder):
    options = addresses.broker_options("filesystem://", folder=folder)
    with Connection("filesystem://localhost//", transport_options=options) as opened:
        # It remembers for the whole process which queues it has made, whatever the folder.
        opened.transport.state.clear()
        yield opened


def put(connection: Connection, word: str) -> None:
    with connection.SimpleQueue("bells") as queue:
        queue.put({"word": word})


def got(connection: Connection) -> list[str]:
    words = []
    with connection.SimpleQueue("bells") as queue:
        while True:
            try:
                message = queue.get_nowait()
            except queue.Empty:
                return words
            words.append(message.payload["word"])
            message.ack()


def test_the_site_rings_through_it() -> None:
    assert settings.CELERY_BROKER_URL.startswith("filesystem://")
    with app.connection_for_write() as opened:
        assert type(opened.transport).__module__ == "tracker.filebroker"


def test_a_message_that_was_never_finished_is_thrown_away_and_the_next_is_read(connection, folder):
    put(connection, "first")
    (folder / "queue" / "0_unfinished.bells.msg").write_bytes(b"")
    (folder / "queue" / "0_halfway.bells.msg").write_bytes(b'{"body": "')
    assert got(connection) == ["first"]
    assert got(connection) == []


def test_a_message_appears_whole_or_not_at_all(connection, folder):
    put(connection, "first")
    (folder / "queue" / "0_being_written.bells.msg.part").write_bytes(b'{"bo')
    assert got(connection) == ["first"]


def test_a_list_of_queues_that_was_never_finished_is_written_anew(connection, folder):
    (folder / "control" / "everybody.exchange").write_bytes(b"")
    channel = connection.default_channel
    assert channel.get_table("everybody") == []
    channel._queue_bind("everybody", "", "", "bells")
    assert [row.queue for row in channel.get_table("everybody")] == ["bells"]
    assert Queue("bells").name == "bells"
