"""Opens a PDF with qpdf. Runs in the sandbox's child."""

from collections.abc import Iterator
from typing import BinaryIO

import pikepdf

from recommendations.formats.parsers.trailing import refuse_second_file
from recommendations.formats.sandbox import Refused


def check(source: BinaryIO) -> Iterator[dict[str, int]]:
    """Yields the number of pages, or refuses what needs a password or has no page.

    A PDF whose table of contents is broken but can be rebuilt is taken: many that offices send are such.
    """
    refuse_second_file(source)
    try:
        with pikepdf.open(source, suppress_warnings=True) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, OverflowError, RecursionError):
        raise Refused("damaged") from None
    if not pages:
        raise Refused("damaged")
    yield {"pages": pages}
