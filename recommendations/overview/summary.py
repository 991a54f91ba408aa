"""The cycle summary as data: what every page and document of a cycle says, as frozen rows and sums.

No model is imported. A caller (`build_summary`) fills `CycleSummary` for one cycle, round, audience and
language; every figure in every format is a property of it, counted from the same `rows`, so that no two formats
can tell different totals.

Conventions: codes are the values of `vocabulary`; words that come from the database (State names, themes,
titles) are filled in the summary's language; addresses are absolute; what the audience may not see is not here
at all, but for `withheld`.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

from recommendations.vocabulary import Audience, PositionKind, Rating

DIFFER = "differ"
NOT_YET = "not_yet"
OUTCOMES = (*Rating.values, DIFFER, NOT_YET)
"""What a round may say of a recommendation: a rating, that organisations differ, or that nobody assessed it."""

SUPPORTED = "supported"
NOTED = "noted"
UNANSWERED = "unanswered"
POSITION_GROUPS = (SUPPORTED, NOTED, UNANSWERED)
"""Supported includes supported in part; unanswered is under consideration or without a position."""

SCORED = (Rating.FULLY, Rating.PARTIALLY, Rating.NOT, Rating.REVERSED)
POINTS = {
    Rating.FULLY: Decimal(1),
    Rating.PARTIALLY: Decimal("0.5"),
    Rating.NOT: Decimal(0),
    Rating.REVERSED: Decimal(0),
}
SCORE_AT_LEAST = 10
SCORE_SHARE = Decimal("0.7")


# --- what the cycle and the round are -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DocumentLine:
    """A UN document of the cycle."""

    symbol: str
    title: str
    kind: str = ""  # vocabulary.DocumentKind
    date: datetime.date | None = None
    url: str = ""
    symbol_is_inferred: bool = False


@dataclass(frozen=True, kw_only=True)
class MilestoneLine:
    """A dated event of the cycle."""

    kind: str  # vocabulary.MilestoneKind
    title: str
    date: datetime.date | None
    is_estimate: bool = False


@dataclass(frozen=True, kw_only=True)
class CycleFacts:
    """The review cycle: `reference` is KAZ-2, `session` a number, dates None where unknown."""

    reference: str
    state_name: str
    state_code: str
    number: int
    url: str
    session: int | None = None
    session_start: datetime.date | None = None
    session_end: datetime.date | None = None
    review_date: datetime.date | None = None
    adoption_date: datetime.date | None = None
    adoption_decision: str = ""
    documents: tuple[DocumentLine, ...] = ()
    milestones: tuple[MilestoneLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RoundFacts:
    """The assessment round the ratings belong to."""

    id: int
    title: str
    purpose: str  # vocabulary.RoundPurpose
    cutoff_date: datetime.date | None
    deadline: datetime.date | None = None
    method_edition: str = ""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Our rows by the latest position."""

    received: int = 0
    supported: int = 0
    supported_in_part: int = 0
    noted: int = 0
    under_consideration: int = 0
    no_position: int = 0


@dataclass(frozen=True, kw_only=True)
class UnTotals:
    """What the UN's documents count; None where they do not say."""

    received: int | None = None
    supported: int | None = None
    supported_in_part: int | None = None
    noted: int | None = None
    under_consideration: int | None = None
    source: str = ""  # the document and place that say so


# --- one recommendation ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of a narrative: plain text, or a citation (`endnote` > 0; `text` is then its record number)."""

    text: str
    endnote: int = 0


Narrative = tuple[tuple[Segment, ...], ...]
"""Paragraphs, each a row of segments."""


@dataclass(frozen=True, kw_only=True)
class PositionLine:
    """One answer of the State, in the order of dates."""

    position: str  # vocabulary.PositionKind
    date: datetime.date | None
    document: str = ""
    locator: str = ""
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class SpreadLine:
    """What one organisation found, where they differ; `organisation` is empty if it stays unnamed."""

    organisation: str
    rating: str  # vocabulary.Rating


@dataclass(frozen=True, kw_only=True)
class DemandLine:
    """One separately checkable part of a recommendation."""

    label: str  # a, b, c
    text: str
    states: tuple[str, ...] = ()
    outcome: str = NOT_YET
    implemented_when: str = ""


@dataclass(frozen=True, kw_only=True)
class ClaimLine:
    """What the State says it did."""

    claim: str  # vocabulary.ClaimKind
    quote: str
    source: str
    date: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class ObligationLine:
    """A treaty article that binds the State to the same."""

    article: str
    treaty: str
    since: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class RepeatLine:
    """The same demand in another cycle."""

    reference: str
    url: str = ""
    is_earlier: bool = True


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one assessment says of one recommendation.

    An assessment of a cluster serves several recommendations: they share `key`, and documents print its
    reasons once and refer to them afterwards. `law`, `policy`, `practice` are values of vocabulary.TestRating
    or empty.
    """

    key: str
    rating: str  # vocabulary.Rating
    organisation: str = ""
    cluster: str = ""
    law: str = ""
    policy: str = ""
    practice: str = ""
    implemented_when: str = ""
    sentence: str = ""  # what is said of this recommendation alone
    reasons: Narrative = ()
    ask_next: str = ""
    cannot_reason: str = ""  # vocabulary.CannotReason
    cannot_details: str = ""
    override_reason: str = ""  # why the whole departs from the rule of the method
    cutoff_date: datetime.date | None = None
    went_backwards_in_part: bool = False
    steps_under_way: bool = False
    single_source: bool = False


@dataclass(frozen=True, kw_only=True)
class RecommendationLine:
    """One recommendation with everything a document says of it. `outcome` is one of OUTCOMES."""

    reference: str
    paragraph: str
    text: str
    url: str
    text_kind: str = "official"  # vocabulary.TextKind
    text_language: str = "en"
    text_is_fallback: bool = False  # not in the summary's language, because there is none
    document: str = ""
    states: tuple[str, ...] = ()
    position: str = ""  # vocabulary.PositionKind, or empty
    positions: tuple[PositionLine, ...] = ()
    theme: str = ""  # the leading theme's label
    theme_code: str = ""
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sdgs: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()  # vocabulary.ActionCategory, of each recommending State that has one
    outcome: str = NOT_YET
    status: str = "not_yet"  # of its assessment for this audience: one of STATUSES
    findings: tuple[Finding, ...] = ()
    spread: tuple[SpreadLine, ...] = ()
    demands: tuple[DemandLine, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    obligations: tuple[ObligationLine, ...] = ()
    evidence_count: int = 0
    indicators: tuple[str, ...] = ()  # their titles
    repeats: tuple[RepeatLine, ...] = ()
    cluster: str = ""

    @property
    def group(self) -> str:
        """Which of POSITION_GROUPS it is counted in."""
        if self.position in (PositionKind.SUPPORTED, PositionKind.SUPPORTED_IN_PART):
            return SUPPORTED
        return NOTED if self.position == PositionKind.NOTED else UNANSWERED

    @property
    def is_repeated(self) -> bool:
        """Whether an earlier cycle made the same demand."""
        return any(repeat.is_earlier for repeat in self.repeats)

    @property
    def is_minimal(self) -> bool:
        """Whether UPR Info reads every State's wording as category 1 or 2 (minimal, continuing)."""
        return bool(self.categories) and max(self.categories) <= 2

    @property
    def cutoff_date(self) -> datetime.date | None:
        """The latest cut-off date among its findings."""
        return max((f.cutoff_date for f in self.findings if f.cutoff_date), default=None)


# --- evidence, indicators, coverage ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Endnote:
    """A cited item of evidence; `number` counts from 1 in the order of first citation in this document."""

    number: int
    reference: str  # E-12
    title: str
    kind: str = ""  # vocabulary.EvidenceKind
    check: str = ""  # vocabulary.EvidenceCheck
    publisher: str = ""
    source_url: str = ""
    published: datetime.date | None = None
    accessed: datetime.date | None = None
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class ObservationPoint:
    """One value of an indicator; `when` as it is to be read (2018, 31 December 2018)."""

    when: str
    value: Decimal
    source: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class IndicatorSeries:
    """A figure followed over time."""

    title: str
    unit: str
    url: str
    definition: str = ""
    target: Decimal | None = None
    target_note: str = ""
    points: tuple[ObservationPoint, ...] = ()
    recommendations: tuple[str, ...] = ()  # references


STATUSES = ("not_yet", "draft", "in_review", "approved", "published")


@dataclass(frozen=True, kw_only=True)
class StatusCounts:
    """How far the work has come; a recommendation or cluster is counted at its furthest assessment."""

    not_yet: int = 0
    draft: int = 0
    in_review: int = 0
    approved: int = 0
    published: int = 0

    @property
    def total(self) -> int:
        """All that is followed."""
        return self.not_yet + self.draft + self.in_review + self.approved + self.published

    @property
    def assessed(self) -> int:
        """What has been approved or published."""
        return self.approved + self.published


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """What the audience may not see, announced once: with a number inside the coalition, never in public."""

    anything: bool = False
    count: int | None = None


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
        points = sum(POINTS[rating] * counts.of(rating) for rating in SCORED)
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


CITATION = re.compile(r"[ \u00a0]?\[(E-[0-9]+)\]")


def narrative(text: str, endnotes: dict[str, int]) -> Narrative:
    """Splits a text with citations like `[E-12]` into paragraphs of segments.

    `endnotes` gives the number of each record the reader may see; a citation of any other is left out without
    a trace, since what is withheld is announced once for the whole document.
    """
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        segments: list[Segment] = []
        # Splitting at one group gives words and record numbers in turn.
        for place, piece in enumerate(CITATION.split(paragraph)):
            if place % 2 == 0 and piece:
                segments.append(Segment(text=piece))
            elif place % 2 and piece in endnotes:
                segments.append(Segment(text=piece, endnote=endnotes[piece]))
        if segments:
            paragraphs.append(tuple(segments))
    return tuple(paragraphs)


def cited(texts: Iterable[str]) -> list[str]:
    """The record numbers cited in `texts`, each once, in the order of first citation."""
    return list(dict.fromkeys(match[1] for text in texts for match in CITATION.finditer(text)))


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

    @property
    def totals_differ(self) -> bool:
        """Whether any total that the UN gives is not ours."""
        un = self.un_totals
        return un is not None and any(
            getattr(un, field.name) not in (None, getattr(self.totals, field.name))
            for field in fields(un)
            if field.name != "source"
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
