"""Files in pieces: they go on where they were left, are sealed as they come, and leave nothing when given up."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.evidence import pieces, quotas, vault
from recommendations.evidence.models import EvidenceFile, Upload, UploadPiece
from recommendations.evidence.words import CameBy
from recommendations.vocabulary import Confidentiality
from tests.evidence import samples
from tests.factories import make_evidence, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_person()


@pytest.fixture
def evidence(owner):
    return make_evidence(owner, confidentiality=Confidentiality.RESTRICTED)


@pytest.fixture
def browser(owner, signed_in) -> Client:
    return signed_in(owner)


def begun(browser: Client, evidence, content: bytes, name: str = "a.pdf"):
    return browser.post(reverse("upload_begin", args=[evidence.number]), {"name": name, "size": len(content)})


def sent(browser: Client, url: str, start: int, content: bytes):
    return browser.post(f"{url}?start={start}", content, content_type="application/octet-stream")


def test_a_file_comes_in_pieces_and_is_whole(browser, evidence, django_capture_on_commit_callbacks) -> None:
    content = samples.pdf()
    place = begun(browser, evidence, content).json()
    for start in range(0, len(content), 100):
        answer = sent(browser, place["url"], start, content[start : start + 100])
        assert answer.json()["received"] == min(start + 100, len(content))
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(place["finish"])
    assert done.json() == {"done": reverse("evidence_detail", args=[evidence.number])}
    file = EvidenceFile.objects.get()
    assert (file.sha256, file.size, file.name) == (hashlib.sha256(content).hexdigest(), len(content), "a.pdf")
    assert file.came_by == CameBy.PIECES
    assert not Upload.objects.exists()
    assert len(samples.in_the_vault()) == 1


def test_it_goes_on_where_it_was_left_after_the_page_was_closed(browser, evidence) -> None:
    content = samples.pdf()
    place = begun(browser, evidence, content).json()
    sent(browser, place["url"], 0, content[:200])
    again = begun(browser, evidence, content).json()
    assert (again["url"], again["received"]) == (place["url"], 200)
    page = browser.get(reverse("evidence_file_new", args=[evidence.number])).content.decode()
    assert "Begun and not finished" in page and "a.pdf" in page


def test_a_piece_that_came_twice_or_too_early_tells_where_to_go_on(browser, evidence) -> None:
    content = samples.pdf()
    url = begun(browser, evidence, content).json()["url"]
    sent(browser, url, 0, content[:200])
    for start in (0, 100, 300):
        answer = sent(browser, url, start, content[start : start + 100])
        assert (answer.status_code, answer.json()["received"]) == (409, 200)
    assert UploadPiece.objects.count() == 1
    assert browser.get(url).json()["received"] == 200


def test_what_is_missing_is_not_put_together(browser, evidence) -> None:
    place = begun(browser, evidence, samples.pdf()).json()
    assert browser.post(place["finish"]).status_code == 409
    assert not EvidenceFile.objects.exists()


def test_pieces_and_names_lie_sealed(browser, evidence) -> None:
    content = samples.pdf()
    url = begun(browser, evidence, content, name="canary-name.pdf").json()["url"]
    sent(browser, url, 0, content[:200])
    (path,) = samples.in_the_vault()
    assert path.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"%PDF" not in path.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {Upload._meta.db_table}")
        assert "canary-name" not in cursor.fetchone()[0]
    assert Upload.objects.get().name == "canary-name.pdf"
    assert list(vault.faults()) == []


def test_a_file_that_may_not_come_in_leaves_no_piece(
    browser, evidence, django_capture_on_commit_callbacks
) -> None:
    content = b"MZ" + bytes(500)
    place = begun(browser, evidence, content).json()
    sent(browser, place["url"], 0, content)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(place["finish"])
    assert answer.status_code == 422
    assert "program" in answer.json()["problem"]
    assert (Upload.objects.count(), samples.in_the_vault()) == (0, [])


def test_half_an_upload_is_gone_after_a_day(browser, evidence, django_capture_on_commit_callbacks) -> None:
    content = samples.pdf()
    sent(browser, begun(browser, evidence, content).json()["url"], 0, content[:200])
    now = timezone.now()
    assert pieces.forget(now=now + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert pieces.forget(now=now + timedelta(hours=25)) == 1
    assert (Upload.objects.count(), samples.in_the_vault()) == (0, [])


def test_a_person_gives_it_up_by_a_plain_form(browser, evidence, django_capture_on_commit_callbacks) -> None:
    content = samples.pdf()
    sent(browser, begun(browser, evidence, content).json()["url"], 0, content[:200])
    upload = Upload.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("upload_give_up", args=[upload.key]))
    assert answer.status_code == 302
    assert (Upload.objects.count(), samples.in_the_vault()) == (0, [])


def test_nobody_else_touches_an_upload(browser, evidence, signed_in) -> None:
    content = samples.pdf()
    place = begun(browser, evidence, content).json()
    stranger = signed_in(make_person())
    colleague = signed_in(make_person(organisation=evidence.organisation))
    for other in (stranger, colleague):
        assert sent(other, place["url"], 0, content).status_code == 404
        assert other.get(place["url"]).status_code == 404
        assert other.post(place["finish"]).status_code == 404
    assert stranger.post(reverse("upload_begin", args=[evidence.number]), {"size": 5}).status_code == 404


def test_who_lost_the_item_meanwhile_sends_no_more(browser, evidence, owner) -> None:
    content = samples.pdf()
    url = begun(browser, evidence, content).json()["url"]
    owner.organisation = make_person().organisation
    owner.save()
    assert sent(browser, url, 0, content).status_code == 404


@pytest.mark.parametrize("size", ["0", "-1", "x", "", "1" * 20, "52428801"])
def test_a_size_that_cannot_be_is_refused_with_a_sentence(size, browser, evidence) -> None:
    answer = browser.post(reverse("upload_begin", args=[evidence.number]), {"name": "a", "size": size})
    assert answer.status_code == 422
    assert answer.json()["problem"]


def test_a_piece_may_not_be_larger_than_pieces_are(browser, evidence) -> None:
    content = bytes(pieces.LARGEST_PIECE + 1)
    url = begun(browser, evidence, content).json()["url"]
    assert sent(browser, url, 0, content).status_code == 422
    assert samples.in_the_vault() == []


def test_a_day_holds_so_many_files_and_bytes_and_says_so(browser, evidence, owner, settings) -> None:
    settings.UPLOAD_DAY_FILES = 1
    assert begun(browser, evidence, samples.pdf()).status_code == 201
    answer = begun(browser, evidence, samples.png(), name="b.png")
    assert "Go on tomorrow" in answer.json()["problem"]
    settings.UPLOAD_DAY_FILES, settings.UPLOAD_DAY_MB = 200, 1
    assert quotas.refusal(owner, size=2 * 2**20)
    assert quotas.refusal(owner, size=1000) is None


def test_only_so_many_files_of_one_person_are_on_their_way(browser, evidence) -> None:
    for number in range(quotas.MOST_ON_THEIR_WAY):
        assert begun(browser, evidence, samples.pdf(), name=f"{number}.pdf").status_code == 201
    assert begun(browser, evidence, samples.pdf(), name="one more.pdf").status_code == 422


def test_the_temporary_folder_stays_empty(browser, evidence) -> None:
    before = set(Path(site.FILE_UPLOAD_TEMP_DIR).glob("*"))
    content = samples.pdf()
    sent(browser, begun(browser, evidence, content).json()["url"], 0, content)
    assert set(Path(site.FILE_UPLOAD_TEMP_DIR).glob("*")) == before
