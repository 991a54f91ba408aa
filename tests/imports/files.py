"""Small invented tables in the shape of the real ones; nothing in them was ever recommended."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import xlsxwriter

from recommendations.catalogue.models import (
    AffectedGroup,
    Document,
    Goal,
    GroupAlias,
    Recommendation,
    ReviewCycle,
    Session,
    State,
    StateAlias,
    Target,
    Theme,
    ThemeAlias,
)
from recommendations.vocabulary import DocumentKind
from recommendations.words.clean import fold_label
from tests.factories import make_body, make_cycle, make_document, make_state

OFFICIAL = [
    "cycle",
    "session",
    "symbol",
    "paragraph",
    "text",
    "recommending_states",
    "wg_report_position",
    "uprinfo_response",
    "uprinfo_action",
    "uprinfo_issues",
    "final_position",
    "final_position_source",
]
REPORT = "A/HRC/28/10"


def make_terms() -> State:
    """A small world of terms: four States, two themes, a group, two goals, and KAZ-2 with its report."""
    kazakhstan = _state("KAZ", "Kazakhstan", "Қазақстан")
    _state("NOR", "Norway")
    _state("ESP", "Spain", "Kingdom of Spain")
    _state("KGZ", "Kyrgyzstan")
    make_body()
    Session.objects.get_or_create(number=7)
    Session.objects.get_or_create(number=20)
    Session.objects.get_or_create(number=21)
    cycle = make_cycle(kazakhstan, 2, session=Session.objects.get(number=20))
    make_document(cycle, REPORT)
    Document.objects.get_or_create(symbol="A/HRC/28/2", defaults={"kind": DocumentKind.COUNCIL_REPORT})
    _theme("expression", "Freedom of opinion and expression", "Freedom of the press")
    _theme("general-theme", "General matters", is_general=True)
    _theme("reservations", "Reservations", is_ignored=True)
    group = AffectedGroup.objects.create(code="children", name_en="Children")
    GroupAlias.objects.create(group=group, label="Children", folded=fold_label("Children"))
    goal = Goal.objects.create(number=16, name_en="Peace, justice and strong institutions")
    Target.objects.create(goal=goal, code="16.10", name_en="Access to information")
    Goal.objects.create(number=4, name_en="Quality education")
    return kazakhstan


def _state(code: str, *names: str) -> State:
    state = make_state(code, name_en=names[0])
    for label in (code, *names):
        StateAlias.objects.get_or_create(folded=fold_label(label), defaults={"state": state, "label": label})
    return state


def _theme(code: str, *names: str, **fields: Any) -> Theme:
    theme = Theme.objects.create(code=code, name_en=names[0], **fields)
    for label in {fold_label(label): label for label in (code, *names)}.values():
        ThemeAlias.objects.create(theme=theme, label=label, folded=fold_label(label))
    return theme


def row(number: str = "126.1", /, **cells: Any) -> dict[str, str]:
    """A row of the official shape, noted in the report."""
    return {
        "cycle": "2",
        "session": "20",
        "symbol": REPORT,
        "paragraph": number,
        "text": f"Invented text of {number} (Norway);",
        "recommending_states": "Norway",
        "wg_report_position": "Noted - did not enjoy the support",
        "uprinfo_response": "Noted",
        "uprinfo_action": "5",
        "uprinfo_issues": "Freedom of the press",
        "final_position": "Noted",
        "final_position_source": f"{REPORT} para 126",
    } | cells


def as_csv(rows: list[dict[str, str]], header: list[str] | None = None) -> bytes:
    """The rows as CSV, in UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header or list(dict.fromkeys(key for one in rows for key in one)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(rows: list[dict[str, Any]], *, formulas: dict[str, str] | None = None) -> bytes:
    """The rows as a workbook; ``formulas`` are cells such as {"E2": "=1+1"} put over them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        header = list(dict.fromkeys(key for one in rows for key in one))
        sheet.write_row(0, 0, header)
        for number, one in enumerate(rows, start=1):
            for column, name in enumerate(header):
                sheet.write(number, column, one.get(name, ""))
        for cell, formula in (formulas or {}).items():
            sheet.write_formula(cell, formula, None, "2")
    return out.getvalue()


def write(folder: Path, content: bytes, name: str = "table.csv") -> Path:
    """The bytes as a file."""
    path = folder / name
    path.write_bytes(content)
    return path


def catalogue_rows() -> int:
    """How many rows an import could have written: recommendations, cycles and documents."""
    return sum(model.objects.count() for model in (Recommendation, ReviewCycle, Document))
