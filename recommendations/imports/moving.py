"""Writing that provisional recommendations get their true place, or turn out to be another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recommendations.catalogue import provisional
from recommendations.catalogue.models import Recommendation, RecommendationIdentifier, ReferenceAlias
from recommendations.catalogue.references import order_key, paragraph_key
from recommendations.imports import bulk
from recommendations.imports.adopting import is_bare, sender_in
from recommendations.imports.difference import Difference, Held, Record
from recommendations.imports.stock import Stock


class WorkedOn(Exception):
    """Somebody works with a recommendation that was to be merged into another."""


@dataclass
class Moves:
    """Collects the moves of one batch and writes them before its other rows."""

    stock: Stock
    absorbed: list[int] = field(default_factory=list)
    _places: list[tuple[Any, ...]] = field(default_factory=list)
    # (old reference, recommendation)
    _aliases: list[tuple[str, int]] = field(default_factory=list)
    # Absorbed recommendation → the one it is.
    _owners: dict[int, int] = field(default_factory=dict)
    _dropped: list[tuple[int, str]] = field(default_factory=list)

    def note(self, held: Held, record: Record, found: Difference, others: Mapping[str, Held]) -> None:
        """What the difference moves; ``others`` are those that are absorbed, by reference."""
        if found.becomes:
            document = self.stock.document(record["symbol"], record)
            paragraph, reference = record["paragraph"], found.becomes
            self._places.append(
                (document.pk, paragraph, paragraph_key(paragraph), reference, order_key(reference), held.pk)
            )
            self._aliases.append((held.reference, held.pk))
            codes = {self.stock.state(state).code for state, *_rest in record["recommending"]}
            # Rows of States that the paragraph does not name mean another paragraph: they find it by their words.
            self._dropped += [
                (held.pk, value)
                for source, value in held.identifiers
                if source == provisional.SOURCE and sender_in(value) not in codes
            ]
        for reference in found.absorbs:
            self.absorbed.append(others[reference].pk)
            self._owners[others[reference].pk] = held.pk
            self._aliases.append((reference, held.pk))

    def write(self) -> None:
        """Write the moves. Raises ``WorkedOn``."""
        for pk, value in self._dropped:
            RecommendationIdentifier.objects.filter(
                recommendation=pk, source=provisional.SOURCE, value=value
            ).delete()
        for pk, owner in self._owners.items():
            if not is_bare(pk):
                raise WorkedOn
            ReferenceAlias.objects.filter(recommendation=pk).update(recommendation=owner)
        Recommendation.objects.filter(pk__in=self.absorbed).delete()
        columns = ("document_id", "paragraph", "paragraph_key", "reference", "order_key")
        bulk.update(Recommendation, columns, ("id",), self._places)
        bulk.insert(ReferenceAlias, ("reference", "recommendation_id"), self._aliases)
