"""The full export of OHCHR's Universal Human Rights Index: a JSON list of 360 MB, read as a stream."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.entries import Entry, Reading, Sample, Wanted
from recommendations.formats.jsonstream import objects
from recommendations.formats.problems import FileProblem
from recommendations.formats.uhri import Annotation, Annotations
from recommendations.formats.uhri_labels import label_of, values_of

CODE = "uhri_json"
LABEL = gettext_lazy("Universal Human Rights Index (UHRI), JSON export")
SHAPES = ("json",)

_LISTS = {
    "AnnotationType": "types",
    "Body": "bodies",
    "Countries": "countries",
    "Themes": "themes",
    "AffectedPersons": "groups",
    "Sdgs": "sdgs",
    "UprSession": "sessions",
    "UprPositions": "positions",
    "UprRecommendingCountry": "recommending",
}
_TEXTS = {
    "AnnotationId": "identifier",
    "Symbol": "symbol",
    "Text": "text",
    "PublicationDate": "published",
    "UprCycle": "cycle",
}
_MARKS = ('"AnnotationId"', '"Countries"', '"Text"')
_TITLES = {
    "state": "Countries",
    "body": "Body",
    "symbol": "Symbol",
    "cycle": "UprCycle",
    "session": "UprSession",
    "paragraph": "Text",
    "texts": "Text",
    "recommending": "UprRecommendingCountry",
    "answers": "UprPositions",
    "themes": "Themes",
    "groups": "AffectedPersons",
    "sdgs": "Sdgs",
}
# Beyond so many the file is something else.
_MOST_PROBLEMS = 100


def recognises(sample: Sample) -> bool:
    """By the names of its values."""
    return sample.shape == "json" and all(mark in sample.text for mark in _MARKS)


@contextlib.contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    """Open the export; records are read while entries are asked for."""
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        reading = Reading(CODE, iter(()), titles=dict(_TITLES))
        reading.entries = _entries(opened, reading, wanted)
        yield reading


def _entries(source: IO[bytes], reading: Reading, wanted: Wanted) -> Iterator[Entry]:
    size = source.seek(0, os.SEEK_END)
    annotations = Annotations(wanted)
    records = objects(source, progress=lambda done: wanted.progress(done, size))
    found = _annotations(records, reading.problems, annotations.is_elsewhere)
    yield from annotations.entries(found)
    reading.notes += annotations.notes()


def _annotations(
    records: Iterator[tuple[int, dict[str, Any]]],
    problems: list[FileProblem],
    is_elsewhere: Callable[[list[str]], bool],
) -> Iterator[Annotation]:
    for number, record in records:
        if "AnnotationId" not in record and "Text" not in record:
            raise FileProblem(
                _(
                    "This is no record of UHRI's export. Expected an object with AnnotationId, Countries, Symbol, Text."
                ),
                number,
            )
        # Most records are on other States: of them nothing else is looked at.
        countries = _list(record.get("Countries"))
        if countries and is_elsewhere(countries):
            continue
        found: dict[str, Any] = {}
        for key, field in _LISTS.items():
            found[field] = _checked(_list, key, record, number, problems)
        for key, field in _TEXTS.items():
            found[field] = _checked(_text, key, record, number, problems)
        for field in ("symbol", "identifier"):
            found[field] = found[field] and label_of(found[field])
        if None not in found.values():
            yield Annotation(number, **found)
        elif len(problems) > _MOST_PROBLEMS:
            raise FileProblem(
                _("Too many records hold values of another kind than UHRI's. Reading ended here."), number
            )


def _checked(
    read_value: Callable[[Any], Any],
    key: str,
    record: dict[str, Any],
    number: int,
    problems: list[FileProblem],
) -> Any:
    """The value under a key; None where it is of the wrong kind, which is told."""
    value = read_value(record.get(key))
    if value is None:
        expected = _("a list of texts") if read_value is _list else _("a text")
        message = _("Expected %(expected)s, found “%(found)s”.")
        problems.append(
            FileProblem(message % {"expected": expected, "found": str(record[key])[:80]}, number, key)
        )
    return value


def _list(value: Any) -> list[str] | None:
    """Labels from a list, or from a text with "- " before each; None for anything else."""
    if value is None:
        return []
    if isinstance(value, str):
        return values_of(value)
    if isinstance(value, list) and all(isinstance(one, str) or one is None for one in value):
        return [label for one in value if one and (label := label_of(one))]
    return None


def _text(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    # Cycles may come as numbers; true and false are no texts.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
