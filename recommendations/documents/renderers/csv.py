"""CSV: one row a recommendation, UTF-8 with the mark that makes Excel read Cyrillic."""

from collections.abc import Callable
from typing import BinaryIO

from recommendations.documents import words
from recommendations.documents.renderers import tables
from recommendations.formats.spreadsheet import write_csv
from recommendations.overview.summary import CycleSummary


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the recommendations of the summary, in the columns of the workbook's sheet of the same name."""
    with words.speaking(summary.language):
        sheet = tables.recommendations(summary)
        write_csv(stream, sheet.columns, sheet.rows)
    if progress:
        progress(len(summary.rows), len(summary.rows))
