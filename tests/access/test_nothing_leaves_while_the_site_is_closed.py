"""While the site is closed in an emergency no address hands out a file: every one of the matrix is asked."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from recommendations.assessments.models import Round
from recommendations.catalogue.models import ReviewCycle
from recommendations.catalogue.reference import load_reference
from recommendations.demo.loading import load_demo
from recommendations.documents.renderers import RENDERERS
from recommendations.evidence.models import Evidence
from recommendations.evidence.vault import receive_file
from recommendations.exports import services
from recommendations.exports.everything import handing_out
from recommendations.jobs import queue
from recommendations.organisations import closing
from recommendations.organisations.feeds import make_feed
from recommendations.organisations.models import User
from recommendations.publications import editions, editions_made, fact_sheets, sharing, signing
from recommendations.vocabulary import Role, SignOffKind
from recommendations.web.limits import HANDED_OUT, HANDED_OUT_ON_POST
from tests.access.matrix import MATRIX, Row, Rows
from tests.confirming import confirm
from tests.formats.test_copies import photograph

pytestmark = pytest.mark.django_db

# What holds nobody's words: an empty table to be filled in, and one's own way back into one's account.
HARMLESS = {"import_template", "mfa_download_recovery_codes"}
# They make a file that is fetched afterwards, or say that there is nothing to make.
MAKING = {"summary_export", "matrix_export", "export_retry", "export_renew", "everything"}


@pytest.fixture
def person(tmp_path, settings, monkeypatch) -> User:
    """Somebody who may everything that roles allow, in the demonstration."""
    settings.DATA_DIR = tmp_path
    # One format of an edition is enough: that it leaves matters here, not in which form.
    monkeypatch.setattr(editions_made, "RENDERERS", {"csv": RENDERERS["csv"]})
    load_reference()
    load_demo()
    person = User.objects.get(email="editor@example.org")
    for role in Role:
        setattr(person, f"is_{role.value}", True)
    person.save()
    return person


def with_real_rows(person: User) -> list[Row]:
    """The matrix, with a row that hands out something wherever an address does."""
    cycle = ReviewCycle.objects.get(key="KAZ-2")
    round_ = Round.objects.get()
    item = Evidence.objects.visible_to(person).filter(organisation=person.organisation).first()
    file = receive_file(item, upload=ContentFile(photograph(), name="a.jpg"), by=person)
    asked: dict[str, Any] = {"audience": "coalition", "language": "en"}
    export = services.ask_for_summary(cycle=cycle, round=round_, format="csv", by=person, **asked)
    everything = handing_out.ask(by=person)
    edition = editions.prepare(by=person, round=round_, audience="public", languages=["en"])
    signing.decide(edition, organisation=person.organisation, kind=SignOffKind.SIGNS, by=person)
    edition = editions.freeze(edition, by=person)
    sheet = fact_sheets.begin(by=person, round=round_, cluster=round_.clusters.all()[0], language="en")
    queue.run_due()
    edition.refresh_from_db()
    _link, shared = sharing.make_link(edition, by=person)
    _feed, token = make_feed(person)
    of_file, of_export = {"pk": file.pk}, {"pk": export.pk}
    asked_for: dict[str, tuple[dict[str, Any], str, dict[str, Any], str]] = {
        "evidence_file": (of_file, "get", {}, ""),
        "evidence_copy": (of_file, "get", {}, ""),
        "evidence_receipt": (of_file, "get", {}, "as=text"),
        "evidence_with_custody": ({"number": item.number}, "post", {}, ""),
        "export_download": (of_export, "get", {}, ""),
        "export_retry": (of_export, "post", {}, ""),
        "export_renew": (of_export, "post", {}, ""),
        "everything": ({}, "post", {}, ""),
        "everything_download": ({"pk": everything.pk}, "get", {}, ""),
        "summary_export": ({"cycle": "KAZ-2"}, "post", asked | {"format": "csv"}, ""),
        "matrix_export": ({"cycle": "KAZ-2"}, "post", asked, ""),
        "calendar_feed": ({"token": token}, "get", {}, ""),
        "edition_file": ({"key": edition.key, "language": "en", "format": "csv"}, "get", {}, ""),
        "fact_sheet_file": ({"pk": sheet.pk, "format": "docx"}, "get", {}, ""),
        "shared_file": ({"token": shared, "language": "en", "format": "csv"}, "get", {}, ""),
        "field_sheets": (
            {"pk": round_.pk},
            "post",
            {"organisation": person.organisation_id, "language": "en"},
            "",
        ),
    }
    real = [
        Row(name, set(), lambda rows, a=a: a, method, lambda rows, q=q: q, lambda rows, s=s: s)
        for name, (a, method, s, q) in asked_for.items()
    ]
    rest = [row for row in MATRIX if row.name not in asked_for]
    return [*real, *(replace(row) for row in rest)]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    confirm(client)
    return client


def answer(client: Client, row: Row, rows: Rows) -> HttpResponseBase:
    """What one address answers; what it changes is undone."""
    path = reverse(row.name, kwargs=row.arguments(rows))
    query = row.query(rows)
    kept = client.cookies
    client.cookies = SimpleCookie({name: one.value for name, one in kept.items()})
    try:
        with transaction.atomic():
            response = getattr(client, row.method)(f"{path}?{query}" if query else path, row.sent(rows))
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
    finally:
        client.cookies = kept
    return response


def leaves(response: HttpResponseBase) -> bool:
    """Whether this is something to keep: a file to save, or a calendar for another program."""
    kept = response.headers.get("Content-Disposition", "").startswith("attachment")
    return response.status_code == 200 and (
        kept or response.headers["Content-Type"].startswith("text/calendar")
    )


def says_why(response: HttpResponseBase) -> bool:
    return response.status_code == 403 and "closed to the outside" in response.content.decode()


def test_every_address_that_hands_out_a_file_hands_out_none_while_the_site_is_closed(person) -> None:
    matrix, rows = with_real_rows(person), Rows()
    client = signed_in(person)
    leaving = {row.name for row in matrix if leaves(answer(client, row, rows))}
    # The walk finds what it is about: whatever the product counts as taken out, and calendars.
    assert leaving == (HANDED_OUT | {"field_sheets", "calendar_feed", "calendar_day"})

    closing.close(by=person)

    client = signed_in(person)
    told = [(row.name, answer(client, row, rows)) for row in matrix]
    assert {name for name, response in told if leaves(response)} == HARMLESS & leaving
    made = {name: response.status_code for name, response in told if name in MAKING}
    assert made == dict.fromkeys(MAKING, 403)
    assert MAKING | {"field_sheets"} == HANDED_OUT_ON_POST
    refused = {name for name, response in told if says_why(response)}
    # Whose addresses need no sign-in, answer as if they were not there.
    assert refused >= leaving - HARMLESS - {"calendar_feed", "shared_file"}
