"""What is known of cycles and documents while a file is planned, and a row that belongs nowhere."""

from __future__ import annotations

from dataclasses import dataclass


class Misplaced(Exception):
    """A row that belongs nowhere; ``column`` is the one to look at."""

    def __init__(self, column: str, message: str):
        super().__init__(message)
        self.column = column


@dataclass
class KnownDocument:
    """What a row must agree with; ``pk`` is None for a document that the import would add.

    ``treaty_body`` is the code of any body but the UPR; ``series_is_told`` False where the number was only counted on.
    """

    pk: int | None
    kind: str
    treaty_body: str
    state: int | None
    cycle: str
    series: int | None
    series_is_told: bool = True


@dataclass
class KnownCycle:
    """A cycle by its key; ``pk`` is None for one that the import would add."""

    pk: int | None
    session: int | None
    report: str = ""
    report_is_inferred: bool = False


class Unasked(Misplaced):
    """A row that waits for an answer: its place is asked for with the plan's other questions."""
