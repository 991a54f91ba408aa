"""A DOCX or PDF as lines in reading order, without headers, footers, page numbers and footnotes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from recommendations.formats import sandbox
from recommendations.formats.problems import problem
from recommendations.formats.reports import pages as layout

MESSAGES = {
    "empty": _("The file is empty."),
    "other_kind": _("The file is neither a PDF nor a Word document (.docx)."),
    "no_document": _("The file is an archive, not a Word document. Expected .docx or PDF."),
    "encrypted": _("The file is protected with a password. Save it without one and send it again."),
    "macros": _("The document contains macros. Save it as .docx without macros and send that."),
    "damaged": _("The document is damaged or cut off. Fetch it again where you found it."),
    "damaged_page": _("Page %(page)s of the PDF is damaged. Fetch the file again where you found it."),
    "too_large_unpacked": _("The document is far larger inside than a report can be. It was not opened."),
    "too_many_pages": _("This PDF has %(count)s pages; a report has at most %(most)s. It was not read."),
    "too_much_text": _("The document holds far more text than a report can have. It was not read."),
    "pictures": _(
        "This PDF holds pictures, no text: it was scanned. Fetch the report as DOCX or PDF from documents.un.org, "
        "or have its text recognised."
    ),
    "memory": _("The document needs more memory than a report should. It was not read."),
    "time": _("Reading the document took too long. If it is a PDF, try the report's DOCX."),
    "crash": _("The document could not be read. Fetch it again, or try the other of DOCX and PDF."),
}

MOST_PAGES = 300
MOST_CHARACTERS = 3_000_000
_LIMITS = sandbox.Limits(memory=768 * 1024 * 1024, seconds=60)
_PARSERS = "recommendations.formats.parsers"
_PDF = re.compile(rb"%PDF-[0-9]")


@dataclass
class Line:
    """A printed line of a PDF, or a whole paragraph of a Word document.

    ``indent`` is where it begins, in points from the side on which reading begins; ``above`` how far the line before
    it is, in points, 0 on a new page; ``number`` what Word numbers it with; ``marks`` the footnotes called in it.
    """

    text: str
    indent: float
    page: int = 0
    above: float = 0
    is_paragraph: bool = False
    number: str = ""
    marks: list[str] = field(default_factory=list)


@dataclass
class Document:
    """A whole document: its lines in reading order, the footnotes below them by page and mark."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    footnotes: dict[tuple[int, str], str] = field(default_factory=dict)
    # How far lines of one paragraph stand apart, in points; 0 for Word.
    leading: float = 0

    def note(self, line: Line, mark: str) -> str:
        """The footnote that a line calls by a mark."""
        return self.footnotes.get((line.page, mark), "")


def open_document(source: Path | IO[bytes]) -> Document:
    """Read a DOCX or PDF by its content. Raises ``FileProblem``."""
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        opened.seek(0)
        head = opened.read(1024)
        opened.seek(0)
        if not head.strip():
            raise problem(MESSAGES, "empty")
        try:
            if _PDF.search(head):
                return _from_pdf(opened)
            if head.startswith(b"PK"):
                return _from_word(opened)
        except sandbox.Refused as refusal:
            raise problem(MESSAGES, refusal.code, **refusal.values) from None
        except sandbox.Died as death:
            raise problem(MESSAGES, death.reason) from None
    raise problem(MESSAGES, "other_kind")


def _from_word(source: IO[bytes]) -> Document:
    values = sandbox.stream(
        f"{_PARSERS}.docx_text:paragraphs", source, limits=_LIMITS, most_characters=MOST_CHARACTERS
    )
    document = Document("docx")
    with contextlib.closing(values):
        document.footnotes = {(0, mark): text for mark, text in next(values)["footnotes"].items()}
        for batch in values:
            for indent, number, runs in batch["paragraphs"]:
                text, marks = layout.without_marks(runs)
                if text or number:
                    document.lines.append(Line(text, indent, 0, 1, True, number, marks))
    return document


def _from_pdf(source: IO[bytes]) -> Document:
    values = sandbox.stream(
        f"{_PARSERS}.pdf_text:lines",
        source,
        limits=_LIMITS,
        most_pages=MOST_PAGES,
        most_characters=MOST_CHARACTERS,
    )
    with contextlib.closing(values):
        next(values)
        pages = list(_pages(values))
    if sum(len(part.text) for page in pages for part in page.parts) < 30 * len(pages):
        raise problem(MESSAGES, "pictures")
    laid_out = layout.lay_out(pages)
    document = Document("pdf", footnotes=laid_out.footnotes, leading=laid_out.leading)
    for page, indent, above, part in laid_out.lines:
        text, marks = layout.without_marks(part.runs)
        if text:
            document.lines.append(Line(text, indent, page, above, marks=marks))
    return document


def _pages(values: Iterator[dict[str, Any]]) -> Iterator[layout.Page]:
    for number, page in enumerate(values, 1):
        parts = [layout.Part(*each) for each in page["lines"]]
        yield layout.Page(number, page["width"], page["height"], parts)
