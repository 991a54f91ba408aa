"""The access matrix: every address is asked for as everybody, and opens for those in the table and nobody else."""

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from recommendations.catalogue.reference import load_reference
from recommendations.demo.loading import load_demo
from recommendations.jobs.models import Heartbeat
from recommendations.organisations.models import User
from tests.access.matrix import MATRIX, PEOPLE, Row, Rows
from tests.factories import make_person


def addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """The names of all addresses of the site, without those of Django's admin, the emergency door."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name
        elif pattern.app_name != "admin":
            yield from addresses(pattern.url_patterns)


def test_every_address_has_its_line() -> None:
    assert set(addresses()) - {row.name for row in MATRIX} == set()


def test_every_line_has_its_address() -> None:
    assert {row.name for row in MATRIX} - set(addresses()) == set()


def answer(client: Client, row: Row, rows: Rows) -> str:
    """What somebody is told: "opens", "refused", or what went wrong."""
    path = reverse(row.name, kwargs=row.arguments(rows))
    query = row.query(rows)
    kept = client.cookies
    client.cookies = SimpleCookie({name: one.value for name, one in kept.items()})
    try:
        with transaction.atomic():
            response = getattr(client, row.method)(f"{path}?{query}" if query else path, row.sent(rows))
            # What one request changes, the next does not see.
            transaction.set_rollback(True)
    except Exception as fault:  # any fault of a page is a line of the result
        return f"{type(fault).__name__}: {fault}"
    finally:
        client.cookies = kept  # a sign-out takes them back
    sent_to_sign_in = response.status_code == 302 and response.headers["Location"].startswith(
        "/accounts/login/?next="
    )
    # 409 and 410: it is there, but not as it would have to be, or no longer.
    if response.status_code in (403, 404, 409, 410) or sent_to_sign_in:
        return "refused"
    return (
        "opens" if response.status_code < 500 and response.status_code != 405 else str(response.status_code)
    )


@pytest.mark.django_db
def test_an_address_opens_for_those_in_the_table_and_for_nobody_else() -> None:
    load_reference()
    for part in ("worker", "beat"):  # so that the site is ready, however long this takes
        Heartbeat.objects.create(part=part, name="here", seen_at=timezone.now() + timedelta(hours=1))
    load_demo()
    rows = Rows()
    people: dict[str, User | None] = {name: User.objects.get(email=email) for name, email in PEOPLE.items()}
    people["no role"] = make_person("observer")
    User.objects.filter(pk=people["no role"].pk).update(is_observer=False)
    people["visitor"] = None
    clients = {}
    for name, person in people.items():
        clients[name] = Client()
        if person is not None:
            clients[name].force_login(person)

    wrong = []
    for row in MATRIX:
        for name, client in clients.items():
            told = answer(client, row, rows)
            expected = "opens" if name in row.opens_for else "refused"
            if told != expected:
                wrong.append(f"{row.name} {row.what} for {name}: {told}, not {expected}")

    assert not wrong, "\n".join(wrong)
