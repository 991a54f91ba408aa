"""Reading a sealed file of 100 MB: ``python -m tests.benchmarks.vault RESULT``, in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import IO

import django

django.setup()

from recommendations.formats.storing import Store  # noqa: E402
from tests.benchmarks.figures import MEGABYTES, RATE, Bar, Figure, busy_seconds, seconds  # noqa: E402
from tests.benchmarks.memory import Peak  # noqa: E402

SIZE = 100
_MEBIBYTE = 1024 * 1024
TIMES = 5


def measure(folder: Path) -> list[Figure]:
    """The rate of reading and receiving, beside a raw read of the same bytes, and the memory that it takes."""
    store = Store(lambda: folder)
    block = os.urandom(_MEBIBYTE)
    received = seconds(lambda: store.put(store.receive(block for _piece in range(SIZE)), name="ab/one"))
    plain = folder / "plain"
    with plain.open("wb") as writing:
        for _piece in range(SIZE):
            writing.write(block)
    _exhaust(store.open("ab/one"))  # what the interpreter keeps from the first time does not count
    began = busy_seconds()
    with Peak() as peak:
        taken = min(seconds(lambda: _exhaust(store.open("ab/one"))) for _time in range(TIMES))
    busy = (busy_seconds() - began) / TIMES
    raw = min(seconds(lambda: _exhaust(plain.open("rb"))) for _time in range(TIMES))
    return [
        Figure(
            "vault",
            f"reading a sealed file of {SIZE} MB, MB",
            "none",
            RATE,
            SIZE / taken,
            raw=SIZE / raw,
            bar=Bar(100, at_least=True),
            busy=SIZE / busy,
        ),
        Figure("vault_in", f"receiving and sealing {SIZE} MB, MB", "none", RATE, SIZE / received),
        Figure(
            "vault_memory",
            "memory that reading it takes",
            "none",
            MEGABYTES,
            max(0.0, peak.most - peak.before),
            bar=Bar(10),
        ),
    ]


def _exhaust(stream: IO[bytes]) -> None:
    with stream:
        while stream.read(256 * 1024):
            pass


def main(result: Path) -> None:
    """Measure and keep the figures."""
    with tempfile.TemporaryDirectory(dir=result.parent) as folder:
        result.write_text(json.dumps([figure.as_json() for figure in measure(Path(folder))]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
