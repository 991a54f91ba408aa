"""The words of a summary that are ours: labels of codes, dates and numbers as the language writes them.

All functions speak the active language; a renderer enters `speaking(summary)` once.
"""

import datetime
from contextlib import AbstractContextManager
from decimal import Decimal

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import format_decimal, format_percent
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext, override, pgettext
from django.utils.translation import gettext as _

from recommendations.overview.lines import (
    DIFFER,
    NOT_YET,
    NOTED,
    SUPPORTED,
    Finding,
    Narrative,
)
from recommendations.overview.summary import CycleSummary, Score
from recommendations.vocabulary import (
    Audience,
    CannotReason,
    ClaimKind,
    EvidenceCheck,
    EvidenceKind,
    Language,
    PositionKind,
    Rating,
    RoundPurpose,
    TestRating,
    TextKind,
)


def speaking(language: str) -> AbstractContextManager[None]:
    """Makes `language` the active one for the length of a `with`."""
    return override(language)


def _of(choices: type, value: str) -> str:
    return str(choices(value).label) if value else ""


def outcome_word(outcome: str) -> str:
    """The word for one of `OUTCOMES`."""
    if outcome == DIFFER:
        return _("Organisations differ")
    if outcome == NOT_YET:
        return _("Not yet assessed")
    return _of(Rating, outcome)


def position_word(position: str) -> str:
    """The State's answer in words; never shortened, since *accepted* and *noted* begin alike in Russian."""
    return _of(PositionKind, position) or _("No position yet")


def group_word(group: str) -> str:
    """One of the position groups in words."""
    if group == SUPPORTED:
        return _("Supported (also in part)")
    if group == NOTED:
        return pgettext("recommendations", "Noted")
    return _("Under consideration or no position")


def audience_words(audience: str) -> str:
    """For whom a document is, as its title page says it."""
    if audience == Audience.PUBLIC:
        return _("For the public: published assessments and public evidence only")
    return _("For members of the coalition only. Not for publication")


def status_word(status: str) -> str:
    """One of the steps of coverage in words."""
    return {
        "not_yet": _("Not yet assessed"),
        "draft": _("Draft"),
        "in_review": _("In review"),
        "approved": _("Approved"),
        "published": _("Published"),
    }[status]


def test_word(value: str) -> str:
    """What one of the three tests found."""
    return _of(TestRating, value)


def claim_word(value: str) -> str:
    """What kind of claim the State makes."""
    return _of(ClaimKind, value)


def cannot_word(value: str) -> str:
    """Why a recommendation cannot be assessed."""
    return _of(CannotReason, value)


def evidence_kind_word(value: str) -> str:
    """What an item of evidence is."""
    return _of(EvidenceKind, value)


def check_word(value: str) -> str:
    """How far an item of evidence was verified."""
    return _of(EvidenceCheck, value)


def text_kind_word(value: str) -> str:
    """How far a text may be relied on."""
    return _of(TextKind, value)


def purpose_word(value: str) -> str:
    """What a round is for."""
    return _of(RoundPurpose, value)


def title(summary: CycleSummary) -> str:
    """What a document of this summary is called."""
    return _("%(state)s: what became of the recommendations") % {"state": summary.cycle.state_name}


def organisation_word(name: str) -> str:
    """An organisation as it wishes to be named."""
    return name or _("an organisation of the coalition")


def marks(finding: Finding) -> list[str]:
    """What stands beside a rating and is none."""
    said = []
    if finding.went_backwards_in_part:
        said.append(_("A part of it went backwards."))
    if finding.steps_under_way:
        said.append(_("Steps are under way; they do not change the rating."))
    if finding.single_source:
        said.append(_("Single source: a finding on practice rests on one item of evidence."))
    if finding.unseen:
        said.append(_("Seen by no approver: %(items)s.") % {"items": ", ".join(finding.unseen)})
    if finding.language and finding.reasons:
        said.append(
            _("Written in %(language)s: there is no checked translation.")
            % {"language": Language(finding.language).label}
        )
    return said


def score_words(score: Score) -> str:
    """A score with everything that must stand beside it, or why it is not shown (GLOSSARY §4.9)."""
    counts = score.counts
    beside = _("%(rated)s rated of %(size)s") % {
        "rated": number_words(score.rated),
        "size": number_words(score.size),
    }
    beside += "; " + ", ".join(
        f"{outcome_word(outcome).lower()}: {number_words(counts.of(outcome))}"
        for outcome in (Rating.CANNOT, DIFFER, Rating.REVERSED)
    )
    if score.value is not None:
        return f"{percent_words(score.value)} ({beside})"
    reason = (
        _("not shown: fewer than 10 are rated")
        if score.refusal == "too_few"
        # xgettext:no-python-format
        else _("not shown: less than 70 % of the set is rated")
    )
    return f"{reason} ({beside})"


def recommendations_words(count: int) -> str:
    """A number of recommendations in words that agree with it."""
    return ngettext("%(count)s recommendation", "%(count)s recommendations", count) % {
        "count": number_words(count)
    }


def evidence_words(count: int) -> str:
    """A number of items of evidence in words that agree with it."""
    return ngettext("%(count)s item of evidence", "%(count)s items of evidence", count) % {
        "count": number_words(count)
    }


def unnamed_words(count: int) -> str:
    """How many organisations sign without being named."""
    return ngettext("%(count)s other organisation", "%(count)s other organisations", count) % {
        "count": number_words(count)
    }


# As the pages write it; the locale data put the year first.
LONG_DATE = {"kk": "d MMMM y 'ж.'"}


def locale() -> str:
    """The active language as Babel knows it; English is the UN's, with the day before the month."""
    language = (get_language() or "en").split("-")[0]
    return {"en": "en_GB"}.get(language, language)


def date_words(value: datetime.date | None) -> str:
    """A date as the language writes it: 19 March 2015, 19 наурыз 2015 ж."""
    return babel_date(value, LONG_DATE.get(locale(), "long"), locale=locale()) if value else ""


def moment_words(value: datetime.datetime) -> str:
    """A moment with its zone, so that it means the same wherever the document travels."""
    moment = localtime(value)
    return f"{date_words(moment.date())}, {babel_datetime(moment, 'HH:mm (OOOO)', locale=locale())}"


def number_words(value: int | Decimal) -> str:
    """A number with the language's separators."""
    return format_decimal(value, locale=locale())


def percent_words(value: int) -> str:
    """A whole per cent as the language writes it."""
    return format_percent(Decimal(value) / 100, locale=locale())


def narrative_text(narrative: Narrative) -> str:
    """A narrative as plain text: paragraphs apart by an empty line, endnotes in square brackets."""
    return "\n\n".join(
        "".join(f" [{segment.endnote}]" if segment.endnote else segment.text for segment in paragraph)
        for paragraph in narrative
    )
