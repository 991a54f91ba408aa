"""Custody: what was done with an item, told to whom it may be told, and handed out with its files and receipts."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.evidence import copies, vault
from recommendations.evidence.recording import check_evidence
from recommendations.jobs import queue
from recommendations.vocabulary import Confidentiality, EvidenceCheck, Role
from tests.evidence import samples
from tests.factories import make_evidence, make_person
from tests.formats.test_copies import has_secret, photograph

pytestmark = pytest.mark.django_db


def with_file(owner, **fields):
    evidence = make_evidence(owner, **fields)
    file = vault.receive_file(evidence, upload=ContentFile(photograph(), name="at home.jpg"), by=owner)
    queue.run_due()
    file.refresh_from_db()
    return evidence, file


def verbs(evidence) -> list[str]:
    return list(
        Event.objects.filter(subject_id=evidence.pk, subject_kind="Evidence").values_list("verb", flat=True)
    )


def unpacked(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_looking_at_a_restricted_item_is_one_event_an_hour_for_each_person(signed_in) -> None:
    owner = make_person()
    colleague = make_person(organisation=owner.organisation)
    evidence, file = with_file(owner, confidentiality=Confidentiality.RESTRICTED)
    for person in (owner, owner, colleague, owner):
        signed_in(person).get(reverse("evidence_detail", args=[evidence.number]))
        signed_in(person).get(reverse("evidence_preview", args=[file.pk, 1]))
    assert verbs(evidence).count("evidence.viewed") == 2


def test_looking_at_what_the_coalition_may_see_is_no_event(signed_in) -> None:
    owner = make_person()
    evidence, _file = with_file(owner)
    signed_in(owner).get(reverse("evidence_detail", args=[evidence.number]))
    assert "evidence.viewed" not in verbs(evidence)


def test_the_chain_tells_every_step_in_order(signed_in) -> None:
    owner, other = make_person(name="Aruzhan"), make_person(name="Bolat")
    evidence, file = with_file(owner)
    signed_in(other).get(reverse("evidence_copy", args=[file.pk]))
    signed_in(owner).get(reverse("evidence_file", args=[file.pk]))
    check_evidence(evidence, status=EvidenceCheck.CHECKED, by=make_person(Role.REVIEWER))
    copies.verify(evidence, by=owner)
    page = signed_in(owner).get(reverse("evidence_custody", args=[evidence.number]))
    assert [step.verb for step in page.context["steps"]] == [
        "evidence.added",
        "evidence.file_received",
        "evidence.copied",
        "evidence.copy_opened",
        "evidence.file_opened",
        "evidence.checked",
        "evidence.verified",
    ]
    assert file.sha256 in page.content.decode()


def test_who_looked_is_told_to_those_in_whose_hands_it_is_and_nobody_else(signed_in) -> None:
    owner, other = make_person(name="Aruzhan"), make_person(name="Bolat")
    evidence, file = with_file(owner)
    signed_in(other).get(reverse("evidence_copy", args=[file.pk]))
    address = reverse("evidence_custody", args=[evidence.number])
    assert "Bolat" in signed_in(owner).get(address).content.decode()
    page = signed_in(make_person(name="Saule")).get(address).content.decode()
    assert "Bolat" not in page and "Aruzhan" in page
    assert signed_in(make_person(Role.OBSERVER)).get(address).status_code == 404


def test_the_owner_takes_the_original_along_and_others_the_copy(signed_in) -> None:
    owner, other = make_person(name="Aruzhan"), make_person(name="Bolat")
    evidence, file = with_file(owner)
    address = reverse("evidence_with_custody", args=[evidence.number])
    with unpacked(signed_in(owner).post(address)) as archive:
        assert archive.read(f"files/{file.pk}-original.jpg") == photograph()
        told = json.loads(archive.read("custody.json"))
        rows = list(csv.DictReader(io.StringIO(archive.read("custody.csv").decode("utf-8-sig"))))
        assert [step["verb"] for step in told["events"]] == [row["verb"] for row in rows]
        assert told["events"][-1]["verb"] == "evidence.handed_out"
        assert file.sha256 in archive.read(f"receipts/{file.pk}.txt").decode()
        assert f"{file.sha256}  files/{file.pk}-original.jpg" in archive.read("SHA256SUMS").decode()
    with unpacked(signed_in(other).post(address)) as archive:
        names = archive.namelist()
        assert f"files/{file.pk}-copy.jpg" in names and f"files/{file.pk}-original.jpg" not in names
        assert not has_secret(b"".join(archive.read(name) for name in names))
    assert signed_in(make_person(Role.OBSERVER)).post(address).status_code == 404


def test_the_receipt_of_a_restricted_item_names_neither_title_nor_file(signed_in) -> None:
    owner = make_person(name="Aruzhan")
    told = {"title": "Neutral label", "method": "Handed over in person", "description": "x"}
    for level, named in ((Confidentiality.RESTRICTED, False), (Confidentiality.COALITION, True)):
        evidence, file = with_file(owner, confidentiality=level, **told)
        page = signed_in(owner).get(reverse("evidence_receipt", args=[file.pk]))
        text = signed_in(owner).get(reverse("evidence_receipt", args=[file.pk]) + "?as=text").content.decode()
        for words in ("Neutral label", "at home.jpg", "Handed over in person"):
            assert (words in text) is named
            assert any(words in value for _label, value in page.context["facts"]) is named
        for words in (
            file.sha256,
            str(file.size),
            "image/jpeg",
            "Aruzhan",
            str(evidence),
            "sent with a form",
        ):
            assert words in text


def test_whoever_sent_a_file_keeps_its_receipt_and_others_get_none(signed_in) -> None:
    owner, other = make_person(), make_person()
    _evidence, file = with_file(owner)
    assert signed_in(other).get(reverse("evidence_receipt", args=[file.pk])).status_code == 404
    assert signed_in(owner).get(reverse("evidence_receipt", args=[file.pk])).status_code == 200


def test_comparing_finds_a_changed_byte_and_is_an_event(signed_in) -> None:
    owner = make_person()
    evidence, file = with_file(owner)
    browser = signed_in(owner)
    address = reverse("evidence_verify", args=[evidence.number])
    assert "All bytes are as they were received." in browser.post(address, follow=True).content.decode()
    path = next(path for path in samples.in_the_vault() if file.sha256 in path.name)
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    assert "at home.jpg" in browser.post(address, follow=True).content.decode()
    assert verbs(evidence).count("evidence.verified") == 2
    assert signed_in(make_person()).post(address).status_code == 403


def test_no_text_of_the_chain_becomes_a_formula(signed_in) -> None:
    owner = make_person(name="=1+1")
    evidence, _file = with_file(owner)
    with unpacked(signed_in(owner).post(reverse("evidence_with_custody", args=[evidence.number]))) as archive:
        assert ",=1+1" not in archive.read("custody.csv").decode()
        assert "'=1+1" in archive.read("custody.csv").decode()
