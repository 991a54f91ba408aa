"""Reports that are damaged, locked, scanned, endless or made to burst: a sentence each, whatever is in them."""

import io
import re

import pikepdf
import pytest

from recommendations.formats import sandbox
from recommendations.formats.entries import Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import working_group_report as reports
from recommendations.formats.reports import documents
from tests.formats import invented_working_group_report as invented

KNOWN = {"Kazakhstan", "Norway", "Spain", "Kyrgyzstan"}


def read(content):
    with reports.read(io.BytesIO(content), name="", wanted=Wanted(KNOWN.__contains__)) as reading:
        return list(reading.entries)


def sentence(content):
    """What a hostile file is answered with: always a sentence, whatever is in it."""
    told = ""
    try:
        read(content)
    except FileProblem as problem:
        told = str(problem)
    assert not told or re.match(r"[A-Z].+[.?]$", told, re.DOTALL)
    return told


def test_a_pdf_of_pictures_is_told():
    blank = pikepdf.new()
    for _page in range(3):
        blank.add_blank_page()
    target = io.BytesIO()
    blank.save(target)

    assert sentence(target.getvalue()).startswith("This PDF holds pictures, no text: it was scanned.")


def test_a_pdf_with_a_password_is_told():
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(invented.make_pdf())) as document:
        document.save(target, encryption=pikepdf.Encryption(owner="secret", user="secret"))

    assert sentence(target.getvalue()).startswith("The file is protected with a password.")


def test_a_pdf_of_thousands_of_pages_is_not_read():
    assert sentence(invented.pdf_of([[]] * 5000)) == (
        "This PDF has 5000 pages; a report has at most 300. It was not read."
    )


def test_a_pdf_with_more_text_than_a_report_is_not_read(monkeypatch):
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 500)

    assert sentence(invented.make_pdf()).startswith("The document holds far more text")


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_pdf_that_was_cut_off_is_told_or_doubted(part):
    content = invented.make_pdf()

    cut = content[: int(len(content) * part)]

    assert sentence(cut) or any(entry.doubts for entry in read(cut))


def test_deep_trees_of_objects_end_in_a_sentence():
    deep = b"[" * 300_000 + b"]" * 300_000
    content = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids " + deep
    )
    content += b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

    assert sentence(content)
    nested = "<w:p>" * 100_000 + "</w:p>" * 100_000
    assert sentence(invented.make_docx(body=nested))


def test_a_document_that_bursts_is_not_opened():
    body = f"<w:p><w:r><w:t>{'a' * 60_000_000}</w:t></w:r></w:p>"

    assert "far larger inside" in sentence(invented.make_docx(body=body))


def test_entities_and_damaged_parts_are_refused():
    content = invented.make_docx()
    entity = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>'

    assert sentence(invented.with_main_part(content, entity)).startswith("The document is damaged")
    assert sentence(invented.with_main_part(content, "<w:document>")).startswith("The document is damaged")
    assert sentence(content[:-200]).startswith("The document is damaged")
    assert sentence(b"").startswith("The file is empty")
    assert sentence(b"plain words").startswith("The file is neither a PDF nor a Word document")


@pytest.mark.parametrize(
    ("limits", "reasons"),
    [
        (sandbox.Limits(memory=1024 * 1024), ("memory", "crash")),
        (sandbox.Limits(seconds=0), ("time",)),
    ],
    ids=["memory", "time"],
)
@pytest.mark.parametrize("shape", ["docx", "pdf"])
def test_a_parser_that_takes_too_much_dies_and_is_told(monkeypatch, shape, limits, reasons):
    monkeypatch.setattr(documents, "_LIMITS", limits)
    many = "<w:p><w:r><w:t>Invented words</w:t></w:r></w:p>" * 90_000
    content = invented.make_docx(body=many) if shape == "docx" else invented.make_pdf()

    assert sentence(content) in [str(documents.MESSAGES[reason]) for reason in reasons]
