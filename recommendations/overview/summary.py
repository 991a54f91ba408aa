"""The cycle summary as data: what every page and document of a cycle says, and the sums it rests on.

No model is imported. A caller (`build_summary`) fills `CycleSummary` for one cycle, round, audience and
language; every figure in every format is a property of it, counted from the same `rows`, so that no two
formats can tell different totals.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from recommendations.overview.edition_lines import EditionFacts
from recommendations.overview.lines import (
    DIFFER,
    NOTED,
    OUTCOMES,
    POSITION_GROUPS,
    STATUSES,
    SUPPORTED,
    UNANSWERED,
    CycleFacts,
    Endnote,
    IndicatorSeries,
    Narrative,
    RecommendationLine,
    RoundFacts,
    StatusCounts,
    Totals,
    UnTotals,
    Withheld,
)
from recommendations.vocabulary import Audience, PositionKind, Rating

SCORED = (Rating.FULLY, Rating.PARTIALLY, Rating.NOT, Rating.REVERSED)
POINTS = {
    Rating.FULLY: Decimal(1),
    Rating.PARTIALLY: Decimal("0.5"),
    Rating.NOT: Decimal(0),
    Rating.REVERSED: Decimal(0),
}
SCORE_AT_LEAST = 10
SCORE_SHARE = Decimal("0.7")


# --- sums -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OutcomeCounts:
    """How many recommendations have which outcome; the field names are OUTCOMES with `not_` for `not`."""

    fully: int = 0
    partially: int = 0
    not_: int = 0
    reversed: int = 0
    cannot: int = 0
    differ: int = 0
    not_yet: int = 0

    def of(self, outcome: str) -> int:
        """The count of one of OUTCOMES."""
        return getattr(self, "not_" if outcome == Rating.NOT else outcome)

    @property
    def total(self) -> int:
        """All recommendations counted here."""
        return sum(getattr(self, field.name) for field in fields(self))

    def items(self) -> tuple[tuple[str, int], ...]:
        """(outcome, count) in the order of OUTCOMES."""
        return tuple((outcome, self.of(outcome)) for outcome in OUTCOMES)


@dataclass(frozen=True, kw_only=True)
class ThemeLine:
    """One leading theme of the theme × rating table; `all` is the sum of the three groups."""

    code: str
    label: str
    all: OutcomeCounts
    supported: OutcomeCounts
    noted: OutcomeCounts
    unanswered: OutcomeCounts

    def of(self, group: str) -> OutcomeCounts:
        """The counts of one of POSITION_GROUPS."""
        return getattr(self, group)


@dataclass(frozen=True, kw_only=True)
class Score:
    """The score of one position group, and whether it may be shown (GLOSSARY §4.9).

    `value` is a whole per cent, or None; `refusal` then says why: "too_few" (below ten rated) or
    "too_small_share" (below 70 % of the set). `counts` covers the set, so that nothing is hidden behind the
    value.
    """

    group: str
    without_minimal: bool
    counts: OutcomeCounts
    value: int | None
    refusal: str = ""

    @property
    def rated(self) -> int:
        """Recommendations with one of the four ratings that carry points."""
        return sum(self.counts.of(rating) for rating in SCORED)

    @property
    def size(self) -> int:
        """All recommendations of the set."""
        return self.counts.total


def outcome_counts(rows: Iterable[RecommendationLine]) -> OutcomeCounts:
    """Counts `rows` by outcome."""
    counted = dict.fromkeys(OUTCOMES, 0)
    for row in rows:
        counted[row.outcome] += 1
    return OutcomeCounts(**{"not_" if key == Rating.NOT else str(key): n for key, n in counted.items()})


def score(rows: Iterable[RecommendationLine], *, group: str, without_minimal: bool = False) -> Score:
    """The score of the rows in one position group: points ÷ rated, one numbered paragraph one vote (§4.9).

    With `without_minimal`, recommendations that UPR Info codes 1 or 2 for every recommending State are left
    out; those without a code stay.
    """
    chosen = [row for row in rows if row.group == group and not (without_minimal and row.is_minimal)]
    counts = outcome_counts(chosen)
    rated = sum(counts.of(rating) for rating in SCORED)
    value, refusal = None, ""
    if rated < SCORE_AT_LEAST:
        refusal = "too_few"
    elif rated < SCORE_SHARE * len(chosen):
        refusal = "too_small_share"
    else:
        points = sum((POINTS[rating] * counts.of(rating) for rating in SCORED), Decimal(0))
        value = int(100 * points / rated + Decimal("0.5"))  # half up, as people round
    return Score(group=group, without_minimal=without_minimal, counts=counts, value=value, refusal=refusal)


def theme_table(rows: Iterable[RecommendationLine]) -> tuple[ThemeLine, ...]:
    """The theme × rating table by leading theme, in the order in which the themes first occur in `rows`."""
    by_theme: dict[tuple[str, str], list[RecommendationLine]] = {}
    for row in rows:
        by_theme.setdefault((row.theme_code, row.theme), []).append(row)
    return tuple(
        ThemeLine(
            code=code,
            label=label,
            all=outcome_counts(members),
            supported=outcome_counts(row for row in members if row.group == SUPPORTED),
            noted=outcome_counts(row for row in members if row.group == NOTED),
            unanswered=outcome_counts(row for row in members if row.group == UNANSWERED),
        )
        for (code, label), members in by_theme.items()
    )


# --- the whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CycleSummary:
    """The picture of one cycle in one round for one audience, in one language.

    `rows` are in the order of the document's paragraphs. `round` is None when the cycle has none yet.
    `totals_note` explains why the UN's totals and ours differ, in the summary's language, or is empty.
    """

    cycle: CycleFacts
    audience: str  # vocabulary.Audience
    language: str  # vocabulary.Language
    made_at: datetime.datetime
    rows: tuple[RecommendationLine, ...] = ()
    round: RoundFacts | None = None
    un_totals: UnTotals | None = None
    totals_note: str = ""
    cluster_coverage: StatusCounts = StatusCounts()
    endnotes: tuple[Endnote, ...] = ()
    indicators: tuple[IndicatorSeries, ...] = ()
    withheld: Withheld = Withheld()
    organisations: tuple[str, ...] = ()  # those whose assessments stand here, as they wish to be named
    responsible: str = ""  # who answers for the document, and where errors are reported
    site: str = ""  # the address the links lead to
    is_demo: bool = False
    # The method of the round's edition, shaped as assessments.method_text says; empty: the one in force.
    method: dict[str, Any] = field(default_factory=dict)
    edition: EditionFacts | None = None  # where it was frozen

    @property
    def is_public(self) -> bool:
        """Whether it may leave the coalition."""
        return self.audience == Audience.PUBLIC

    @cached_property
    def totals(self) -> Totals:
        """Our rows by latest position."""
        counted = dict.fromkeys(["", *PositionKind.values], 0)
        for row in self.rows:
            counted[row.position] += 1
        return Totals(
            received=len(self.rows),
            supported=counted[PositionKind.SUPPORTED],
            supported_in_part=counted[PositionKind.SUPPORTED_IN_PART],
            noted=counted[PositionKind.NOTED],
            under_consideration=counted[PositionKind.UNDER_CONSIDERATION],
            no_position=counted[""],
        )

    @cached_property
    def coverage(self) -> StatusCounts:
        """How far the work has come, by recommendation."""
        counted = dict.fromkeys(STATUSES, 0)
        for row in self.rows:
            counted[row.status] += 1
        return StatusCounts(**counted)

    @cached_property
    def outcomes(self) -> OutcomeCounts:
        """All recommendations by outcome."""
        return outcome_counts(self.rows)

    @cached_property
    def outcomes_by_group(self) -> dict[str, OutcomeCounts]:
        """Outcomes of each of POSITION_GROUPS."""
        return {group: outcome_counts(r for r in self.rows if r.group == group) for group in POSITION_GROUPS}

    @cached_property
    def themes(self) -> tuple[ThemeLine, ...]:
        """The theme × rating table."""
        return theme_table(self.rows)

    @cached_property
    def rows_by_theme(self) -> tuple[tuple[ThemeLine, tuple[RecommendationLine, ...]], ...]:
        """Each leading theme with its recommendations."""
        members: dict[tuple[str, str], list[RecommendationLine]] = {}
        for row in self.rows:
            members.setdefault((row.theme_code, row.theme), []).append(row)
        return tuple((theme, tuple(members[theme.code, theme.label])) for theme in self.themes)

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """Supported and noted apart, each with and without UPR Info's categories 1 and 2."""
        return tuple(
            score(self.rows, group=group, without_minimal=without)
            for group in (SUPPORTED, NOTED)
            for without in (False, True)
        )

    def _where(self, wanted: Callable[..., bool]) -> tuple[RecommendationLine, ...]:
        return tuple(row for row in self.rows if wanted(row))

    @cached_property
    def supported_but_not_implemented(self) -> tuple[RecommendationLine, ...]:
        """Supported (also in part), and found not implemented or reversed."""
        return self._where(lambda r: r.group == SUPPORTED and r.outcome in (Rating.NOT, Rating.REVERSED))

    @cached_property
    def noted_yet_implemented(self) -> tuple[RecommendationLine, ...]:
        """Only noted, and yet found fully or partially implemented."""
        return self._where(lambda r: r.group == NOTED and r.outcome in (Rating.FULLY, Rating.PARTIALLY))

    @cached_property
    def claimed(self) -> tuple[RecommendationLine, ...]:
        """Where the State claims something, to be read beside what was found."""
        return self._where(lambda r: bool(r.claims))

    @cached_property
    def went_backwards(self) -> tuple[RecommendationLine, ...]:
        """Where things went backwards."""
        return self._where(lambda r: r.outcome == Rating.REVERSED)

    @cached_property
    def repeated(self) -> tuple[RecommendationLine, ...]:
        """What an earlier cycle had asked already."""
        return self._where(lambda r: r.is_repeated)

    @cached_property
    def differing(self) -> tuple[RecommendationLine, ...]:
        """Where organisations differ."""
        return self._where(lambda r: r.outcome == DIFFER)


# What of a finding cites evidence, in the order in which documents print it.
_CITING = ("cannot_details", "override_reason", "ask_next", "sentence", "reasons")


def in_document_order(summary: CycleSummary) -> CycleSummary:
    """The same summary with endnotes numbered as its documents first cite them: by theme, row and finding.

    A caller may number endnotes as it likes and finishes with this; an endnote that nothing cites is dropped.
    """
    numbers: dict[int, int] = {}
    rows: dict[str, RecommendationLine] = {}
    for _theme, members in summary.rows_by_theme:
        for row in members:
            findings = []
            for finding in row.findings:
                parts: dict[str, Any] = {
                    part: _renumbered(getattr(finding, part), numbers) for part in _CITING
                }
                findings.append(replace(finding, **parts))
            rows[row.reference] = replace(row, findings=tuple(findings))
    endnotes = (replace(n, number=numbers[n.number]) for n in summary.endnotes if n.number in numbers)
    return replace(
        summary,
        rows=tuple(rows[row.reference] for row in summary.rows),
        endnotes=tuple(sorted(endnotes, key=lambda note: note.number)),
    )


def _renumbered(narrative: Narrative, numbers: dict[int, int]) -> Narrative:
    """The narrative with its citations renumbered; `numbers` (old → new) grows by those not met before."""
    return tuple(
        tuple(
            replace(segment, endnote=numbers.setdefault(segment.endnote, len(numbers) + 1))
            if segment.endnote
            else segment
            for segment in paragraph
        )
        for paragraph in narrative
    )
