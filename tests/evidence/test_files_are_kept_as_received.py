"""Files: hashed as they come, judged by content, kept unaltered or not at all, handed out as attachments only."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import UnreadablePostError
from django.test import Client
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.catalogue.errors import Refused
from recommendations.evidence import store, uploads, vault
from recommendations.evidence.models import Evidence, EvidenceFile
from recommendations.evidence.recording import check_evidence
from recommendations.formats import kinds
from recommendations.formats.problems import FileProblem
from recommendations.vocabulary import EvidenceCheck, EvidenceKind, Role
from tests.evidence import samples
from tests.factories import make_evidence, make_person

pytestmark = pytest.mark.django_db

# Said in the environment: the client says it itself only of a body that it is given.
MULTIPART = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def a_form(**fields: Any) -> dict[str, Any]:
    """What the form of a new item sends."""
    return {
        "confidentiality": "coalition",
        "kind": "statistic",
        "title": "Blocked domains",
        "description": "29,468 at the start of 2019",
        "references": "",
        "shows": "",
        "why": "",
        "passage": "",
    } | fields


def sent(name: str, content: bytes, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type)


def known(name: str, content: bytes) -> ContentFile:
    """A file whose kind is known already, where that is not the question."""
    upload = ContentFile(content, name=name)
    upload.recognised = kinds.PNG
    return upload


@pytest.fixture
def editor(signed_in) -> Client:
    return signed_in(make_person())


def test_several_files_come_with_a_new_item_each_with_its_receipt(editor) -> None:
    contents = {"answer.pdf": samples.pdf(), "picture.png": samples.png(), "letter.docx": samples.word()}
    contents["figures.xlsx"] = samples.sheet()
    files = [sent(name, content) for name, content in contents.items()]
    answer = editor.post(reverse("evidence_new"), a_form(files=files), follow=True)
    kept = {file.name: file for file in EvidenceFile.objects.all()}
    assert set(kept) == set(contents)
    page = answer.content.decode()
    for name, content in contents.items():
        with vault.open_file(kept[name]) as stream:
            assert stream.read() == content
        assert kept[name].sha256 == hashlib.sha256(content).hexdigest()
        assert kept[name].size == len(content)
        assert kept[name].sha256 in page
    assert len(samples.in_the_vault()) == 4


def test_the_kind_is_told_by_content_and_not_by_name(editor) -> None:
    editor.post(reverse("evidence_new"), a_form(files=[sent("holiday.jpg", samples.pdf(), "image/jpeg")]))
    assert EvidenceFile.objects.get().mime == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content", "announced"),
    [
        ("drawing.svg", SVG, "image/svg+xml"),
        ("drawing.png", SVG, "image/png"),
        ("page.html", HTML, "text/html"),
        ("page.pdf", HTML, "application/pdf"),
        ("program.pdf", b"MZ" + bytes(200), "application/pdf"),
        ("empty.pdf", b"", "application/pdf"),
        ("cut.pdf", samples.pdf()[:40], "application/pdf"),
        ("notes.txt", b"plain text is not among the kinds", "text/plain"),
    ],
)
def test_what_is_not_what_it_should_be_is_refused_and_nothing_is_left(
    name, content, announced, editor
) -> None:
    answer = editor.post(reverse("evidence_new"), a_form(files=[sent(name, content, announced)]))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert name in page
    assert "29,468 at the start of 2019" in page
    assert not Evidence.objects.exists()
    assert samples.in_the_vault() == []


def test_one_refused_file_keeps_the_others_out_too(editor) -> None:
    files = [sent("a.png", samples.png()), sent("b.svg", SVG)]
    assert editor.post(reverse("evidence_new"), a_form(files=files)).status_code == 422
    assert (Evidence.objects.count(), samples.in_the_vault()) == (0, [])


def test_the_deployment_chooses_the_kinds(editor, settings) -> None:
    settings.UPLOAD_KINDS = ("pdf",)
    answer = editor.post(reverse("evidence_new"), a_form(files=[sent("a.png", samples.png())]))
    assert (answer.status_code, EvidenceFile.objects.count()) == (422, 0)


def test_a_file_above_the_limit_is_dropped_as_it_comes_and_the_text_stays(editor, settings) -> None:
    settings.UPLOAD_MAX_MB = 1
    answer = editor.post(reverse("evidence_new"), a_form(files=[sent("a.pdf", bytes(2 * 2**20))]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "larger than 1 MB" in page
    assert "29,468 at the start of 2019" in page
    assert (Evidence.objects.count(), samples.in_the_vault()) == (0, [])


def test_a_huge_request_is_refused_before_a_byte_is_read(editor, settings) -> None:
    settings.UPLOAD_MAX_MB = 1

    class Unread:
        """A request body that must not be touched."""

        def read(self, *_size: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = editor.generic(
        "POST",
        reverse("evidence_new"),
        **MULTIPART | {"CONTENT_LENGTH": str(2**32), "wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "none of it was read" in answer.content.decode()


def test_no_byte_is_taken_from_who_may_not_add(signed_in) -> None:
    observer = signed_in(make_person(Role.OBSERVER))
    answer = observer.post(reverse("evidence_new"), a_form(files=[sent("a.png", samples.png())]))
    assert (answer.status_code, samples.in_the_vault()) == (403, [])


def test_a_form_from_elsewhere_is_refused_and_its_files_are_gone() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_person())
    answer = browser.post(reverse("evidence_new"), a_form(files=[sent("a.png", samples.png())]))
    assert (answer.status_code, samples.in_the_vault(), Evidence.objects.count()) == (403, [], 0)


def test_too_many_files_at_once_are_named(editor, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 1)
    files = [sent("a.png", samples.png()), sent("b.png", samples.png((1, 2, 3)))]
    answer = editor.post(reverse("evidence_new"), a_form(files=files))
    assert answer.status_code == 422
    assert "No more than 1 files at once" in answer.content.decode()
    assert samples.in_the_vault() == []


def test_a_full_disk_keeps_the_text_and_leaves_neither_row_nor_file(editor, monkeypatch) -> None:
    def full(*_arguments: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    answer = editor.post(reverse("evidence_new"), a_form(files=[sent("a.png", samples.png())]))
    monkeypatch.undo()
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "no room left" in page
    assert "29,468 at the start of 2019" in page
    assert (Evidence.objects.count(), samples.in_the_vault()) == (0, [])


def test_an_upload_that_breaks_off_leaves_nothing(editor) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="confidentiality"\r\n\r\ncoalition\r\n'
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nBlocked domains\r\n'
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nstatistic\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + samples.png()
    )
    answer = editor.generic(
        "POST", reverse("evidence_new"), body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 422
    assert "connection broke" in answer.content.decode()
    assert (Evidence.objects.count(), samples.in_the_vault()) == (0, [])


def test_a_sender_who_goes_away_in_the_middle_of_a_file_leaves_nothing(editor) -> None:
    begun = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n' + bytes(200_000)

    class Gone:
        """A request body whose connection ends after its first piece."""

        pieces = iter([begun])

        def read(self, *_size: int) -> bytes:
            for piece in self.pieces:
                return piece
            raise OSError("the connection was reset")

        readline = read

    with pytest.raises(UnreadablePostError):
        editor.generic(
            "POST",
            reverse("evidence_new"),
            **MULTIPART | {"CONTENT_LENGTH": "1000000", "wsgi.input": Gone()},
        )
    assert samples.in_the_vault() == []


def test_a_file_of_a_failed_transaction_is_taken_back() -> None:
    owner = make_person()
    evidence = make_evidence(owner)
    with pytest.raises(RuntimeError), vault.all_or_nothing():
        vault.receive_file(evidence, upload=known("a.png", samples.png()), by=owner)
        assert len(samples.in_the_vault()) == 1
        raise RuntimeError
    assert (EvidenceFile.objects.count(), samples.in_the_vault()) == (0, [])


def test_a_row_that_cannot_be_written_leaves_no_file(monkeypatch) -> None:
    owner = make_person()
    evidence = make_evidence(owner)

    def broken(**_fields: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(EvidenceFile.objects, "create", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        vault.receive_file(evidence, upload=known("a.png", samples.png()), by=owner)
    assert samples.in_the_vault() == []


def test_the_original_cannot_be_written_to() -> None:
    owner = make_person()
    file = vault.receive_file(make_evidence(owner), upload=known("a.png", samples.png()), by=owner)
    mode = (vault.folder() / file.stored_as).stat().st_mode
    assert mode & 0o777 == 0o400


def test_the_same_bytes_come_once_to_an_item_but_to_any_number_of_items() -> None:
    owner = make_person()
    evidence = make_evidence(owner)
    vault.receive_file(evidence, upload=known("a.png", samples.png()), by=owner)
    with pytest.raises(Refused, match="byte for byte"):
        vault.receive_file(evidence, upload=known("b.png", samples.png()), by=owner)
    vault.receive_file(make_evidence(owner), upload=known("a.png", samples.png()), by=owner)
    assert (EvidenceFile.objects.count(), len(samples.in_the_vault())) == (2, 2)


def test_what_is_held_elsewhere_takes_no_file(editor) -> None:
    form = a_form(kind="held_elsewhere", held_by="a lawyer", files=[sent("a.png", samples.png())])
    assert editor.post(reverse("evidence_new"), form).status_code == 422
    owner = make_person()
    held = make_evidence(owner, kind=EvidenceKind.HELD_ELSEWHERE, held_by="a lawyer")
    with pytest.raises(Refused):
        vault.receive_file(held, upload=known("a.png", samples.png()), by=owner)
    assert samples.in_the_vault() == []


def test_a_new_file_asks_for_a_new_check() -> None:
    owner = make_person()
    evidence = make_evidence(owner)
    check_evidence(evidence, status=EvidenceCheck.CHECKED, by=make_person(Role.REVIEWER))
    vault.receive_file(evidence, upload=known("a.png", samples.png()), by=owner)
    evidence.refresh_from_db()
    assert evidence.check_status == EvidenceCheck.NOT_CHECKED


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\windows\\a.png", "a.png"),
        ("/evidence/incoming/a.png", "a.png"),
        ("a\x00b\r\nSet-Cookie: x.png", "ab Set-Cookie: x.png"),
        ("exe.\u202egnp.png", "exe.gnp.png"),
        ("Ответ прокуратуры.png", "Ответ прокуратуры.png"),
        ("", "file"),
        (f"{'я' * 300}.png", f"{'я' * 197}.png"),
    ],
)
def test_tricks_in_a_name_do_nothing(name: str, shown: str) -> None:
    assert vault.shown_name(name) == shown


def test_a_name_never_becomes_part_of_a_path(vault_folder) -> None:
    owner = make_person()
    upload = known("x.png", samples.png())
    upload.name = "../../../outside.png"
    file = vault.receive_file(make_evidence(owner), upload=upload, by=owner)
    assert file.name == "outside.png"
    assert [path.relative_to(vault_folder).parts[0] for path in samples.in_the_vault()] == [file.sha256[:2]]
    assert not list(vault_folder.parent.rglob("outside*"))


def test_a_file_is_handed_out_as_an_attachment_that_can_do_nothing(signed_in) -> None:
    owner = make_person()
    file = vault.receive_file(make_evidence(owner), upload=known('a "quoted".png', samples.png()), by=owner)
    answer = signed_in(owner).get(reverse("evidence_file", args=[file.pk]))
    assert b"".join(answer.streaming_content) == samples.png()
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "image/png"


def test_each_opening_is_logged_and_told_to_the_owner(signed_in) -> None:
    owner = make_person()
    colleague = make_person(name="Aruzhan", organisation=owner.organisation)
    evidence = make_evidence(owner)
    file = vault.receive_file(evidence, upload=known("a.png", samples.png()), by=owner)
    answer = signed_in(colleague).get(reverse("evidence_file", args=[file.pk]))
    list(answer.streaming_content)
    event = Event.objects.first()
    assert (event.verb, event.actor, event.subject_label) == (
        "evidence.file_opened",
        colleague,
        str(evidence),
    )
    told = "Aruzhan opened a file"
    assert told in signed_in(owner).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    other = signed_in(make_person()).get(reverse("evidence_detail", args=[evidence.number]))
    assert told not in other.content.decode()


def test_a_file_whose_bytes_are_gone_is_told_and_not_a_server_error(signed_in) -> None:
    owner = make_person()
    file = vault.receive_file(make_evidence(owner), upload=known("a.png", samples.png()), by=owner)
    (vault.folder() / file.stored_as).unlink()
    answer = signed_in(owner).get(reverse("evidence_file", args=[file.pk]), follow=True)
    assert "cannot be read" in answer.content.decode()


def test_a_flipped_byte_a_missing_file_and_a_stray_one_are_found_and_named() -> None:
    owner = make_person()
    evidence = make_evidence(owner)
    flipped, missing, whole = (
        vault.receive_file(evidence, upload=known(f"{shade}.png", samples.png((shade, 0, 0))), by=owner)
        for shade in (1, 2, 3)
    )
    path = vault.folder() / flipped.stored_as
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    (vault.folder() / missing.stored_as).unlink()
    stray = vault.folder() / "ab" / "stray"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    told = [which for which, _what in vault.faults()]
    assert told == [f"{evidence} {flipped.stored_as}", f"{evidence} {missing.stored_as}", "ab/stray"]
    assert whole.stored_as not in " ".join(told)


def test_what_a_killed_process_left_is_cleared_after_a_day_but_no_whole_file() -> None:
    owner = make_person()
    vault.receive_file(make_evidence(owner), upload=known("a.png", samples.png()), by=owner)
    EvidenceFile.objects.all().delete()
    left = store.STORE.hidden / ".receiving-old"
    left.write_bytes(b"half")
    assert vault.tidy() == 0
    assert vault.tidy(now=datetime.fromtimestamp(time.time() + 90_000, UTC)) == 1
    assert len(samples.in_the_vault()) == 1


def test_a_file_that_does_not_come_through_a_form_is_held_to_the_same_limit(settings) -> None:
    settings.UPLOAD_MAX_MB = 1
    owner = make_person()
    with pytest.raises(FileProblem):
        vault.receive_file(make_evidence(owner), upload=known("a.png", bytes(2**20 + 1)), by=owner)
    assert samples.in_the_vault() == []


def test_files_are_added_to_an_item_later_all_or_none(editor, signed_in) -> None:
    owner = make_person()
    evidence = make_evidence(owner)
    browser = signed_in(owner)
    url = reverse("evidence_file_new", args=[evidence.number])
    assert browser.post(url, {}).status_code == 422
    files = [sent("a.png", samples.png()), sent("same.png", samples.png())]
    assert browser.post(url, {"files": files}).status_code == 422
    assert samples.in_the_vault() == []
    assert browser.post(url, {"files": files[:1]}).status_code == 422  # it was read to its end above
    assert browser.post(url, {"files": [sent("a.png", samples.png())]}).status_code == 302
    assert evidence.files.get().received_by == owner


def test_after_a_mistake_in_the_text_one_is_told_to_choose_the_files_again(editor) -> None:
    form = a_form(title="", files=[sent("a.png", samples.png())])
    page = editor.post(reverse("evidence_new"), form).content.decode()
    assert "choose them again" in page
    assert samples.in_the_vault() == []
