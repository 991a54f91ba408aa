"""A spreadsheet of UHRI, its rows invented from the description of the format, in several ways of writing."""

import datetime
import io
from typing import Any

import xlsxwriter

NAME = "invented-uhri.xlsx"

# OHCHR's own titles, and the same spelt rightly.
HEADER = [
    "Text",
    "Countries Concerned",
    "Reccomending Body",
    "Document Symbol",
    "Themes",
    "Affected Persons",
    "Sdgs",
    "Document Publication Date",
    "UPR Reccomending States",
    "UPR Position",
    "Type",
    "OHCHR Annotation Id",
    "UPR Session",
    "Regions Concerned",
    "Recommending Regions",
    "Date of publication on UHRI",
]
RIGHT_HEADER = [title.replace("Reccomm", "Recomm").replace("Reccom", "Recomm") for title in HEADER]
SERIAL = 41_983  # 10 December 2014


def row(number: int = 1, **values: Any) -> dict[str, Any]:
    """One row; lists become "- " values."""
    return {
        "Text": f"124.{number} Invented text number {number} &amp; more (Spain) (Timor-Leste);",
        "Countries Concerned": ["Kazakhstan"],
        "Reccomending Body": ["UPR"],
        "Document Symbol": "A/HRC/28/10",
        "Themes": [
            "Reservations",
            "Right to health",
            "Economic, social & cultural rights - general measures of implementation",
            " Right to development",
        ],
        "Affected Persons": ["Children", "Women & girls"],
        "Sdgs": [
            "16 - PEACE, JUSTICE AND STRONG INSTITUTIONS",
            "5.2 - End all violence against and exploitation of women",
        ],
        "Document Publication Date": SERIAL,
        "UPR Reccomending States": ["Spain", "Timor-Leste"],
        "UPR Position": "Supported",
        "Type": ["Recommendations"],
        "OHCHR Annotation Id": f"00000000-0000-4000-8000-{number:012d}",
        "UPR Session": "- 20th Session - Cycle 2",
        "Regions Concerned": ["Asia-Pacific"],
        "Recommending Regions": ["Western Europe & Others"],
        "Date of publication on UHRI": SERIAL + 100,
    } | values


def rows() -> list[dict[str, Any]]:
    """Recommendations of the review and of a committee, a concern, and one to another State."""
    return [
        row(1),
        row(
            2,
            Text="166.6. Invented text (Iran (Islamic Republic of));",
            **{"UPR Reccomending States": ["IR"]},
        ),
        row(3, Text="Recommendation No. 21 (para. 96: 21) Invented text (Bolivia (Plurinational State of))"),
        row(
            4,
            **{
                "Reccomending Body": ["CESCR"],
                "Document Symbol": "E/C.12/KAZ/CO/2",
                "Text": "13. The invented Committee recommends an invented thing.",
                "UPR Reccomending States": [],
                "UPR Position": "",
                "UPR Session": "",
            },
        ),
        row(5, Type=["Concerns/Observations"]),
        row(6, **{"Countries Concerned": ["Spain"]}),
    ]


def make(
    table: list[dict[str, Any]] | None = None,
    *,
    header: list[str] | None = None,
    one_line: bool = False,
    dates: str = "serial",
) -> bytes:
    """The workbook: values one a line or all on one line; dates as "serial" numbers, "real" dates or "text"."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Export")
        as_date = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for column, title in enumerate(header or HEADER):
            sheet.write_string(0, column, title)
        for place, values in enumerate(rows() if table is None else table, start=1):
            for column, title in enumerate(HEADER):
                value = values[title]
                if isinstance(value, list):
                    value = (" " if one_line else "\n").join(f"- {label}" for label in value)
                if isinstance(value, int) and dates == "real":
                    sheet.write_datetime(place, column, _day(value), as_date)
                elif isinstance(value, int) and dates == "serial":
                    sheet.write_number(place, column, value)
                else:
                    sheet.write_string(
                        place, column, f"{_day(value):%Y-%m-%d}" if isinstance(value, int) else value
                    )
    return target.getvalue()


def _day(serial: int) -> datetime.date:
    return datetime.date(1899, 12, 30) + datetime.timedelta(days=serial)
