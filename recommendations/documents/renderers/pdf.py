"""PDF: the story set by Typst as a tagged document (PDF/UA-1), with the product's own faces."""

from collections.abc import Callable
from typing import BinaryIO

from recommendations.documents.renderers.typesetting import Refused, typeset
from recommendations.documents.story import tell
from recommendations.overview.summary import CycleSummary


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the summary as PDF. Typst itself refuses what PDF/UA forbids, such as a picture without words."""
    data, moment = {"story": tell(summary)}, int(summary.made_at.timestamp())
    try:
        (content,) = typeset("summary.typ", data, pdf_standards="ua-1", timestamp=moment)
    except Refused as refusal:
        if "could not be displayed with font" not in str(refusal):
            raise
        # A sign that our faces lack (Chinese, an emoji): the machine's faces may have it. The file stays tagged,
        # but Typst no longer vouches for it.
        (content,) = typeset("summary.typ", data, ignore_system_fonts=False, timestamp=moment)
    stream.write(content)
    if progress:
        progress(len(summary.rows), len(summary.rows))
