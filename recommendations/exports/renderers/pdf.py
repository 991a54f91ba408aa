"""PDF: the story set by Typst as a tagged document (PDF/UA-1), with the product's own faces."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import fontpkg_source_sans_3
import fontpkg_source_serif_4
import typst

from recommendations.exports.story import tell
from recommendations.exports.story.shapes import shapes
from recommendations.overview.summary import CycleSummary

SOURCES = Path(__file__).parent / "typst"
FONTS = [
    Path(package.__file__).parent / "files" for package in (fontpkg_source_serif_4, fontpkg_source_sans_3)
]


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the summary as PDF. Typst itself refuses what PDF/UA forbids, such as a picture without words."""
    data = {"story": tell(summary)}
    try:
        content = compiled("summary.typ", data, pdf_standards="ua-1", timestamp=summary.made_at)
    except typst.TypstError as error:
        if "could not be displayed with font" not in str(error):
            raise
        # A sign that our faces lack (Chinese, an emoji): the machine's faces may have it. The file stays tagged,
        # but Typst no longer vouches for it.
        content = compiled("summary.typ", data, ignore_system_fonts=False, timestamp=summary.made_at)
    stream.write(content)
    if progress:
        progress(len(summary.rows), len(summary.rows))


def compiled(source: str, data: dict[str, Any], **options: Any) -> Any:
    """What Typst makes of one of our sources and `data`, which travels as JSON and is never read as source."""
    inputs = {name: json.dumps(value, ensure_ascii=False) for name, value in data.items()}
    fonts: dict[str, Any] = {"font_paths": FONTS, "ignore_system_fonts": True}
    inputs["shapes"] = json.dumps(shapes())
    return typst.compile(SOURCES / source, root=SOURCES, sys_inputs=inputs, **(fonts | options))
