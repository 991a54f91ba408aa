"""Whether a file is plain text: readable in one encoding, and nothing that a browser or system would run."""

import re
from collections.abc import Iterator
from typing import IO

from recommendations.formats.encodings import NotText, Unsure, detect_encoding
from recommendations.formats.sandbox import Refused

_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype|html|head|body|script|svg|iframe|table|meta|math|style|\w+:svg)\b",
    re.IGNORECASE | re.DOTALL,
)


def check(source: IO[bytes]) -> Iterator[str]:
    """Yields the encoding, or refuses."""
    try:
        encoding = detect_encoding(source)
    except NotText:
        raise Refused("unknown") from None
    except Unsure:
        # It is text; which letters the reader sees is the reader's choice of encoding.
        encoding = "cp1252"
    text = source.read(64 * 1024).decode(encoding, "replace").lstrip("\ufeff")
    if _MARKUP.match(text) or text.lstrip().startswith("<?xml"):
        raise Refused("markup")
    if text.startswith(("#!", "{\\rtf")):
        raise Refused("program" if text.startswith("#!") else "unknown")
    yield encoding
