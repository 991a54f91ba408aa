"""Invented Word reports with notes and links, and invented tables, made by code."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _notes(kind: str, notes: list[str]) -> str:
    lines = f'<w:{kind} w:id="-1" w:type="separator"><w:p/></w:{kind}>' + "".join(
        f'<w:{kind} w:id="{number}"><w:p>{_run(note)}</w:p></w:{kind}>'
        for number, note in enumerate(notes, start=1)
    )
    return f"<w:{kind}s {_W}>{lines}</w:{kind}s>"


def report(
    *,
    footnotes: list[str] | None = None,
    endnotes: list[str] | None = None,
    links: list[tuple[str, str]] | None = None,
    text: str = "Invented: sites are blocked (KAZ-2-1.1).",
    document: str | None = None,
) -> bytes:
    """A document whose paragraphs call these notes and hold these links (words, address)."""
    footnotes, endnotes, links = footnotes or [], endnotes or [], links or []
    paragraphs = [
        f'<w:p>{_run(text)}<w:r><w:{kind}Reference w:id="{number}"/></w:r></w:p>'
        for kind, notes in (("footnote", footnotes), ("endnote", endnotes))
        for number, _note in enumerate(notes, start=1)
    ]
    relations = []
    for number, (words, address) in enumerate(links):
        paragraphs.append(
            f'<w:p>{_run("Read ")}<w:hyperlink r:id="x{number}">{_run(words)}</w:hyperlink></w:p>'
        )
        relations.append(
            f'<Relationship Id="x{number}" Type="{_OFFICE}/hyperlink" Target="{escape(address)}" '
            'TargetMode="External"/>'
        )
    body = document or f"<w:document {_W} {_R}><w:body>{''.join(paragraphs)}</w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", body)
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{_RELATIONS}">{"".join(relations)}</Relationships>',
        )
        archive.writestr("word/footnotes.xml", _notes("footnote", footnotes))
        archive.writestr("word/endnotes.xml", _notes("endnote", endnotes))
    return out.getvalue()


def workbook(*rows: list[Any], sheets: dict[str, list[list[Any]]] | None = None) -> bytes:
    """A workbook of these rows, and of further sheets."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in (sheets or {}).items():
        page = book.create_sheet(name)
        for row in more:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
