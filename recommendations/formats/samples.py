"""The beginning of a file that somebody sent: what shape it has, the first rows of its table or of its text.

Office files are looked into in the sandbox; text is decoded here and no further than its beginning.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from recommendations.formats import sandbox
from recommendations.formats.encodings import NotText, Unsure, detect_encoding
from recommendations.formats.entries import Sample
from recommendations.formats.problems import problem
from recommendations.formats.table_messages import MESSAGES as TABLE_MESSAGES
from recommendations.formats.tabular import delimiter_of, is_web_page

ROWS, COLUMNS, CHARACTERS = 40, 60, 20_000

MESSAGES = {
    "empty": TABLE_MESSAGES["empty"],
    "web_page": TABLE_MESSAGES["web_page"],
    "encrypted": TABLE_MESSAGES["encrypted"],
    "macros": _(
        "The file contains macros. Save it without them (.xlsx, .docx) and send that; macros are never opened."
    ),
    "damaged": _("The file is damaged or cut off. Open it, save it anew and send that, or fetch it again."),
    "archive": _("The file is an archive. Unpack it and send the files in it one by one."),
    "too_large_unpacked": _(
        "The file is far larger inside than a table or report can be. It was not opened."
    ),
    "other_kind": _(
        "This is a file of another kind (a picture, an archive, a program). Read are tables (.csv, .xlsx, .xls), "
        "Word documents (.docx), PDF and JSON."
    ),
    "old_word": _("The file is an old Word document (.doc). Save it as .docx and send that file."),
    "memory": _("The file needs more memory to open than a table or report should. It was not read."),
    "time": _("Opening the file took too long. It was not read."),
    "crash": _("The file could not be opened. Open it, save it anew and send that."),
}

_HEAD = 128 * 1024
_LIMITS = sandbox.Limits(memory=768 * 1024 * 1024, seconds=60)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"MZ",
    b"\x7fELF",
)
# A PDF may stand behind some bytes that a mail program or a web server left in front of it.
_PDF = re.compile(rb"%PDF-[0-9]")
_JSON = re.compile(r"\s*[\[{]\s*[\[{\"\]}]")


def sample_of(source: Path | IO[bytes], name: str = "") -> Sample:
    """What recognition looks at, by the content alone; ``name`` is only kept for readers that want a hint.

    Raises ``FileProblem`` for what is empty, damaged, encrypted, carries macros or is of no shape that can be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return sample_of(opened, name or source.name)
    source.seek(0)
    head = source.read(_HEAD)
    source.seek(0)
    name = str(name or getattr(source, "name", "") or "")
    if not head.strip():
        raise problem(MESSAGES, "empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = _ask("office", source, rows=ROWS, columns=COLUMNS, characters=CHARACTERS)
        return Sample(found["shape"], name, found["header"], found["text"])
    if head.startswith(_OLE):
        return _old_office(source, name)
    if _PDF.search(head, 0, 1024):
        return Sample("pdf", name)
    if head.startswith(_OTHER_KINDS):
        raise problem(MESSAGES, "other_kind")
    if is_web_page(head):
        raise problem(MESSAGES, "web_page")
    text = _decoded(head)
    if _JSON.match(text):
        return Sample("json", name, text=text[:CHARACTERS])
    return Sample("csv", name, header=_rows(text), text=text[:CHARACTERS])


def _old_office(source: IO[bytes], name: str) -> Sample:
    content = source.read(8 * 1024 * 1024)
    source.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise problem(MESSAGES, "encrypted")
    if "WordDocument".encode("utf-16-le") in content:
        raise problem(MESSAGES, "old_word")
    found = _ask("old_workbook", source, rows=ROWS, columns=COLUMNS)
    return Sample("xls", name, found["header"])


def _ask(parser: str, source: IO[bytes], **arguments: Any) -> dict[str, Any]:
    try:
        found = sandbox.run(
            f"recommendations.formats.parsers.beginnings:{parser}", source, limits=_LIMITS, **arguments
        )
    except sandbox.Refused as refusal:
        raise problem(MESSAGES, refusal.code, **refusal.values) from None
    except sandbox.Died as death:
        raise problem(MESSAGES, death.reason) from None
    source.seek(0)
    return found  # type: ignore[no-any-return]


def _decoded(head: bytes) -> str:
    """The beginning as text; letters of an unsure encoding may be wrong in it, which its reader will tell."""
    if len(head) == _HEAD:
        # Not in the middle of a sign: two bytes of the line's end are one sign of UTF-16.
        cut = max(head.rfind(b"\n"), head.rfind(b"\r"))
        head = head[: cut // 2 * 2] if cut > 1 else head
    try:
        encoding = detect_encoding(io.BytesIO(head))
    except (Unsure, NotText):
        encoding = "latin-1"
    return head.decode(encoding, "replace").removeprefix("\ufeff")


def _rows(text: str) -> list[list[str]]:
    lines = io.StringIO(text, newline="").readlines()[: ROWS * 4]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter_of(lines[:20])):
            if len(rows) >= ROWS:
                break
            if any(cell.strip() for cell in row):
                rows.append(row[:COLUMNS])
    except csv.Error:
        pass  # what was read until there
    return rows
