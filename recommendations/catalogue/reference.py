"""Loads the reference data of fixtures/reference: terms, sessions, and what is known of Kazakhstan's cycles.

Loading adds what is missing and changes nothing that is there: a row belongs to whoever wrote it first, a person
and an import as well as this module. What is added comes in sets, so that a second run costs a few reads.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction

from recommendations.audit.log import record
from recommendations.catalogue.models import (
    AffectedGroup,
    Body,
    Document,
    Goal,
    GroupAlias,
    Milestone,
    Obligation,
    ReviewCycle,
    Session,
    State,
    StateAlias,
    Target,
    Theme,
    ThemeAlias,
    Treaty,
)
from recommendations.words.clean import fold_label

FOLDER = settings.BASE_DIR / "fixtures" / "reference"

Row = dict[str, Any]


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Add what is missing; return how many rows were added of each kind, by the model's name."""
    added: Counter[str] = Counter()
    _load_states(added)
    _load_bodies_and_treaties(added)
    _load_themes(added)
    _load_groups(added)
    _load_goals(added)
    _load_sessions(added)
    _load_cycles(read("kazakhstan"), added)
    counts = {name: number for name, number in added.items() if number}
    if counts:
        record("reference.loaded", by=None, detail={"added": counts})
    return counts


def read(name: str) -> Any:
    """The content of one file of reference data."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _names(row: Row) -> dict[str, str]:
    return {f"name_{language}": text for language, text in row["name"].items()}


def _spellings(code: str, row: Row) -> list[str]:
    return [code, *row["name"].values(), *row["aliases"]]


def _add(
    model: type[models.Model], key: str, rows: Iterable[models.Model], added: Counter[str]
) -> dict[Any, Any]:
    """Add the rows whose key is not taken yet; return all rows of the model by that key."""
    manager = model._base_manager
    taken = set(manager.values_list(key, flat=True))
    fresh = [row for row in rows if getattr(row, key) not in taken]
    manager.bulk_create(fresh)
    added[model.__name__] += len(fresh)
    return {getattr(row, key): row for row in manager.all()}


def _add_aliases(
    model: type[models.Model], owner: str, spellings: list[tuple[Any, str]], added: Counter[str]
) -> None:
    """Add the spellings that are not known yet of each ``owner`` (the name of the alias's foreign key)."""
    taken = set(model._base_manager.values_list("folded", f"{owner}_id"))
    fresh = []
    for term, label in spellings:
        mark = (fold_label(label), term.pk)
        if mark not in taken:
            taken.add(mark)
            fresh.append(model(**{owner: term}, label=label, folded=mark[0]))
    model._base_manager.bulk_create(fresh)
    added[model.__name__] += len(fresh)


def _load_states(added: Counter[str]) -> None:
    rows = read("states")
    followed = {read("kazakhstan")["state"]}
    states = _add(
        State,
        "code",
        (
            State(code=row["iso3"], iso2=row["iso2"], is_followed=row["iso3"] in followed, **_names(row))
            for row in rows
        ),
        added,
    )
    # A spelling names one State only: one that somebody gave to another State stays there.
    taken = set(StateAlias.objects.values_list("folded", flat=True))
    labels = [(row["iso3"], label) for row in rows for label in (*_spellings(row["iso3"], row), row["iso2"])]
    # As the UN's documents in its other languages write them; read only, pages show our three languages.
    for names in read("state-names").values():
        labels += [(code, label) for code, spelt in names.items() for label in spelt]
    spellings = [(states[code], label) for code, label in labels if fold_label(label) not in taken]
    _add_aliases(StateAlias, "state", spellings, added)


def _load_bodies_and_treaties(added: Counter[str]) -> None:
    _add(
        Body,
        "code",
        (
            Body(code=row["code"], kind=row["kind"], order=row["order"], **_names(row))
            for row in read("bodies")
        ),
        added,
    )
    _add(
        Treaty,
        "code",
        (Treaty(code=row["code"], order=row["order"], **_names(row)) for row in read("treaties")),
        added,
    )


def _load_themes(added: Counter[str]) -> None:
    rows = read("themes")
    themes: dict[str, Theme] = {}
    # Parents first: a child points at a row that has a key already.
    for level in (
        [row for row in rows if row["parent"] is None],
        [row for row in rows if row["parent"] is not None],
    ):
        themes = _add(
            Theme,
            "code",
            (
                Theme(
                    code=row["code"],
                    parent=themes.get(row["parent"]),
                    order=row["order"],
                    is_general=row["general"],
                    is_ignored=row["ignored_on_import"],
                    **_names(row),
                )
                for row in level
            ),
            added,
        )
    spellings = [(themes[row["code"]], label) for row in rows for label in _spellings(row["code"], row)]
    _add_aliases(ThemeAlias, "theme", spellings, added)


def _load_groups(added: Counter[str]) -> None:
    rows = read("groups")
    groups = _add(
        AffectedGroup,
        "code",
        (AffectedGroup(code=row["code"], order=row["order"], **_names(row)) for row in rows),
        added,
    )
    spellings = [(groups[row["code"]], label) for row in rows for label in _spellings(row["code"], row)]
    _add_aliases(GroupAlias, "group", spellings, added)


def _load_goals(added: Counter[str]) -> None:
    rows = read("sdgs")
    goals = _add(
        Goal,
        "number",
        (Goal(number=int(row["code"]), order=int(row["code"]), **_names(row)) for row in rows),
        added,
    )
    _add(
        Target,
        "code",
        (
            Target(goal=goals[int(row["code"])], code=target["code"], order=place, **_names(target))
            for row in rows
            for place, target in enumerate(row["targets"], start=1)
        ),
        added,
    )


def _load_sessions(added: Counter[str]) -> None:
    _add(Session, "number", (Session(**row) for row in read("sessions")), added)


def _load_cycles(file: Row, added: Counter[str]) -> None:
    """A State's cycles with what belongs to each; a cycle that is there already keeps its own milestones."""
    state = State.objects.get(code=file["state"])
    sessions = {session.number: session for session in Session.objects.all()}
    key = {row["number"]: f"{state.code}-{row['number']}" for row in file["cycles"]}
    known = set(ReviewCycle.objects.filter(state=state).values_list("key", flat=True))
    cycles = _add(
        ReviewCycle,
        "key",
        (
            ReviewCycle(
                state=state,
                number=row["number"],
                key=key[row["number"]],
                session=sessions[row["session"]],
                review_on=row["review_on"],
                adopted_on=row["adopted_on"],
                decision=row["adoption_decision"] or "",
                un_received=row["un_totals"]["received"],
                un_supported=row["un_totals"]["supported"],
                un_noted=row["un_totals"]["noted"],
                un_note=row["un_totals"]["note"],
            )
            for row in file["cycles"]
        ),
        added,
    )
    fresh = [row for row in file["cycles"] if key[row["number"]] not in known]
    for row in fresh:
        cycles[key[row["number"]]].troika.set(State.objects.filter(code__in=row["troika"]))
    milestones = [
        Milestone(
            cycle=cycles[key[row["number"]]],
            kind=milestone["kind"],
            title=milestone["title"],
            on=milestone["date"],
            is_estimate=milestone["estimated"],
            note=milestone["note"],
        )
        for row in fresh
        for milestone in row["milestones"]
    ]
    Milestone.objects.bulk_create(milestones)
    added["Milestone"] += len(milestones)
    _load_documents(file, state, {row["number"]: cycles[key[row["number"]]] for row in file["cycles"]}, added)
    _load_obligations(file, state, added)


def _load_documents(file: Row, state: State, cycles: dict[int, ReviewCycle], added: Counter[str]) -> None:
    bodies = {body.code: body for body in Body.objects.all()}
    listed: list[tuple[Row, ReviewCycle | None]] = [
        (row, cycles[cycle["number"]]) for cycle in file["cycles"] for row in cycle["documents"]
    ]
    listed += [(row, None) for row in file["other_documents"]]
    _add(
        Document,
        "symbol",
        (
            Document(
                symbol=row["symbol"],
                kind=row["kind"],
                # A report of the Council's session speaks of many States.
                state=None if row["kind"] == "council_report" else state,
                body=bodies[row.get("body", "UPR")],
                cycle=cycle,
                number_in_series=row.get("number_in_series"),
                title=row["title"],
                is_inferred=row["inferred"],
            )
            for row, cycle in listed
        ),
        added,
    )


def _load_obligations(file: Row, state: State, added: Counter[str]) -> None:
    treaties = {treaty.code: treaty for treaty in Treaty.objects.all()}
    taken = set(Obligation.objects.filter(state=state).values_list("treaty__code", "article"))
    fresh = [
        Obligation(
            state=state,
            treaty=treaties[row["treaty"]],
            article=row["article"],
            in_force_since=row["in_force_since"],
            source=row["source"],
        )
        for row in file["obligations"]
        if (row["treaty"], row["article"]) not in taken
    ]
    Obligation.objects.bulk_create(fresh)
    added["Obligation"] += len(fresh)
