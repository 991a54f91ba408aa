"""A PostgreSQL of its own is stopped in its tracks: whoever asks gives up in time, and finds the way back."""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg_pool import ConnectionPool, PoolTimeout

from tests.failures.hardships import _signal
from tests.failures.servers import Postgres
from tracker import impatience
from tracker.errors import Away
from tracker.kept_sessions import SessionStore
from tracker.once_more import reads_once_more


class Quick(impatience.Impatient):
    patience = 0.5


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="upr-silent-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user and must reach its own folder inside
    postgres = Postgres(folder)
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def hanging(server: Postgres) -> Iterator[Postgres]:
    """The server to be stopped by the test; it goes on at the end."""
    yield server
    _signal([server], signal.SIGCONT)


def test_an_answer_that_takes_too_long_is_waited_for_no_longer_and_never_mistaken_for_another(server) -> None:
    with Quick.connect(server.address("postgres"), autocommit=True) as asked:
        with pytest.raises(psycopg.OperationalError, match=r"not answered for 0\.5 s"):
            asked.execute("SELECT pg_sleep(30)")
        assert asked.closed


def test_an_answer_in_time_is_given(server) -> None:
    with Quick.connect(server.address("postgres"), autocommit=True) as asked:
        assert asked.execute("SELECT 7").fetchone() == (7,)


def test_waiting_for_a_notice_is_not_cut_short(server) -> None:
    with Quick.connect(server.address("postgres"), autocommit=True) as asked:
        began = time.monotonic()
        assert list(asked.notifies(timeout=0.8)) == []
        assert time.monotonic() - began >= 0.8
        assert asked.execute("SELECT 7").fetchone() == (7,)


def test_a_pool_whose_server_hangs_says_so_and_serves_again_when_it_goes_on(hanging) -> None:
    described = impatience.pool(30, 4) | {"timeout": 1.0}
    options = {"autocommit": True, "connect_timeout": impatience.CONNECT}
    address = hanging.address("postgres")
    with ConnectionPool(
        address, kwargs=options, check=ConnectionPool.check_connection, open=False, **described
    ) as pool:
        pool.wait()
        _signal([hanging], signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(PoolTimeout):
            pool.getconn()
        # The look at the idle connection has a limit of its own, not that of long statements.
        assert time.monotonic() - began < 30
        _signal([hanging], signal.SIGCONT)
        again = pool.getconn(timeout=10)
        assert again.execute("SELECT 7").fetchone() == (7,)
        pool.putconn(again)


def test_a_pool_whose_connections_all_broke_serves_at_once(server) -> None:
    described = impatience.pool(30, 8)
    with ConnectionPool(
        server.address("postgres"),
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
        open=False,
        **described,
    ) as pool:
        idle = [pool.getconn() for _one in range(6)]
        for one in idle:
            pool.putconn(one)
        with psycopg.connect(server.address("postgres"), autocommit=True) as beside:
            beside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        asked = pool.getconn()
        assert asked.execute("SELECT 7").fetchone() == (7,)
        pool.putconn(asked)


def test_a_server_that_is_started_anew_meanwhile_is_found_by_the_same_try(server) -> None:
    server.stop(signal.SIGQUIT)
    server.begin()
    with Quick.connect(server.address("postgres"), autocommit=True) as asked:
        assert asked.execute("SELECT 7").fetchone() == (7,)


def answers(*wanted: HttpResponse, writing: bool = False):
    """A view that answers with one after the other, after a question; and the requests that it was given."""
    given: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        given.append(request)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if writing:
                cursor.execute("DELETE FROM django_session")
        return wanted[len(given) - 1]

    return reads_once_more(view), given


@pytest.mark.django_db
def test_a_page_whose_connection_broke_is_asked_for_once_more_from_the_start() -> None:
    view, given = answers(Away(), HttpResponse("read"))
    request = RequestFactory().get("/")

    assert view(request).content == b"read"
    assert len(given) == 2
    assert given[1] is not request


@pytest.mark.django_db
def test_a_database_that_stays_away_is_not_asked_a_third_time() -> None:
    view, given = answers(Away(), Away())

    assert isinstance(view(RequestFactory().get("/")), Away)
    assert len(given) == 2


@pytest.mark.django_db
def test_what_is_sent_is_never_sent_twice() -> None:
    view, given = answers(Away())

    assert isinstance(view(RequestFactory().post("/")), Away)
    assert len(given) == 1


@pytest.mark.django_db
def test_a_page_that_wrote_something_is_not_asked_for_again() -> None:
    view, given = answers(Away(), writing=True)

    assert isinstance(view(RequestFactory().get("/")), Away)
    assert len(given) == 1


@pytest.mark.django_db
def test_a_reader_who_has_waited_already_is_not_made_to_wait_again(monkeypatch) -> None:
    monkeypatch.setattr("tracker.once_more.SOON", 0.0)
    view, given = answers(Away())

    assert isinstance(view(RequestFactory().get("/")), Away)
    assert len(given) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "said"), [(OperationalError("lost"), OperationalError), (DatabaseError("no row"), UpdateError)]
)
def test_a_session_that_could_not_be_written_is_ended_only_where_somebody_ended_it(
    monkeypatch, fault, said
) -> None:
    session = SessionStore()
    session["kept"] = True
    session.create()

    def fails(*_arguments, **_options) -> None:
        raise fault

    monkeypatch.setattr(Session, "save", fails)
    with pytest.raises(said):
        session.save()
