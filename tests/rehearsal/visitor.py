"""A coordinator with a browser's manners: cookies, forms with their tokens, over TLS with a certificate she knows."""

from __future__ import annotations

import http.cookiejar
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

PATIENCE = 60.0


class Visitor:
    """Follows redirects; remembers where she is."""

    def __init__(self, site: str, certificate: Path) -> None:
        self.site = site
        trusts = ssl.create_default_context(cafile=str(certificate))
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=trusts),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        self.at = site
        self.content = b""

    @property
    def page(self) -> str:
        """What she sees."""
        return self.content.decode(errors="replace")

    def get(self, path: str) -> Visitor:
        """Open a page."""
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.at, path)))

    def post(self, path: str, fields: dict[str, str], file: tuple[str, str, bytes] | None = None) -> Visitor:
        """Send a form of the page she is on; ``file`` is the field, a name, and the content."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        assert token is not None, f"no form at {self.at}"
        fields = {"csrfmiddlewaretoken": token.group(1)} | fields
        border = "border-of-the-parts"
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        if file is not None:
            head = f'--{border}\r\nContent-Disposition: form-data; name="{file[0]}"; filename="{file[1]}"\r\n'
            parts.append(f"{head}Content-Type: text/csv\r\n\r\n".encode() + file[2] + b"\r\n")
        body = b"".join(parts) + f"--{border}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={border}", "Referer": self.at}
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.at, path), body, headers))

    def until(self, path: str, words: str) -> Visitor:
        """Open a page again and again until it says so."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if words in self.get(path).page:
                    return self
            except urllib.error.HTTPError as fault:
                if fault.code != 404:
                    raise
            if time.monotonic() > deadline:
                text = " ".join(re.sub(r"<[^>]*>", " ", self.page).split())
                raise AssertionError(f"“{words}” did not appear at {path}: {text[:3000]}")
            time.sleep(0.5)

    def _ask(self, request: urllib.request.Request) -> Visitor:
        with self.opener.open(request, timeout=PATIENCE) as answer:
            self.content = answer.read()
            self.at = answer.geturl()
            self.headers = answer.headers
        return self
