"""What one row or entry of a file says, in our terms, and how its words for goals and issues are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recommendations.imports.terms import Terms

LONGEST_TEXT = 20_000


@dataclass
class Parsed:
    """What one row says, in our terms; ids are of States, themes, groups, goals and targets."""

    number: int
    state: int | None = None
    reference: str = ""
    # The code of the recommending body; "" is that of the document, the UPR for a new one of a cycle.
    body: str = ""
    cycle: int | None = None
    session: int | None = None
    symbol: str = ""
    # Of a document that is not here yet.
    published_on: str | None = None
    paragraph: str = ""
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    recommending: list[tuple[int, int | None, str]] = field(default_factory=list)
    # (kind, symbol or "", locator, date or None, note, quote)
    positions: list[tuple[str, str, str, str | None, str, str]] = field(default_factory=list)
    # (kind, symbol or "", locator, quote)
    claims: list[tuple[str, str, str, str]] = field(default_factory=list)
    themes: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    goals: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    # (source, value)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    # Sentences on what a person should look at before the row is saved.
    doubts: list[str] = field(default_factory=list)
    # The source gives its answers without saying where they stand: what is here already counts more.
    is_loose: bool = False
    # It adds to a recommendation that another row of the file may be about as well.
    is_extra: bool = False
    # "paragraph 124.26", where the row's number would not help to find it.
    place: str = ""
    # How the row was met by its words (``imports.matching``): {"score": …}, or for a row that a person decides on
    # {"key": …, "candidates": [[reference, score], …]}.
    match: dict[str, Any] = field(default_factory=dict)
    # Provisional recommendations that turned out to be this one.
    absorbs: list[str] = field(default_factory=list)


def goal_of(cell: str, terms: Terms) -> tuple[int, int | None] | None:
    """(goal, target or None) of "16", "SDG 16.10", "16 - PEACE, JUSTICE …"; None where it is neither."""
    code = re.sub(r"^(?:sdg|goal|target|цур|тдм)\s*", "", cell.casefold()).split(" ")[0].rstrip(".:-")
    if code in terms.targets:
        target, goal = terms.targets[code]
        return goal, target
    if code.isascii() and code.isdecimal() and len(code) < 3 and int(code) in terms.goals:
        return terms.goals[int(code)], None
    return None


def add_goal(parsed: Parsed, found: tuple[int, int | None]) -> None:
    """Add a goal and its target, each once."""
    goal, target = found
    if goal not in parsed.goals:
        parsed.goals.append(goal)
    if target is not None and target not in parsed.targets:
        parsed.targets.append(target)
