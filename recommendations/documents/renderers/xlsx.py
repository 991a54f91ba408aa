"""XLSX: a sheet a view, with frozen headers, filters and links back to the records."""

from collections.abc import Callable
from typing import BinaryIO

from recommendations.documents import words
from recommendations.documents.renderers import tables
from recommendations.formats.spreadsheet import write_xlsx
from recommendations.overview.summary import CycleSummary


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the summary as a workbook; text stays text, dates are dates, numbers numbers."""
    with words.speaking(summary.language):
        write_xlsx(
            stream,
            tables.sheets(summary),
            title=words.title(summary),
            author=", ".join(summary.organisations),
            language=summary.language,
        )
    if progress:
        progress(len(summary.rows), len(summary.rows))
