"""A file as records, whatever its format: our own table row by row, a UN file through its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from recommendations.catalogue.models import State
from recommendations.formats.entries import Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import recognise, sample_of, unreadable
from recommendations.formats.tabular import read_table
from recommendations.imports.columns import find_columns
from recommendations.imports.entering import Entering
from recommendations.imports.parsed import Parsed
from recommendations.imports.schema import Reader
from recommendations.imports.terms import Terms
from recommendations.words.clean import fold_label
from recommendations.words.likeness import nearest


@dataclass
class Records:
    """An opened file: for each row its record, or None where a problem was told; ``records`` can be read once.

    ``problems`` and ``notes`` are complete when the records were read. ``titles`` are the file's own names of fields.
    """

    format: str
    records: Iterator[Parsed | None]
    titles: dict[str, str] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    total: int = 0
    is_whole_document: bool = False


@contextmanager
def open_records(
    source: Path | IO[bytes],
    *,
    name: str,
    chosen: str,
    state: State | None,
    terms: Terms,
    complain: Callable[..., None],
    progress: Callable[[int, int], None] = lambda done, size: None,
) -> Iterator[Records]:
    """Open a file by its content, or as the format ``chosen``. Raises ``FileProblem``.

    ``progress`` is told how many bytes of a large file were read, by readers that can tell.
    """
    sample = sample_of(source, name)
    reader = recognise(sample, chosen=chosen)
    if reader is None:
        with read_table(source, name=name) as table:
            columns, faults, unread = find_columns(table)
            if not columns and not chosen:
                raise unreadable(sample.shape)
            titles = [table.column_name(index) for index in range(len(table.header))]
            rows = Reader(columns, titles, terms, complain)
            # What is wrong with cells is added while the rows are read.
            table.problems.extend(faults)
            yield Records(
                table.format,
                iter(()) if faults else map(rows.read, table.rows),
                rows.titles,
                table.problems,
                [_unread(unread)] if unread else [],
            )
        return
    with reader.read(source, name=name, wanted=_wanted(terms, state, progress)) as reading:
        entering = Entering(terms, reading.titles, complain)
        yield Records(
            reading.format,
            map(entering.read, reading.entries),
            entering.titles,
            reading.problems,
            reading.notes,
            reading.total,
            reading.is_whole_document,
        )


def _unread(titles: list[str]) -> str:
    names = ", ".join(f"“{title}”" for title in titles)
    return _("Columns that are not read: %(columns)s.") % {"columns": names}


# How like the chosen State's name a label must be that nobody knows, for its rows to be asked after.
_PROBABLY = 0.85


def _wanted(terms: Terms, state: State | None, progress: Callable[[int, int], None]) -> Wanted:
    """What readers ask about labels: whether one names a State, and whether it names the chosen one."""
    ids = terms.states.ids
    if state is None:
        return Wanted(knows_state=terms.states.knows, progress=progress)
    spellings = [spelling for spelling, named in ids.items() if state.pk in named]

    @cache
    def is_of_state(label: str) -> bool:
        found = ids.get(fold_label(label))
        if found is None:
            # Probably the chosen State, misspelt: its rows are asked after instead of left out unseen.
            return not label.strip() or bool(nearest(label[:200], spellings, limit=1, at_least=_PROBABLY))
        return state.pk in found

    return Wanted(knows_state=terms.states.knows, is_of_state=is_of_state, progress=progress)
