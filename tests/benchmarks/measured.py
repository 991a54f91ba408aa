"""Measures one database in a process of its own: `python -m tests.benchmarks.measured KIND FILE ROWS RESULT`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.utils import translation

from recommendations.organisations.services import add_organisation, add_person
from recommendations.vocabulary import Role
from tests.benchmarks import asking, crowd, importing, leaving, reminding
from tests.benchmarks.figures import Figure
from tests.benchmarks.work import do_the_work
from tracker.prepare import prepare

PEOPLE = 20


def people() -> list[Any]:
    """A coordinator and other members, of an invented organisation."""
    organisation = add_organisation(by=None, name="Benchmark (invented)", short_name="BENCH")
    roles = [(Role.COORDINATOR, Role.EDITOR), (Role.REVIEWER, Role.COORDINATOR)]
    return [
        add_person(
            by=None,
            email=f"person{number}@bench.example",
            name=f"Person {number} (invented)",
            organisation=organisation,
            roles=roles[number] if number < len(roles) else (Role.EDITOR,),
            password=None,
        )
        for number in range(PEOPLE)
    ]


def main(kind: str, file: Path, rows: int, result: Path) -> None:
    """Every step in its order; the figures go to ``result`` as they come."""
    prepare(demo=False)
    members = people()
    figures: list[Figure] = []

    def keep(found: list[Figure]) -> None:
        figures.extend(found)
        result.write_text(json.dumps([figure.as_json() for figure in figures]))

    with translation.override("en"):
        print("  import", flush=True)
        keep(importing.measure(kind, file, rows))
        round_ = do_the_work(members)
        wanted = (os.environ.get("BENCH_PARTS") or "pages,exports,crowd,reminders").split(",")
        parts: dict[str, Callable[[], list[Figure]]] = {
            "pages": lambda: asking.measure(kind, members[0]),
            "exports": lambda: leaving.measure(kind, members[0], round_, rows),
            "crowd": lambda: crowd.measure(kind, members),
            "reminders": lambda: reminding.measure(kind),
        }
        for name, measure in parts.items():
            if name in wanted:
                print(f"  {name}", flush=True)
                keep(measure())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
