"""Asks a ClamAV server whether bytes hold malicious software, by its own protocol (INSTREAM)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

_PIECE = 256 * 1024
_SECONDS = 60.0


class NotScanned(Exception):
    """The server could not be asked, or did not say; the message is for the log."""


def found_in(pieces: Iterable[bytes], *, server: str) -> str:
    """The name of what was found in the bytes, or nothing. ``server``: ``tcp://HOST:PORT`` or ``unix:///SOCKET``.

    Raises ``NotScanned``.
    """
    try:
        with _connected(server) as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for start in range(0, len(piece), _PIECE):
                    part = piece[start : start + _PIECE]
                    line.sendall(struct.pack(">I", len(part)) + part)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except OSError as fault:
        # clamd says why before it hangs up on a stream that is too long, but the line may break first.
        raise NotScanned(f"clamd: {fault}") from None
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:200]
    raise NotScanned(f"clamd: {answer[:200]}")


def _connected(server: str) -> socket.socket:
    parts = urlsplit(server)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_SECONDS)
        try:
            line.connect(unquote(parts.path))
        except BaseException:
            line.close()
            raise
        return line
    return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=_SECONDS)


def _answer(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < 4096:
        piece = line.recv(4096)
        if not piece:
            break
        said += piece
    return said.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
