"""The check list of a submission against the cycle's rules: what is kept, what is not, what blocks the filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.catalogue.models import Milestone
from recommendations.evidence.models import Evidence
from recommendations.publications.models import SignOff, Submission
from recommendations.publications.writing import text_of, translations_into, word_count
from recommendations.vocabulary import Audience, Confidentiality, Language, MilestoneKind, SignOffKind
from recommendations.words.citations import cited_numbers

# Languages in which OHCHR takes submissions, of those the product writes: Kazakh is none of the six.
OFFICIAL = (Language.ENGLISH, Language.RUSSIAN)


@dataclass(frozen=True)
class Check:
    """One line of the list: ``state`` is "kept", "look" or "blocks"."""

    name: str
    state: str
    sentence: str

    @property
    def blocks(self) -> bool:
        """Whether the submission cannot go on like this."""
        return self.state == "blocks"


def citable(*, reader: Any = Audience.COALITION) -> Any:
    """The evidence that a filing may cite: public items, since OHCHR publishes what it receives."""
    return Evidence.objects.visible_to(reader).filter(confidentiality=Confidentiality.PUBLIC)


def text_checks(submission: Submission) -> list[Check]:
    """What must hold of the text before anybody reviews it: there is one, its citations hold, its length."""
    parts = list(submission.parts.select_related("assessment"))
    checks = [_written(parts), _length(submission, parts), *_citations(parts), _language(submission)]
    return checks + [
        check for check in (_behind(parts, submission.language), _untranslated(submission, parts)) if check
    ]


def all_checks(submission: Submission, *, today: date | None = None) -> list[Check]:
    """The whole list, as it stands before filing."""
    return [*text_checks(submission), _format(), _signers(submission), _deadline(submission, today)]


def blocking(checks: list[Check]) -> list[str]:
    """The sentences of those that stand against it."""
    return [check.sentence for check in checks if check.blocks]


def _written(parts: list[Any]) -> Check:
    empty = [part.heading for part in parts if not part.text.strip()]
    if not parts or len(empty) == len(parts):
        return Check("text", "blocks", _("It has no text yet."))
    if empty:
        return Check("text", "look", _("Without text: %(parts)s.") % {"parts": "; ".join(empty)})
    words = ngettext("%(n)d part, each with text.", "%(n)d parts, each with text.", len(parts))
    return Check("text", "kept", words % {"n": len(parts)})


def _length(submission: Submission, parts: list[Any]) -> Check:
    count, limit = word_count(parts), submission.limit
    said = _("%(count)s of %(limit)s words.") % {"count": count, "limit": limit}
    if count > limit:
        over = ngettext("%(n)d word too many.", "%(n)d words too many.", count - limit) % {"n": count - limit}
        return Check("length", "blocks", f"{said} {over}")
    return Check("length", "kept", said)


def _citations(parts: list[Any]) -> list[Check]:
    cited = sorted({number for part in parts for number in cited_numbers(part.text)})
    if not cited:
        return [Check("citations", "look", _("It cites no evidence: nothing will stand in its endnotes."))]
    known = set(Evidence.objects.filter(number__in=cited).values_list("number", flat=True))
    public = set(citable().filter(number__in=cited).values_list("number", flat=True))
    found = []
    unknown, closed = [n for n in cited if n not in known], [n for n in cited if n in known - public]
    if unknown:
        words = _("There is no %(items)s.") % {"items": _items(unknown)}
        found.append(Check("citations", "blocks", words))
    if closed:
        words = _("Not public, and OHCHR publishes what it receives: %(items)s.") % {"items": _items(closed)}
        found.append(Check("citations", "blocks", words))
    if not found:
        words = ngettext(
            "%(n)d public item is cited.", "%(n)d items are cited, all of them public.", len(cited)
        )
        found.append(Check("citations", "kept", words % {"n": len(cited)}))
    return found


def _items(numbers: list[int]) -> str:
    return ", ".join(f"E-{number}" for number in numbers)


def _language(submission: Submission) -> Check:
    name = submission.get_language_display()
    if submission.language in OFFICIAL:
        words = _("%(language)s is an official language of the UN.") % {"language": name}
        return Check("language", "kept", words)
    words = _("%(language)s is no official language of the UN: file it in English or Russian.")
    return Check("language", "blocks", words % {"language": name})


def _behind(parts: list[Any], language: str) -> Check | None:
    """Parts whose assessment says something else since its text was taken, or was taken back."""
    changed = [
        part.heading
        for part in parts
        if part.assessment and text_of(part.assessment, language) != part.taken_text
    ]
    if not changed:
        return None
    words = _("The assessment changed since its text was taken: %(parts)s.")
    return Check("sources", "look", words % {"parts": "; ".join(changed)})


def _untranslated(submission: Submission, parts: list[Any]) -> Check | None:
    other = [
        part.heading
        for part in parts
        if part.assessment
        and part.assessment.language != submission.language
        and part.text == part.taken_text
        and part.taken_text not in translations_into(part.assessment, submission.language)
    ]
    if not other:
        return None
    words = _("Still in the language of its assessment: %(parts)s.") % {"parts": "; ".join(other)}
    return Check("translation", "blocks", words)


def _format() -> Check:
    words = _(
        "Word file; paragraphs and pages are numbered, organisations named first, references as endnotes."
    )
    return Check("format", "kept", words)


def _signers(submission: Submission) -> Check:
    signed = SignOff.objects.filter(submission=submission).exclude(kind=SignOffKind.OUT)
    if not signed.filter(organisation=submission.organisation).exists():
        return Check("signers", "blocks", _("The lead organisation has not signed."))
    words = ngettext("%(n)d organisation signs.", "%(n)d organisations sign.", signed.count())
    return Check("signers", "kept", words % {"n": signed.count()})


def _deadline(submission: Submission, today: date | None) -> Check:
    today = today or timezone.localdate()
    due = (
        Milestone.objects.filter(
            cycle=submission.cycle, kind=MilestoneKind.STAKEHOLDER_DEADLINE, cancelled_at=None
        )
        .order_by("on")
        .first()
    )
    if due is None or due.on is None:
        return Check(
            "deadline", "look", _("The cycle has no date for stakeholder submissions: check with OHCHR.")
        )
    day = date_words(due.on, "DATE_FORMAT")
    if due.on < today:
        return Check("deadline", "look", _("The deadline passed on %(day)s.") % {"day": day})
    left = (due.on - today).days
    words = ngettext("%(n)d day left, until %(day)s.", "%(n)d days left, until %(day)s.", left)
    said = words % {"n": left, "day": day}
    if due.is_estimate:
        return Check("deadline", "look", said + " " + _("The date is an estimate: check with OHCHR."))
    return Check("deadline", "kept", said)
