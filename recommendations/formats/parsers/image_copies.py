"""Makes pictures anew from their pixels: copies without anything a camera or program wrote beside them, and previews.

Runs in the sandbox's child.
"""

import io
import warnings
from collections.abc import Iterator
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

from recommendations.formats.parsers.pieces import pieces
from recommendations.formats.sandbox import Refused

# What is decoded at once: three or four bytes a pixel, and as much again while it is turned or written.
_MOST_PIXELS = 40_000_000
_MOST_FRAMES = 300
_PAPER = (255, 255, 255)


def clean(source: IO[bytes], *, expected: str) -> Iterator[str]:
    """Yields pieces of the picture in the same format, from its pixels alone. Larger ones come smaller.

    An animation keeps its frames. What a profile says of colours is worked into the pixels.
    """
    with _opened(source, expected) as picture:
        frames = getattr(picture, "n_frames", 1)
        if expected in ("GIF", "WEBP", "PNG") and frames > 1:
            content = _animation(picture, expected, frames)
        else:
            content = _still(picture, expected)
    yield from pieces(content)


def preview(source: IO[bytes], *, expected: str, side: int) -> Iterator[str]:
    """Yields pieces of a JPEG that shows the picture, no side longer than ``side`` pixels."""
    with _opened(source, expected, side=side) as picture:
        yield from pieces(as_jpeg(picture, side=side))


def as_jpeg(picture: Image.Image, *, side: int) -> bytes:
    """The picture as a JPEG on white, no side longer than ``side`` pixels."""
    small = _plain(picture)
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    if small.mode == "RGBA":
        paper = Image.new("RGB", small.size, _PAPER)
        paper.paste(small, mask=small.getchannel("A"))
        small = paper
    target = io.BytesIO()
    small.convert("RGB").save(target, "JPEG", quality=82, optimize=True)
    return target.getvalue()


def _opened(source: IO[bytes], expected: str, *, side: int | None = None) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours and comes with a sentence
    warnings.simplefilter("ignore")
    try:
        picture = Image.open(source, formats=[expected])
        width, height = picture.size
        if expected == "JPEG":
            wanted = side or 1
            if side or width * height > _MOST_PIXELS:
                # JPEG decodes to a half, a quarter, an eighth: never smaller than what is asked for.
                factor = 1
                while factor < 8 and width * height > _MOST_PIXELS * factor * factor:
                    factor *= 2
                picture.draft("RGB", (max(wanted, width // factor), max(wanted, height // factor)))
        if picture.size[0] * picture.size[1] > _MOST_PIXELS:
            raise Refused(
                "too_many_pixels", count=width * height // 1_000_000, most=_MOST_PIXELS // 1_000_000
            )
        picture.load()
    except (Refused, MemoryError):
        raise
    except Exception:  # Pillow raises whatever its plugins met
        raise Refused("damaged") from None
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """The pixels alone, upright, in plain RGB with or without transparency, or in grey."""
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    turned = picture
    has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    mode = "L" if turned.mode in ("L", "1") and not has_alpha else "RGBA" if has_alpha else "RGB"
    plain = _in_srgb(turned, profile) or (turned if turned.mode == mode else turned.convert(mode))
    if plain is not picture:
        picture.close()  # large pictures are held twice at most
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    plain.close()
    return bare


def _in_srgb(picture: Image.Image, profile: Any) -> Image.Image | None:
    """The picture in the colours that every screen supposes, or None where there is nothing to work in."""
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return None
    try:
        said = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, said, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _still(picture: Image.Image, expected: str) -> bytes:
    plain = _plain(picture)
    target = io.BytesIO()
    if expected == "JPEG":
        plain.convert("L" if plain.mode == "L" else "RGB").save(target, "JPEG", quality=92, optimize=True)
    elif expected == "WEBP":
        plain.save(target, "WEBP", quality=92, method=4)
    elif expected == "GIF":
        plain.convert("P", palette=Image.Palette.ADAPTIVE).save(target, "GIF")
    else:
        plain.save(target, "PNG", optimize=False)
    return target.getvalue()


def _animation(picture: Image.Image, expected: str, frames: int) -> bytes:
    width, height = picture.size
    if frames > _MOST_FRAMES or width * height * frames > 4 * _MOST_PIXELS:
        raise Refused(
            "too_many_pixels",
            count=width * height * frames // 1_000_000,
            most=4 * _MOST_PIXELS // 1_000_000,
        )
    kept, times = [], []
    for frame in ImageSequence.Iterator(picture):
        times.append(int(frame.info.get("duration", 100) or 100))
        kept.append(_plain(frame.convert("RGBA")))
    target = io.BytesIO()
    kept[0].save(
        target,
        expected,
        save_all=True,
        append_images=kept[1:],
        duration=times,
        loop=int(picture.info.get("loop", 0) or 0),
    )
    return target.getvalue()
