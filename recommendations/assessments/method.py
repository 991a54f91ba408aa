"""The method: what each rating means, what each test asks, and how parts make a whole.

The definitions and the rule are those of the coalition's published method (edition ``METHOD_EDITION``); a change
of either is a new edition, since scores are compared within one edition only. Nothing here asks the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.vocabulary import (
    CannotReason,
    EvidenceCheck,
    EvidenceKind,
    PositionKind,
    Rating,
    TestRating,
)

METHOD_EDITION = "1.0"

DEFINITIONS: dict[str, Any] = {
    Rating.FULLY: gettext_lazy(
        "By the cut-off date everything the recommendation asks for is in place in law, in policy and in practice, "
        "as far as its wording requires each; verified evidence confirms it; and no measure in force contradicts it."
    ),
    Rating.PARTIALLY: gettext_lazy(
        "By the cut-off date at least one distinct part of what the recommendation asks for is in place and verified, "
        "but another part is not, or what was adopted in law or policy is not applied in practice; drafts, plans, "
        "promises and training alone do not count."
    ),
    Rating.NOT: gettext_lazy(
        "By the cut-off date no part of what the recommendation asks for is in place, even if drafts, plans or "
        "statements exist, and the situation it addresses has not verifiably worsened since the date of the review."
    ),
    Rating.REVERSED: gettext_lazy(
        "Since the date of the review the State has adopted a measure, or its authorities have followed a practice, "
        "that runs counter to the recommendation and leaves the situation it addresses verifiably worse than on that "
        "date."
    ),
    Rating.CANNOT: gettext_lazy(
        "A documented search did not yield enough reliable information, or the wording allows no verifiable test; the "
        "reason and the steps taken are stated, and this is a finding neither for nor against the State."
    ),
}

LAW, POLICY, PRACTICE = "law", "policy", "practice"
TESTS: dict[str, Any] = {
    LAW: gettext_lazy("Law"),
    POLICY: gettext_lazy("Policy"),
    PRACTICE: gettext_lazy("Practice"),
}
TEST_DEFINITIONS: dict[str, Any] = {
    LAW: gettext_lazy(
        "Acts in force (named, with the version and date) require, permit or forbid what was asked."
    ),
    POLICY: gettext_lazy("Adopted programmes, institutions, instructions and money exist to bring it about."),
    PRACTICE: gettext_lazy("What authorities and courts do, and what people in fact experience."),
}

# What must be told with each reason for "cannot be assessed", beside the steps taken.
CANNOT_HINTS: dict[str, Any] = {
    CannotReason.NOT_PUBLISHED: gettext_lazy("Give the date of the request."),
    CannotReason.NO_ACCESS: gettext_lazy("Say to which place or persons, and who refused."),
    CannotReason.SOURCES: gettext_lazy("Say which sources there are and where they contradict each other."),
    CannotReason.WORDING: gettext_lazy("Say which words allow no test."),
    CannotReason.OTHERS: gettext_lazy("Say to whom it is addressed."),
}

NOTED_SENTENCE = gettext_lazy("Noted: the State gave no commitment to implement it.")
STANDARD_OF_PROOF = gettext_lazy("Standard of proof for findings on practice: reasonable grounds to believe.")

# Evidence that was compared with its original; the rest does not count towards what a rating needs.
COUNTED_CHECKS = (EvidenceCheck.CHECKED, EvidenceCheck.CORROBORATED)
# What the State says of itself: alone it never makes "fully".
STATE_WORD_KINDS = (EvidenceKind.OFFICIAL_ANSWER,)


def standing_sentence(position: str) -> str:
    """What stands beside every recommendation in this position: a sentence for noted ones, else nothing."""
    return str(NOTED_SENTENCE) if position == PositionKind.NOTED else ""


def obligation_sentence(*, article: str, treaty: str, since: date) -> str:
    """What stands beside a noted recommendation that a treaty requires anyway."""
    # Articles are kept as the UN cites them in English: "art. 19".
    article = re.sub(r"^art\. ?", lambda _match: _("art.") + " ", article)
    what = f"{article}, {treaty}" if article else treaty
    return _("The same is required by %(what)s, in force for the State since %(since)s.") % {
        "what": what,
        "since": formats.date_format(since, "DATE_FORMAT"),
    }


@dataclass(frozen=True)
class Proposal:
    """What the rule proposes: a rating ("" while it cannot yet say), the mark ↺, and how many parts it left out."""

    rating: str = ""
    reversed_mark: bool = False
    left_out: int = 0


NO_PROPOSAL = Proposal()


def combine(parts: Sequence[str], *, marked: bool = False) -> Proposal:
    """From parts to the whole (rule 4 of the method); parts are ratings, ``marked`` that one carries the mark ↺.

    Parts that cannot be assessed are left out; of nothing but those the whole cannot be assessed. All fully is
    fully, all not is not. Where something was reversed, the whole is reversed unless another part is at least
    partially implemented; then it is partially, with the mark.
    """
    if not parts or "" in parts:
        return NO_PROPOSAL
    known = [part for part in parts if part != Rating.CANNOT]
    left_out = len(parts) - len(known)
    if not known:
        return Proposal(Rating.CANNOT, left_out=left_out)
    if Rating.REVERSED in known:
        if any(part in (Rating.FULLY, Rating.PARTIALLY) for part in known):
            return Proposal(Rating.PARTIALLY, reversed_mark=True, left_out=left_out)
        return Proposal(Rating.REVERSED, left_out=left_out)
    if all(part == Rating.FULLY for part in known):
        return Proposal(Rating.FULLY, left_out=left_out)
    if all(part == Rating.NOT for part in known):
        return Proposal(Rating.NOT, left_out=left_out)
    return Proposal(Rating.PARTIALLY, reversed_mark=marked, left_out=left_out)


def propose(law: str, policy: str, practice: str) -> Proposal:
    """The rating that the three tests (``TestRating``; "" is not answered yet) propose for one demand.

    Nothing is proposed before all three are answered, nor where the wording requires none of them.
    """
    tests = (law, policy, practice)
    if "" in tests:
        return NO_PROPOSAL
    return combine([test for test in tests if test != TestRating.NOT_REQUIRED])


def propose_over_demands(findings: Iterable[tuple[str, bool]]) -> Proposal:
    """The rating of a recommendation from its demands: each (rating, whether it carries the mark ↺)."""
    rows = list(findings)
    return combine([rating for rating, _mark in rows], marked=any(mark for _rating, mark in rows))
