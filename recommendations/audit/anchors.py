"""How far the log went, day by day, signed and kept outside the database: a log that was cut off falls short of it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from recommendations.audit.models import ChainHead
from recommendations.audit.verify_audit import FIRST_HASH, anchor_text, canonical, lines_of


class KeyMissing(Exception):
    """There are anchors, and the key that signed them is gone."""


def anchor_file() -> Path:
    """The anchors, a line each."""
    return Path(settings.DATA_DIR) / "anchors" / "anchors.jsonl"


def public_file() -> Path:
    """What they are checked with, beside them: so it goes with every backup, and a restored log can be followed."""
    return anchor_file().with_name("public.key")


def public_key() -> str:
    """What the anchors are checked with, in hexadecimal; empty where no key was made yet.

    Where the key itself is gone, as on another machine, the public half that lies beside the anchors.
    """
    key = _key()
    if key is not None:
        return _public(key)
    return public_file().read_text().strip() if public_file().is_file() else ""


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def make_anchor(*, now: datetime | None = None) -> str | None:
    """Sign how far the log goes and append it to the file; the line, or None where nothing happened since the last.

    Raises ``KeyMissing`` where the key of the anchors before is gone: another one would make them worthless unseen.
    """
    head = ChainHead.objects.filter(pk=1).first()
    if head is None or head.number == 0:
        return None
    path = anchor_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        lines = lines_of(path)
        key = _key() or _made(there_are_anchors=bool(lines))
        if not public_file().is_file():
            public_file().write_text(_public(key) + "\n")
        said: dict[str, Any] = {
            "number": head.number,
            "hash": head.hash,
            "at": (now or timezone.now()).astimezone(UTC).isoformat(timespec="seconds"),
            "previous": hashlib.sha256(lines[-1].encode("utf-8", "surrogatepass")).hexdigest()
            if lines
            else FIRST_HASH,
        }
        if lines and f'"number":{head.number},' in lines[-1]:
            return None
        line = canonical(said | {"signature": key.sign(anchor_text(said)).hex()}) + "\n"
        stream.write(line.encode())
        stream.flush()
        os.fsync(stream.fileno())
    return line


def latest() -> str | None:
    """The last line of the file."""
    lines = lines_of(anchor_file())
    return lines[-1] if lines else None


def _key() -> Ed25519PrivateKey | None:
    path = Path(settings.ANCHOR_KEY_FILE)
    if not path.is_file():
        return None
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))


def _made(*, there_are_anchors: bool) -> Ed25519PrivateKey:
    path = Path(settings.ANCHOR_KEY_FILE)
    if there_are_anchors:
        raise KeyMissing(f"{path} is missing: it signed the anchors in {anchor_file()}")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(key.private_bytes_raw().hex() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return key
