"""Sheets for recommending States and the booklet of all of them, built from the record as an audience may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from django.conf import settings

from recommendations.assessments.models import Round
from recommendations.catalogue.models import RecommendingState, ReviewCycle, State
from recommendations.documents.renderers import docx, pdf
from recommendations.documents.story.parts import Story
from recommendations.documents.story.states import Asked, StateSheet, tell_booklet, tell_sheet
from recommendations.overview.build import build_summary
from recommendations.words.alphabet import alphabetical

WRITERS: dict[str, Callable[[Story, datetime, BinaryIO], None]] = {
    "docx": docx.write_story,
    "pdf": pdf.write_story,
}


def recommending(cycle: ReviewCycle, *, language: str) -> list[tuple[State, int]]:
    """The States that recommended something in the cycle, with how much, in the order of their names."""
    counted: dict[State, int] = {}
    rows = RecommendingState.objects.filter(recommendation__cycle=cycle).select_related("state")
    for row in rows:
        counted[row.state] = counted.get(row.state, 0) + 1
    return sorted(counted.items(), key=lambda pair: alphabetical(pair[0].name_in(language), language))


def write(
    stream: BinaryIO,
    *,
    format: str,
    cycle: ReviewCycle,
    round: Round | None,
    audience: str,
    language: str,
    state: State | None,
    at: datetime | None = None,
) -> bool:
    """Write the sheet for one State, or the booklet of all where none is named; ``format`` is a key of ``WRITERS``.

    Everything stands in it as this audience may see it. Returns whether there was anything to write.
    """
    rows = RecommendingState.objects.filter(recommendation__cycle=cycle).select_related(
        "state", "recommendation"
    )
    if state is not None:
        rows = rows.filter(state=state)
    made = list(rows)
    if not made:
        return False
    summary = build_summary(
        cycle=cycle,
        round=round,
        audience=audience,
        language=language,
        at=at,
        references=None if state is None else [row.recommendation.reference for row in made],
    )
    summary = replace(summary, responsible=settings.COALITION_NAME)
    lines = {line.reference: (place, line) for place, line in enumerate(summary.rows)}
    by_state: dict[State, list[tuple[int, Asked]]] = {}
    for row in made:
        place, line = lines[row.recommendation.reference]
        by_state.setdefault(row.state, []).append((place, Asked(line=line, wording=row.wording.strip())))
    sheets = [
        StateSheet(
            code=one.code,
            name=one.name_in(language),
            asked=tuple(asked for _place, asked in sorted(found, key=lambda pair: pair[0])),
        )
        for one, found in by_state.items()
    ]
    sheets.sort(key=lambda sheet: alphabetical(sheet.name, language))
    story = tell_booklet(summary, tuple(sheets)) if state is None else tell_sheet(summary, sheets[0])
    WRITERS[format](story, summary.made_at, stream)
    return True
