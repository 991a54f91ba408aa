"""The matrix returned: OHCHR's list with texts of ours in its column for assessments, everything else as it was."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from recommendations.formats import sandbox, thematic
from recommendations.formats.problems import problem
from recommendations.formats.thematic import COMMENTS, TEXT, ThematicList

# What OHCHR calls the column, where a layout has none and one is added.
TITLE = "Assessment/comments on level of implementation"
MESSAGES = thematic.MESSAGES | {
    "another_report": _("The list is of %(found)s. Expected one of %(expected)s."),
    "unusual": _(
        "The document is packed in a way that cannot be filled in. Open it in Word, save it anew and send that file."
    ),
}

# Paragraphs of a cell: each a row of texts, bold or not.
CellText = Sequence[Sequence[tuple[str, bool]]]

_LIMITS = sandbox.Limits(memory=768 * 1024 * 1024, seconds=60)


@dataclass(frozen=True)
class Returned:
    """What became of a list: its recommendations, those that got a text, those in it that nothing is known of."""

    listed: int
    filled: int
    unknown: tuple[str, ...] = ()
    has_new_column: bool = False


def fill_list(
    source: Path,
    target: IO[bytes],
    *,
    cells: Mapping[str, CellText],
    reports: Collection[str] = (),
    language: str = "",
    title: str = TITLE,
    progress: Callable[[int, int], None] | None = None,
) -> Returned:
    """Write the list with ``cells`` (paragraph → text, empty to leave the cell as it is) to ``target``.

    Rows stay in their order; a recommendation that stands in several rows gets its text in each. ``title`` names a
    column that has to be added; ``reports`` are the symbols that the list may be of, where they are known. Raises
    ``FileProblem`` for what is no list, and for a list of another review.
    """
    found = thematic.load(source)
    report = thematic.report_of(found)
    if report and reports and report not in reports:
        raise problem(MESSAGES, "another_report", found=report, expected=", ".join(reports))
    listed = list(dict.fromkeys(row.paragraph for row in found.rows))
    if progress:
        progress(0, len(listed))
    order = {
        "cells": _by_row(found, cells),
        "columns": {
            table: layout.columns[COMMENTS]
            for table, layout in found.layouts.items()
            if COMMENTS in layout.columns
        },
        "new": {
            table: layout.header for table, layout in found.layouts.items() if COMMENTS not in layout.columns
        },
        "title": title,
        "language": language,
    }
    told = json.dumps(order).encode()
    with source.open("rb") as document:
        package = document.read()
    pieces = sandbox.stream(
        "recommendations.formats.parsers.filling:fill",
        io.BytesIO(b"%08d" % len(told) + told + package),
        limits=_LIMITS,
    )
    try:
        for piece in pieces:
            target.write(base64.b64decode(piece))
    except sandbox.Refused as refusal:
        raise problem(MESSAGES, refusal.code, **refusal.values) from None
    except sandbox.Died as death:
        raise problem(MESSAGES, death.reason) from None
    finally:
        pieces.close()
    if progress:
        progress(len(listed), len(listed))
    return Returned(
        listed=len(listed),
        filled=sum(bool(cells.get(paragraph)) for paragraph in listed),
        unknown=tuple(paragraph for paragraph in listed if paragraph not in cells),
        has_new_column=bool(order["new"]),
    )


def _by_row(found: ThematicList, cells: Mapping[str, CellText]) -> dict[int, list[list[tuple[str, bool]]]]:
    """Row number → paragraphs. Where cells of the column are merged downwards, the first holds the texts of all."""
    texts: dict[int, list[list[tuple[str, bool]]]] = {}
    holder = 0
    for row in found.rows:
        if COMMENTS not in row.merged:
            holder = row.number
        text = cells.get(row.paragraph)
        # The rows of one merged text are one recommendation: it gets its text once.
        if text and TEXT not in row.merged:
            texts.setdefault(holder, []).extend([list(runs) for runs in text])
    return texts
