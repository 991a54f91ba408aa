"""Labels that stand for nothing here: asked once each, however many rows hold them, and what was answered.

An answer "it is …" becomes another spelling of that term, for every later file too (``imports.answering``); an answer
"leave it out" counts for its run alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.vocabulary import UnknownLabels
from recommendations.words.clean import fold_label
from recommendations.words.likeness import likeness, nearest

if TYPE_CHECKING:
    from recommendations.imports.models import ImportRun
    from recommendations.imports.terms import Names, Terms

STATE, THEME, GROUP, ISSUE, SYMBOL = "state", "theme", "group", "issue", "symbol"
# Whom a row is about and who recommends: without them it has no place, so that it waits for the answer.
REVIEWED, BODY = "reviewed", "body"
# Whoever has so many labels that nobody knows has chosen another file, or another column, than was meant.
MOST_QUESTIONS = 300
# A term that is so much like the label is offered as the answer; a person confirms it.
_SAFE = 0.88
_OFFERED = 4


@dataclass
class _Question:
    label: str
    kind: str
    first: int
    last: int
    place: str = ""
    rows: int = 1


class Asking:
    """Collects the labels of one reading that are not known; ``mode`` is one of ``UnknownLabels``."""

    def __init__(self, mode: str = UnknownLabels.TELL, answers: dict[str, Any] | None = None):
        self.mode = mode
        self.answers = answers or {}
        # How often something was asked: a list of labels is remembered only if it was not.
        self.count = 0
        self._found: dict[str, _Question] = {}

    def takes(self, kind: str, label: str, row: int, place: str = "") -> bool:
        """Whether the row goes on without the label, which is asked or left out; False where it is a problem.

        ``place`` says in words where the row stands, where it is none of a table.
        """
        if self.mode == UnknownLabels.TELL:
            return False
        key = question_key(kind, label)
        question = self._found.get(key)
        if question is None:
            if len(self._found) >= MOST_QUESTIONS:
                return False
            self._found[key] = _Question(label[:300], kind, row, row, place)
        elif question.last != row:
            question.rows += 1
            question.last = row
        self.count += 1
        return True

    def leave_out_of(self, terms: Terms) -> None:
        """Let the labels that were answered with "leave it out" stand for nothing, and be known."""
        for kind, labels in self.answers.get("left_out", {}).items():
            if kind in (REVIEWED, BODY):
                continue  # the whole row is left out with it
            for names in _names_of(kind, terms)[:1]:
                for label in labels:
                    names.ids.setdefault(fold_label(label), ())

    def leaves_out(self, kind: str, label: str) -> bool:
        """Whether somebody answered that rows with this label are left out."""
        left = self.answers.get("left_out", {}).get(kind)
        return bool(left) and fold_label(label) in {fold_label(one) for one in left}

    def questions(self, terms: Terms) -> list[dict[str, Any]]:
        """The questions as they are stored with the run, those first that most rows wait for."""
        if self.mode != UnknownLabels.ASK:
            return []
        found = sorted(self._found.items(), key=lambda one: (-one[1].rows, one[1].label))
        return [
            {
                "id": key,
                "kind": one.kind,
                "label": one.label,
                "rows": one.rows,
                "row": one.first,
                "place": one.place,
                **_offers(one, terms),
            }
            for key, one in found
        ]

    def notes(self) -> list[str]:
        """What was left out unasked."""
        if self.mode != UnknownLabels.LEAVE_OUT or not self._found:
            return []
        labels = [one.label for one in self._found.values()]
        named = ", ".join(_("“%(name)s”") % {"name": label} for label in labels[:20])
        return [
            ngettext(
                "%(count)s label that is not known here was left out: %(labels)s.",
                "%(count)s labels that are not known here were left out: %(labels)s.",
                len(labels),
            )
            % {"count": len(labels), "labels": named + (", …" if len(labels) > 20 else "")}
        ]


def asking_for(run: ImportRun) -> Asking:
    """What becomes of unknown labels in this run."""
    return Asking(run.unknown, run.answers)


def question_key(kind: str, label: str) -> str:
    """What a question is called in the form: the same label is one question, however it is written."""
    return hashlib.sha256(f"{kind} {fold_label(label)}".encode()).hexdigest()[:16]


def _names_of(kind: str, terms: Terms) -> list[Names]:
    return {
        STATE: [terms.states],
        REVIEWED: [terms.states],
        BODY: [terms.bodies],
        THEME: [terms.themes],
        GROUP: [terms.groups],
        ISSUE: [terms.themes, terms.groups],
    }.get(kind, [])


def _offers(question: _Question, terms: Terms) -> dict[str, Any]:
    """The terms most like the label, as "theme:12"; "likely" is the first where it is very much like it."""
    offered: dict[str, float] = {}
    for names in _names_of(question.kind, terms):
        for spelling in nearest(
            question.label[:200], (key for key, ids in names.ids.items() if ids), limit=6
        ):
            ids = names.ids[spelling]
            if len(ids) == 1:
                value = f"{names.kind}:{ids[0]}"
                offered[value] = max(offered.get(value, 0.0), likeness(question.label, spelling))
    ordered = sorted(offered, key=lambda value: -offered[value])[:_OFFERED]
    likely = ordered[0] if ordered and offered[ordered[0]] >= _SAFE else ""
    return {"near": ordered, "likely": likely}
