"""What leaves: everything as CSV, and the summary of a cycle in every format."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.assessments.models import Round
from recommendations.catalogue.models import Recommendation
from recommendations.exports.services import write_summary
from recommendations.vocabulary import Audience
from tests.benchmarks import raw_sql
from tests.benchmarks.asking import signed_in
from tests.benchmarks.figures import MEGABYTES, MS, SECONDS, Bar, Figure, medians, seconds
from tests.benchmarks.memory import Peak

FORMATS = {"xlsx": 500, "docx": 1000, "pdf": 1000}
CHUNK = 2000


def measure(kind: str, person: Any, round_: Round, rows: int) -> list[Figure]:
    """The selection of everything, and the round's summary."""
    return [*_everything(kind, person, rows), *_summary(kind, round_)]


def _everything(kind: str, person: Any, rows: int) -> list[Figure]:
    client = signed_in(person)
    lines = 0

    def ours() -> None:
        nonlocal lines
        answer = client.get("/recommendations/export/?format=csv")
        lines = sum(chunk.count(b"\r\n") for chunk in answer.streaming_content)

    with Peak() as peak:
        taken = seconds(ours)
    if lines != rows + 1:
        raise SystemExit(f"the CSV has {lines} lines for {rows} recommendations")
    return [
        Figure(
            "csv", "everything as CSV", kind, SECONDS, taken, raw=seconds(lambda: _raw_csv(rows)), bar=Bar(4)
        ),
        Figure(
            "csv_memory",
            "memory that the CSV adds",
            kind,
            MEGABYTES,
            peak.most - peak.before,
            bar=Bar(50),
            note=f"{peak.most:.0f} MB in all",
        ),
    ]


def _raw_csv(rows: int) -> None:
    """The same columns by plain SQL, a few thousand recommendations at a time, through the same csv module."""
    ids = [pk for (pk,) in raw_sql.ask(f"SELECT id FROM {raw_sql.R} ORDER BY order_key")]
    for start in range(0, len(ids), CHUNK):
        target = io.StringIO()
        csv.writer(target).writerows(raw_sql.rows_of(ids[start : start + CHUNK]))


def _summary(kind: str, round_: Round) -> list[Figure]:
    figures = []
    for name, bar in FORMATS.items():
        target = io.BytesIO()

        def ours(name: str = name, target: io.BytesIO = target) -> None:
            target.seek(0)
            target.truncate()
            write_summary(
                target,
                cycle=round_.cycle,
                round=round_,
                audience=Audience.COALITION,
                format=name,
                language="en",
            )

        with CaptureQueriesContext(connection) as queries:
            ours()
        taken, busy = medians(ours, times=5, warm=1)
        count = Recommendation.objects.filter(cycle=round_.cycle).count()
        figures.append(
            Figure(
                f"summary_{name}",
                f"summary of a cycle with {count} recommendations as {name.upper()}",
                kind,
                MS,
                taken,
                busy=busy,
                bar=Bar(bar),
                note=f"{len(queries)} queries, {len(target.getvalue()) / 1024:,.0f} KB",
            )
        )
    return figures
