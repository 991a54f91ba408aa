"""A ClamAV server is asked where there is one; what it finds is kept apart and handed out to nobody."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.evidence import vault
from recommendations.evidence.models import EvidenceCopy
from recommendations.evidence.words import Scan
from recommendations.formats import scanning
from recommendations.formats.scanning import NotScanned
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.vocabulary import JobState
from tests.evidence import samples
from tests.factories import make_evidence, make_person

pytestmark = pytest.mark.django_db

MALICIOUS = b"invented-signature"


class Clamd(socketserver.StreamRequestHandler):
    """Speaks clamd's side of INSTREAM: pieces with their length in front, zero ends, answers end with a null."""

    def handle(self) -> None:
        said = b""
        while not said.endswith(b"\0"):
            said += self.rfile.read(1)
        if said != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.most:  # type: ignore[attr-defined]
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(content)  # type: ignore[attr-defined]
        found = MALICIOUS in content
        self.wfile.write(b"stream: Invented.Signature FOUND\0" if found else b"stream: OK\0")


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, tmp_path) -> Iterator[socketserver.BaseServer]:
    if request.param == "unix":
        path = str(tmp_path / "clamd.sock")
        server: socketserver.BaseServer = socketserver.ThreadingUnixStreamServer(path, Clamd)
        url = f"unix://{path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
        url = f"tcp://127.0.0.1:{server.server_address[1]}"
    server.seen, server.most, server.url = [], 2**20, url  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_every_byte_is_sent_and_the_answer_understood(clamd) -> None:
    pieces = [b"a" * 700_000, b"b" * 10]
    assert scanning.found_in(pieces, server=clamd.url) == ""
    assert clamd.seen == [b"".join(pieces)]
    assert scanning.found_in([b"x", MALICIOUS], server=clamd.url) == "Invented.Signature"


def test_what_the_server_could_not_look_at_is_not_called_clean(clamd) -> None:
    clamd.most = 10
    with pytest.raises(NotScanned):
        scanning.found_in([b"x" * 100], server=clamd.url)


def test_a_server_that_is_away_is_told_apart() -> None:
    for url in ("tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock"):
        with pytest.raises(NotScanned):
            scanning.found_in([b"x"], server=url)


def a_file(owner, content: bytes):
    evidence = make_evidence(owner)
    file = vault.receive_file(evidence, upload=ContentFile(content, name="a.pdf"), by=owner)
    return evidence, file


def test_an_infected_file_is_handed_out_to_nobody(clamd, signed_in, settings) -> None:
    settings.CLAMD_URL = clamd.url
    owner = make_person()
    evidence, file = a_file(owner, samples.pdf() + b"\n% " + MALICIOUS)
    queue.run_due()
    file.refresh_from_db()
    assert (file.scan, file.scan_found) == (Scan.INFECTED, "Invented.Signature")
    assert not EvidenceCopy.objects.exists()
    for person in (owner, make_person()):
        for name in ("evidence_file", "evidence_copy"):
            assert signed_in(person).get(reverse(name, args=[file.pk])).status_code == 404
        page = signed_in(person).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
        assert "Malicious software was found in it." in page
    assert Event.objects.filter(verb="evidence.infected").count() == 1


def test_a_file_waits_until_it_was_searched_and_is_given_out_then(clamd, signed_in, settings) -> None:
    settings.CLAMD_URL = clamd.url
    owner = make_person()
    evidence, file = a_file(owner, samples.pdf())
    address = reverse("evidence_file", args=[file.pk])
    assert signed_in(owner).get(address).status_code == 404
    queue.run_due()
    assert signed_in(owner).get(address).status_code == 200
    page = signed_in(owner).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert "nothing found" in page


def test_a_server_that_is_away_is_asked_again_later(signed_in, settings) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    a_file(make_person(), samples.pdf())
    queue.run_due()
    assert Job.objects.get(name=vault.COPY_JOB).state == JobState.WAITING
    assert not EvidenceCopy.objects.exists()


def test_without_a_server_files_are_shown_as_not_scanned(signed_in) -> None:
    owner = make_person()
    evidence, _file = a_file(owner, samples.pdf())
    queue.run_due()
    page = signed_in(owner).get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert "not scanned" in page
