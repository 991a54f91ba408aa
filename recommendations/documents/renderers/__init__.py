"""The formats of a cycle summary: `RENDERERS[format](summary, stream, progress=None)` writes one file.

A renderer sees the summary only, never a model. A new format is one module and one line here; the test over all
formats covers it at once.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recommendations.documents.renderers import csv, docx, json, pdf, xlsx


class Format(NamedTuple):
    """How a format is named to people, to browsers and on disk; `is_document` when it is made to be read."""

    code: str
    label: str | Promise
    extension: str
    mime: str
    is_document: bool = False


FORMATS = {
    entry.code: entry
    for entry in (
        Format(
            "xlsx",
            _("Excel workbook (XLSX)"),
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Format("csv", _("Table (CSV)"), "csv", "text/csv; charset=utf-8"),
        Format("json", _("Data for programs (JSON)"), "json", "application/json"),
        Format(
            "docx",
            _("Word document (DOCX)"),
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            is_document=True,
        ),
        Format("pdf", _("Document (PDF)"), "pdf", "application/pdf", is_document=True),
    )
}

RENDERERS: dict[str, Callable[..., None]] = {
    "xlsx": xlsx.render,
    "csv": csv.render,
    "json": json.render,
    "docx": docx.render,
    "pdf": pdf.render,
}
