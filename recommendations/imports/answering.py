"""What a person answers to a plan: what labels stand for, what comes with the rows, that she looked at doubts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.aliases import add_spelling
from recommendations.catalogue.models import AffectedGroup, Body, State, Theme
from recommendations.catalogue.references import SYMBOL
from recommendations.imports import asking
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.runs import NotPossible, plan_anew
from recommendations.vocabulary import ImportState
from recommendations.words.alphabet import alphabetical

LEAVE_OUT = "leave"
# While a plan is in one of these, questions may be answered and proposals put right.
OPEN = (ImportState.ASKING, ImportState.PLANNED, ImportState.REFUSED)
_TERMS: dict[str, Any] = {
    asking.STATE: State,
    asking.THEME: Theme,
    asking.GROUP: AffectedGroup,
    asking.BODY: Body,
}
# What a question may be answered with, where that is not of its own kind.
_ANSWERED_WITH = {asking.ISSUE: (asking.THEME, asking.GROUP), asking.REVIEWED: (asking.STATE,)}


@dataclass
class Offer:
    """A term that a label may stand for: "theme:12" and its name."""

    value: str
    label: str


def offers(questions: list[dict[str, Any]]) -> dict[str, str]:
    """Names of the terms that are offered for these questions, in the reader's language."""
    wanted: dict[str, set[int]] = {}
    for question in questions:
        for value in question["near"]:
            kind, _sign, pk = value.partition(":")
            wanted.setdefault(kind, set()).add(int(pk))
    return {
        f"{kind}:{term.pk}": str(term)
        for kind, ids in wanted.items()
        for term in _TERMS[kind].objects.filter(pk__in=ids)
    }


def all_terms(kind: str) -> list[Offer]:
    """Every term that a question of this kind may be answered with, by name."""
    kinds = _ANSWERED_WITH.get(kind, (kind,))
    found = [
        Offer(f"{one}:{term.pk}", str(term))
        for one in kinds
        if one in _TERMS
        for term in _TERMS[one].objects.all()
        if not getattr(term, "is_ignored", False)
    ]
    return sorted(found, key=lambda offer: alphabetical(offer.label, get_language() or "en"))


@transaction.atomic
def answer(run: ImportRun, *, given: Mapping[str, str], by: Any) -> ImportRun:
    """Take answers by the ids of questions and make the plan anew; what is not answered is asked again.

    "theme:12" makes the label another spelling of that theme, for later files too; "leave" leaves it out of this run;
    to the question for a symbol the symbol itself. Raises ``NotPossible`` with a sentence for the person.
    """
    run = _locked(run)
    answers = dict(run.answers)
    count = 0
    for question in run.questions:
        value = given.get(question["id"], "").strip()
        if not value:
            continue
        if question["kind"] == asking.SYMBOL:
            answers["symbols"] = {**answers.get("symbols", {}), question["label"]: _symbol(value)}
        elif value == LEAVE_OUT:
            left = dict(answers.get("left_out", {}))
            left[question["kind"]] = sorted({*left.get(question["kind"], []), question["label"]})
            answers["left_out"] = left
        else:
            add_spelling(_term(question["kind"], value), question["label"], by=by)
        count += 1
    if not count:
        raise NotPossible(_("No question was answered."))
    record("import.answered", run, by=by, detail={"items": count})
    return plan_anew(run, answers=answers, by=by)


@transaction.atomic
def correct(run: ImportRun, *, given: Mapping[str, str], by: Any) -> ImportRun:
    """Put right what the plan infers of cycles and documents, by field names as ``field_of`` makes them."""
    run = _locked(run)
    answers = {name: dict(value) if isinstance(value, dict) else value for name, value in run.answers.items()}
    changed = False
    for place, proposal in enumerate(run.proposals):
        for what, key, old in corrigible(proposal):
            value = given.get(field_of(place, what), "").strip()
            if not value or value == str(old or ""):
                continue
            answers.setdefault(what, {})[key] = _number(value, 99 if what == "cycles" else 999)
            changed = True
    if not changed:
        raise NotPossible(_("Nothing was changed."))
    record("import.corrected", run, by=by)
    return plan_anew(run, answers=answers, by=by)


def corrigible(proposal: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """(kind of answer, its key, the value now) of what is inferred in a proposal."""
    if proposal["what"] == "cycle":
        found = []
        if proposal.get("number_is_inferred"):
            found.append(("cycles", str(proposal["session"]), proposal["number"]))
        if proposal.get("session_is_inferred"):
            found.append(("sessions", proposal["key"], proposal["session"]))
        return found
    if proposal["what"] == "document" and proposal.get("is_inferred"):
        return [("series", proposal["symbol"], proposal["series"])]
    return []


def field_of(place: int, what: str) -> str:
    """The name of the form's field for a proposal."""
    return f"{what}-{place}"


def look(run: ImportRun, *, rows: Collection[int] | None) -> int:
    """Note that a person looked at these rows' doubts, at all of them where ``rows`` is None; returns how many."""
    with transaction.atomic():
        run = _locked(run)
        waiting = doubtful(run)
        if rows is not None:
            waiting = waiting.filter(pk__in=rows)
        return waiting.update(looked_at=True)


def doubtful(run: ImportRun) -> Any:
    """The staged rows of the run whose doubts nobody looked at yet."""
    return ImportRow.objects.filter(run=run, looked_at=False).exclude(doubts=[])


def _locked(run: ImportRun) -> ImportRun:
    found = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run.pk, status__in=OPEN).first()
    if found is None:
        raise NotPossible(_("Nothing was done: this import no longer waits for answers."))
    return found


def _term(kind: str, value: str) -> Any:
    named, _sign, pk = value.partition(":")
    allowed = _ANSWERED_WITH.get(kind, (kind,))
    term = None
    if named in allowed and pk.isascii() and pk.isdecimal() and len(pk) < 10:
        term = _TERMS[named].objects.filter(pk=int(pk)).first()
    if term is None:
        raise NotPossible(_("One of the answers names nothing that is here."))
    return term


def _symbol(value: str) -> str:
    if len(value) > 60 or not SYMBOL.fullmatch(value):
        raise NotPossible(
            _("“%(cell)s” is no document symbol. Expected one such as A/HRC/28/10.") % {"cell": value[:80]}
        )
    return value


def _number(value: str, most: int) -> int:
    if not (value.isascii() and value.isdecimal()) or not 1 <= int(value[:6]) <= most or len(value) > 3:
        raise NotPossible(
            _("“%(cell)s” is no number from 1 to %(most)s.") % {"cell": value[:20], "most": most}
        )
    return int(value)
