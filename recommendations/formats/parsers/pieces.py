"""How a parser in the sandbox's child hands a file back: as text of its bytes, a piece at a time."""

import base64
from collections.abc import Iterator

_PIECE = 3 * 256 * 1024  # a multiple of three, so that the pieces can be read one by one


def pieces(content: bytes) -> Iterator[str]:
    """The bytes as pieces that JSON can hold; ``base64.b64decode`` gives each back."""
    for start in range(0, len(content), _PIECE):
        yield base64.b64encode(content[start : start + _PIECE]).decode("ascii")
