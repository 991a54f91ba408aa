"""Hands a plain text on: it holds nothing beside its words. Runs in the sandbox's child."""

from collections.abc import Iterator
from typing import IO

from recommendations.formats.parsers.pieces import pieces


def clean(source: IO[bytes]) -> Iterator[str]:
    """Yields pieces of the text as it is."""
    while content := source.read(1024 * 1024):
        yield from pieces(content)
