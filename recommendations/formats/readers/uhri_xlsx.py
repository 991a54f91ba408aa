"""The spreadsheet of OHCHR's Universal Human Rights Index, of all records or of a search."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.entries import Entry, Reading, Sample, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Table, read_table
from recommendations.formats.uhri import Annotation, Annotations
from recommendations.formats.uhri_labels import label_of, values_of

CODE = "uhri_xlsx"
LABEL = gettext_lazy("Universal Human Rights Index (UHRI), spreadsheet")
SHAPES = ("xlsx", "csv")

# Field of an annotation → the titles of its column, OHCHR's first; compared without case, blanks and doubled letters.
COLUMNS = {
    "text": ("Text",),
    "countries": ("Countries Concerned", "Country Concerned", "Countries", "Country"),
    "bodies": ("Reccomending Body", "Recommending Bodies", "Body"),
    "symbol": ("Document Symbol", "Symbol"),
    "themes": ("Themes", "Theme"),
    "groups": ("Affected Persons", "Affected Person", "Concerned Persons/Groups"),
    "sdgs": ("Sdgs", "Sdg", "Sustainable Development Goals"),
    "published": ("Document Publication Date", "Publication Date"),
    "recommending": (
        "UPR Reccomending States",
        "UPR Recommending State",
        "UPR Recommending Countries",
        "UPR Recommending Country",
    ),
    "positions": ("UPR Position", "UPR Positions"),
    "types": ("Type", "Annotation Type"),
    "identifier": ("OHCHR Annotation Id", "Annotation Id"),
    "sessions": ("UPR Session", "UPR Sessions"),
    "cycle": ("UPR Cycle",),
}
_BETWEEN_REPORTS = 500
_NEEDED = ("text", "countries", "bodies", "symbol")
_MARKS = ("identifier", "positions", "recommending", "sessions", "groups")
_TEXTS = ("text", "symbol", "published", "identifier", "cycle")
_FIELDS = {
    "countries": "state",
    "bodies": "body",
    "text": "texts",
    "positions": "answers",
    "sessions": "session",
}
# "cycle" stands beside the session; the paragraph opens the text.
_SHARED = {"paragraph": "text", "cycle": "sessions"}


def _key(title: str) -> str:
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^\w]|_", "", title.casefold()))


_BY_TITLE = {_key(title): name for name, titles in COLUMNS.items() for title in titles}


def recognises(sample: Sample) -> bool:
    """By the titles of its columns."""
    return sample.shape in SHAPES and any(_is_header(row) for row in sample.header[:1])


def _is_header(cells: list[str]) -> bool:
    found = {_BY_TITLE.get(_key(cell)) for cell in cells}
    return found.issuperset(_NEEDED) and not found.isdisjoint(_MARKS)


@contextlib.contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    """Open the spreadsheet, or the same saved as CSV."""
    with read_table(source, name=name) as table:
        places = _places(table)
        titles = {_FIELDS.get(name, name): table.column_name(place) for name, place in places.items()}
        titles |= {
            field: table.column_name(places[name]) for field, name in _SHARED.items() if name in places
        }
        reading = Reading(CODE, iter(()), table.problems, titles=titles)
        reading.entries = _entries(table, places, reading, wanted)
        yield reading


def _places(table: Table) -> dict[str, int]:
    """Field → index of its column. Raises ``FileProblem`` where a needed column is missing, or one is there twice."""
    places: dict[str, int] = {}
    for index, title in enumerate(table.header):
        name = _BY_TITLE.get(_key(title))
        if name is None:
            continue
        if name in places:
            raise FileProblem(
                _("The columns “%(one)s” and “%(other)s” mean the same. Delete one of them.")
                % {"one": table.header[places[name]], "other": title},
                table.header_row,
                table.column_name(index),
            )
        places[name] = index
    missing = [COLUMNS[name][0] for name in _NEEDED if name not in places]
    if missing:
        raise FileProblem(
            _("Expected the columns of UHRI's spreadsheet; missing: %(columns)s.")
            % {"columns": ", ".join(f"“{title}”" for title in missing)},
            table.header_row,
        )
    return places


def _entries(table: Table, places: dict[str, int], reading: Reading, wanted: Wanted) -> Iterator[Entry]:
    annotations = Annotations(wanted)
    yield from annotations.entries(_annotations(table, places, wanted))
    reading.notes += annotations.notes()


def _annotations(table: Table, places: dict[str, int], wanted: Wanted) -> Iterator[Annotation]:
    for row in table.rows:
        # Of a long sheet on all States few rows come through: that the reading goes on is said here.
        if table.total and row.number % _BETWEEN_REPORTS == 0:
            wanted.progress(row.number, table.total)
        found = {name: _value(name, row.cells[place]) for name, place in places.items()}
        yield Annotation(row.number, **found)


def _value(name: str, cell: str) -> Any:
    if name == "text":
        return cell
    return label_of(cell) if name in _TEXTS else values_of(cell)
