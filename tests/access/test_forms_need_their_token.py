"""Every address by itself: what changes something needs the form's token, and looking changes nothing."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.catalogue.reference import load_reference
from recommendations.demo.loading import load_demo
from recommendations.jobs.models import Heartbeat
from recommendations.organisations.models import User
from tests.access.matrix import MATRIX, Row, Rows

pytestmark = pytest.mark.django_db
PEOPLE = ("coordinator@example.org", "editor@example.org", "admin@example.org")
# The quick exit holds nobody up (decision 37); a mail program ends mails with a signed token of its own (RFC 8058).
WITHOUT_TOKEN = {"quick_exit", "mail_stop"}
# What looking may write: who is signed in and when, counts of limits and of pages, that somebody looked; and what is
# made good where it is missing: allauth's row of one's own address, the rows of the built-in reminders.
NOTES = re.compile(
    r"(?i)^\s*(insert into|insert or ignore into|update|delete from)\s+\"?"
    r"(django_session|usersessions_usersession|django_cache|account_emailaddress|recommendations_reminderrule"
    r"|recommendations_event\w*|recommendations_chain\w*|recommendations_counted\w*|recommendations_tall\w*)"
)
WRITES = re.compile(r"(?i)^\s*(insert|update|delete|replace)\b")
HARMLESS = {"last_seen", "seen_at", "work_seen_at"}


@pytest.fixture
def rows() -> Rows:
    load_reference()
    for part in ("worker", "beat"):
        Heartbeat.objects.create(part=part, name="here", seen_at=timezone.now() + timedelta(hours=1))
    load_demo()
    return Rows()


def path_of(row: Row, rows: Rows) -> str:
    query = row.query(rows)
    return reverse(row.name, kwargs=row.arguments(rows)) + (f"?{query}" if query else "")


def asked(client: Client, method: str, path: str, sent: dict[str, Any] | None = None) -> int:
    with transaction.atomic():
        status = getattr(client, method)(path, sent or {}).status_code
        transaction.set_rollback(True)
    return status


def test_nothing_is_changed_without_the_token_of_the_form(rows: Rows) -> None:
    wrong = []
    for email in PEOPLE:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(User.objects.get(email=email))
        for row in MATRIX:
            if row.name in WITHOUT_TOKEN:
                continue
            status = asked(client, "post", path_of(row, rows), row.sent(rows))
            # 405: there is no form; 404: there is nothing for her.
            if status not in (403, 404, 405):
                wrong.append(f"{row.name} {row.what} for {email}: {status}")

    assert not wrong, "\n".join(wrong)


def test_looking_changes_nothing(rows: Rows) -> None:
    written: Counter[str] = Counter()

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not NOTES.match(sql) and not any(f'"{one}"' in sql for one in HARMLESS):
            written[f"{row.name} {row.what}: {sql[:120]}"] += 1
        return execute(sql, params, many, context)

    for email in PEOPLE:
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(email=email))
        with connection.execute_wrapper(watch):
            for row in MATRIX:
                asked(client, "get", path_of(row, rows))

    assert not written, "\n".join(written)
