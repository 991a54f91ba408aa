"""PDF: the story set by Typst as a tagged document (PDF/UA-1), with the product's own faces."""

import datetime
from collections.abc import Callable
from typing import BinaryIO

from recommendations.documents.renderers.typesetting import Refused, typeset
from recommendations.documents.story import tell
from recommendations.documents.story.parts import Story
from recommendations.overview.summary import CycleSummary


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the summary as PDF."""
    write_story(tell(summary), summary.made_at, stream)
    if progress:
        progress(len(summary.rows), len(summary.rows))


def write_story(story: Story, made_at: datetime.datetime, stream: BinaryIO) -> None:
    """Writes any story as PDF. Typst itself refuses what PDF/UA forbids, such as a picture without words."""
    data, moment = {"story": story}, int(made_at.timestamp())
    try:
        (content,) = typeset("summary.typ", data, pdf_standards="ua-1", timestamp=moment)
    except Refused as refusal:
        if "could not be displayed with font" not in str(refusal):
            raise
        # A sign that our faces lack (Chinese, an emoji): the machine's faces may have it. The file stays tagged,
        # but Typst no longer vouches for it.
        (content,) = typeset("summary.typ", data, ignore_system_fonts=False, timestamp=moment)
    stream.write(content)
