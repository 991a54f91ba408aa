"""The SHA-256 of files, read piece by piece."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_CHUNK = 1024 * 1024


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
