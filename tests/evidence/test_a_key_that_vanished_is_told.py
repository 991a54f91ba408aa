"""Where the vault's key is gone while the site runs, whoever saves is told what to do, and what she typed stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from recommendations.evidence.models import Evidence, EvidenceFile, EvidenceLink, Upload
from recommendations.evidence.models_safety import ConsentRecord, PersonInEvidence, ProtectedSource
from recommendations.evidence.recording import link_evidence
from recommendations.evidence.safety import add_person, protect_source
from recommendations.vocabulary import Confidentiality
from tests.evidence import samples
from tests.factories import make_evidence, make_person, make_recommendation

pytestmark = pytest.mark.django_db
TYPED = "What the witness told us, at length"


@pytest.fixture
def owner():
    return make_person()


@pytest.fixture
def item(owner) -> Evidence:
    return make_evidence(owner, confidentiality=Confidentiality.RESTRICTED, source=None)


@pytest.fixture
def key_gone(settings, tmp_path: Path):
    """A function after which the server's key is nowhere."""

    def take_away() -> None:
        settings.VAULT_KEY = ""
        settings.VAULT_KEY_FILE = str(tmp_path / "nowhere.key")

    return take_away


def is_told(answer, *typed: str) -> bool:
    """Whether the same form comes back with a sentence that says what to do, not where the key lay."""
    page = answer.content.decode()
    assert answer.status_code == 422, answer.status_code
    assert "VAULT_KEY_FILE" in page and "printed sheets" in page
    assert "nowhere.key" not in page
    return all(text in page for text in typed)


def new_item(level: str, **more) -> dict:
    return {
        "confidentiality": level,
        "kind": "testimony",
        "title": "Interview 7",
        "description": TYPED,
        "source_publisher": "A newspaper",
    } | more


def test_a_restricted_item_is_not_saved_and_its_text_stays(owner, signed_in, key_gone) -> None:
    key_gone()
    answer = signed_in(owner).post(reverse("evidence_new"), new_item("restricted"))
    assert is_told(answer, TYPED, "A newspaper")
    assert not Evidence.objects.exists()


def test_what_is_not_sealed_is_saved_as_ever(owner, signed_in, key_gone) -> None:
    key_gone()
    answer = signed_in(owner).post(reverse("evidence_new"), new_item("coalition"))
    assert answer.status_code == 302
    assert Evidence.objects.get().description == TYPED


def test_an_item_with_a_file_is_not_saved_whatever_its_level(owner, signed_in, key_gone) -> None:
    key_gone()
    sent = new_item("coalition", files=[ContentFile(samples.pdf(), name="a.pdf")])
    assert is_told(signed_in(owner).post(reverse("evidence_new"), sent), TYPED)
    assert not Evidence.objects.exists()


def test_a_file_alone_is_not_taken(owner, item, signed_in, key_gone) -> None:
    key_gone()
    sent = {"files": [ContentFile(samples.pdf(), name="a.pdf")]}
    assert is_told(signed_in(owner).post(reverse("evidence_file_new", args=[item.number]), sent))
    assert not EvidenceFile.objects.exists()


def test_a_file_in_pieces_is_told_in_the_answer_to_a_piece(owner, item, signed_in, key_gone) -> None:
    client, content = signed_in(owner), samples.pdf()
    begin = reverse("upload_begin", args=[item.number])
    place = client.post(begin, {"name": "a.pdf", "size": len(content)}).json()
    key_gone()
    answer = client.post(f"{place['url']}?start=0", content, content_type="application/octet-stream")
    assert answer.status_code == 422
    assert "VAULT_KEY_FILE" in answer.json()["problem"]
    assert Upload.objects.get().received == 0
    again = client.post(begin, {"name": "b.pdf", "size": len(content)})
    assert "VAULT_KEY_FILE" in again.json()["problem"]


def test_a_link_of_a_restricted_item_keeps_its_words(owner, item, signed_in, key_gone) -> None:
    recommendation = make_recommendation()
    key_gone()
    sent = {"references": recommendation.reference, "shows": "non", "why": TYPED}
    assert is_told(signed_in(owner).post(reverse("evidence_link_new", args=[item.number]), sent), TYPED)
    assert not EvidenceLink.objects.exists()


def test_a_change_of_a_link_keeps_its_words(owner, item, signed_in, key_gone) -> None:
    link = link_evidence(item, recommendation=make_recommendation(), shows="non", by=owner)
    key_gone()
    address = reverse("evidence_link_edit", args=[item.number, link.pk])
    assert is_told(signed_in(owner).post(address, {"shows": "non", "why": TYPED}), TYPED)


def test_raising_a_level_is_not_done_by_half(owner, signed_in, key_gone) -> None:
    item = make_evidence(owner)
    key_gone()
    sent = {"confidentiality": "restricted", "reason": TYPED, "revision": item.revision}
    assert is_told(signed_in(owner).post(reverse("evidence_access", args=[item.number]), sent), TYPED)
    item.refresh_from_db()
    assert item.confidentiality == Confidentiality.COALITION


def test_who_a_source_is_stays_in_the_form(owner, signed_in, key_gone) -> None:
    key_gone()
    sent = {"pseudonym": "Falcon", "risk": "medium", "identity": TYPED, "notes": ""}
    assert is_told(signed_in(owner).post(reverse("source_new"), sent), TYPED, "Falcon")
    assert not ProtectedSource.objects.exists()


def test_a_source_that_is_changed_stays_as_it_was(owner, signed_in, key_gone) -> None:
    source = protect_source(pseudonym="Falcon", risk="medium", identity="Somebody", by=owner)
    key_gone()
    sent = {"pseudonym": "Kite", "risk": "medium", "identity": TYPED, "named_people": [owner.pk]}
    assert is_told(signed_in(owner).post(reverse("source_edit", args=[source.pk]), sent), TYPED)
    source.refresh_from_db()
    assert source.pseudonym == "Falcon"


def test_a_consent_keeps_its_note(owner, item, signed_in, key_gone) -> None:
    person = add_person(item, pseudonym="Woman, 40", by=owner)
    key_gone()
    consent = {"uses": ["coalition"], "given_on": "2024-01-01", "note": TYPED}
    client = signed_in(owner)
    assert is_told(client.post(reverse("consent_new", args=[item.number, person.pk]), consent), TYPED)
    added = client.post(reverse("evidence_people", args=[item.number]), {"pseudonym": "Man, 30"} | consent)
    assert is_told(added, TYPED, "Man, 30")
    assert PersonInEvidence.objects.count() == 1
    assert not ConsentRecord.objects.exists()
