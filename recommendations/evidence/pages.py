"""What capabilities above this one show on the page of an item of evidence, such as where it is cited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from recommendations.evidence.models import Evidence


@dataclass(frozen=True)
class Panel:
    """A section of the page: a template, which brings its own heading, and what it is shown with (as ``panel``)."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


# Each is asked with the item and the reader, and answers with a panel or None. Filled when the product starts
# (apps → tasks), by capabilities that stand above this one. A panel must show only what the reader may see.
PANELS: list[Callable[[Evidence, Any], Panel | None]] = []


def panels_for(evidence: Evidence, reader: Any) -> list[Panel]:
    """The panels of this item for this reader, in the order in which they registered."""
    return [panel for make in PANELS if (panel := make(evidence, reader)) is not None]
