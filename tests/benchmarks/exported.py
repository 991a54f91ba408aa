"""UHRI's whole export in JSON, 360 MB made while it is read: how fast its reader is, and that its memory stays flat.

`python -m tests.benchmarks.exported RECORDS RESULT` measures in a process of its own.
"""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.utils import translation

from recommendations.catalogue.reference import read as read_reference
from recommendations.formats.entries import Wanted
from recommendations.formats.readers import uhri_json
from recommendations.words.clean import fold_label
from tests.benchmarks.figures import MEGABYTES, RATE, Bar, Figure, busy_seconds, seconds
from tests.benchmarks.generated import STATE, text
from tests.benchmarks.memory import Peak

# Records as different as these repeat; only their numbers go on, so that making them costs next to nothing.
_DIFFERENT = 1_000
_MEBIBYTE = 1024 * 1024


class Export(io.RawIOBase):
    """So many generated records as a file that lies nowhere; ``size`` is told only when it was read."""

    def __init__(self, records: int):
        self._left, self._rest, self._pieces = records, bytearray(b"["), _pieces()
        self.size = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        """Only what a reader asks first: where the end is, and back to the beginning."""
        return 360 * _MEBIBYTE if whence else 0

    def read(self, size: int = -1) -> bytes:
        while self._left and len(self._rest) < size:
            front, back = self._pieces[self._left % _DIFFERENT]
            self._left -= 1
            self._rest += b"%b%d%b%b" % (
                front,
                self._left // _DIFFERENT + 1,
                back,
                b"," if self._left else b"]",
            )
        given = bytes(self._rest[:size])
        del self._rest[:size]
        self.size += len(given)
        return given


def _pieces() -> list[tuple[bytes, bytes]]:
    """Records before and behind their paragraph's last number."""
    luck = random.Random("uhri")
    states = [row["name"]["en"] for row in read_reference("states")]
    themes = [row["name"]["en"] for row in read_reference("themes")]
    groups = [row["name"]["en"] for row in read_reference("groups")]
    goals = [f"{target['code']} - generated" for row in read_reference("sdgs") for target in row["targets"]]
    pieces = []
    for number in range(_DIFFERENT):
        state = states[number % len(states)]
        made_by = luck.sample(states, 2)
        record = {
            "AffectedPersons": luck.sample(groups, 3),
            "AnnotationId": f"00000000-0000-4000-8000-{number:012d}",
            "AnnotationType": "- Recommendations",
            "Body": "- UPR",
            "Countries": [state],
            "DocumentId": f"00000000-0000-4000-9000-{number:012d}",
            "PublicationDate": "2014-12-10T00:00:00",
            "PublicationDateOnUhri": "2015-03-03T10:53:45.827",
            "Regions": ["Generated region"],
            "Sdgs": luck.sample(goals, 2),
            "Symbol": f"Generated/{number}",
            "Text": f"<p>124.@ {text(luck)} &amp; {text(luck)} {text(luck)} ({made_by[0]}) ({made_by[1]});</p>",
            "Themes": ["Reservations", *luck.sample(themes, 5)],
            "UprCycle": "2",
            "UprPositions": ["Supported"],
            "UprRecommendingCountry": made_by,
            "UprRecommendingRegions": ["Generated region", "Other generated region"],
            "UprSession": ["20th Session - Cycle 2"],
        }
        front, back = json.dumps(record, ensure_ascii=False).encode().split(b"@")
        pieces.append((front, back))
    return pieces


def _wanted(state: str) -> Wanted:
    codes = {
        fold_label(label): row["iso3"]
        for row in read_reference("states")
        for label in (row["iso3"], *row["name"].values(), *row["aliases"])
    }
    return Wanted(
        lambda label: fold_label(label) in codes,
        lambda label: not state or codes.get(fold_label(label)) == state,
    )


def _read(records: int, state: str) -> tuple[int, float, float, float, int]:
    """Entries, seconds and busy seconds without those of making the records, MB that reading took, bytes."""
    export, wanted = Export(records), _wanted(state)
    idle = busy_seconds()
    making = seconds(lambda: _exhaust(Export(records)))
    making_busy = busy_seconds() - idle
    found = 0

    def work() -> None:
        nonlocal found
        with uhri_json.read(export, name="export.json", wanted=wanted) as reading:
            found = sum(1 for _entry in reading.entries)

    idle = busy_seconds()
    with Peak() as peak:
        taken = seconds(work)
    return found, taken - making, busy_seconds() - idle - making_busy, peak.most - peak.before, export.size


def _exhaust(export: Export) -> None:
    while export.read(256 * 1024):
        pass


def measure(records: int) -> list[Figure]:
    """One State's recommendations out of the whole, and out of a tenth, which must take as much memory."""
    _read(min(records, 5_000), STATE)  # what the interpreter keeps from the first time does not count
    *_rest, small, _size = _read(records // 10, STATE)
    found, taken, busy, large, size = _read(records, STATE)
    _all, all_taken, all_busy, all_large, _size = _read(records // 10, "")

    def figure(key: str, what: str, unit: str, value: float, **more: Any) -> Figure:
        return Figure(key, what, "none", unit, value, **more)

    return [
        figure(
            "uhri",
            f"UHRI's JSON, {size / _MEBIBYTE:,.0f} MB, one State, records",
            RATE,
            records / taken,
            busy=records / busy,
            note=f"{taken:.0f} s for {found:,} of {records:,}",
        ),
        figure(
            "uhri_all",
            "UHRI's JSON, all States, records",
            RATE,
            records // 10 / all_taken,
            busy=records // 10 / all_busy,
        ),
        figure("uhri_memory", "memory that reading it takes", MEGABYTES, max(large, all_large), bar=Bar(50)),
        figure(
            "uhri_growth",
            "memory more than for a tenth of it",
            MEGABYTES,
            max(0.0, large - small),
            bar=Bar(5),
        ),
    ]


def main(records: int, result: Path) -> None:
    """Measure and keep the figures."""
    with translation.override("en"):
        result.write_text(json.dumps([figure.as_json() for figure in measure(records)]))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
