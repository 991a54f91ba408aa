"""A mail server that keeps what it takes, and on demand refuses or hangs."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from dataclasses import dataclass

TAKES, REFUSES, HANGS = "takes", "refuses", "hangs"


@dataclass(frozen=True)
class Taken:
    """One mail that was taken: its Message-ID, to whom, and when it was answered for."""

    message_id: str
    to: str
    at: float


class Sink(socketserver.ThreadingTCPServer):
    """Counts a mail as taken just before it answers so: from then on the sender may rely on it."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mode = TAKES
        self.taken: list[Taken] = []
        self.turned_away = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """What EMAIL_URL takes."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address) -> None:
        """A sender that was killed in the middle is what this is for."""


class Session(socketserver.StreamRequestHandler):
    """One connection: as much of SMTP as a sender needs."""

    server: Sink

    def handle(self) -> None:
        """Greet, listen, answer."""
        if not self.at_ease():
            return
        self.say("220 sink")
        to = ""
        while line := self.rfile.readline(2000):
            word = line[:4].upper().strip()
            if not self.at_ease():
                return
            if word in (b"EHLO", b"HELO"):
                self.say("250 sink")
            elif word == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self.say("250 ok")
            elif word == b"DATA":
                self.say("354 go on")
                self.take(to)
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, to: str) -> None:
        """Read the mail; note it, then answer."""
        lines = []
        while (line := self.rfile.readline(2000)) and line.rstrip(b"\r\n") != b".":
            lines.append(line)
        if not line or not self.at_ease():
            return
        found = re.search(rb"^Message-ID: *(\S+)", b"".join(lines), re.IGNORECASE | re.MULTILINE)
        with self.server.lock:
            self.server.taken.append(Taken(found.group(1).decode() if found else "", to, time.time()))
        self.say("250 taken")

    def at_ease(self) -> bool:
        """Whether it may go on; else it has refused, or kept silent until the sender left."""
        if self.server.mode == TAKES:
            return True
        with self.server.lock:
            self.server.turned_away += 1
        if self.server.mode == REFUSES:
            self.say("421 not now")
        else:
            while self.server.mode == HANGS:
                time.sleep(0.1)
        return False

    def say(self, words: str) -> None:
        """One line."""
        self.wfile.write(words.encode() + b"\r\n")
