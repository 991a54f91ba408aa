"""The table of the Danish Institute for Human Rights: recommendations with goals, a row for each recommending State."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.entries import Entry, Reading, Sample, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Table, read_table
from recommendations.formats.uhri import Annotation, Annotations
from recommendations.formats.uhri_labels import label_of

CODE = "danish_csv"
LABEL = gettext_lazy("Danish Institute for Human Rights, table of recommendations")
SHAPES = ("csv", "xlsx")

COLUMNS = (
    "mechanism",
    "state",
    "text",
    "sdggoals",
    "sdgtargets",
    "groups",
    "type",
    "responseupr",
    "recommendingstateupr",
    "documentcode",
    "paragraph",
    "cycle",
    "year",
)
_NEEDED = frozenset({"mechanism", "state", "text", "documentcode", "paragraph"})
_MARKS = frozenset({"sdggoals", "sdgtargets", "responseupr", "recommendingstateupr"})
_TITLES = {
    "state": "state",
    "body": "mechanism",
    "symbol": "documentcode",
    "cycle": "cycle",
    "paragraph": "paragraph",
    "texts": "text",
    "recommending": "recommendingstateupr",
    "answers": "responseupr",
    "groups": "groups",
    "sdgs": "sdgtargets",
}
# Labels hold commas themselves ("Judges, lawyers and prosecutors"): a new one begins with a capital or a figure.
_BETWEEN = re.compile(r"\s*[;|\n]\s*|,\s*(?=[A-Z])|(?<=\d),\s*(?=\d)")


def _key(title: str) -> str:
    return re.sub(r"[^a-z]", "", title.casefold())


def recognises(sample: Sample) -> bool:
    """By the titles of its columns."""
    if sample.shape not in SHAPES or not sample.header:
        return False
    found = {_key(title) for title in sample.header[0]}
    return found >= _NEEDED and not found.isdisjoint(_MARKS)


@contextlib.contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    """Open the table."""
    with read_table(source, name=name) as table:
        places = {key: index for index, title in enumerate(table.header) if (key := _key(title)) in COLUMNS}
        missing = sorted(_NEEDED - places.keys())
        if missing:
            raise FileProblem(
                _("Expected the columns of the Danish Institute's table; missing: %(columns)s.")
                % {"columns": ", ".join(f"“{title}”" for title in missing)},
                table.header_row,
            )
        titles = {field: table.column_name(places[key]) for field, key in _TITLES.items() if key in places}
        reading = Reading(CODE, iter(()), table.problems, titles=titles)
        reading.entries = _entries(table, places, reading, wanted)
        yield reading


def _entries(table: Table, places: dict[str, int], reading: Reading, wanted: Wanted) -> Iterator[Entry]:
    annotations = Annotations(wanted)
    yield from annotations.entries(_annotations(table, places))
    reading.notes += annotations.notes()


def _annotations(table: Table, places: dict[str, int]) -> Iterator[Annotation]:
    for row in table.rows:
        cells = dict.fromkeys(COLUMNS, "") | {key: row.cells[place] for key, place in places.items()}
        yield Annotation(
            row.number,
            # "A/HRC/28/10|124|124.26": the last is the number of the recommendation.
            paragraph=label_of(cells["paragraph"]).rpartition("|")[2].strip(" ."),
            lists_all=False,
            types=_labels(cells["type"]),
            bodies=_labels(cells["mechanism"])[:1],
            countries=[label_of(cells["state"])] if cells["state"].strip() else [],
            symbol=label_of(cells["documentcode"]),
            text=cells["text"],
            groups=_labels(cells["groups"]),
            sdgs=_labels(cells["sdggoals"]) + _labels(cells["sdgtargets"]),
            cycle=cells["cycle"],
            positions=_labels(cells["responseupr"]),
            recommending=[label_of(cells["recommendingstateupr"])]
            if cells["recommendingstateupr"].strip()
            else [],
        )


def _labels(cell: str) -> list[str]:
    return [label for part in _BETWEEN.split(cell) if (label := label_of(part))]
