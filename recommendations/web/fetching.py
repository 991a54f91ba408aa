"""Fetches an address of the open web for us, and nothing else: no private network, no odd notation, no way round.

A name is asked for once and the connection goes to the very address that was checked, so that a second answer of the
name server counts for nothing; every redirect goes through the same gate. Nothing of ours goes along: no cookie, no
referrer, no name of this product.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

MEBIBYTE = 1024 * 1024
MESSAGES: dict[str, Any] = {
    "not_web": _("Only addresses that begin with http:// or https:// are opened."),
    "malformed": _("This is no address that can be opened."),
    "port": _("Only the usual ports of the web, 80 and 443, are opened."),
    "sign_in": _("This address carries a name or password. Such addresses are not opened."),
    "odd_number": _("This address hides a number behind an unusual notation. It is not opened."),
    "private": _("This address leads into a private network. It is not opened."),
    "no_such_name": _("There is no such name on the web: %(host)s."),
    "no_answer": _("%(host)s does not answer."),
    "not_trusted": _("The connection to %(host)s cannot be trusted: its certificate does not fit."),
    "too_slow": _("It took longer than %(seconds)s seconds."),
    "too_large": _("It is larger than %(most)s MB."),
    "too_many_turns": _("It leads from address to address and to no page."),
    "encoded": _("It came packed, though it was asked for as it is."),
    "broken": _("The answer of %(host)s is no proper answer."),
    "status": _("%(host)s answers with %(status)s instead of the page."),
}
# Of these nobody knows whether the page is there; all others say that it does not answer.
NOT_TRIED = frozenset({"not_web", "malformed", "port", "sign_in", "odd_number", "private"})

USER_AGENT = "Mozilla/5.0 (compatible)"
LONGEST_ADDRESS = 2000
_PIECE = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_TURNS = (301, 302, 303, 307, 308)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
# What browsers and resolvers take for a number: 2130706433, 0x7f000001, 0177.0.0.1, 127.1.
_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)\Z")
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion")
_OPEN_IPV6 = ipaddress.ip_network("2000::/3")
_CLOSED = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",  # the way to 6to4
        "168.63.129.16/32",  # a hosting company's inside under a public number
        "2001::/23",  # Teredo and other tunnels
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "fec0::/10",
    )
]


class NotFetched(Exception):
    """Why nothing was fetched: ``code`` of MESSAGES, and as text the sentence for people."""

    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return str(MESSAGES[self.code]) % self.values

    @property
    def was_tried(self) -> bool:
        """Whether the address was asked at all, so that this says something about the page."""
        return self.code not in NOT_TRIED


@dataclass(frozen=True)
class Limits:
    """What one fetching may use: bytes of the answer, seconds for all of it, redirects."""

    most_bytes: int = 50 * MEBIBYTE
    seconds: float = 60.0
    turns: int = 5


@dataclass(frozen=True)
class Answer:
    """What came, from which address in the end and over which turns, and the number that was connected to."""

    url: str
    asked: str
    turns: tuple[str, ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    size: int
    address: str

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]


def ask_names(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to a number; never to a name, which would be asked for again."""
    return socket.create_connection((str(ipaddress.ip_address(address)), port), timeout=seconds)


@dataclass(frozen=True)
class Road:
    """The way out. Tests give another resolver and another dial, which need no network; no check can be left out."""

    resolve: Resolve = ask_names
    dial: Dial = dial
    trust: ssl.SSLContext | None = None  # by default the authorities that the system trusts


def is_open(address: str) -> bool:
    """Whether a number is on the open web: not private, local, multicast, reserved, nor a tunnel into such."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:  # also numbers with a zone: fe80::1%eth0 is refused below, others are no numbers
        return False
    if getattr(number, "scope_id", None):
        return False
    if isinstance(number, ipaddress.IPv6Address) and number not in _OPEN_IPV6:
        return False  # with it IPv4 in IPv6 clothes (::ffff:…), NAT64, local and multicast
    if any(number.version == network.version and number in network for network in _CLOSED):
        return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def checked(url: str) -> tuple[SplitResult, str, int]:
    """The address in its parts, its host as it will be asked for, its port. Raises ``NotFetched``."""
    if len(url) > LONGEST_ADDRESS or _UNSAFE.search(url):
        raise NotFetched("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotFetched("malformed") from None
    if parts.scheme not in _PORTS:
        raise NotFetched("not_web")
    if parts.username is not None or parts.password is not None:
        raise NotFetched("sign_in")
    if port is None:
        port = _PORTS[parts.scheme]
    elif port not in _PORTS.values():
        raise NotFetched("port")
    return parts, _host(parts), port


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host or "%" in host:
        # The only notation of IPv6 is in brackets, which urlsplit has taken off.
        if not is_open(host):
            raise NotFetched("private")
        return host
    if "[" in parts.netloc:
        raise NotFetched("malformed")
    try:
        # Full-width digits and other letters that fold into plain ones are folded before anything is judged.
        host = host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        raise NotFetched("malformed") from None
    if not host or not re.fullmatch(r"[a-z0-9._-]+", host):
        raise NotFetched("malformed")
    labels = host.split(".")
    if _NUMBER.match(labels[-1]):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise NotFetched("odd_number") from None
        if not is_open(host):
            raise NotFetched("private")
    elif len(labels) == 1 or labels[-1] in _INSIDE:
        raise NotFetched("private")
    return host


def fetch(
    url: str,
    *,
    take: Callable[[bytes], None] | None = None,
    limits: Limits = Limits(),
    road: Road | None = None,
) -> Answer:
    """Get what the address leads to and hand its bytes to ``take``; without it only ask whether it is there.

    Raises ``NotFetched``, also where the answer is not the page (404, 500).
    """
    road = road or Road()
    ends = time.monotonic() + limits.seconds
    asked, turns = url, list[str]()
    while True:
        answer, next_url = _once(url, asked, tuple(turns), take=take, limits=limits, road=road, ends=ends)
        if next_url is None:
            return answer
        turns.append(url)
        if len(turns) > limits.turns:
            raise NotFetched("too_many_turns")
        url = next_url


def _once(
    url: str,
    asked: str,
    turns: tuple[str, ...],
    *,
    take: Callable[[bytes], None] | None,
    limits: Limits,
    road: Road,
    ends: float,
) -> tuple[Answer, str | None]:
    """One request: what came, and where it sends us on to, if it does."""
    parts, host, port = checked(url)
    address = _address(host, port, road, ends, limits)
    try:
        connection = _connect(road, host, address, port, parts.scheme, ends, limits)
    except ssl.SSLError:
        raise NotFetched("not_trusted", host=host) from None
    except OSError:
        raise _late(ends, limits) or NotFetched("no_answer", host=host) from None
    # A server that drips bytes would outlive every timeout of a single read: at the end the line is cut.
    cut = threading.Timer(max(0.0, ends - time.monotonic()), _hang_up, [connection])
    cut.daemon = True
    cut.start()
    try:
        return _talk(connection, parts, host, (url, asked, turns, address), take, limits)
    except (OSError, http.client.HTTPException):
        raise _late(ends, limits) or NotFetched("broken", host=host) from None
    finally:
        cut.cancel()
        connection.close()


def _late(ends: float, limits: Limits) -> NotFetched | None:
    return NotFetched("too_slow", seconds=round(limits.seconds)) if time.monotonic() >= ends else None


def _address(host: str, port: int, road: Road, ends: float, limits: Limits) -> str:
    """The one address that will be connected to: all that the name has must be open, else none is."""
    found: list[Sequence[str]] = []

    def ask() -> None:
        try:
            found.append(road.resolve(host, port))
        except (OSError, UnicodeError):
            found.append([])

    if ":" in host or _NUMBER.match(host.rsplit(".", 1)[-1]):
        return host
    # The system's resolver has no time limit of its own that we could set.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, ends - time.monotonic()))
    if not found:
        raise NotFetched("too_slow", seconds=round(limits.seconds))
    if not found[0]:
        raise NotFetched("no_such_name", host=host)
    if not all(map(is_open, found[0])):
        raise NotFetched("private")
    return found[0][0]


def _connect(
    road: Road, host: str, address: str, port: int, scheme: str, ends: float, limits: Limits
) -> socket.socket:
    left = ends - time.monotonic()
    if left <= 0:
        raise NotFetched("too_slow", seconds=round(limits.seconds))
    connection = road.dial(address, port, min(left, 20.0))
    connection.settimeout(max(0.1, min(ends - time.monotonic(), 20.0)))
    if scheme == "http":
        return connection
    try:
        trust = road.trust or ssl.create_default_context()
        return trust.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _talk(
    connection: socket.socket,
    parts: SplitResult,
    host: str,
    way: tuple[str, str, tuple[str, ...], str],
    take: Callable[[bytes], None] | None,
    limits: Limits,
) -> tuple[Answer, str | None]:
    url, asked, turns, address = way
    path = _ascii(parts.path or "/") + (f"?{_ascii(parts.query)}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    if parts.port not in (None, _PORTS[parts.scheme]):
        named += f":{parts.port}"
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: {USER_AGENT}\r\nAccept: */*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(request.encode("ascii"))
    response = http.client.HTTPResponse(connection, method="GET")
    try:
        response.begin()
        headers = tuple((str(name), str(value)) for name, value in response.getheaders())
        place = response.getheader("Location")
        if response.status in _TURNS and place:
            place = place.encode("latin-1", "replace").decode("utf-8", "replace").strip()
            return Answer(url, asked, turns, response.status, headers, 0, address), urljoin(url, place)
        if not 200 <= response.status < 300:
            raise NotFetched("status", host=host, status=response.status)
        size = _body(response, take, limits) if take is not None else 0
        return Answer(url, asked, turns, response.status, headers, size, address), None
    finally:
        response.close()


def _body(response: http.client.HTTPResponse, take: Callable[[bytes], None], limits: Limits) -> int:
    most = NotFetched("too_large", most=limits.most_bytes // MEBIBYTE)
    if (response.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
        raise NotFetched("encoded")
    announced = response.length
    if announced is not None and announced > limits.most_bytes:
        raise most
    size = 0
    while piece := response.read1(_PIECE):
        size += len(piece)
        if size > limits.most_bytes:
            raise most
        take(piece)
    if announced is not None and size != announced:
        raise http.client.IncompleteRead(b"", announced - size)
    return size


def _ascii(text: str) -> str:
    """The path or query as it goes over the line: other letters as %XX."""
    return "".join(
        sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in text
    )
