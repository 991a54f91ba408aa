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
    story = tell(summary)
    stream.write(compiled("summary.typ", {"story": story}, pdf_standards="ua-1", timestamp=summary.made_at))
    if progress:
        progress(len(summary.rows), len(summary.rows))


def compiled(source: str, data: dict[str, Any], **options: Any) -> Any:
    """What Typst makes of one of our sources and `data`, which travels as JSON and is never read as source."""
    inputs = {name: json.dumps(value, ensure_ascii=False) for name, value in data.items()}
    return typst.compile(
        SOURCES / source,
        root=SOURCES,
        font_paths=FONTS,
        ignore_system_fonts=True,
        sys_inputs=inputs | {"shapes": json.dumps(shapes())},
        **options,
    )
