"""An export of UHRI in JSON, its records invented from the description of the format."""

import json
from typing import Any

NAME = "invented-uhri.json"


def record(number: int = 1, **values: Any) -> dict[str, Any]:
    """One record of a recommendation from the Universal Periodic Review, with other values where they are given."""
    return {
        "AffectedPersons": ["Children", "Women & girls"],
        "AnnotationId": f"00000000-0000-4000-8000-{number:012d}",
        "AnnotationType": "- Recommendations",
        "Body": "- UPR",
        "Countries": ["Kazakhstan"],
        "DocumentId": f"00000000-0000-4000-9000-{number:012d}",
        "PublicationDate": "2014-12-10T00:00:00",
        "PublicationDateOnUhri": "2015-03-03T10:53:45.827",
        "Regions": ["Asia-Pacific"],
        "Sdgs": [
            "16 - PEACE, JUSTICE AND STRONG INSTITUTIONS",
            "5.2 - End all violence against and exploitation of women",
        ],
        "Symbol": "A/HRC/28/10",
        "Text": f"<p>124.{number} Invented text number {number} &amp; more (Spain) (Timor-Leste);</p>",
        "Themes": ["Reservations", "Right to health", " Participation of women in political & public life "],
        "UprCycle": "2",
        "UprPositions": ["Supported"],
        "UprRecommendingCountry": ["Spain", "Timor-Leste"],
        "UprRecommendingRegions": ["Western Europe & Others"],
        "UprSession": ["20th Session - Cycle 2"],
    } | values


def records() -> list[dict[str, Any]]:
    """Recommendations of the review and of a committee, a concern, and one to another State."""
    return [
        record(1),
        record(
            2, UprPositions=["Noted"], UprRecommendingCountry=["ES"], Text="124.2. Invented text (Spain)."
        ),
        record(
            3,
            Body="- CESCR",
            Symbol="E/C.12/KAZ/CO/2",
            Text="Invented heading\n13.The invented State P arty should invent supply chain s .",
            UprCycle=None,
            UprPositions=[],
            UprRecommendingCountry=[],
            UprSession=[],
            Sdgs=[],
        ),
        record(4, AnnotationType="- Concerns/Observations", Text="4. Invented concern."),
        record(
            5, Countries=["Spain"], Text="99.1 Invented text to another State (Peru);", Symbol="A/HRC/29/8"
        ),
    ]


def make(rows: list[dict[str, Any]] | None = None) -> bytes:
    """The file: a list on one line."""
    return json.dumps(records() if rows is None else rows, ensure_ascii=False).encode()
