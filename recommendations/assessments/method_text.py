"""The method in words, as it stands in the code now: definitions, rules and the workflow table, in one language.

One shape for the page "How we decide", for the edition kept with a round and for the method chapter of documents:

    ratings   [{"code", "word", "text"}]        tests   [{"name", "text"}]
    not_yet   one sentence                      cannot  [reason]
    rules, evidence, noted, score               [sentence]
    steps     [{"label", "from", "to", "who", "needs"}]   the workflow in force
    short     [paragraph]                       how a rating comes about, as documents tell it
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from recommendations.assessments import method
from recommendations.assessments.transitions import WORKFLOW
from recommendations.vocabulary import AssessmentStatus, CannotReason, Language, Rating

MethodText = dict[str, Any]
SOURCE = Language.ENGLISH  # the language the definitions are written in


def text_in_force(language: str) -> MethodText:
    """The method as the code holds it, in this language."""
    with translation.override(language):
        return {
            "ratings": [
                {"code": rating.value, "word": str(rating.label), "text": str(method.DEFINITIONS[rating])}
                for rating in Rating
            ],
            "not_yet": _(
                "“Not yet assessed” is no rating: nobody has tried. It is counted apart everywhere."
            ),
            "tests": [
                {"name": str(method.TESTS[name]), "text": str(words)}
                for name, words in method.TEST_DEFINITIONS.items()
            ],
            "rules": _rules(),
            "evidence": _evidence(),
            "cannot": [str(reason.label) for reason in CannotReason],
            "noted": _noted(),
            "score": [score_sentence()],
            "steps": _steps(),
            "short": _short(),
        }


def in_every_language() -> dict[str, MethodText]:
    """The method in force by language."""
    return {language.value: text_in_force(language.value) for language in Language}


def fingerprint(text: MethodText) -> str:
    """SHA-256 of the method in its source language: equal exactly where the method is."""
    return hashlib.sha256(json.dumps(text, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def score_sentence() -> str:
    """How the score is made and when it is shown."""
    return _(
        # xgettext:no-python-format
        "The score gives 1 point to what is fully, half a point to what is partially and none to what is not "
        "implemented or reversed, divided by the number rated. It is shown only from 10 rated recommendations "
        "and 70 % of the set. Categories 1 and 2 are UPR Info's codes for minimal and continuing action."
    )


def _rules() -> list[str]:
    return [
        _(
            "A recommendation with several demands is split; each demand is rated, and the whole follows from them."
        ),
        _("For each demand one sentence, “it is implemented when …”, is written before the rating."),
        _(
            "All parts fully implemented: fully. All not implemented: not. Otherwise partially; parts that cannot be "
            "assessed are left out and named."
        ),
        _(
            "One part went backwards: reversed where another part is not at least partially implemented, else "
            "partially with the mark of going backwards."
        ),
        _("The product proposes; the assessor may decide otherwise with a reason that is printed."),
    ]


def _evidence() -> list[str]:
    return [
        _("A claim about law cites the act with its version and date."),
        _(
            "A claim about practice cites two independent items or a systematic one; otherwise it carries the words "
            "“single source”."
        ),
        _("“Reversed” needs an item from before the review and one from after it."),
        _("The State's word alone never makes “fully implemented”; items that nobody checked do not count."),
        str(method.STANDARD_OF_PROOF),
    ]


def _noted() -> list[str]:
    return [
        str(method.NOTED_SENTENCE),
        _(
            "They are rated by the same definitions, counted apart, and never called violated or rejected. “Noted, "
            "yet implemented” is shown as prominently as “supported, not implemented”."
        ),
    ]


def _steps() -> list[dict[str, str]]:
    return [
        {
            "label": str(row.label),
            "from": ", ".join(str(AssessmentStatus(source).label) for source in row.sources),
            "to": str(AssessmentStatus(row.target).label),
            "who": str(row.who),
            "needs": "; ".join(
                [*([str(row.needs)] if row.needs else []), *([_("a reason")] if row.note_required else [])]
            ),
        }
        for row in WORKFLOW.transitions
    ]


def _short() -> list[str]:
    """In short paragraphs, in the order in which a rating is reached."""
    return [
        _(
            "The question is whether what a recommendation asks for is the case on the cut-off date, measured "
            "against the day of the review that produced it; not whether the State acted because of the review. "
            "Recommendations of the Universal Periodic Review bind politically, treaties legally: this document "
            "speaks of implementation, and of compliance only where it names an obligation of a treaty."
        ),
        _(
            "A recommendation with several demands is split. Before anything is rated, one sentence says when a "
            "demand is implemented. Three tests follow, as far as the wording requires them: law, policy and "
            "practice. The whole follows from its parts: all fully, fully; all not, not; any part reversed, "
            "reversed, unless another part is at least partially implemented; in every other case partially. "
            "Whoever departs from this gives a reason, which is printed."
        ),
        _(
            "A claim about law cites the act with its version and date. A claim about practice cites two "
            "independent items of evidence or one systematic one; otherwise it carries the words “single source”. "
            "The State’s word alone never makes a recommendation fully implemented. Findings on practice rest on "
            "reasonable grounds to believe. A second person reviews every assessment before it is approved."
        ),
        _(
            "Steps under way, such as a bill or an item of a plan, are a mark and never a rating. Noted "
            "recommendations are rated by the same definitions and counted apart."
        ),
        _(
            "Each organisation answers for its own assessment. Where organisations differ, the document shows "
            "what each of them found; their ratings are never averaged."
        ),
    ]
