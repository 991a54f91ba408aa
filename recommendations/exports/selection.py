"""The list's very selection as a file: the columns of the screen, a link back, the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import IO, Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from xlsxwriter.exceptions import XlsxFileError

from recommendations.catalogue.models import Recommendation
from recommendations.formats.spreadsheet import Column, Link, Sheet, csv_chunks, json_chunks, write_xlsx
from recommendations.overview.filters import DIFFER, RecommendationFilter
from recommendations.overview.list_views import detail_pages
from recommendations.overview.rows import Row, all_rows
from recommendations.vocabulary import AssessmentStatus, PositionKind, Rating, TextKind

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


class NoRoom(Exception):
    """The file could not be written: the disk is full, or not ours to write."""


def _position(row: Row) -> str:
    return _label(get_language(), PositionKind, row.position) if row.position else ""


def _rating(row: Row) -> str:
    if row.rating == DIFFER:
        return str(translation.gettext("Organisations differ"))
    return _label(get_language(), Rating, row.rating) if row.rating else ""


def _marks(row: Row) -> str:
    """What stands beside the rating on the screen."""
    if not (row.under_way or row.reversed_mark or row.single_source):
        return ""
    marks = (
        (row.under_way, translation.gettext("steps under way")),
        (row.reversed_mark, translation.gettext("something went backwards")),
        (row.single_source, translation.gettext("single source")),
    )
    return "; ".join(words for stands, words in marks if stands)


def _progress(row: Row) -> str:
    if not row.progress:
        return ""
    language = get_language()
    return ", ".join(_label(language, AssessmentStatus, status) for status in row.progress)


def _text_kind(row: Row) -> str:
    return _label(get_language(), TextKind, row.text_kind) if row.text_kind else ""


@cache
def _label(language: str | None, vocabulary: type[TextChoices], code: str) -> str:
    # Looked up once for each language: an export asks for the same few words for every row.
    return str(vocabulary(code).label)


def _link(row: Row) -> Link:
    return Link(row.reference, f"{settings.SITE_URL}{detail_pages()}{row.reference}/")


# (title on the screen, kind of cells, name in JSON, what of the row): an allowlist.
COLUMNS: tuple[tuple[Any, Any, str, Callable[[Row], Any]], ...] = (
    (_("Recommendation"), "link", "reference", _link),
    (_("Cycle"), "text", "cycle", lambda row: row.cycle),
    (_("Document"), "text", "document", lambda row: row.document),
    (_("Paragraph"), "text", "paragraph", lambda row: row.paragraph),
    (_("Text"), "long_text", "text", lambda row: row.text),
    (
        _("Kind of text"),
        "text",
        "text_kind",
        _text_kind,
    ),
    (_("Language"), "text", "language", lambda row: row.text_language),
    (_("Recommending States"), "text", "recommending_states", lambda row: "; ".join(row.recommending)),
    (_("Position"), "text", "position", _position),
    (_("Date of the position"), "date", "position_date", lambda row: row.position_on),
    (_("Leading theme"), "text", "leading_theme", lambda row: row.lead_theme),
    (_("Themes"), "text", "themes", lambda row: "; ".join(row.themes)),
    (_("Affected groups"), "text", "affected_groups", lambda row: "; ".join(row.groups)),
    (_("SDGs"), "text", "sdgs", lambda row: "; ".join(map(str, row.goals))),
    (_("Rating"), "text", "rating", _rating),
    (_("Marks"), "text", "marks", _marks),
    (_("Status of the assessment"), "text", "status", _progress),
    (_("Responsible organisation"), "text", "organisation", lambda row: row.organisation),
    (_("Evidence"), "number", "evidence", lambda row: row.evidence),
    (_("Assessed up to"), "date", "assessed_up_to", lambda row: row.freshness),
)


def columns() -> list[Column]:
    """The columns in the active language."""
    return [Column(str(title), kind, key) for title, kind, key, _value in COLUMNS]


def values(rows: Iterable[Row]) -> Iterator[list[Any]]:
    """The rows as cells."""
    picks = [pick for _title, _kind, _key, pick in COLUMNS]
    for row in rows:
        yield [pick(row) for pick in picks]


def rows_of_selection(selection: RecommendationFilter, *, sort: str, language: str) -> Iterator[Row]:
    """All rows of the selection, in the order of the screen."""
    chosen: Any = selection.rows()
    if "q" in selection.chosen:
        chosen = Recommendation.objects.filter(pk__in=chosen.values("pk"))
    return all_rows(chosen, selection.scope, sort=sort, language=language)


def chunks(selection: RecommendationFilter, *, format: str, sort: str, language: str) -> Iterator[bytes]:
    """The selection as CSV or JSON, piece by piece, in flat memory."""
    with translation.override(language):
        cells = values(rows_of_selection(selection, sort=sort, language=language))
        make = csv_chunks if format == "csv" else json_chunks
        yield from make(columns(), cells)


def workbook(selection: RecommendationFilter, *, sort: str, language: str) -> IO[bytes]:
    """The selection as XLSX, in a temporary file that is gone when it is closed; ``NoRoom`` on a full disk."""
    stream = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - the answer closes it
    try:
        _fill(stream, selection, sort=sort, language=language)
    except (OSError, XlsxFileError) as fault:
        stream.close()
        raise NoRoom from fault
    stream.seek(0)
    return stream


def _fill(stream: IO[bytes], selection: RecommendationFilter, *, sort: str, language: str) -> None:
    with translation.override(language):
        cells = values(rows_of_selection(selection, sort=sort, language=language))
        title = str(translation.gettext("Recommendations"))
        write_xlsx(stream, [Sheet(title, columns(), cells)], title=title, language=language)
