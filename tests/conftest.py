"""What every test shares. Fixtures of one capability stand in its folder; makers of rows in factories.py."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import hypothesis
import pytest
from django.apps import apps
from django.core.management.commands.flush import Command as Flush
from django.db import connection, connections
from django.utils import translation
from pytest_django import DjangoDbBlocker

from recommendations.audit import triggers

first_cautions = import_module("recommendations.migrations.0023_who_is_in_danger").first_cautions

# Where a change is judged, the same examples are drawn each time; elsewhere others, which find more.
hypothesis.settings.register_profile("judged", derandomize=True, deadline=None)
hypothesis.settings.register_profile("searching", deadline=None)
hypothesis.settings.load_profile("judged" if os.environ.get("CI") else "searching")

# Other people's documents, which are no part of the repository: read where they lie beside it.
REAL_FILES = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

collect_ignore = [] if REAL_FILES.is_dir() else ["real_files"]

# Folders whose files each take long: begun first, so that at the end no process works while the others wait.
LONG = ("browser", "real_files", "fuzz", "access", "tracker", "exports")


# Folders whose tests reach a database through processes of their own.
THROUGH_PROCESSES = ("browser", "tracker", "rehearsal", "failures")


def pytest_addoption(parser: pytest.Parser) -> None:
    """A second run, on another kind of database, may leave out what has nothing to do with databases."""
    parser.addoption(
        "--database-only", action="store_true", help="leave out tests that say the same on every database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the tests that take long first; the others stay in the order of their names."""
    items.sort(key=lambda item: LONG.index(_folder(item)) if _folder(item) in LONG else len(LONG))
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not _asks_a_database(item)])
        items[:] = [item for item in items if _asks_a_database(item)]


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).resolve().parent).parts[0]


def _asks_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database"):
        return False
    asking = {"db", "transactional_db", "django_db_setup"}.intersection(getattr(item, "fixturenames", ()))
    return bool(asking or item.get_closest_marker("django_db") or _folder(item) in THROUGH_PROCESSES)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says whether the tests on the real files were among those that ran."""
    if not REAL_FILES.is_dir():
        terminalreporter.write_line("tests/real_files left out: there is no folder with the real files here.")
    else:
        terminalreporter.write_line(f"tests/real_files read {REAL_FILES}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; what a test's thread left connected does not keep it from being removed at the end."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _same_language_for_every_test() -> Iterator[None]:
    """A test that changes the language does not change it for the next one."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_past_the_triggers() -> Iterator[None]:
    """A test with real transactions ends by emptying all tables, which the log's triggers refuse.

    What a migration entered stands in them again afterwards.
    """
    flush = Flush.handle

    def handle(self: Flush, **options: object) -> None:
        connection = connections[str(options["database"])]
        triggers.remove(connection)
        try:
            flush(self, **options)
            # Django empties only the tables that it manages.
            apps.get_model("recommendations", "SearchEntry").objects.all().delete()
        finally:
            triggers.install(connection)
            first_cautions(apps, None)

    Flush.handle = handle  # type: ignore[method-assign]
    yield
    Flush.handle = flush  # type: ignore[method-assign]
