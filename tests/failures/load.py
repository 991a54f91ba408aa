"""A person at work meanwhile: pages that ask for background work, one after the other, each timed."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.parse
from dataclasses import dataclass

TOKEN = "c" * 32
PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    """One request: when it began, how long it took, and what came (0: nothing)."""

    at: float
    seconds: float
    status: int
    what: str = ""


class Load(threading.Thread):
    """Asks for an export and reads a page in turn, until told to stop."""

    def __init__(self, port: int, session: str, page: str, every: float) -> None:
        super().__init__(daemon=True)
        self.port, self.session, self.page, self.every = port, session, page, every
        self.over = threading.Event()
        self.answers: list[Answer] = []

    def run(self) -> None:
        """One request after the other."""
        while not self.over.wait(self.every):
            self.ask("POST", self.page)
            self.ask("GET", "/notifications/")

    def ask(self, method: str, path: str) -> Answer:
        """One request on a connection of its own."""
        body = urllib.parse.urlencode({"format": "json", "audience": "coalition", "language": "en"})
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        at, began = time.time(), time.monotonic()
        status, what = 0, ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body if method == "POST" else None, headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException) as fault:
            what = type(fault).__name__
        finally:
            connection.close()
        answer = Answer(at, time.monotonic() - began, status, f"{method} {path} {what}".strip())
        self.answers.append(answer)
        return answer
