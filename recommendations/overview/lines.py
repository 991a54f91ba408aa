"""The frozen lines a cycle summary is made of: cycle, round, recommendations, findings, endnotes, indicators.

Codes are the values of `vocabulary`; words from the database (State names, themes, titles) are filled in
the summary's language; addresses are absolute; what the audience may not see is not here, but for `Withheld`.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from recommendations.assessments import method
from recommendations.vocabulary import PositionKind, Rating
from recommendations.words.citations import split_citations

DIFFER = "differ"
NOT_YET = "not_yet"
OUTCOMES = (*Rating.values, DIFFER, NOT_YET)
"""What a round may say of a recommendation: a rating, that organisations differ, or that it is unassessed."""

SUPPORTED = "supported"
NOTED = "noted"
UNANSWERED = "unanswered"
POSITION_GROUPS = (SUPPORTED, NOTED, UNANSWERED)
"""Supported includes supported in part; unanswered is under consideration or without a position."""

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
    since: datetime.date


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
    language: str = ""  # of reasons, where it is not the summary's: no checked translation into it
    sentence: Narrative = ()  # what is said of this recommendation alone
    reasons: Narrative = ()
    ask_next: Narrative = ()
    cannot_reason: str = ""  # vocabulary.CannotReason
    cannot_details: Narrative = ()
    override_reason: Narrative = ()  # why the whole departs from the rule of the method
    cutoff_date: datetime.date | None = None
    went_backwards_in_part: bool = False
    steps_under_way: bool = False
    single_source: bool = False
    unseen: tuple[str, ...] = ()  # cited items that no approver saw (E-7), told inside the coalition only


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
    def single_source(self) -> bool:
        """Whether what is found of it rests on one unsystematic source (method §4.5)."""
        return any(finding.single_source for finding in self.findings)

    @property
    def went_backwards_in_part(self) -> bool:
        """Whether it carries the mark ↺ (method §4.4)."""
        return any(finding.went_backwards_in_part for finding in self.findings)

    @property
    def steps_under_way(self) -> bool:
        """Whether steps are under way, a mark on "not implemented" only (method §4.6)."""
        return self.outcome == Rating.NOT and any(finding.steps_under_way for finding in self.findings)

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
    """One value of an indicator; `when` as it is to be read (2018, 31 December 2018), `on` the day it stands for."""

    when: str
    on: datetime.date
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


# --- words and narratives -------------------------------------------------------------------------


def standing_sentences(row: RecommendationLine) -> list[str]:
    """What is said beside every noted recommendation (method §4.7), with the treaties that bind anyway."""
    if row.group != NOTED:
        return []
    return [
        str(method.NOTED_SENTENCE),
        *(
            method.obligation_sentence(article=o.article, treaty=o.treaty, since=o.since)
            for o in row.obligations
        ),
    ]


def narrative(text: str, endnotes: dict[int, int]) -> Narrative:
    """Splits a text with citations like `[E-12]` into paragraphs of segments.

    `endnotes` gives the endnote's number by the number of evidence, for what the reader may see; a citation of
    anything else is left out without a trace, since what is withheld is announced once for the whole document.
    """
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        segments: list[Segment] = []
        for part in split_citations(paragraph):
            if isinstance(part, str):
                segments.append(Segment(text=part))
                continue
            seen = [number for number in part if number in endnotes]
            if segments and not segments[-1].endnote:  # the mark follows its word without a blank
                segments[-1] = Segment(text=segments[-1].text.rstrip(" \u00a0"))
            segments += (Segment(text=f"E-{number}", endnote=endnotes[number]) for number in seen)
        segments = [segment for segment in segments if segment.text]
        if segments:
            paragraphs.append(tuple(segments))
    return tuple(paragraphs)
