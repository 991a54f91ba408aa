"""Reads exported files back with other libraries than those that wrote them."""

import csv
import io
import json
import zipfile
from typing import Any

import docx
import openpyxl
import pypdf

from recommendations.documents.renderers import RENDERERS
from recommendations.overview.summary import CycleSummary


def rendered(summary: CycleSummary, format: str) -> bytes:
    """The file of a summary in one format."""
    stream = io.BytesIO()
    RENDERERS[format](summary, stream)
    return stream.getvalue()


def as_json(summary: CycleSummary) -> dict[str, Any]:
    return json.loads(rendered(summary, "json"))


def as_csv(summary: CycleSummary) -> list[dict[str, str]]:
    text = rendered(summary, "csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_workbook(summary: CycleSummary) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(rendered(summary, "xlsx")))


def sheet_rows(workbook: openpyxl.Workbook, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column title; the header is the row above the frozen line."""
    sheet = workbook[name]
    header = int(sheet.freeze_panes[1:]) - 1
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def as_document(summary: CycleSummary):
    return docx.Document(io.BytesIO(rendered(summary, "docx")))


def document_text(data: bytes) -> str:
    """All text of a DOCX: body, tables and endnotes."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [package.read(f"word/{name}.xml") for name in ("document", "endnotes")]
    from_xml = (docx.oxml.parse_xml(part) for part in parts)
    return "\n".join(text.text or "" for root in from_xml for text in root.iter(docx.oxml.ns.qn("w:t")))


def as_pdf(summary: CycleSummary) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(rendered(summary, "pdf")))


def pdf_text(reader: pypdf.PdfReader) -> str:
    """All text of a PDF on one line, since lines break where the page wants."""
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def text_of(summary: CycleSummary, format: str) -> str:
    """What a person finds in a file, whatever its format, with blanks made equal."""
    if format == "pdf":
        text = pdf_text(as_pdf(summary))
    elif format == "docx":
        text = document_text(rendered(summary, "docx"))
    elif format == "xlsx":
        text = "\n".join(
            str(cell)
            for sheet in as_workbook(summary)
            for row in sheet.values
            for cell in row
            if cell is not None
        )
    elif format == "json":
        text = "\n".join(_strings(as_json(summary)))
    else:
        text = "\n".join(cell for row in as_csv(summary) for cell in row.values())
    return " ".join(text.split())


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    return [str(value)]
