"""The site in its production shape: production settings over the demonstration's data, behind a front that ends TLS."""

import http.client
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.conf import settings

from tests.browser.site import Site, free_port
from tracker.runner import processes

NO_LIMITS = dict.fromkeys(("SEARCH_LIMIT", "EXPORT_LIMIT", "PUBLIC_LIMIT"), "0")


@dataclass(frozen=True)
class Front:
    """Where the front listens, and the certificate that whoever asks it must trust."""

    https: int
    http: int
    certificate: Path
    cookie: dict[str, str]

    def as_person(self, session: str | None) -> None:
        """From now on every request comes with this session."""
        self.cookie.clear()
        if session:
            self.cookie["Cookie"] = f"__Host-sessionid={session}"


@contextmanager
def production(site: Site, folder: Path) -> Iterator[Front]:
    """Serve the site's data with production settings for as long as the block lasts."""
    inner, https, plain = free_port(), free_port(), free_port()
    [web] = [process for process in processes() if process.name == "web"]
    given = [f"--port={inner}" if part.startswith("--port=") else part for part in web.command]
    environment = (
        site.environment
        | dict(web.extra)
        | NO_LIMITS
        | {
            "TRACKER_ENV": "production",
            "SITE_URL": "https://localhost",
            "ALLOWED_HOSTS": "localhost",
            "BEHIND_PROXY": "1",
            "PUBLIC_PAGES": "1",
            "SECOND_FACTOR": "nobody",
            "VAULT_KEY_FILE": str(site.folder / "keys" / "vault.key"),
            "PORT": str(inner),
        }
    )
    server = subprocess.Popen(
        given, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    certificate, key = folder / "front.pem", folder / "front.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )
    front = Front(https, plain, certificate, {})
    inside = ThreadingHTTPServer(("127.0.0.1", https), _forwards(inner, front.cookie))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    inside.socket = tls.wrap_socket(inside.socket, server_side=True)
    outside = ThreadingHTTPServer(("127.0.0.1", plain), _redirects(https))
    try:
        _wait(inner)
        for listening in (inside, outside):
            threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield front
    finally:
        for listening in (inside, outside):
            listening.shutdown()
            listening.server_close()
        server.terminate()
        server.wait(timeout=30)


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *given: object) -> None:
        """Nothing: the judge says what it finds."""


def _forwards(port: int, cookie: dict[str, str]) -> type[_Quiet]:
    class Forward(_Quiet):
        def do_GET(self) -> None:
            """Pass the request on as a proxy of a production site does."""
            inner = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            sent = {"Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1"}
            for name in ("Accept", "User-Agent", "Origin"):
                if name in self.headers:
                    sent[name] = self.headers[name]
            inner.request(self.command, self.path, headers=sent | cookie)
            answer = inner.getresponse()
            body = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            inner.close()

        do_HEAD = do_OPTIONS = do_GET

    return Forward


def _redirects(https: int) -> type[_Quiet]:
    class Redirect(_Quiet):
        def do_GET(self) -> None:
            self.send_response_only(301)
            self.send_header("Location", f"https://localhost:{https}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_OPTIONS = do_GET

    return Redirect


def _wait(port: int) -> None:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "localhost"})
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise AssertionError("the site with production settings did not start") from None
            time.sleep(0.2)
