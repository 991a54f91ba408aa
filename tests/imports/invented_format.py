"""A format of nobody's, so that the way behind all formats is tested for itself: an entry as a line of JSON."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from recommendations.formats.entries import Answer, Claim, Entry, FromState, Reading, Sample, Wanted
from recommendations.formats.problems import FileProblem

CODE = "invented"
LABEL = "Invented format"
SHAPES = ("json",)
TITLES = {"themes": "Topics", "recommending": "Made by"}
MARK = {"invented": "entries"}


def recognises(sample: Sample) -> bool:
    return sample.shape == "json" and sample.text.startswith(json.dumps(MARK)[:-1])


@contextlib.contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    content = source.read_bytes() if isinstance(source, Path) else source.read()
    head, *lines = content.decode().splitlines()
    about = json.loads(head)
    reading = Reading(
        CODE, iter(()), titles=TITLES, total=len(lines), is_whole_document=bool(about.get("whole"))
    )
    reading.entries = _entries(lines, reading, wanted)
    yield reading


def _entries(lines: list[str], reading: Reading, wanted: Wanted) -> Iterator[Entry]:
    left_out = 0
    for line in lines:
        try:
            fields = json.loads(line)
        except ValueError:
            raise FileProblem("A line of the invented format is broken.") from None
        if not wanted.is_of_state(fields.get("state", "")):
            left_out += 1
            continue
        for field, kind in (("recommending", FromState), ("answers", Answer), ("claims", Claim)):
            fields[field] = [kind(**one) for one in fields[field]]
        for field in ("identifiers", "texts"):
            fields[field] = [tuple(one) for one in fields[field]]
        yield Entry(**fields)
    if left_out:
        reading.notes.append(f"{left_out} entries on other States were left out.")


def entry(number: int = 1, /, **fields: Any) -> Entry:
    """An entry on paragraph 126.<number>, made by Norway and noted."""
    return Entry(
        number,
        **(
            {
                "symbol": "A/HRC/28/10",
                "paragraph": f"126.{number}",
                "texts": [("en", "official", f"Invented text of 126.{number} (Norway);")],
                "recommending": [FromState("Norway")],
                "answers": [Answer("Noted")],
                "themes": ["Freedom of the press"],
            }
            | fields
        ),
    )


def as_file(*entries: Entry, whole: bool = False) -> bytes:
    """The entries as a file of this format."""
    head = json.dumps(MARK | ({"whole": True} if whole else {}))
    return "\n".join([head, *(json.dumps(asdict(one)) for one in entries)]).encode()
