"""Parsers that misbehave on purpose: the tests of the sandbox hold it to its word with them."""

import os
import sys
from collections.abc import Iterator
from typing import IO, Any

from recommendations.formats.sandbox import Refused


def surroundings(source: IO[bytes], *, path: str) -> Iterator[dict[str, Any]]:
    """What the child sees, and whether it can write to ``path``."""
    try:
        with open(path, "wb") as output:
            output.write(b"x")
        written = True
    except OSError:
        written = False
    yield {
        "environment": dict(os.environ),
        "content": source.read().decode(),
        "written": written,
        "django": "django" in sys.modules,
    }


def die(source: IO[bytes], *, how: str) -> Iterator[None]:
    """Ends without an answer."""
    if how == "memory":
        yield [bytearray(1024 * 1024) for _ in range(1000)] and None
    while how == "time":
        pass
    os.abort()


def refuse(source: IO[bytes]) -> Iterator[None]:
    """Says no."""
    raise Refused("no", count=3)
    yield


def endless(source: IO[bytes]) -> Iterator[dict[str, int]]:
    """Never stops answering."""
    while True:
        yield {"pid": os.getpid()}


def chatty(source: IO[bytes]) -> Iterator[str]:
    """Prints on both standard streams before it answers."""
    print("noise")
    os.write(2, b"x" * 100_000)
    yield "answer"
