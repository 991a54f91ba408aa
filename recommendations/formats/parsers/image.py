"""Opens a picture with Pillow. Runs in the sandbox's child."""

import warnings
from collections.abc import Iterator
from typing import IO

from PIL import Image

from recommendations.formats.parsers.trailing import refuse_second_file
from recommendations.formats.sandbox import Refused

# Above this only the structure is checked: decoding takes three or four bytes a pixel.
_MOST_DECODED = 40_000_000


def check(source: IO[bytes], *, expected: str, most_pixels: int) -> Iterator[dict[str, int]]:
    """Yields width and height of a picture of the expected Pillow format, or refuses it."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours and comes with a sentence
    warnings.simplefilter("ignore")
    refuse_second_file(source)
    try:
        with Image.open(source, formats=[expected]) as picture:
            width, height = picture.size
            if width * height > most_pixels:
                raise Refused(
                    "too_many_pixels", count=width * height // 1_000_000, most=most_pixels // 1_000_000
                )
            if width * height > _MOST_DECODED and expected != "JPEG":
                picture.verify()
            else:
                # JPEG decodes to an eighth: every byte is read, the picture is never held.
                picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
                picture.load()
    except (Refused, MemoryError):
        raise
    except Exception:  # Pillow raises whatever its plugins met: struct.error, IndexError, SyntaxError …
        raise Refused("damaged") from None
    yield {"width": width, "height": height}
