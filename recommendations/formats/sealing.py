"""Sealing bytes and texts at rest: age for files, AES-GCM for texts, both under the server's key.

The key stands in a file or in the environment (tracker/vault_key.py). Its first identity seals; all of them open.
A text's key is derived from an identity, and the sealed text names which.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import io
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Protocol

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from tracker import vault_key

MAGIC = vault_key.AGE
TEXT_MARK = "sealed:1:"
_PIPE = 1024 * 1024
_PIECE = 256 * 1024
_NONCE = 12


class KeyMissing(OSError):
    """The server's key is not where it should be; the message says where that is."""


class Unreadable(OSError):
    """What was sealed does not open: sealed to another key, or changed since."""


@dataclass(frozen=True)
class Keyring:
    """The server's secret keys; the first seals, all open."""

    written: tuple[str, ...]

    @property
    def identities(self) -> list[pyrage.x25519.Identity]:
        """The keys that open."""
        return [pyrage.x25519.Identity.from_str(one) for one in self.written]

    @property
    def recipient(self) -> pyrage.x25519.Recipient:
        """The public key to which is sealed now."""
        return self.identities[0].to_public()

    @property
    def public(self) -> tuple[str, ...]:
        """The public keys, as they are written, in the same order."""
        return tuple(str(one.to_public()) for one in self.identities)

    def current(self) -> Keyring:
        """Only the key that seals."""
        return Keyring(self.written[:1])


def keyring() -> Keyring:
    """The server's keys as they stand now: a key that was changed counts at once, in every process.

    Raises ``KeyMissing``.
    """
    if settings.VAULT_KEY:
        return _ring(settings.VAULT_KEY)
    try:
        return _ring(Path(settings.VAULT_KEY_FILE).read_text(encoding="ascii", errors="replace"))
    except OSError:
        raise KeyMissing(
            _("The vault's key is missing: there is no file %(file)s.") % {"file": settings.VAULT_KEY_FILE}
        ) from None


@lru_cache(maxsize=4)
def _ring(text: str) -> Keyring:
    found = tuple(vault_key.identities_in(text))
    if not found:
        raise KeyMissing(_("The vault's key is missing: its file holds none."))
    return Keyring(found)


# --- Bytes ----------------------------------------------------------------------------------------------------------


class Target(Protocol):
    """What sealed bytes are written to."""

    def write(self, piece: bytes, /) -> int:
        """Take a piece."""

    def flush(self) -> None:
        """Have all of it written."""


class Sealing:
    """Seals what is written to it, piece by piece, into an open file; a thread of its own does it.

    ``finish`` has all of it there; ``stop`` gives up. Raises what writing the file raised (``OSError``).
    """

    def __init__(self, target: Target, recipients: list[pyrage.x25519.Recipient] | None = None) -> None:
        recipients = recipients or [keyring().recipient]
        theirs, self._pipe = _pipe()
        self._fault: BaseException | None = None
        noting = _Noting(target)

        def seal() -> None:
            with io.BufferedReader(theirs, _PIECE) as pieces:
                try:
                    pyrage.encrypt_io(pieces, noting, recipients)
                except pyrage.EncryptError as fault:
                    raise noting.fault or OSError(str(fault)) from fault
                # It writes the last piece when it lets go of the file, and keeps quiet about what that raised.
                if noting.fault is not None:
                    raise noting.fault

        self._thread = _started(seal, self._note)

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[self._pipe.write(rest) or 0 :]
        except BrokenPipeError:
            self.finish()

    def finish(self) -> None:
        """Have the end sealed, too: before, what was written cannot be told from something cut off."""
        self.stop()
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    def stop(self) -> None:
        """End the thread."""
        self._pipe.close()
        self._thread.join()

    def _note(self, fault: BaseException) -> None:
        self._fault = fault


class _Noting:
    """Remembers what writing raised: age's own error says it in words only."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.fault: BaseException | None = None

    def write(self, piece: bytes) -> int:
        try:
            return self._target.write(piece)
        except BaseException as fault:
            self.fault = fault
            raise

    def flush(self) -> None:
        self._target.flush()


class _Opened(io.RawIOBase):
    """What a sealed file holds, as it is opened in a thread of its own; raises ``Unreadable`` where it is not whole."""

    def __init__(self, source: IO[bytes], ring: Keyring) -> None:
        super().__init__()
        self._source = source
        self._fault: BaseException | None = None
        self._pipe, theirs = _pipe()
        identities = ring.identities

        def unseal() -> None:
            with theirs:
                pieces = _Pieces(theirs)
                pyrage.decrypt_io(source, pieces, identities)
                pieces.flush()

        self._thread = _started(unseal, self._note)

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; 0 at the end of a file that was whole."""
        count = self._pipe.readinto(buffer) or 0
        if not count:
            self._thread.join()
            if self._fault is not None:
                raise Unreadable(_("It does not open: sealed to another key, or changed.")) from self._fault
        return count

    def close(self) -> None:
        """Let go of the file, read to its end or not."""
        if not self.closed:
            self._pipe.close()
            self._thread.join()
            self._source.close()
        super().close()

    def _note(self, fault: BaseException) -> None:
        self._fault = fault


class _Pieces:
    """Gathers the small pieces that come, so that each step between the threads moves many bytes."""

    def __init__(self, target: io.FileIO) -> None:
        self._target = target
        self._gathered = bytearray()

    def write(self, piece: bytes) -> int:
        self._gathered += piece
        if len(self._gathered) >= _PIECE:
            self.flush()
        return len(piece)

    def flush(self) -> None:
        rest = memoryview(bytes(self._gathered))
        self._gathered.clear()
        while rest:
            rest = rest[self._target.write(rest) or 0 :]


def opened(source: IO[bytes], ring: Keyring | None = None) -> IO[bytes]:
    """What an open sealed file holds, in flat memory; closing it closes the file. Bytes that are not sealed pass as is.

    Raises ``Unreadable`` at once where no key opens it, while reading where it was changed or cut off.
    """
    head = source.read(len(MAGIC))
    source.seek(0)
    if head != MAGIC:
        return source
    try:
        stream = io.BufferedReader(_Opened(source, ring or keyring()), _PIECE)
    except BaseException:
        source.close()
        raise
    try:
        stream.peek(1)
    except BaseException:
        stream.close()
        raise
    return stream


def is_sealed(file: Path) -> bool:
    """Whether the file is one that age sealed."""
    with file.open("rb") as source:
        return source.read(len(MAGIC)) == MAGIC


def is_sealed_to(file: Path, ring: Keyring) -> bool:
    """Whether a key of the ring opens the file; its content is not read. False where it is not sealed at all."""
    with file.open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            return False
        source.seek(0)
        try:
            pyrage.decrypt_io(source, _Enough(), ring.identities)
        except _EnoughSeen:
            return True
        except pyrage.DecryptError as fault:
            # Damaged behind its head it is still sealed to this key.
            return "No matching keys" not in str(fault)
        return True


class _EnoughSeen(Exception):
    """The first bytes came: the key fits."""


class _Enough:
    def write(self, _piece: bytes) -> int:
        raise _EnoughSeen

    def flush(self) -> None:
        """Nothing is kept."""


def _pipe() -> tuple[io.FileIO, io.FileIO]:
    reading, writing = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        # More than the system grants? It works with what there is.
        with contextlib.suppress(OSError):
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE)
    return io.FileIO(reading, "rb"), io.FileIO(writing, "wb")


def _started(work: Callable[[], None], note: Callable[[BaseException], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except BaseException as fault:  # handed to the thread that reads or writes
            note(fault)

    thread = threading.Thread(target=run, daemon=True, name="sealing")
    thread.start()
    return thread


# --- Texts ----------------------------------------------------------------------------------------------------------


def sealed_text(text: str, *, place: str) -> str:
    """A text sealed for one place (a column's name); in another place it does not open."""
    written = keyring().written[0]
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _cipher(written).encrypt(nonce, text.encode(), place.encode())
    return f"{TEXT_MARK}{_name(written)}:{base64.urlsafe_b64encode(sealed).decode()}"


def opened_text(sealed: str, *, place: str) -> str:
    """The text of ``sealed_text``. Raises ``Unreadable`` and ``KeyMissing``."""
    name, _colon, content = sealed.removeprefix(TEXT_MARK).partition(":")
    for written in keyring().written:
        if _name(written) == name:
            try:
                raw = base64.urlsafe_b64decode(content)
                return _cipher(written).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
            except (InvalidTag, ValueError) as fault:
                raise Unreadable(_("It does not open: changed since it was sealed.")) from fault
    raise Unreadable(_("It does not open: sealed to another key."))


def is_sealed_text(text: str) -> bool:
    """Whether this is what ``sealed_text`` makes."""
    return text.startswith(TEXT_MARK)


def text_prefix() -> str:
    """How every text begins that is sealed to the key of now."""
    return f"{TEXT_MARK}{_name(keyring().written[0])}:"


@lru_cache(maxsize=16)
def _cipher(written: str) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"upr-tracker sealed text 1")
    return AESGCM(derive.derive(written.encode()))


@lru_cache(maxsize=16)
def _name(written: str) -> str:
    """Says which key without giving it away: the end of its public key."""
    return str(pyrage.x25519.Identity.from_str(written).to_public())[-8:]
