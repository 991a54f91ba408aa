"""Receiving a file: hashed while it is written, in its folder at once and whole, or not at all."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from django.utils.translation import gettext_lazy as _

from recommendations.formats.problems import problem

MESSAGES = {
    "no_space": _(
        "There is no room left on the server for this file. Nothing was kept; tell the administrator."
    ),
    "too_large": _("The file is larger than %(most)s MB, the most that can be received. Nothing was kept."),
    "not_written": _("The server could not write the file. Nothing was kept; tell the administrator."),
}
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CHUNK = 1024 * 1024


class Received(NamedTuple):
    """What was written: where, how many bytes, and the SHA-256 of the bytes as they came."""

    path: Path
    size: int
    sha256: str


def chunks_of(source: IO[bytes]) -> Iterator[bytes]:
    """An open file in pieces of 1 MB."""
    while chunk := source.read(_CHUNK):
        yield chunk


def sha256_of(source: Path | IO[bytes]) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return sha256_of(opened)
    digest = hashlib.sha256()
    for chunk in chunks_of(source):
        digest.update(chunk)
    return digest.hexdigest()


class Receiving:
    """A file on its way in, piece by piece: hashed before it is written, hidden until all of it is on the disk.

    ``finish`` gives it its name in one step; without that ``discard`` leaves nothing behind.
    """

    def __init__(self, folder: Path, *, most_bytes: int | None = None) -> None:
        self._digest = hashlib.sha256()
        self._most_bytes = most_bytes
        self.size = 0
        with _our_errors():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor, name = tempfile.mkstemp(prefix=".receiving-", dir=folder)
        self.path = Path(name)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what came so far, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Take the next piece. Raises ``FileProblem`` on a full disk and on more than the most bytes."""
        self.size += len(chunk)
        if self._most_bytes is not None and self.size > self._most_bytes:
            raise problem(MESSAGES, "too_large", most=max(1, self._most_bytes // _CHUNK))
        self._digest.update(chunk)
        with _our_errors():
            _write_all(self._descriptor, chunk)

    def complete(self) -> None:
        """Have all of it on the disk, still hidden; it can be read at ``path`` and no longer be written."""
        if self._descriptor >= 0:
            with _our_errors():
                os.fsync(self._descriptor)
            self._close()

    def finish(self, target: Path) -> Received:
        """Give the file its name, in any folder of the same disk. Raises ``FileExistsError`` where it is taken."""
        self.complete()
        with _our_errors():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A hard link fails where the name is taken; a rename would replace what is there.
            os.link(self.path, target)
        try:
            with _our_errors():
                _sync_folder(target.parent)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        self.path.unlink(missing_ok=True)
        return Received(target, self.size, self.sha256)

    def discard(self) -> None:
        """Leave nothing of it; harmless when it is finished or discarded already."""
        self._close()
        self.path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def receive(chunks: Iterable[bytes], target: Path, *, most_bytes: int | None = None) -> Received:
    """Writes the pieces to ``target``, which must not exist yet, and gives size and hash of what was written.

    Whatever goes wrong, an exception from ``chunks`` included, leaves nothing behind. Raises as ``Receiving`` does.
    """
    receiving = Receiving(target.parent, most_bytes=most_bytes)
    try:
        for chunk in chunks:
            receiving.write(chunk)
        return receiving.finish(target)
    finally:
        receiving.discard()


def _write_all(descriptor: int, chunk: bytes) -> None:
    # Not through a buffer: what a buffer could not write on a full disk, it tries again when it is closed.
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextlib.contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        code = "no_space" if error.errno in _NO_SPACE else "not_written"
        raise problem(MESSAGES, code) from error


def _sync_folder(folder: Path) -> None:
    """The name itself must survive a power cut, not only the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
