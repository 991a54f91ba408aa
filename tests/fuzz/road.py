"""One mutant down the road that an upload goes, and what may never come of it."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import pikepdf

from recommendations.formats import copies, kinds
from recommendations.formats.copies import NoCopy
from recommendations.formats.problems import FileProblem
from tests.fuzz.mutants import mutant

_RUNS = (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/AA", b"/EmbeddedFiles", b"/XFA")
_SHOWN_BY_BROWSERS = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml")


def go(number: int) -> Counter[str]:
    """What came of the mutant, counted. Raises AssertionError where something could run, and what was not foreseen."""
    name, content = mutant(number)
    outcome: Counter[str] = Counter()
    try:
        kind = kinds.recognise(io.BytesIO(content), name=name)
    except FileProblem as problem:
        if not str(problem):
            raise AssertionError(f"mutant {number}: no sentence") from None
        outcome[f"refused: {problem.code}"] += 1
        return outcome
    outcome[f"taken as {kind.extension}"] += 1
    assert kind.mime not in _SHOWN_BY_BROWSERS
    try:
        copy = b"".join(copies.cleaned(io.BytesIO(content), kind.mime))
    except NoCopy as no:
        outcome[f"no copy: {no.code}"] += 1
    else:
        outcome["copied"] += 1
        _nothing_runs(copy, kind)
    if copies.can_be_shown(kind.mime):
        try:
            for page in copies.pages(io.BytesIO(content), kind.mime):
                assert page.content.startswith(b"\xff\xd8\xff"), f"mutant {number}: no JPEG"
                outcome["pages"] += 1
        except NoCopy as no:
            outcome[f"no pages: {no.code}"] += 1
    return outcome


def _nothing_runs(copy: bytes, kind: kinds.Kind) -> None:
    assert kinds.recognise(io.BytesIO(copy)) == kind
    if kind == kinds.PDF:
        with pikepdf.open(io.BytesIO(copy)) as document:
            for thing in document.objects:
                if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                    keys = {str(key).encode(errors="surrogateescape") for key in thing.keys()}  # noqa: SIM118 (no mapping)
                    assert not keys & set(_RUNS), keys
    elif kind in (kinds.DOCX, kinds.XLSX):
        with zipfile.ZipFile(io.BytesIO(copy)) as archive:
            for name in archive.namelist():
                assert not any(word in name.lower() for word in ("vba", "embeddings", "activex", "external"))
                assert b"<!DOCTYPE" not in archive.read(name)
