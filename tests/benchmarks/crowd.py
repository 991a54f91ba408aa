"""Twenty people at once on the list page, through the web server that `make run` starts; and what pages weigh."""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from recommendations.catalogue.models import ReviewCycle, State
from tests.benchmarks.figures import COUNT, KILOBYTES, MS, RATE, Bar, Figure
from tracker import runner

_ASSETS = re.compile(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"|<script[^>]+src="([^"]+)"')
_IN_CSS = re.compile(r'url\("?([^")]+\.woff2[^")]*)"?\)')


def measure(kind: str, people: list[Any]) -> list[Figure]:
    """Start the server, weigh its pages, send the people to the list, stop the server."""
    sessions = [_session_of(person) for person in people]
    addresses = _addresses()
    connection.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = runner.processes()[0]
    command = [f"--port={port}" if part.startswith("--port=") else part for part in web.command]
    server = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=os.environ | dict(web.extra) | {"PORT": str(port)}
    )
    try:
        _wait(port)
        weights = _weights(kind, port, sessions[0])
        plan = {"port": port, "sessions": sessions, "addresses": addresses}
        plan["cookie"] = settings.SESSION_COOKIE_NAME
        # In a process of its own, so that this one's threads do not wait for each other.
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.visitors"],
            cwd=settings.BASE_DIR,
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        server.terminate()
        server.wait(timeout=30)
    found = json.loads(done.stdout)
    taken = sorted(found["taken"])
    note = f"{len(taken):,} requests for {len(addresses)} different pages, median {statistics.median(taken):.0f} ms"
    return [
        Figure(
            "crowd",
            f"{len(people)} people at once on the list, whole pages",
            kind,
            RATE,
            len(taken) / found["seconds"],
            bar=Bar(100, at_least=True),
            note=note,
        ),
        Figure("crowd_p99", "of these, 99 % within", kind, MS, taken[int(len(taken) * 0.99)], bar=Bar(400)),
        Figure("crowd_errors", "of these, failed", kind, COUNT, found["failed"], bar=Bar(0)),
        *weights,
    ]


def _addresses() -> list[str]:
    """Lists of one State each, in one of its cycles or with one position: as people leave them open."""
    found = []
    for state in State.objects.filter(is_followed=True).order_by("code")[:40]:
        cycle = ReviewCycle.objects.filter(state=state).order_by("-number").first()
        found += [
            f"/recommendations/?state={state.code}",
            f"/recommendations/?state={state.code}&cycle={cycle.key if cycle else ''}",
            f"/recommendations/?state={state.code}&position=noted&page=2",
        ]
    return found


def _session_of(person: Any) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web server does not answer")


def _weights(kind: str, port: int, session: str) -> list[Figure]:
    """Bytes over the wire of the list page with all it brings along, and of the page alone."""
    site = f"http://127.0.0.1:{port}"
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"

    def fetch(url: str) -> tuple[int, str]:
        request = urllib.request.Request(
            url, headers={"Cookie": cookie, "Accept-Encoding": "br, gzip", "Host": f"127.0.0.1:{port}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
            head = sum(len(key) + len(value) + 4 for key, value in answer.headers.items())
        return len(body) + head, url

    def plain(url: str) -> str:
        request = urllib.request.Request(url, headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode("utf-8", "replace")

    address = f"{site}/recommendations/?state=KAZ"
    page, _ = fetch(address)
    assets = [urljoin(address, css or js) for css, js in _ASSETS.findall(plain(address))]
    fonts = {urljoin(url, name) for url in assets if ".css" in url for name in _IN_CSS.findall(plain(url))}
    everything = page + sum(fetch(url)[0] for url in {*assets, *fonts})
    return [
        Figure(
            "weight_first",
            "weight of the list page, first visit",
            kind,
            KILOBYTES,
            everything / 1024,
            bar=Bar(120),
            note=f"{len(set(assets))} files and {len(fonts)} faces",
        ),
        Figure(
            "weight_after", "weight of the list page, afterwards", kind, KILOBYTES, page / 1024, bar=Bar(30)
        ),
    ]
