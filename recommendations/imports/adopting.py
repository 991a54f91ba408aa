"""A paragraph of an official source that is here already, under a provisional reference, from UPR Info's list alone.

The provisional recommendation gets the paragraph's document, number and reference, and keeps what people said about
it; its old reference leads to the same recommendation. Where a paragraph answers to several of them, the likeliest is
taken over and the others are merged into it, as far as nobody has worked with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from recommendations.catalogue import provisional
from recommendations.catalogue.models import Document, Recommendation
from recommendations.imports.difference import LISTS, Record, held_by_reference
from recommendations.imports.likely import SAFE, SAME, Candidate, held_in_cycle
from recommendations.imports.terms import Terms
from recommendations.imports.traces import parts, related_to


def is_bare(pk: int) -> bool:
    """Whether nobody has worked with a recommendation: nothing but its own parts in the catalogue hangs on it."""
    own = set(parts())
    return not any(
        key.model._base_manager.filter(**{key.attname: pk}).exists()
        for key in related_to(Recommendation)
        if key not in own
    )


@dataclass
class Adopting:
    """The provisional recommendations that a file's paragraphs may take over, read when first asked for."""

    terms: Terms
    _pools: dict[str, list[Candidate]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        lists = Document.objects.filter(symbol__startswith="UPR Info, ", cycle__isnull=False)
        self._cycles = set(lists.values_list("cycle__key", flat=True))

    def left(self) -> list[str]:
        """Of the cycles that were asked for, the provisional recommendations that met no paragraph."""
        pools = self._pools.values()
        return [one.reference for pool in pools for one in pool if one.reference not in self._taken]

    def take_over(self, reference: str, record: Record) -> str:
        """The provisional reference that this paragraph takes over, "" where there is none.

        The record gets what it needs for that: ``adopts``, ``absorbs``, and what UPR Info says of its States.
        """
        key = f"{reference[:3]}-{record['cycle']}"
        if key not in self._cycles or provisional.cycle_in(reference) is not None:
            return ""
        found = self._found(key, reference, record)
        if not found:
            return ""
        free = [one for one in found if one.reference not in self._taken]
        adopted, others = (free[0], free[1:]) if free else (None, [])
        self._taken.update(one.reference for one in free)
        absorbed = [one for one in others if one.pk is not None and is_bare(one.pk)]
        told = [one for one in found if one is not adopted]
        _bring(record, told, {one.reference for one in absorbed}, self.terms)
        if adopted is None:
            return ""
        record["adopts"] = {"from": adopted.reference, "as": reference}
        record["absorbs"] = [one.reference for one in absorbed]
        return adopted.reference

    def _found(self, key: str, reference: str, record: Record) -> list[Candidate]:
        """The provisional recommendations that say what the paragraph says, the likeliest first."""
        text = next((text for language, _kind, text in record["texts"] if language == "en"), "")
        if not text:
            return []
        if key not in self._pools:
            self._pools[key] = [one for one in held_in_cycle(key, self.terms) if one.is_provisional]
        paragraph = Candidate(reference, recommending=record["recommending"])
        paragraph.say(text, self.terms)
        found = []
        for one in self._pools[key]:
            shared = one.states & paragraph.states
            score = max(paragraph.likeness(one.whole, state) for state in shared or (None,))
            if score >= (SAFE if shared else SAME) and (shared or not (one.states and paragraph.states)):
                found.append((-score, -len(shared), one.reference, one))
        return [one for *_order, one in sorted(found, key=lambda each: each[:3])]


def _bring(record: Record, told: list[Candidate], absorbed: set[str], terms: Terms) -> None:
    """Put into a record what provisional recommendations say of its States that will not be it themselves."""
    held = held_by_reference(one.reference for one in told)
    for one in told:
        known = {state: category for state, category, _wording in one.recommending}
        record["recommending"] = [
            (state, category if category is not None else known.get(state), wording)
            for state, category, wording in record["recommending"]
        ]
        for name in LISTS:
            record[name] = list(dict.fromkeys([*record[name], *sorted(held[one.reference].lists[name])]))
        if one.reference in absorbed:
            codes = {terms.state_codes[state] for state, _category, _wording in record["recommending"]}
            record["identifiers"] = [
                *record["identifiers"],
                *((provisional.SOURCE, value) for value in one.identifiers if sender_in(value) in codes),
            ]


def sender_in(identifier: str) -> str:
    """The code of the recommending State in an identifier of UPR Info's rows, KAZ-20-NOR-…"""
    return identifier.split("-")[2] if identifier.count("-") >= 3 else ""
