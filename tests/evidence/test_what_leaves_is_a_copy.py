"""Originals stay with whoever holds the item; everybody else is given copies, and nothing that could run."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from recommendations.audit.models import Event
from recommendations.catalogue.errors import Refused
from recommendations.evidence import copies, vault
from recommendations.evidence.models import EvidenceCopy, EvidenceFile
from recommendations.evidence.words import CopyKind
from recommendations.formats import kinds
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.vocabulary import Confidentiality, JobState, Role
from tests.evidence import samples
from tests.factories import make_evidence, make_organisation, make_person
from tests.formats.test_copies import SECRET, a_pdf, has_secret, photograph

pytestmark = pytest.mark.django_db

CONTENTS = {
    "a.jpg": lambda: photograph("JPEG"),
    "a.pdf": a_pdf,
    "a.docx": samples.word,
    "a.xlsx": samples.sheet,
}


def received(evidence, name: str, content: bytes, by) -> EvidenceFile:
    file = vault.receive_file(evidence, upload=ContentFile(content, name=name), by=by)
    queue.run_due()
    file.refresh_from_db()
    return file


def sound(evidence, by) -> EvidenceFile:
    upload = ContentFile(b"RIFF-invented", name="interview.wav")
    upload.recognised = kinds.WAV
    file = vault.receive_file(evidence, upload=upload, by=by)
    queue.run_due()
    file.refresh_from_db()
    return file


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def owner():
    return make_person(name="Aruzhan")


@pytest.fixture
def evidence(owner):
    return make_evidence(owner)


@pytest.fixture
def other():
    return make_person(name="Bolat")


@pytest.mark.parametrize("name", CONTENTS)
def test_others_are_given_a_copy_and_the_owner_the_original(name, evidence, owner, other, signed_in) -> None:
    content = CONTENTS[name]()
    file = received(evidence, name, content, owner)
    original, copy = reverse("evidence_file", args=[file.pk]), reverse("evidence_copy", args=[file.pk])
    assert body(signed_in(owner).get(original)) == content
    assert signed_in(other).get(original).status_code == 404
    answer = signed_in(other).get(copy)
    given = body(answer)
    assert not has_secret(given)
    assert given != content
    assert answer["Content-Disposition"].startswith("attachment")
    assert name not in answer["Content-Disposition"]
    page = signed_in(other).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert f'href="{copy}"' in page and f'href="{original}"' not in page and name not in page
    assert (
        original in signed_in(owner).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    )
    with vault.open_file(file) as stream:
        assert stream.read() == content


def test_no_bytes_of_a_copy_lie_on_the_disk_in_clear(evidence, owner) -> None:
    received(evidence, "a.xlsx", samples.sheet(), owner)
    for path in samples.in_the_vault():
        assert path.read_bytes().startswith(b"age-encryption.org/v1")


def test_whom_a_restricted_item_names_has_the_original_and_nobody_else_sees_it(
    owner, other, signed_in
) -> None:
    item = make_evidence(owner, confidentiality=Confidentiality.RESTRICTED, named_people=[other])
    file = received(item, "a.png", samples.png(), owner)
    stranger = make_person(Role.COORDINATOR)
    for person, status in ((other, 200), (stranger, 404)):
        for name in ("evidence_file", "evidence_copy"):
            assert signed_in(person).get(reverse(name, args=[file.pk])).status_code == status


def test_the_hands_of_an_organisation_that_works_by_mail_have_its_originals(signed_in) -> None:
    coordinator = make_person(Role.COORDINATOR)
    by_mail = make_organisation(works_by_mail=True)
    item = make_evidence(coordinator, organisation=by_mail)
    file = received(item, "a.png", samples.png(), coordinator)
    assert signed_in(coordinator).get(reverse("evidence_file", args=[file.pk])).status_code == 200
    assert signed_in(make_person()).get(reverse("evidence_file", args=[file.pk])).status_code == 404


def test_of_sound_nothing_is_given_out_until_a_redacted_copy_is_there(
    evidence, owner, other, signed_in
) -> None:
    file = sound(evidence, owner)
    copy = reverse("evidence_copy", args=[file.pk])
    assert signed_in(other).get(copy).status_code == 404
    page = signed_in(other).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert "what the device wrote into it stays in it" in page
    upload = ContentFile(b"RIFF-with-a-changed-voice", name="changed.wav")
    upload.recognised = kinds.WAV
    copies.add_redacted(file, upload=upload, by=owner)
    queue.run_due()
    assert body(signed_in(other).get(copy)) == b"RIFF-with-a-changed-voice"
    assert signed_in(other).get(reverse("evidence_file", args=[file.pk])).status_code == 404


def test_a_redacted_copy_takes_the_place_of_the_sharing_copy_and_is_itself_cleaned(
    evidence, owner, other, signed_in
) -> None:
    file = received(evidence, "a.jpg", photograph("JPEG"), owner)
    before = body(signed_in(other).get(reverse("evidence_copy", args=[file.pk])))
    form = {"files": SimpleUploadedFile("b.png", photograph("PNG", size=(12, 12)))}
    answer = signed_in(owner).post(reverse("evidence_redacted", args=[file.pk]), form)
    assert answer.status_code == 302
    # Until it is cleaned nothing is given, rather than the copy that shows too much.
    assert signed_in(other).get(reverse("evidence_copy", args=[file.pk])).status_code == 404
    assert signed_in(other).get(reverse("evidence_preview", args=[file.pk, 1])).status_code == 404
    queue.run_due()
    after = body(signed_in(other).get(reverse("evidence_copy", args=[file.pk])))
    assert after != before and not has_secret(after)
    with Image.open(io.BytesIO(after)) as picture:
        assert picture.size == (12, 12)
    page = signed_in(other).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert "redacted copy" in page
    # What others look at is the redacted one; the owner looks at the original.
    seen = [
        body(signed_in(who).get(reverse("evidence_preview", args=[file.pk, 1]))) for who in (other, owner)
    ]
    assert seen[0] != seen[1]


def test_the_original_is_no_redacted_copy_and_strangers_add_none(evidence, owner, other, signed_in) -> None:
    file = received(evidence, "a.png", samples.png(), owner)
    with pytest.raises(Refused):
        copies.add_redacted(file, upload=ContentFile(samples.png(), name="a.png"), by=owner)
    with pytest.raises(Refused):
        copies.add_redacted(file, upload=ContentFile(samples.pdf(), name="a.pdf"), by=other)
    assert signed_in(other).get(reverse("evidence_redacted", args=[file.pk])).status_code == 403
    assert not EvidenceCopy.objects.filter(kind=CopyKind.REDACTED).exists()


def test_a_file_of_which_no_copy_can_be_made_says_why_and_the_job_is_done(
    evidence, owner, other, signed_in
) -> None:
    target = io.BytesIO()
    Image.new("1", (9000, 6000)).save(target, "PNG")
    file = received(evidence, "a.png", target.getvalue(), owner)
    assert file.copy_problem == "too_many_pixels"
    assert Job.objects.get(name=vault.COPY_JOB).state == JobState.DONE
    page = signed_in(other).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert "The picture is too large for a copy to be made." in page
    assert Event.objects.filter(verb="evidence.not_copied").exists()


def test_work_that_is_done_twice_makes_one_copy(evidence, owner) -> None:
    file = received(evidence, "a.png", samples.png(), owner)
    before = set(EvidenceCopy.objects.values_list("pk", flat=True))
    made = copies.work_on(file, None, report=lambda done, total: None)
    copies.finish(file, None, made)
    assert set(EvidenceCopy.objects.values_list("pk", flat=True)) == before
    assert list(vault.faults()) == []


def test_pages_are_pictures_that_we_made_and_only_they_are_shown_in_place(
    evidence, owner, other, signed_in
) -> None:
    file = received(evidence, "a.pdf", a_pdf(), owner)
    answer = signed_in(other).get(reverse("evidence_preview", args=[file.pk, 1]))
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "JPEG"
    assert SECRET.encode() not in answer.content
    assert signed_in(other).get(reverse("evidence_preview", args=[file.pk, 2])).status_code == 404


@pytest.mark.parametrize("name", [*CONTENTS, "a.wav"])
def test_nothing_that_somebody_sent_is_opened_in_place(name, evidence, owner, signed_in) -> None:
    file = sound(evidence, owner) if name == "a.wav" else received(evidence, name, CONTENTS[name](), owner)
    addresses = [reverse("evidence_file", args=[file.pk])]
    if name != "a.wav":
        addresses.append(reverse("evidence_copy", args=[file.pk]))
    for address in addresses:
        answer = signed_in(owner).get(address)
        body(answer)
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not answer["Content-Type"].startswith(("text/html", "image/svg", "application/xhtml"))


def test_a_copy_whose_bytes_are_gone_is_said_and_no_fault_of_the_page(
    evidence, owner, other, signed_in
) -> None:
    file = received(evidence, "a.png", samples.png(), owner)
    for path in samples.in_the_vault():
        path.unlink()
    answer = signed_in(other).get(reverse("evidence_copy", args=[file.pk]), follow=True)
    assert "cannot be read from the server" in answer.content.decode()
    assert signed_in(other).get(reverse("evidence_preview", args=[file.pk, 1])).status_code == 404


def test_the_pdf_that_is_given_opens_elsewhere(evidence, owner, other, signed_in) -> None:
    file = received(evidence, "a.pdf", a_pdf(), owner)
    given = body(signed_in(other).get(reverse("evidence_copy", args=[file.pk])))
    with pikepdf.open(io.BytesIO(given)) as document:
        assert len(document.pages) == 1
