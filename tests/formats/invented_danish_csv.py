"""A table in the shape of the Danish Institute's, its rows invented."""

import csv
import io

NAME = "invented-danish.csv"

HEADER = [
    "mechanism",
    "state",
    "text",
    "sdggoals",
    "sdgtargets",
    "groups",
    "type",
    "responseupr",
    "recommendingstateupr",
    "documentcode",
    "paragraph",
    "cycle",
    "year",
]


def row(number: int = 1, **cells: str) -> dict[str, str]:
    """A recommendation of one State's in the review."""
    return {
        "mechanism": "UPR",
        "state": "Kazakhstan",
        "text": f"Invented text number {number}",
        "sdggoals": "16, 5",
        "sdgtargets": "16.3; 5.2",
        "groups": "Children, Judges, lawyers and prosecutors",
        "type": "Recommendation",
        "responseupr": "Supported",
        "recommendingstateupr": "Spain",
        "documentcode": "A/HRC/28/10",
        "paragraph": f"A/HRC/28/10|124.{number}",
        "cycle": "Cycle 2",
        "year": "2014",
    } | cells


def make(rows: list[dict[str, str]] | None = None) -> bytes:
    """The table as CSV: two rows of one recommendation, another, and a committee's."""
    target = io.StringIO()
    writer = csv.DictWriter(target, HEADER)
    writer.writeheader()
    committee = {
        "mechanism": "CESCR",
        "documentcode": "E/C.12/KAZ/CO/2",
        "paragraph": "E/C.12/KAZ/CO/2|13",
        "cycle": "",
    }
    writer.writerows(
        rows
        or [
            row(1),
            row(1, recommendingstateupr="Timor-Leste"),
            row(2, responseupr="Supported/Noted"),
            row(3, responseupr="", recommendingstateupr="", **committee),
            row(4, type="Concern"),
            row(5, state="Spain"),
        ]
    )
    return target.getvalue().encode()
