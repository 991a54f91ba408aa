"""Fetching from the web: only open addresses, whatever name servers, redirects and notations try; within limits."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from recommendations.web import fetching
from recommendations.web.fetching import Limits, NotFetched, Road, fetch

OPEN = "93.184.215.14"
OTHER = "151.101.1.195"


class Site(ThreadingHTTPServer):
    """A real server on this machine that stands for every open address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.pages: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []


class Answers(BaseHTTPRequestHandler):
    """Answers as the test's pages say."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        self.close_connection = True
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.server.pages[self.path](self)

    def log_message(self, *_arguments: Any) -> None:
        """Silence."""


class World:
    """Name server and lines of a test: which names lead where, and which numbers were dialled."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.names: dict[str, list[list[str]]] = {"example.org": [[OPEN]]}
        self.dialled: list[tuple[str, int]] = []

    def road(self, **given: Any) -> Road:
        return Road(resolve=self._resolve, dial=self._dial, **given)

    def _resolve(self, host: str, _port: int) -> list[str]:
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _dial(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((address, port))
        return socket.create_connection(self.site.server_address[:2], timeout=seconds)


@pytest.fixture
def world() -> Iterator[World]:
    site = Site()
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield World(site)
    site.shutdown()
    site.server_close()


def page(content: bytes, **headers: str):
    def answer(request: Answers) -> None:
        request.send_response(200)
        said = {"Content_Length": str(len(content)), **headers}
        for name, value in said.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def turn(place: str, status: int = 302):
    def answer(request: Answers) -> None:
        request.send_response(status)
        request.send_header("Location", place)
        request.send_header("Content-Length", "0")
        request.send_header("Set-Cookie", "follow=me")
        request.end_headers()

    return answer


def code_of(url: str, world: World, **given: Any) -> str:
    with pytest.raises(NotFetched) as refused:
        fetch(url, take=lambda piece: None, road=world.road(), **given)
    assert str(refused.value)
    return refused.value.code


def test_a_page_comes_with_its_headers_and_the_way_to_it(world) -> None:
    world.names["www.example.org"] = [[OTHER]]
    world.site.pages = {
        "/old": turn("http://www.example.org/new?a=%C3%A9", 301),
        "/new?a=%C3%A9": page(b"invented words", Content_Type="text/plain", Last_Modified="yesterday"),
    }
    came: list[bytes] = []
    answer = fetch("http://example.org/old", take=came.append, road=world.road())
    assert b"".join(came) == b"invented words"
    assert (answer.url, answer.turns) == ("http://www.example.org/new?a=%C3%A9", ("http://example.org/old",))
    assert (answer.status, answer.size, answer.address) == (200, 14, OTHER)
    assert answer.header("last-modified") == "yesterday"
    assert world.dialled == [(OPEN, 80), (OTHER, 80)]


def test_nothing_of_ours_goes_along(world) -> None:
    world.site.pages = {"/": turn("/next"), "/next": page(b"x")}
    fetch("http://example.org/", take=lambda piece: None, road=world.road())
    for asked in world.site.asked:
        assert set(asked) == {"path", "host", "user-agent", "accept", "accept-encoding", "connection"}
        assert asked["user-agent"] == "Mozilla/5.0 (compatible)"


def test_other_letters_in_the_path_are_asked_for_as_bytes(world) -> None:
    world.site.pages = {"/%D0%B7%D0%B0%D0%BA%D0%BE%D0%BD": page(b"x")}
    assert fetch("http://example.org/закон", take=lambda piece: None, road=world.road()).size == 1


PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.4",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:5db8:d70e::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:2800:21f::1%1",
    "fec0::1",
    "ff02::1",
    "not a number",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused_and_nobody_is_dialled(address, world) -> None:
    world.names["example.org"] = [[address]]
    assert code_of("http://example.org/", world) == "private"
    assert world.dialled == []


@pytest.mark.parametrize("address", PRIVATE)
def test_one_address_inside_among_open_ones_is_enough_to_refuse(address, world) -> None:
    world.names["example.org"] = [[OPEN, address]]
    assert code_of("http://example.org/", world) == "private"
    assert world.dialled == []


@pytest.mark.parametrize("address", [OPEN, OTHER, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_open_addresses_are_open(address) -> None:
    assert fetching.is_open(address)


@given(st.ip_addresses())
def test_what_python_calls_not_global_is_never_open(address) -> None:
    if not address.is_global or address.is_multicast or address.is_loopback:
        assert not fetching.is_open(str(address))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_comes_through_in_the_clothes_of_ipv6(address) -> None:
    number = int(address)
    for dressed in (
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(number),
        ipaddress.IPv6Address(0x64FF9B << 96 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
    ):
        assert not fetching.is_open(str(dressed))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://2130706433/", "odd_number"),
        ("http://0x7f000001/", "odd_number"),
        ("http://0x7f.0.0.1/", "odd_number"),
        ("http://0177.0.0.1/", "odd_number"),
        ("http://127.1/", "odd_number"),
        ("http://127.0.0.1./", "private"),
        ("http://127.0.0.0x1/", "odd_number"),
        ("http://1.1.1.1.1/", "odd_number"),
        ("http://93.184.215.014/", "odd_number"),
        ("http://１２７.0.0.1/", "private"),
        ("http://127。0。0。1/", "private"),
        ("http://①②⑦.0.0.1/", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
        ("http://[::ffff:7f00:1]/", "private"),
        ("http://[fe80::1%25eth0]/", "private"),
        ("http://[v1.x]/", "malformed"),
        ("http://127.0.0.1/", "private"),
        ("http://10.0.0.1:80/", "private"),
        ("http://localhost/", "private"),
        ("http://LOCALHOST./", "private"),
        ("http://ｌｏｃａｌｈｏｓｔ/", "private"),
        ("http://db.internal/", "private"),
        ("http://printer.local/", "private"),
        ("http://1.0.0.127.in-addr.arpa/", "private"),
        ("http://web/", "private"),
        ("http://example.org:8080/", "port"),
        ("http://example.org:22/", "port"),
        ("http://example.org:0/", "port"),
        ("http://example.org:99999/", "malformed"),
        ("http://example.org:８０/", "malformed"),
        ("http://user@example.org/", "sign_in"),
        ("http://user:word@example.org/", "sign_in"),
        ("http://example.org@127.0.0.1/", "sign_in"),
        ("http://example.org\\@127.0.0.1/", "malformed"),
        ("http://example.org\r\nHost:x/", "malformed"),
        (" http://example.org/", "malformed"),
        ("http://example.org/a b", "malformed"),
        ("http://exa%6dple.org/", "private"),
        ("http://exa mple.org/", "malformed"),
        ("http:///path", "malformed"),
        ("http://", "malformed"),
        ("", "not_web"),
        ("//example.org/", "not_web"),
        ("file:///etc/passwd", "not_web"),
        ("gopher://example.org/", "not_web"),
        ("ftp://example.org/", "not_web"),
        ("data:text/html,x", "not_web"),
        ("javascript:alert(1)", "not_web"),
        ("http://" + "a" * 70 + ".org/", "malformed"),
        ("http://example.org/" + "a" * 2000, "malformed"),
    ],
)
def test_odd_notations_lead_nowhere(url, code, world) -> None:
    world.names = {}
    assert code_of(url, world) == code
    assert world.dialled == []


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("http://127.0.0.1/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://inside.example.org/", "private"),
        ("//127.0.0.1/", "private"),
        ("http://0x7f000001/", "odd_number"),
        ("http://example.org:8080/", "port"),
        ("file:///etc/passwd", "not_web"),
        ("http://user@example.org/", "sign_in"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_goes_through_the_same_gate(place, code, status, world) -> None:
    world.names["inside.example.org"] = [["192.168.0.1"]]
    world.site.pages = {"/": turn(place, status)}
    assert code_of("http://example.org/", world) == code
    assert world.dialled == [(OPEN, 80)]


def test_the_second_answer_of_a_name_server_counts_for_nothing(world) -> None:
    world.names["example.org"] = [[OPEN], ["127.0.0.1"]]
    world.site.pages = {"/": page(b"x")}
    fetch("http://example.org/", take=lambda piece: None, road=world.road())
    assert world.dialled == [(OPEN, 80)]


def test_a_name_that_changes_between_two_turns_is_asked_again(world) -> None:
    world.names["example.org"] = [[OPEN], ["127.0.0.1"]]
    world.site.pages = {"/": turn("/again")}
    assert code_of("http://example.org/", world) == "private"
    assert world.dialled == [(OPEN, 80)]


def test_turns_without_end_come_to_an_end(world) -> None:
    world.site.pages = {"/": turn("/")}
    assert code_of("http://example.org/", world) == "too_many_turns"
    assert len(world.dialled) == 6


def test_the_usual_port_of_the_other_scheme_is_dialled_and_said(world) -> None:
    world.site.pages = {"/": page(b"x")}
    fetch("http://example.org:443/", take=lambda piece: None, road=world.road())
    assert world.dialled == [(OPEN, 443)]
    assert world.site.asked[0]["host"] == "example.org:443"


def test_too_much_is_refused_before_it_comes_where_it_is_announced(world) -> None:
    world.site.pages = {"/": page(b"x" * 2_000_000)}
    came: list[bytes] = []
    with pytest.raises(NotFetched) as refused:
        fetch("http://example.org/", take=came.append, road=world.road(), limits=Limits(most_bytes=2**20))
    assert (refused.value.code, came) == ("too_large", [])


def test_too_much_that_was_not_announced_is_cut(world) -> None:
    def endless(request: Answers) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65536)

    world.site.pages = {"/": endless}
    assert code_of("http://example.org/", world, limits=Limits(most_bytes=2**20)) == "too_large"


def test_what_came_cut_off_is_not_taken_for_the_whole(world) -> None:
    world.site.pages = {"/": page(b"half", Content_Length="8")}
    assert code_of("http://example.org/", world) == "broken"


def test_what_comes_packed_is_not_unpacked(world) -> None:
    world.site.pages = {"/": page(b"\x1f\x8b", Content_Encoding="gzip")}
    assert code_of("http://example.org/", world) == "encoded"


def test_a_server_that_drips_is_cut_off_at_the_end_of_its_time(world) -> None:
    stopped = threading.Event()

    def drip(request: Answers) -> None:
        try:
            while not stopped.wait(0.02):
                request.wfile.write(b"X")
                request.wfile.flush()
        except OSError:
            pass

    world.site.pages = {"/": drip}
    began = time.monotonic()
    assert code_of("http://example.org/", world, limits=Limits(seconds=0.5)) == "too_slow"
    stopped.set()
    assert time.monotonic() - began < 20


def test_a_name_server_that_does_not_answer_does_not_hold_us(world) -> None:
    waiting = threading.Event()

    def never(host: str, port: int) -> list[str]:
        waiting.wait(30)
        return [OPEN]

    road = Road(resolve=never, dial=world._dial)
    with pytest.raises(NotFetched) as refused:
        fetch("http://example.org/", road=road, limits=Limits(seconds=0.3))
    waiting.set()
    assert (refused.value.code, world.dialled) == ("too_slow", [])


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 503])
def test_an_answer_that_is_not_the_page_says_which_it_was(status, world) -> None:
    def answer(request: Answers) -> None:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    world.site.pages = {"/": answer}
    with pytest.raises(NotFetched) as refused:
        fetch("http://example.org/", road=world.road())
    assert (refused.value.code, refused.value.values["status"]) == ("status", status)
    assert str(status) in str(refused.value)


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 70_000])
def test_what_is_no_answer_of_the_web_is_told_apart(said, world) -> None:
    world.site.pages = {"/": lambda request: request.wfile.write(said)}
    assert code_of("http://example.org/", world) == "broken"


def test_an_unknown_name_and_a_closed_door_are_told(world) -> None:
    assert code_of("http://gone.example.org/", world) == "no_such_name"
    world.site.shutdown()
    world.site.server_close()
    with pytest.raises(NotFetched) as refused:
        fetch("http://example.org/", road=world.road())
    assert (refused.value.code, refused.value.was_tried) == ("no_answer", True)


def certificate(folder: Path, name: str) -> Path:
    """A certificate that names one host, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    target = folder / f"{name}.pem"
    target.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return target


@pytest.mark.parametrize(
    ("asked", "trusted", "code"),
    [
        ("example.org", True, None),
        ("example.org", False, "not_trusted"),
        ("other.org", True, "not_trusted"),
    ],
)
def test_a_certificate_must_be_trusted_and_name_the_host(asked, trusted, code, world, tmp_path) -> None:
    pem = certificate(tmp_path, "example.org")
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(pem)
    world.site.socket = secured.wrap_socket(world.site.socket, server_side=True)
    world.site.pages = {"/": page(b"x")}
    world.names["other.org"] = [[OPEN]]
    trust = ssl.create_default_context()
    if trusted:
        trust.load_verify_locations(pem)
    road = world.road(trust=trust)
    if code is None:
        assert fetch(f"https://{asked}/", take=lambda piece: None, road=road).size == 1
        assert world.dialled == [(OPEN, 443)]
    else:
        with pytest.raises(NotFetched) as refused:
            fetch(f"https://{asked}/", road=road)
        assert refused.value.code == code
