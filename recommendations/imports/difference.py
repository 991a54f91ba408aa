"""What a record changes in the catalogue: asked when a file is planned, and again when the plan is applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from recommendations.catalogue.models import (
    Position,
    Recommendation,
    RecommendationIdentifier,
    RecommendationText,
    RecommendingState,
    ReferenceAlias,
    StateClaim,
)
from recommendations.vocabulary import ImportAction, TextKind

# A record as it is staged: plain values, ids of terms, symbols of documents.
Record = dict[str, Any]

LISTS = ("themes", "groups", "goals", "targets")
_CHUNK = 500


@dataclass
class Held:
    """What the catalogue holds of one recommendation."""

    pk: int
    reference: str
    document: str
    paragraph: str = ""
    position: str = ""
    is_demo: bool = False
    corrected: frozenset[str] = frozenset()
    lead: int | None = None
    revision: int = 1
    # (language, kind) → (text, whether a person wrote it)
    texts: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    recommending: list[tuple[int, int | None, str]] = field(default_factory=list)
    # (symbol, kind) of each position; symbol → the kinds a person recorded from it
    positions: set[tuple[str, str]] = field(default_factory=set)
    by_hand: dict[str, set[str]] = field(default_factory=dict)
    claims: set[tuple[str, str]] = field(default_factory=set)
    lists: dict[str, set[int]] = field(default_factory=lambda: {name: set() for name in LISTS})
    identifiers: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Difference:
    """What is to be written, and the same in words for the page (``changes``)."""

    new_texts: list[tuple[str, str, str]] = field(default_factory=list)
    changed_texts: list[tuple[str, str, str]] = field(default_factory=list)
    recommending: list[tuple[int, int | None, str]] | None = None
    positions: list[Sequence[Any]] = field(default_factory=list)
    claims: list[Sequence[Any]] = field(default_factory=list)
    lists: dict[str, list[int]] = field(default_factory=dict)
    # (source, value)
    identifiers: list[Sequence[str]] = field(default_factory=list)
    no_longer_corrected: list[str] = field(default_factory=list)
    # The reference that a provisional recommendation gets, and the others that turned out to be the same.
    becomes: str = ""
    absorbs: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    has_conflict: bool = False

    @property
    def action(self) -> str:
        """What the import will do with the row."""
        if self.has_conflict:
            return ImportAction.CONFLICT
        return ImportAction.CHANGED if self.changes else ImportAction.UNCHANGED

    def tell(self, field_name: str, old: Any, new: Any, *, hand: bool = False, of: str = "") -> None:
        """Note one change for the page; ``hand`` where a person's work stands against it."""
        change = {"field": field_name, "old": old, "new": new}
        if of:
            change["of"] = of
        if hand:
            change["hand"] = True
            self.has_conflict = True
        self.changes.append(change)

    @property
    def writes(self) -> bool:
        """Whether anything is to be written."""
        return bool(
            self.new_texts
            or self.changed_texts
            or self.recommending is not None
            or self.positions
            or self.claims
            or self.lists
            or self.identifiers
            or self.becomes
            or self.absorbs
        )


def compare(record: Record, held: Held, *, take: bool = False) -> Difference:
    """What the record changes in what is held.

    A file adds positions, claims and terms and takes none away; its texts and recommending States replace ours,
    except what a person wrote or corrected: that is a conflict, and is written only with ``take``.
    """
    found = Difference()
    adopts = record.get("adopts")
    if adopts:
        found.becomes = adopts["as"]
        found.tell("reference", held.reference, adopts["as"])
    for reference in record.get("absorbs", ()):
        found.absorbs.append(reference)
        found.tell("absorbs", reference, "")
    _compare_texts(record, held, found, take)
    _compare_recommending(record, held, found, take)
    _compare_positions(record, held, found, take)
    for claim in record["claims"]:
        kind, symbol = claim[0], claim[1]
        if (symbol, kind) not in held.claims:
            found.claims.append(claim)
            found.tell("claim", "", kind, of=symbol)
    for name in LISTS:
        missing = [pk for pk in record[name] if pk not in held.lists[name]]
        if missing:
            hand = name in held.corrected
            found.tell(name, sorted(held.lists[name]), missing, hand=hand)
            if not hand or take:
                found.lists[name] = missing
            if hand and take:
                found.no_longer_corrected.append(name)
    for source, value in record["identifiers"]:
        if (source, value) not in held.identifiers:
            found.identifiers.append((source, value))
            found.tell("identifier", "", value, of=source)
    return found


def _compare_texts(record: Record, held: Held, found: Difference, take: bool) -> None:
    for language, kind, text in record["texts"]:
        old = held.texts.get((language, kind))
        if old is None:
            found.new_texts.append((language, kind, text))
            # What the reader saw until now: our paraphrase gives way to the official text.
            paraphrase = (
                held.texts.get((language, TextKind.PARAPHRASE)) if kind == TextKind.OFFICIAL else None
            )
            found.tell("text", paraphrase[0] if paraphrase else "", text, of=f"{language} {kind}")
        elif old[0] != text:
            found.tell("text", old[0], text, hand=old[1], of=f"{language} {kind}")
            if not old[1] or take:
                found.changed_texts.append((language, kind, text))


def _compare_recommending(record: Record, held: Held, found: Difference, take: bool) -> None:
    if not record["recommending"]:
        return
    ours = {state: (category, wording) for state, category, wording in held.recommending}
    merged = []
    for state, category, wording in record["recommending"]:
        old_category, old_wording = ours.get(state, (None, ""))
        merged.append((state, category if category is not None else old_category, wording or old_wording))
    if merged == held.recommending:
        return
    hand = "recommending" in held.corrected
    found.tell(
        "recommending",
        [[state, category] for state, category, _wording in held.recommending],
        [[state, category] for state, category, _wording in merged],
        hand=hand,
    )
    if not hand or take:
        found.recommending = merged
    if hand and take:
        found.no_longer_corrected.append("recommending")


def _compare_positions(record: Record, held: Held, found: Difference, take: bool) -> None:
    for position in record["positions"]:
        kind, symbol = position[0], position[1]
        if (symbol, kind) in held.positions or (record["loose"] and kind == held.position):
            continue
        # A person read the same document otherwise: the file's reading would count, being the later one.
        ours = held.by_hand.get(symbol)
        found.tell("position", sorted(ours)[0] if ours else "", kind, hand=bool(ours), of=symbol)
        if not ours or take:
            found.positions.append(position)


def held_by_reference(references: Iterable[str], *, lock: bool = False) -> dict[str, Held]:
    """What the catalogue holds under these references, old ones too; some ten queries for each 500 found."""
    names = iter(references)
    found: dict[str, Held] = {}
    while chunk := list(islice(names, _CHUNK)):
        aliases = dict(
            ReferenceAlias.objects.filter(reference__in=chunk).values_list(
                "recommendation__reference", "reference"
            )
        )
        rows = Recommendation.objects.filter(reference__in=[*chunk, *aliases])
        if lock:
            rows = rows.select_for_update(of=("self",))
        by_id: dict[int, Held] = {}
        for (
            pk,
            reference,
            document,
            paragraph,
            position,
            is_demo,
            corrected,
            lead,
            revision,
        ) in rows.order_by("pk").values_list(
            "pk",
            "reference",
            "document__symbol",
            "paragraph",
            "position",
            "is_demo",
            "corrected",
            "lead_theme_id",
            "revision",
        ):
            held = Held(
                pk, reference, document, paragraph, position, is_demo, frozenset(corrected), lead, revision
            )
            by_id[pk] = held
            found[reference] = held
            if reference in aliases:
                found[aliases[reference]] = held
        if by_id:
            _fill(by_id)
    return found


def rename(held: Iterable[Held], symbols: Mapping[str, str]) -> None:
    """Let documents of other symbols be meant: an import that corrects an inferred symbol does so before it writes."""
    for one in held:
        one.document = symbols.get(one.document, one.document)
        one.positions = {(symbols.get(symbol, symbol), kind) for symbol, kind in one.positions}
        one.claims = {(symbols.get(symbol, symbol), kind) for symbol, kind in one.claims}
        one.by_hand = {symbols.get(symbol, symbol): kinds for symbol, kinds in one.by_hand.items()}


def references_of(identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The references of the recommendations that carry these identifiers of sources."""
    found: dict[tuple[str, str], str] = {}
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, value in identifiers:
        by_source[source].append(value)
    for source, values in by_source.items():
        for start in range(0, len(values), _CHUNK):
            rows = RecommendationIdentifier.objects.filter(
                source=source, value__in=values[start : start + _CHUNK]
            )
            for value, reference in rows.values_list("value", "recommendation__reference"):
                found[source, value] = reference
    return found


def _fill(by_id: dict[int, Held]) -> None:
    ids = list(by_id)
    texts = RecommendationText.objects.filter(recommendation__in=ids)
    for pk, language, kind, text, editor in texts.values_list(
        "recommendation_id", "language", "kind", "text", "edited_by_id"
    ):
        by_id[pk].texts[language, kind] = (text, editor is not None)
    recommending = RecommendingState.objects.filter(recommendation__in=ids).order_by("order", "pk")
    for pk, state, category, wording in recommending.values_list(
        "recommendation_id", "state_id", "action_category", "wording"
    ):
        by_id[pk].recommending.append((state, category, wording))
    for pk, symbol, kind, person in Position.objects.filter(recommendation__in=ids).values_list(
        "recommendation_id", "document__symbol", "kind", "recorded_by_id"
    ):
        by_id[pk].positions.add((symbol or "", kind))
        if person is not None:
            by_id[pk].by_hand.setdefault(symbol or "", set()).add(kind)
    for pk, symbol, kind in StateClaim.objects.filter(recommendation__in=ids).values_list(
        "recommendation_id", "document__symbol", "kind"
    ):
        by_id[pk].claims.add((symbol or "", kind))
    for pk, source, value in RecommendationIdentifier.objects.filter(recommendation__in=ids).values_list(
        "recommendation_id", "source", "value"
    ):
        by_id[pk].identifiers.add((source, value))
    for name in LISTS:
        relation: Any = Recommendation._meta.get_field(name)
        other = relation.m2m_reverse_field_name()
        through = getattr(Recommendation, name).through._base_manager.filter(recommendation__in=ids)
        grouped: dict[int, set[int]] = defaultdict(set)
        for pk, term in through.values_list("recommendation_id", f"{other}_id"):
            grouped[pk].add(term)
        for pk, terms in grouped.items():
            by_id[pk].lists[name] = terms
