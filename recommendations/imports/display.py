"""Staged rows and their changes in words, for the plan's page: terms by name, texts compared word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from recommendations.catalogue import provisional
from recommendations.catalogue.models import AffectedGroup, Goal, State, Target, Theme
from recommendations.imports import answering
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.stock import UPR
from recommendations.vocabulary import (
    ClaimKind,
    DocumentKind,
    ImportDecision,
    PositionKind,
    TextKind,
    TextLanguage,
)
from recommendations.words.compare import Segment, word_differences

_LISTS: dict[str, tuple[type, Any]] = {
    "themes": (Theme, gettext_lazy("Themes")),
    "groups": (AffectedGroup, gettext_lazy("Affected groups")),
    "goals": (Goal, gettext_lazy("SDGs")),
    "targets": (Target, gettext_lazy("SDG targets")),
}

# Names of those that give identifiers; proper names in every language.
_SOURCES = {provisional.SOURCE: "UPR Info", "uhri": "UHRI"}


@dataclass
class ShownChange:
    """One change: what, the old and the new in words, for texts the differences by word."""

    label: str
    old: str = ""
    new: str = ""
    parts: list[Segment] = field(default_factory=list)
    hand: bool = False
    language: str = ""
    adds: bool = False


@dataclass
class ShownRow:
    """One staged row as the page shows it."""

    number: int
    # Where it stands in the file, in words: "row 8", "paragraph 124.26".
    place: str
    reference: str
    text: str
    language: str
    states: str
    position: str
    changes: list[ShownChange]
    is_known: bool
    takes_theirs: bool
    pk: int = 0
    doubts: list[str] = field(default_factory=list)
    looked_at: bool = False
    # How alike its words and those of the recommendation are that it was found to mean, in percent.
    percent: int = 0


@dataclass
class ShownQuestion:
    """A label that is not known, as the page asks after it; each offer is (value, label, whether preselected)."""

    id: str
    kind: str
    label: str
    rows: int
    place: str
    offers: list[tuple[str, str, bool]]


@dataclass
class ShownProposal:
    """A cycle or document that comes with the rows; ``fields`` are what may be put right: (name, label, value)."""

    label: str
    about: str
    fields: list[tuple[str, str, Any]]


def shown(rows: Iterable[ImportRow]) -> list[ShownRow]:
    """The rows in words; a query for each kind of term, whatever the number of rows."""
    found = list(rows)
    names = {name: _names(model, _ids(found, name)) for name, (model, _label) in _LISTS.items()}
    names["states"] = _names(State, _state_ids(found))
    return [_row(row, names) for row in found]


def asked(questions: Iterable[dict[str, Any]]) -> list[ShownQuestion]:
    """The questions in words, with the terms that are offered."""
    found = list(questions)
    names = answering.offers(found)
    return [
        ShownQuestion(
            one["id"],
            one["kind"],
            one["label"],
            one["rows"],
            one.get("place") or _("row %(n)s") % {"n": one["row"]},
            [(value, names[value], value == one["likely"]) for value in one["near"] if value in names],
        )
        for one in found
    ]


def choices_for(questions: Iterable[dict[str, Any]]) -> dict[str, list[answering.Offer]]:
    """All terms for each kind of question among these."""
    return {kind: answering.all_terms(kind) for kind in dict.fromkeys(one["kind"] for one in questions)}


def problems_of(run: ImportRun) -> list[dict[str, Any]]:
    """The problems of a file with their place in words; a sentence that begins with its place is told without it."""
    return [
        one | {"message": one["message"].removeprefix(f"{one['place']}: ")} if "place" in one else one
        for one in run.problems
    ]


def proposed(run: ImportRun) -> list[ShownProposal]:
    """What comes with the rows, in words."""
    labels = {"cycles": _("Cycle"), "sessions": _("Session"), "series": _("Number in the body's series")}
    found = []
    for place, one in enumerate(run.proposals):
        if one["what"] == "cycle":
            label = _("Review cycle %(key)s") % {"key": one["key"]}
            about = (
                _("session %(number)s") % {"number": one["session"]}
                if one["session"]
                else _("its session is not known")
            )
        elif one["what"] == "symbol":
            label = _("%(new)s instead of %(old)s") % {"new": one["symbol"], "old": one["old"]}
            about = _("the symbol was inferred until now")
        else:
            label, about = one["symbol"], str(DocumentKind(one["kind"]).label)
            if one["body"] != UPR:
                about = f"{one['body']}, {about}"
        fields = [
            (answering.field_of(place, what), labels[what], value)
            for what, _key, value in answering.corrigible(one)
        ]
        found.append(ShownProposal(label, about, fields))
    return found


def _row(row: ImportRow, names: dict[str, dict[int, str]]) -> ShownRow:
    record = row.record
    language, _kind, text = record["texts"][0] if record["texts"] else ("", "", "")
    positions = [str(PositionKind(position[0]).label) for position in record["positions"]]
    return ShownRow(
        number=row.number,
        place=record.get("place") or _("row %(n)s") % {"n": row.number},
        reference=row.reference,
        text=text,
        language=language,
        states=", ".join(names["states"].get(state[0], "?") for state in record["recommending"]),
        position=" → ".join(positions),
        changes=[_change(change, names) for change in row.changes],
        is_known=row.recommendation_id is not None,
        takes_theirs=row.decision == ImportDecision.THEIRS,
        pk=row.pk,
        doubts=row.doubts,
        looked_at=row.looked_at,
        percent=round((row.match.get("score") or 0) * 100),
    )


def _change(change: dict[str, Any], names: dict[str, dict[int, str]]) -> ShownChange:
    kind = change["field"]
    hand = change.get("hand", False)
    if kind == "text":
        language, _sign, text_kind = change["of"].partition(" ")
        label = f"{TextKind(text_kind).label}, {TextLanguage(language).label}"
        parts = word_differences(change["old"], change["new"]) if change["old"] else []
        return ShownChange(label, change["old"], change["new"], parts, hand, language)
    if kind == "recommending":
        old, new = (_states(change[side], names["states"]) for side in ("old", "new"))
        return ShownChange(_("Recommending States"), old, new, hand=hand)
    if kind == "position":
        label = _("Position in %(document)s") % {"document": change["of"]}
        return ShownChange(
            label, _word(PositionKind, change["old"]), _word(PositionKind, change["new"]), hand=hand
        )
    if kind == "claim":
        label = _("State claim in %(document)s") % {"document": change["of"]}
        return ShownChange(label, "", _word(ClaimKind, change["new"]), hand=hand)
    if kind == "reference":
        return ShownChange(_("Reference"), change["old"], change["new"])
    if kind == "absorbs":
        return ShownChange(_("Turned out to be the same"), change["old"], "")
    if kind == "identifier":
        source = _SOURCES.get(change["of"], change["of"])
        return ShownChange(_("Identifier of %(source)s") % {"source": source}, "", change["new"])
    label = str(_LISTS[kind][1])
    known = names[kind]
    old = "; ".join(known.get(pk, "?") for pk in change["old"])
    new = "; ".join(known.get(pk, "?") for pk in change["new"])
    return ShownChange(label, old, new, hand=hand, adds=True)


def _states(pairs: list[list[Any]], names: dict[int, str]) -> str:
    words = []
    for state, category in pairs:
        name = names.get(state, "?")
        words.append(f"{name} ({category})" if category else name)
    return ", ".join(words) or pgettext("States", "none")


def _word(vocabulary: Callable[[str], Any], code: str) -> str:
    return str(vocabulary(code).label) if code else ""


def _ids(rows: list[ImportRow], name: str) -> set[int]:
    return {
        pk
        for row in rows
        for change in row.changes
        if change["field"] == name
        for pk in (*change["old"], *change["new"])
    }


def _state_ids(rows: list[ImportRow]) -> set[int]:
    found = {state[0] for row in rows for state in row.record["recommending"]}
    for row in rows:
        for change in row.changes:
            if change["field"] == "recommending":
                found.update(pair[0] for pair in (*change["old"], *change["new"]))
    return found


def _names(model: Any, ids: set[int]) -> dict[int, str]:
    return {term.pk: str(term) for term in model.objects.filter(pk__in=ids)} if ids else {}
