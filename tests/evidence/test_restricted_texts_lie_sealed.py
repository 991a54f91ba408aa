"""Of a restricted item nothing but neutral labels lies in clear: not in a table, a file, the log or a mail."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from recommendations.catalogue.errors import Refused
from recommendations.evidence import vault
from recommendations.evidence.levels import asked_for, change_access, lower
from recommendations.evidence.models import Evidence, EvidenceFile, EvidenceLink, Source
from recommendations.evidence.recording import (
    change_evidence,
    change_link,
    check_evidence,
    link_evidence,
)
from recommendations.formats import kinds
from recommendations.formats.sealed_field import Sealed
from recommendations.vocabulary import Confidentiality, EvidenceCheck, EvidenceKind, Role, Shows
from tests.evidence import samples
from tests.factories import make_evidence, make_person, make_recommendation
from tracker import vault_key

pytestmark = pytest.mark.django_db

CANARY = "kingfisher"
TEXTS: dict[str, Any] = {
    "description": f"{CANARY} told it",
    "method": f"{CANARY} was asked",
    "source": {
        "publisher": f"The {CANARY} office",
        "title": f"What {CANARY} said",
        "url": f"https://{CANARY}.example/1",
        "published_text": f"{CANARY} 2016",
    },
}


def lying_in_clear(words: str = CANARY) -> list[str]:
    """Where the words lie: tables with columns, files of the data folder."""
    found = []
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {quote(table)}")
            for row in cursor.fetchall():
                for column, value in zip(cursor.description, row, strict=True):
                    if words in str(value).casefold():
                        found.append(f"{table}.{column[0]}")
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file() and words.encode() in path.read_bytes():
            found.append(str(path))
    return found


def a_full_item(by: Any, **fields: Any) -> Evidence:
    """An item with the canary in every text, a link, a file and a check that say it, too."""
    evidence = make_evidence(by, title="Testimony 4", place="Almaty region", **TEXTS, **fields)
    link_evidence(
        evidence,
        recommendation=make_recommendation(),
        shows=Shows.CONTEXT,
        why=f"{CANARY} saw it",
        passage=f"{CANARY} page 3",
        by=by,
    )
    upload = ContentFile(samples.png() + CANARY.encode(), name=f"{CANARY}.png")
    upload.recognised = kinds.PNG
    vault.receive_file(evidence, upload=upload, by=by)
    reviewer = make_person(Role.REVIEWER, organisation=by.organisation)
    check_evidence(evidence, status=EvidenceCheck.DISPUTED, note=f"{CANARY} denies it", by=reviewer)
    return Evidence.objects.get(pk=evidence.pk)


def test_no_text_of_a_restricted_item_lies_in_clear_from_the_first_save(caplog) -> None:
    owner = make_person()
    with caplog.at_level(logging.DEBUG):
        evidence = a_full_item(owner, confidentiality=Confidentiality.RESTRICTED)
        change_evidence(evidence, by=owner, revision=evidence.revision, description=f"{CANARY} told it again")
        link = EvidenceLink.objects.get(evidence=evidence)
        change_link(link, by=owner, shows=link.shows, why=f"{CANARY} heard it", passage=f"{CANARY}, 5")
    assert lying_in_clear() == []
    assert CANARY not in caplog.text
    assert all(CANARY not in str(message.message()) for message in mail.outbox)


def test_who_may_see_it_reads_it_as_it_was_written(signed_in) -> None:
    owner = make_person()
    evidence = a_full_item(owner, confidentiality=Confidentiality.RESTRICTED)
    page = signed_in(owner).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    for words in (
        "kingfisher told it",
        "kingfisher was asked",
        "The kingfisher office",
        "What kingfisher said",
        "kingfisher saw it",
        "kingfisher page 3",
        "kingfisher.png",
    ):
        assert words in page


def test_it_is_found_by_its_label_and_not_by_its_words(signed_in) -> None:
    owner = make_person()
    a_full_item(owner, confidentiality=Confidentiality.RESTRICTED)
    browser = signed_in(owner)
    assert "Testimony 4" in browser.get(reverse("evidence_list"), {"q": "testimony"}).content.decode()
    assert "Testimony 4" not in browser.get(reverse("evidence_list"), {"q": CANARY}).content.decode()


def test_raising_the_level_seals_what_lay_in_clear_and_lowering_opens_it() -> None:
    owner = make_person()
    evidence = a_full_item(owner, confidentiality=Confidentiality.COALITION)
    assert lying_in_clear()
    reason = f"{CANARY} is in danger"
    change_access(evidence, confidentiality="restricted", reason=reason, revision=evidence.revision, by=owner)
    assert lying_in_clear() == []
    evidence.refresh_from_db()
    change_access(evidence, confidentiality="coalition", reason=reason, revision=evidence.revision, by=owner)
    asked = asked_for(evidence)
    assert asked is not None
    lower(asked, by=make_person(organisation=owner.organisation))
    assert "recommendations_evidence.description" in lying_in_clear()
    assert not any(
        isinstance(text, Sealed)
        for text in (
            Evidence.objects.get().description,
            EvidenceLink.objects.get().why,
            EvidenceFile.objects.get().name,
            Source.objects.get().title,
        )
    )


def test_a_source_that_another_item_shares_is_copied_and_not_sealed_under_it() -> None:
    owner = make_person()
    source = Source.objects.create(publisher="Bureau (invented)", title="Yearbook")
    open_item = make_evidence(owner, source=source)
    secret = make_evidence(owner, source=source, confidentiality=Confidentiality.RESTRICTED)
    assert secret.source != open_item.source
    assert (secret.source.title, open_item.source.title) == ("Yearbook", "Yearbook")
    assert not Source.objects.exclude(pk=open_item.source_id).filter(title="Yearbook").exists()


def test_the_database_refuses_a_text_of_a_restricted_item_in_clear() -> None:
    evidence = make_evidence(confidentiality=Confidentiality.RESTRICTED)
    for field in ("description", "method", "held_by", "check_note"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.filter(pk=evidence.pk).update(**{field: "in clear"})


def test_a_text_that_looks_sealed_comes_back_as_it_was_typed() -> None:
    evidence = make_evidence(description="sealed:1:abc")
    assert Evidence.objects.get(pk=evidence.pk).description == "sealed:1:abc"


def test_without_its_key_a_text_says_so_and_is_never_written_over(settings, tmp_path, signed_in) -> None:
    owner = make_person()
    evidence = a_full_item(owner, confidentiality=Confidentiality.RESTRICTED)
    right_key = settings.VAULT_KEY_FILE
    vault_key.write(tmp_path / "other.key", [str(pyrage.x25519.Identity.generate())], replace=True)
    settings.VAULT_KEY_FILE = str(tmp_path / "other.key")
    browser: Client = signed_in(owner)
    page = browser.get(reverse("evidence_detail", args=[evidence.number]))
    assert page.status_code == 200
    assert "This text cannot be read" in page.content.decode()
    there = Evidence.objects.get(pk=evidence.pk)
    with pytest.raises(Refused, match="not written over"):
        change_evidence(there, by=owner, revision=there.revision, description="new")
    form = browser.get(reverse("evidence_edit", args=[evidence.number]))
    answer = browser.post(
        reverse("evidence_edit", args=[evidence.number]),
        {"title": "x", "kind": EvidenceKind.STATISTIC, "description": "new", "revision": there.revision},
    )
    assert (form.status_code, answer.status_code) == (200, 422)
    file = EvidenceFile.objects.get()
    gone = browser.get(reverse("evidence_file", args=[file.pk]), follow=True)
    assert "cannot be read" in gone.content.decode()
    settings.VAULT_KEY_FILE = right_key
    assert Evidence.objects.get(pk=evidence.pk).description == "kingfisher told it"
