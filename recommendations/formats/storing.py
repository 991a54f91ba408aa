"""Where files are kept: sealed from their first byte, in their place at once and whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from recommendations.formats import sealing
from recommendations.formats.hashing import chunks_of
from recommendations.formats.problems import problem
from recommendations.formats.sandbox import in_memory

MESSAGES = {
    "no_space": _(
        "There is no room left on the server for this file. Nothing was kept; tell the administrator."
    ),
    "too_large": _("The file is larger than %(most)s MB, the most that can be received. Nothing was kept."),
    "not_written": _("The server could not write the file. Nothing was kept; tell the administrator."),
}
PREFIX = ".receiving-"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MEBIBYTE = 1024 * 1024


class Incoming:
    """A file on its way in, piece by piece: hashed as it comes, sealed before the disk sees a byte, hidden until put.

    ``Store.put`` gives it its place; without that ``discard`` leaves nothing behind. ``size`` and ``sha256`` are those
    of the bytes as they came.
    """

    def __init__(self, folder: Path, *, most_bytes: int | None = None) -> None:
        self._digest = hashlib.sha256()
        self._most_bytes = most_bytes
        self.size = 0
        with our_errors():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
            self._path = Path(name)
            try:
                self._sealing: sealing.Sealing | None = sealing.Sealing(_Descriptor(self._descriptor))
            except BaseException:
                self._close()
                self._path.unlink(missing_ok=True)
                raise

    @property
    def sha256(self) -> str:
        """The SHA-256 of what came so far, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> int:
        """Take the next piece. Raises ``FileProblem`` on a full disk and on more than the most bytes."""
        self.size += len(chunk)
        if self._most_bytes is not None and self.size > self._most_bytes:
            raise problem(MESSAGES, "too_large", most=max(1, self._most_bytes // _MEBIBYTE))
        self._digest.update(chunk)
        assert self._sealing is not None, "the file is complete"
        with our_errors():
            self._sealing.write(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Nothing waits here: for programs that ask."""

    def complete(self) -> None:
        """Have all of it on the disk, still hidden; it can be read with ``open`` and no longer be written."""
        if self._sealing is not None:
            with our_errors():
                self._sealing.finish()
                os.fsync(self._descriptor)
            self._sealing = None
            self._close()

    def open(self) -> IO[bytes]:
        """The bytes as they came, once they are complete; read from front to end only."""
        return sealing.opened(self._path.open("rb"))

    def content(self) -> contextlib.AbstractContextManager[IO[bytes]]:
        """The bytes as they came in memory that no disk sees, for programs that must seek in them."""
        return _content(self.open())

    def link(self, target: Path) -> None:
        """Give the file its name, in any folder of the same disk. Raises ``FileExistsError`` where it is taken."""
        self.complete()
        with our_errors():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chmod(self._path, 0o400)
            # A hard link fails where the name is taken; a rename would replace what is there.
            os.link(self._path, target)
        try:
            with our_errors():
                sync_folder(target.parent)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        self._path.unlink(missing_ok=True)

    def replace(self, target: Path) -> None:
        """Take the place of a file that holds the same bytes."""
        self.complete()
        with our_errors():
            os.chmod(self._path, 0o400)
            os.replace(self._path, target)
            sync_folder(target.parent)

    def discard(self) -> None:
        """Leave nothing of it; harmless when it is put or discarded already."""
        if self._sealing is not None:
            self._sealing.stop()
            self._sealing = None
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Store:
    """A folder of sealed files, each under the hash of what it holds; files are never changed, only put and removed."""

    def __init__(self, folder: Callable[[], Path], *, hidden: str = "incoming") -> None:
        self._folder = folder
        self._hidden = hidden

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder()

    @property
    def hidden(self) -> Path:
        """Where files lie while they come: on the same disk, so that putting one is one step."""
        return self.folder / self._hidden

    def incoming(self, *, most_bytes: int | None = None) -> Incoming:
        """Begin a file."""
        return Incoming(self.hidden, most_bytes=most_bytes)

    def receive(self, chunks: Iterable[bytes], *, most_bytes: int | None = None) -> Incoming:
        """A file from its pieces, complete. Whatever goes wrong leaves nothing behind."""
        coming = self.incoming(most_bytes=most_bytes)
        try:
            for chunk in chunks:
                coming.write(chunk)
            coming.complete()
        except BaseException:
            coming.discard()
            raise
        return coming

    def put(self, coming: Incoming, *, name: str = "") -> str:
        """Give a file its place and return how it is called here (``stored_as``): never its own name."""
        coming.complete()
        stored_as = name or f"{coming.sha256[:2]}/{coming.sha256}-{uuid.uuid4().hex[:8]}"
        coming.link(self.path(stored_as))
        return stored_as

    def open(self, stored_as: str) -> IO[bytes]:
        """The bytes as they were put, in flat memory, from front to end.

        Raises ``OSError`` where they are gone, ``Unreadable`` (an ``OSError``) where they do not open.
        """
        return sealing.opened(self.path(stored_as).open("rb"))

    def content(self, stored_as: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        """The bytes as they were put in memory that no disk sees, for programs that must seek in them."""
        return _content(self.open(stored_as))

    def remove(self, stored_as: str) -> None:
        """Remove a file; harmless when it is gone."""
        self.path(stored_as).unlink(missing_ok=True)

    def size(self, stored_as: str) -> int:
        """How many bytes the file takes on the disk, sealed. Raises ``OSError`` where it is gone."""
        return self.path(stored_as).stat().st_size

    def names(self) -> list[str]:
        """Every file that has its place here (``stored_as``)."""
        if not self.folder.is_dir():
            return []
        return sorted(
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file()
            and not path.name.startswith(".")
            and (not self._hidden or self.hidden not in path.parents)
        )

    def seal_anew(self, stored_as: str) -> None:
        """Seal a file to the key of now, in one step; what it holds stays the same, byte for byte.

        Raises ``Unreadable`` where no key opens it, and leaves it then.
        """
        with self.open(stored_as) as stream:
            coming = self.receive(chunks_of(stream))
        try:
            coming.replace(self.path(stored_as))
        finally:
            coming.discard()

    def path(self, stored_as: str) -> Path:
        """Where the sealed bytes lie: for copying them as they are."""
        return self.folder / stored_as


class _Descriptor:
    """Writes to a descriptor without a buffer: what a buffer could not write on a full disk, it tries again later."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, piece: bytes) -> int:
        """All of the piece."""
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""


@contextlib.contextmanager
def _content(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    with stream, in_memory(stream) as copy:
        yield copy


@contextlib.contextmanager
def our_errors() -> Iterator[None]:
    """Turns what the disk says into a sentence for people (``FileProblem``)."""
    try:
        yield
    except (FileExistsError, sealing.KeyMissing):
        raise
    except OSError as error:
        code = "no_space" if error.errno in _NO_SPACE else "not_written"
        raise problem(MESSAGES, code) from error


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk: a name must survive a power cut, not only the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
