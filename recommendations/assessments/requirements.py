"""What an assessment still needs before it can be submitted (rule 5 of the method), each in one sentence."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recommendations.assessments.method import (
    COUNTED_CHECKS,
    LAW,
    POLICY,
    PRACTICE,
    STATE_WORD_KINDS,
    TESTS,
    Proposal,
    propose,
    propose_over_demands,
)
from recommendations.assessments.models import Assessment, Citation, ItemRating
from recommendations.assessments.models_assessment import Findings
from recommendations.evidence.models import Evidence
from recommendations.vocabulary import (
    SYSTEMATIC_KINDS,
    CannotReason,
    EvidenceKind,
    Rating,
    TestRating,
)
from recommendations.words.citations import cited_numbers

# The parts of the text that may cite evidence, in their order on the page.
CITING_PARTS = ("law_text", "policy_text", "practice_text", "narrative", "next_ask")
# Of the whole and of single rows: a request that was refused is cited where the steps are told.
CITING_FINDINGS = ("override_reason", "cannot_steps")
# A finding was made: neither left open nor "not required" nor "cannot be assessed".
FOUND = frozenset({TestRating.FULLY, TestRating.PARTIALLY, TestRating.NOT, TestRating.REVERSED})
# Each such item is a source of its own, whoever published it: two witnesses, two judgments.
FIRST_HAND = frozenset(
    {EvidenceKind.TESTIMONY, EvidenceKind.JUDGMENT, EvidenceKind.PHOTOGRAPH, EvidenceKind.RECORDING}
)
_YEAR_OR_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?")
_A_YEAR = re.compile(r"\b(19|20)\d\d\b")


def missing(assessment: Assessment, *, today: date | None = None) -> list[str]:
    """What is missing, in the order of the page; empty when the assessment can be submitted."""
    case = Case.of(assessment)
    return [
        *_about_dates(case, today or timezone.localdate()),
        *_about_texts(case),
        *_about_whole(case),
        *_about_rows(case),
        *_about_evidence(case),
    ]


def rests_on_a_single_source(assessment: Assessment) -> bool:
    """Whether what is claimed of practice rests on one unsystematic source: said wherever the rating is shown."""
    case = Case.of(assessment)
    return bool(case.claims(PRACTICE)) and not _is_enough_for_practice(case.practice_items)


@dataclass(frozen=True)
class Case:
    """An assessment with everything the rules look at, read once."""

    assessment: Assessment
    rows: tuple[ItemRating, ...]
    evidence: dict[int, Evidence]  # cited items by number
    by_hand: frozenset[int]

    @classmethod
    def of(cls, assessment: Assessment) -> Case:
        """Read in two queries."""
        rows = assessment.ratings.select_related(
            "item__recommendation__cycle", "item__recommendation__document", "demand"
        ).order_by("item__recommendation__order_key", "item", "demand__letter")
        citations = Citation.objects.filter(assessment=assessment).select_related("evidence__source")
        evidence = {row.evidence.number: row.evidence for row in citations}
        by_hand = frozenset(row.evidence.number for row in citations if row.by_hand)
        return cls(assessment, tuple(rows), evidence, by_hand)

    @property
    def leaves(self) -> list[ItemRating]:
        """What is rated by tests: demands, and recommendations that are not split."""
        split = {row.item_id for row in self.rows if row.demand_id}
        return [row for row in self.rows if row.demand_id or row.item_id not in split]

    def demands_of(self, row: ItemRating) -> list[ItemRating]:
        """The ratings of a recommendation's demands; none where it is not split."""
        if row.demand_id:
            return []
        return [other for other in self.rows if other.demand_id and other.item_id == row.item_id]

    def claims(self, test: str) -> list[ItemRating]:
        """The rows in which something is found by this test."""
        return [row for row in self.leaves if getattr(row, test) in FOUND]

    def items(self, *parts: str) -> list[Evidence]:
        """The cited items that count (checked), of these parts, of sentences on single rows and by hand."""
        texts = [getattr(self.assessment, part) for part in parts] + [row.sentence for row in self.rows]
        numbers = {number for text in texts for number in cited_numbers(text)} | self.by_hand
        found = (self.evidence[number] for number in sorted(numbers) if number in self.evidence)
        return [item for item in found if item.check_status in COUNTED_CHECKS]

    @property
    def practice_items(self) -> list[Evidence]:
        """What counts towards a claim on practice."""
        return [item for item in self.items("practice_text", "narrative") if item.kind != EvidenceKind.LAW]

    @property
    def law_items(self) -> list[Evidence]:
        """What counts towards a claim on law: acts with their version and date."""
        return [
            item
            for item in self.items("law_text", "narrative")
            if item.kind == EvidenceKind.LAW and item.act_version.strip() and dates_of(item)
        ]


def cited_in(assessment: Assessment, rows: Iterable[ItemRating]) -> set[int]:
    """The evidence numbers that the text and what is said of single rows cite."""
    texts = [getattr(assessment, part) for part in (*CITING_PARTS, *CITING_FINDINGS)]
    texts += [getattr(row, part) for row in rows for part in ("sentence", *CITING_FINDINGS)]
    return {number for text in texts for number in cited_numbers(text)}


def label(row: ItemRating) -> str:
    """How a row is called: KAZ-2-97.3, or KAZ-2-97.3 (a) for a demand."""
    reference = row.item.recommendation.reference
    return f"{reference} ({row.demand.letter})" if row.demand else reference


def proposal_for(row: ItemRating, demands: Sequence[ItemRating] = ()) -> Proposal:
    """What the rule proposes for a row: over its demands where it is split, else from its tests."""
    if demands:
        return propose_over_demands((other.rating, other.reversed_mark) for other in demands)
    return propose(row.law, row.policy, row.practice)


def dates_of(item: Evidence) -> tuple[date, date] | None:
    """First and last day of the facts, else the day of publication; None where nothing is dated."""
    first = item.happened_from or item.happened_until
    if first:
        return first, item.happened_until or first
    if item.source is None:
        return None
    if item.source.published_on:
        return item.source.published_on, item.source.published_on
    return _whole_period(item.source.published_text)


def _whole_period(text: str) -> tuple[date, date] | None:
    """First and last day of a year or month as it was entered: 2019, 2019-04."""
    found = _YEAR_OR_MONTH.fullmatch(text.strip())
    if not found:
        return None
    year, month = int(found["year"]), int(found["month"] or 0)
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _about_dates(case: Case, today: date) -> Iterator[str]:
    cutoff = case.assessment.cutoff_on
    if cutoff > today:
        yield _("The cut-off date lies in the future: evidence can be considered up to today only.")
    late = [
        number for number, item in case.evidence.items() if (dates := dates_of(item)) and dates[0] > cutoff
    ]
    if late:
        yield _("Dated after the cut-off date, so it cannot be cited: %(items)s.") % {"items": _numbers(late)}
    if case.assessment.to_be_confirmed:
        yield _("Confirm that you went through what was carried over from an earlier assessment.")


def _about_texts(case: Case) -> Iterator[str]:
    assessment = case.assessment
    unknown = cited_in(assessment, case.rows) - set(case.evidence)
    if unknown:
        yield _("There is no such evidence that you can cite: %(items)s.") % {"items": _numbers(unknown)}
    for test, part in ((LAW, "law_text"), (POLICY, "policy_text"), (PRACTICE, "practice_text")):
        if getattr(assessment, part).strip() or assessment.narrative.strip():
            continue
        answered = [row for row in case.leaves if getattr(row, test) not in ("", TestRating.NOT_REQUIRED)]
        if answered:
            yield _("Write the reasons for the test “%(test)s”.") % {"test": TESTS[test]}


def _about_whole(case: Case) -> Iterator[str]:
    """The findings proposed for all, where any row follows them."""
    if not case.rows:
        yield _("It holds no recommendation.")
    elif any(not row.is_own for row in case.leaves):
        whole = case.assessment
        needs_sentence = any(not row.is_own and not row.demand_id for row in case.leaves)
        yield from _about_findings(
            whole, propose(whole.law, whole.policy, whole.practice), needs_sentence=needs_sentence
        )


def _about_rows(case: Case) -> Iterator[str]:
    for row in case.rows:
        demands = case.demands_of(row)
        name = label(row)
        if row.demand_id and not row.is_own and not _allows_no_test(row) and not row.implemented_when.strip():
            yield f"{name}: {_sentence_wanted()}"
        if row.is_own:
            for sentence in _about_findings(
                row, proposal_for(row, demands), needs_tests=not demands, needs_sentence=not demands
            ):
                yield f"{name}: {sentence}"


def _about_findings(
    found: Findings, proposal: Proposal, *, needs_tests: bool = True, needs_sentence: bool = True
) -> Iterator[str]:
    if needs_sentence and not found.implemented_when.strip() and not _allows_no_test(found):
        yield _sentence_wanted()
    if needs_tests:
        for test, words in TESTS.items():
            if not getattr(found, test):
                yield _("Answer the test “%(test)s”.") % {"test": words}
    if not found.rating:
        yield _("Choose a rating.")
        return
    if proposal.rating and found.rating != proposal.rating and not found.override_reason.strip():
        yield _("Say why the rating is not the one proposed (%(rating)s): the reason is printed.") % {
            "rating": Rating(proposal.rating).label
        }
    if found.rating == Rating.CANNOT:
        if not found.cannot_reason:
            yield _("Choose the reason why it cannot be assessed.")
        if not found.cannot_steps.strip():
            yield _("Say what was tried to assess it.")
        elif found.cannot_reason == CannotReason.NOT_PUBLISHED and not _A_YEAR.search(found.cannot_steps):
            yield _("Give the date of the request for information.")
    if found.steps_under_way and found.rating != Rating.NOT:
        yield _("“Steps are under way” is a mark on “not implemented” only.")


def _about_evidence(case: Case) -> Iterator[str]:
    if case.claims(LAW) and not case.law_items:
        yield _(
            "In law: cite the act, as an item of the kind “Law or regulation” that gives its version and date and was "
            "checked against the original."
        )
    if case.claims(PRACTICE) and not case.practice_items:
        yield _(
            "In practice: cite two independent items, or one systematic one (a statistic, or own monitoring with its "
            "method), checked against the original. One item alone is carried as “single source”."
        )
    backwards = [
        row for row in case.leaves if TestRating.REVERSED in (row.rating, row.law, row.policy, row.practice)
    ]
    yield from _about_reversed(case, backwards)
    fully = [row for row in case.leaves if row.rating == Rating.FULLY]
    counted = case.items(*CITING_PARTS)
    if fully and not counted:
        yield _("“Fully implemented” needs evidence that was checked against the original.")
    elif fully and _only_the_states_word(counted):
        yield _("“Fully implemented” cannot rest on the State's word alone: cite an independent item.")
    elif any(row.practice == TestRating.FULLY for row in case.leaves) and _only_the_states_word(
        case.practice_items
    ):
        yield _(
            "In practice: “fully implemented” cannot rest on the State's word alone: cite an independent item."
        )
    unchecked = [n for n, item in case.evidence.items() if item.check_status not in COUNTED_CHECKS]
    if unchecked and not counted:
        yield _("Nothing that is cited was checked against its original: %(items)s.") % {
            "items": _numbers(unchecked)
        }


def _about_reversed(case: Case, rows: Iterable[ItemRating]) -> Iterator[str]:
    """Worse than on the day of the review: one item dated before that day and another after it."""
    dated = [
        (item.number, dates) for item in case.items(*CITING_PARTS) if (dates := dates_of(item)) is not None
    ]
    for row in rows:
        recommendation = row.item.recommendation
        cycle = recommendation.cycle
        review = cycle.review_on if cycle else recommendation.document.published_on
        if review is None:
            yield _("%(row)s: the date of the review is not recorded, so “reversed” cannot be shown.") % {
                "row": label(row)
            }
            continue
        before = {number for number, (first, _last) in dated if first < review}
        after = {number for number, (_first, last) in dated if last > review}
        if not any(one != other for one in before for other in after):
            yield _(
                "%(row)s: “reversed” needs one checked item dated before the review (%(day)s) and another after it."
            ) % {"row": label(row), "day": date_format(review, "DATE_FORMAT")}


def _is_enough_for_practice(items: Sequence[Evidence]) -> bool:
    return any(map(_is_systematic, items)) or len({_origin(item) for item in items}) >= 2


def _is_systematic(item: Evidence) -> bool:
    """A statistic, or own monitoring whose method is stated."""
    if item.kind not in SYSTEMATIC_KINDS:
        return False
    return item.kind != EvidenceKind.MONITORING or bool(item.method.strip())


def _origin(item: Evidence) -> tuple[str, object]:
    """Whose word an item is: items of one origin are not independent of each other."""
    if item.kind in FIRST_HAND:
        return "item", item.number
    if item.source:
        return "publisher", " ".join(item.source.publisher.casefold().split())
    return "organisation", item.organisation_id


def _only_the_states_word(items: Sequence[Evidence]) -> bool:
    return bool(items) and all(item.kind in STATE_WORD_KINDS for item in items)


def _allows_no_test(found: Findings) -> bool:
    return found.rating == Rating.CANNOT and found.cannot_reason == CannotReason.WORDING


def _sentence_wanted() -> str:
    return _("Write when it is implemented, before you rate it.")


def _numbers(numbers: Collection[int]) -> str:
    return ", ".join(f"E-{number}" for number in sorted(numbers))
